import { at, type Finding, type Plan } from '../plan.ts';

/** The sweeps that a schedule asks for. */
function sweepsOf(body: unknown): string[] {
  const { sweeps } = JSON.parse(Buffer.from(String(body), 'base64').toString('utf8')) as { sweeps: string[] };
  return sweeps;
}

const seconds = (text: unknown): number => Number(String(text).replace(/s$/, ''));

/**
 * Every sweep of the code is asked for by one schedule, with a token for the function’s own address, by an account that may
 * call it and is waited for as long as it may take; and somebody is told when sweeps fail or do not happen.
 */
export function sweepsAreScheduled(plan: Plan, sweepNames: readonly string[]): Finding[] {
  const finding = (address: string, message: string): Finding => ({ rule: 'sweeps-are-scheduled', address, message });
  const of = (type: string) => plan.resources.filter((resource) => resource.type === type);
  const jobs = of('google_cloud_scheduler_job');
  const service = of('google_cloudfunctions2_function').find(({ values }) => values.name === 'atlas-sweep');
  const timeoutS = Number(at(service?.values.service_config, 0, 'timeout_seconds'));
  const asked = jobs.flatMap(({ values }) => sweepsOf(at(values.http_target, 0, 'body')));
  const alert = of('google_monitoring_alert_policy').find(({ values }) =>
    String(at(values.conditions, 0, 'condition_threshold', 0, 'filter')).includes('"atlas-sweep"'),
  );
  const mayCall = of('google_cloud_run_v2_service_iam_member').some(
    ({ address, values }) => address.startsWith('module.schedule.') && values.name === 'atlas-sweep',
  );
  const wrong = jobs.flatMap(({ address, values }) => {
    const target = at(values.http_target, 0);
    const uri = String(at(target, 'uri'));
    const audience = at(target, 'oidc_token', 0, 'audience');
    return [
      ...(/^https:\/\/atlas-sweep-\d+\.[a-z0-9-]+\.run\.app$/.test(uri) ? [] : [finding(address, `calls ${uri}`)]),
      ...(audience === uri ? [] : [finding(address, `brings a token for ${audience}`)]),
      ...(seconds(values.attempt_deadline) >= timeoutS ? [] : [finding(address, 'stops waiting too early')]),
    ];
  });
  return [
    ...wrong,
    ...sweepNames
      .filter((name) => asked.filter((one) => one === name).length !== 1)
      .map((name) => finding(name, 'is not in exactly one schedule')),
    ...asked.filter((name) => !sweepNames.includes(name)).map((name) => finding(name, 'is no sweep')),
    ...(mayCall ? [] : [finding('module.schedule', 'may not call the sweeps')]),
    ...(alert && at(alert.values.conditions, 1, 'condition_absent', 0) !== undefined
      ? []
      : [finding('google_monitoring_alert_policy', 'nobody is told when sweeps fail or do not happen')]),
  ];
}

/** What a role of our own may hold that changes or deletes something; everything else there only looks. */
const mayChange: Readonly<Record<string, readonly string[]>> = {
  atlasDeletesObjects: ['storage.objects.delete'],
  atlasRelease: [
    'cloudfunctions.functions.sourceCodeSet',
    'cloudfunctions.functions.update',
    'cloudscheduler.jobs.update',
    'eventarc.triggers.update',
    'monitoring.alertPolicies.update',
    'monitoring.dashboards.update',
    'pubsub.subscriptions.update',
    'run.jobs.update',
    'run.services.update',
    'workflows.workflows.update',
  ],
};

const looks = /\.(get|list|getIamPolicy|getMetadata|viewPublicKey)$/;

/** Roles of our own are on the list, and change nothing that the list does not name. */
export function customRolesAreNarrow(plan: Plan): Finding[] {
  return plan.resources
    .filter(({ type }) => type === 'google_project_iam_custom_role')
    .flatMap(({ address, values }) => {
      const allowed = mayChange[String(values.role_id)];
      const permissions = Array.isArray(values.permissions) ? values.permissions.map(String) : [];
      const wide = permissions.filter((one) => !looks.test(one) && !allowed?.includes(one));
      return [...(allowed ? [] : ['is not on the list']), ...wide.map((one) => `may ${one}`)].map((message) => ({
        rule: 'custom-roles-are-narrow',
        address,
        message,
      }));
    });
}
