import { at, type Finding, type Plan } from '../plan.ts';
import { indexFor, type StoreQuery } from '../queries.ts';

const indexText = (fields: unknown): string =>
  (Array.isArray(fields) ? fields : []).map((field) => `${at(field, 'field_path')} ${at(field, 'order')}`).join(', ');

/** Every query has its index, and every index its query. */
export function indexesCoverQueries(plan: Plan, queries: readonly StoreQuery[]): Finding[] {
  const wanted = new Set(
    queries.flatMap((query) => {
      const index = indexFor(query);
      return index === undefined ? [] : [`${query.collection}: ${index}`];
    }),
  );
  const made = new Map(
    plan.resources
      .filter(({ type }) => type === 'google_firestore_index')
      .map(({ address, values }) => [`${values.collection}: ${indexText(values.fields)}`, address]),
  );
  return [
    ...[...wanted]
      .filter((index) => !made.has(index))
      .map((index) => ({ rule: 'indexes-cover-queries', address: index, message: 'a query needs this index' })),
    ...[...made]
      .filter(([index]) => !wanted.has(index))
      .map(([index, address]) => ({ rule: 'indexes-cover-queries', address, message: `no query needs ${index}` })),
  ];
}

/** Files that ask the store are all on the list of queries. */
export function queriesAreListed(asking: readonly string[], queries: readonly StoreQuery[]): Finding[] {
  const listed = new Set(queries.map(({ file }) => file));
  return [
    ...asking
      .filter((file) => !listed.has(file))
      .map((file) => ({
        rule: 'queries-are-listed',
        address: file,
        message: 'asks, but is not in terraform-check/queries.ts',
      })),
    ...[...listed]
      .filter((file) => !asking.includes(file))
      .map((file) => ({ rule: 'queries-are-listed', address: file, message: 'is listed, but asks nothing' })),
  ];
}

/** The database can be brought back, and answers kept for repeats go by themselves. */
export function databaseIsSafe(plan: Plan): Finding[] {
  const database = plan.resources.find(({ type }) => type === 'google_firestore_database');
  const expiry = plan.resources.find(
    ({ type, values }) => type === 'google_firestore_field' && values.collection === 'idempotency',
  );
  const wrong = [
    [database?.values.delete_protection_state === 'DELETE_PROTECTION_ENABLED', 'database may be deleted'],
    [plan.resources.some(({ type }) => type === 'google_firestore_backup_schedule'), 'database is not backed up'],
    [
      expiry?.values.field === 'expiresAt' &&
        Array.isArray(expiry.values.ttl_config) &&
        expiry.values.ttl_config.length === 1,
      'idempotency keys never go',
    ],
  ] as const;
  return wrong
    .filter(([good]) => !good)
    .map(([, message]) => ({
      rule: 'database-is-safe',
      address: database?.address ?? 'google_firestore_database',
      message,
    }));
}

const alerted = [
  'num_undelivered_messages',
  'oldest_unacked_message_age',
  'request_count',
  'finished_execution_count',
  'atlas_queue_age_seconds',
  'atlas_verdicts_total',
  'atlas_stage_seconds',
];

/** Dead letters, queue age, errors, failed executions and stages, and a gate that rejects too much wake somebody. */
export function troubleIsAnnounced(plan: Plan): Finding[] {
  const alerts = plan.resources.filter(({ type }) => type === 'google_monitoring_alert_policy');
  const filters = alerts.flatMap(({ values: { conditions } }) => [
    String(at(conditions, 0, 'condition_threshold', 0, 'filter')),
    String(at(conditions, 0, 'condition_prometheus_query_language', 0, 'query')),
  ]);
  return alerted
    .filter((metric) => !filters.some((filter) => filter.includes(metric)))
    .map((metric) => ({ rule: 'trouble-is-announced', address: metric, message: 'no alert watches it' }));
}

/** The API's load balancer is guarded, and the guard counts requests by key and by address. */
export function edgeIsGuarded(plan: Plan): Finding[] {
  const policy = plan.resources.find(({ type }) => type === 'google_compute_security_policy');
  const rules = Array.isArray(policy?.values.rule) ? policy.values.rule : [];
  const counts = (key: string): boolean =>
    rules.some((rule) => at(rule, 'rate_limit_options', 0, 'enforce_on_key') === key && at(rule, 'action') !== 'allow');
  const guard = plan.references('edge', 'google_compute_backend_service.api', 'security_policy');
  const wrong = [
    [guard.includes('google_compute_security_policy.api.id'), 'the backend has no security policy'],
    [counts('HTTP_HEADER'), 'requests of one key are not counted'],
    [counts('IP'), 'requests of one address are not counted'],
  ] as const;
  return wrong
    .filter(([good]) => !good)
    .map(([, message]) => ({ rule: 'edge-is-guarded', address: policy?.address ?? 'edge', message }));
}
