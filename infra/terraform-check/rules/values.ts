import { at, type Finding, type Plan } from '../plan.ts';

type Allowed = readonly string[] | RegExp;

/** What the provider or the service would refuse and the schema cannot see: argument → values. `[]` goes into every item. */
const allowedValues: Record<string, Allowed> = {
  'google_cloudfunctions2_function.service_config[].ingress_settings': [
    'ALLOW_ALL',
    'ALLOW_INTERNAL_ONLY',
    'ALLOW_INTERNAL_AND_GCLB',
  ],
  'google_cloudfunctions2_function.service_config[].available_memory': /^\d+(Mi|Gi|M|G|k)$/,
  'google_firestore_database.type': ['FIRESTORE_NATIVE'],
  'google_firestore_database.concurrency_mode': ['OPTIMISTIC', 'PESSIMISTIC', 'OPTIMISTIC_WITH_ENTITY_GROUPS'],
  'google_firestore_database.app_engine_integration_mode': ['ENABLED', 'DISABLED'],
  'google_firestore_database.point_in_time_recovery_enablement': ['POINT_IN_TIME_RECOVERY_ENABLED'],
  'google_firestore_database.delete_protection_state': ['DELETE_PROTECTION_ENABLED', 'DELETE_PROTECTION_DISABLED'],
  'google_firestore_database.deletion_policy': ['ABANDON', 'DELETE'],
  'google_firestore_backup_schedule.retention': /^\d+s$/,
  'google_firestore_index.query_scope': ['COLLECTION', 'COLLECTION_GROUP', 'COLLECTION_RECURSIVE'],
  'google_firestore_index.fields[].order': ['ASCENDING', 'DESCENDING'],
  'google_storage_bucket.storage_class': ['STANDARD', 'NEARLINE', 'COLDLINE', 'ARCHIVE'],
  'google_storage_bucket.lifecycle_rule[].action[].type': [
    'Delete',
    'SetStorageClass',
    'AbortIncompleteMultipartUpload',
  ],
  'google_storage_bucket.lifecycle_rule[].action[].storage_class': ['NEARLINE', 'COLDLINE', 'ARCHIVE'],
  'google_pubsub_topic.message_retention_duration': /^\d+s$/,
  'google_pubsub_subscription.message_retention_duration': /^\d+s$/,
  'google_kms_crypto_key.purpose': ['ASYMMETRIC_SIGN'],
  'google_kms_crypto_key.version_template[].algorithm': ['EC_SIGN_ED25519'],
  'google_kms_crypto_key.version_template[].protection_level': ['SOFTWARE'],
  'google_kms_crypto_key.destroy_scheduled_duration': /^\d+s$/,
  'google_workflows_workflow.call_log_level': ['LOG_ALL_CALLS', 'LOG_ERRORS_ONLY', 'LOG_NONE'],
  'google_artifact_registry_repository.format': ['DOCKER'],
  'google_artifact_registry_repository.cleanup_policies[].action': ['KEEP', 'DELETE'],
  'google_compute_region_network_endpoint_group.network_endpoint_type': ['SERVERLESS'],
  'google_compute_backend_service.protocol': ['HTTPS'],
  'google_compute_backend_service.load_balancing_scheme': ['EXTERNAL_MANAGED'],
  'google_compute_global_forwarding_rule.load_balancing_scheme': ['EXTERNAL_MANAGED'],
  'google_compute_ssl_policy.profile': ['RESTRICTED', 'MODERN'],
  'google_compute_ssl_policy.min_tls_version': ['TLS_1_2'],
  'google_compute_url_map.default_url_redirect[].redirect_response_code': ['PERMANENT_REDIRECT'],
  'google_compute_security_policy.type': ['CLOUD_ARMOR'],
  'google_compute_security_policy.rule[].action': ['allow', 'throttle', 'rate_based_ban', 'deny(403)'],
  'google_compute_security_policy.rule[].rate_limit_options[].exceed_action': ['deny(429)'],
  'google_compute_security_policy.rule[].rate_limit_options[].enforce_on_key': ['IP', 'HTTP_HEADER'],
  'google_monitoring_alert_policy.combiner': ['OR', 'AND', 'AND_WITH_MATCHING_RESOURCE'],
  'google_monitoring_alert_policy.severity': ['CRITICAL', 'ERROR', 'WARNING'],
  'google_monitoring_alert_policy.conditions[].condition_threshold[].comparison': ['COMPARISON_GT', 'COMPARISON_LT'],
  'google_monitoring_alert_policy.conditions[].condition_threshold[].aggregations[].per_series_aligner': [
    'ALIGN_MAX',
    'ALIGN_RATE',
    'ALIGN_DELTA',
    'ALIGN_MEAN',
  ],
  'google_monitoring_alert_policy.conditions[].condition_prometheus_query_language[].evaluation_interval': ['60s'],
  'google_monitoring_notification_channel.type': ['email'],
  'google_logging_metric.metric_descriptor[].metric_kind': ['DELTA'],
  'google_logging_metric.metric_descriptor[].value_type': ['INT64', 'DISTRIBUTION'],
  'google_logging_metric.metric_descriptor[].labels[].value_type': ['STRING'],
  'google_project_iam_audit_config.audit_log_config[].log_type': ['ADMIN_READ', 'DATA_READ', 'DATA_WRITE'],
  'google_billing_budget.threshold_rules[].spend_basis': ['CURRENT_SPEND', 'FORECASTED_SPEND'],
  'google_access_context_manager_service_perimeter.perimeter_type': ['PERIMETER_TYPE_REGULAR'],
  'google_eventarc_trigger.matching_criteria[].value': ['google.cloud.pubsub.topic.v1.messagePublished'],
  'google_service_account.account_id': /^[a-z]([a-z0-9-]{4,28})[a-z0-9]$/,
  'google_cloud_scheduler_job.schedule': /^(\S+ ){4}\S+$/,
  'google_cloud_scheduler_job.attempt_deadline': /^\d+s$/,
  'google_cloud_scheduler_job.http_target[].http_method': ['POST'],
  'google_monitoring_alert_policy.conditions[].condition_absent[].duration': /^\d+s$/,
  'google_cloud_run_v2_job.template[].template[].timeout': /^\d+s$/,
};

/** Values at a path such as `rule[].action`, in every item of a list. */
function valuesAt(value: unknown, [step = '', ...rest]: readonly string[]): unknown[] {
  const inner = at(value, step.replace('[]', ''));
  const items = step.endsWith('[]') ? (Array.isArray(inner) ? inner : []) : [inner];
  return rest.length === 0 ? items : items.flatMap((item) => valuesAt(item, rest));
}

const permits = (allowed: Allowed, value: string): boolean =>
  allowed instanceof RegExp ? allowed.test(value) : allowed.includes(value);

/** Arguments hold values that the service knows. A path that no resource has any more is a finding, too. */
export function valuesAreKnown(plan: Plan): Finding[] {
  return Object.entries(allowedValues).flatMap(([path, allowed]) => {
    const [type = '', ...steps] = path.split('.');
    const resources = plan.resources.filter((resource) => resource.type === type);
    if (resources.length === 0) return [{ rule: 'values-are-known', address: path, message: 'no resource has it' }];
    return resources.flatMap(({ address, values }) =>
      valuesAt(values, steps)
        .filter((value) => value !== null && value !== undefined && value !== '')
        .filter((value) => !permits(allowed, String(value)))
        .map((value) => ({ rule: 'values-are-known', address, message: `${path} is ${JSON.stringify(value)}` })),
    );
  });
}
