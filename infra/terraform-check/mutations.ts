/** One careless edit of the configuration, and the rule that has to notice. */
export interface Mutation {
  readonly rule: string;
  /** File below infra/terraform. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const topicModule = 'modules/stage-topic/main.tf';
const functionModule = 'modules/function/main.tf';
const documents = 'modules/documents/main.tf';
const schedule = 'modules/schedule/main.tf';
const score = 'modules/score-job/main.tf';
const edge = 'modules/edge/main.tf';
const metrics = 'modules/observability/metrics.tf';

/** Terraform itself refuses these: the schema knows better. */
export const refused: readonly Mutation[] = [
  {
    rule: 'unknown argument',
    file: functionModule,
    from: 'location     = var.region',
    to: 'place        = var.region',
  },
  {
    rule: 'missing argument',
    file: topicModule,
    from: 'topic                      = google_pubsub_topic.dead.id',
    to: '',
  },
  {
    rule: 'wrong type',
    file: functionModule,
    from: 'all_traffic_on_latest_revision   = !var.is_public',
    to: 'all_traffic_on_latest_revision = "often"',
  },
  {
    rule: 'unknown reference',
    file: 'functions.tf',
    from: 'module.keys.receipt_key\n',
    to: 'module.keys.invoice_key\n',
  },
  { rule: 'unknown block', file: 'modules/storage/main.tf', from: 'soft_delete_policy {', to: 'soft_deletion {' },
];

/** Each rule is shown to notice what it is for. */
export const mutations: readonly Mutation[] = [
  {
    rule: 'roles-are-listed',
    file: functionModule,
    from: '"roles/telemetry.tracesWriter"',
    to: '"roles/pubsub.admin"',
  },
  {
    rule: 'roles-are-listed',
    file: functionModule,
    from: '"roles/storage.objectCreator"',
    to: '"roles/storage.admin"',
  },
  {
    rule: 'no-project-wide-storage',
    file: functionModule,
    from: '"roles/telemetry.tracesWriter"',
    to: '"roles/storage.objectAdmin"',
  },
  { rule: 'no-project-wide-storage', file: 'functions.tf', from: '"roles/logging.logWriter"', to: '"roles/editor"' },
  { rule: 'no-public-member', file: functionModule, from: 'var.is_public ? 1 : 0', to: '1' },
  {
    rule: 'no-public-member',
    file: 'modules/storage/main.tf',
    from: '',
    to: 'resource "google_storage_bucket_iam_member" "all" {\n  bucket = google_storage_bucket.objects.name\n  role = "roles/storage.objectViewer"\n  member = "allAuthenticatedUsers"\n}\n',
  },
  { rule: 'database-is-named', file: score, from: '/databases/${var.database}', to: '' },
  {
    rule: 'buckets-are-closed',
    file: 'modules/storage/main.tf',
    from: 'public_access_prevention    = "enforced"',
    to: 'public_access_prevention    = "inherited"',
  },
  {
    rule: 'buckets-are-closed',
    file: 'modules/storage/main.tf',
    from: 'uniform_bucket_level_access = true',
    to: 'uniform_bucket_level_access = false',
  },
  {
    rule: 'own-accounts',
    file: functionModule,
    from: '= google_service_account.this.email',
    to: '= var.build_account',
  },
  {
    rule: 'own-accounts',
    file: functionModule,
    from: 'account_id   = "atlas-${var.name}"',
    to: 'account_id   = "atlas-function"',
  },
  { rule: 'values-are-known', file: documents, from: '"FIRESTORE_NATIVE"', to: '"DATASTORE_MODE"' },
  {
    rule: 'callers-are-named',
    file: 'functions.tf',
    from: 'ATLAS_CALLERS = join(",", lookup(local.callers, each.key, []))',
    to: 'ATLAS_CALLERS = ""',
  },
  { rule: 'callers-are-named', file: 'functions.tf', from: '["atlas-workflow@', to: '["atlas-workflows@' },
  { rule: 'secrets-are-read', file: 'functions.tf', from: '["api", "webhook"] }', to: '["api"] }' },
  { rule: 'secrets-are-read', file: 'functions.tf', from: '["api", "webhook"] }', to: '["api", "webhook", "gate"] }' },
  {
    rule: 'secrets-are-read',
    file: 'functions.tf',
    from: 'secrets = { atlas-webhook-key',
    to: 'secrets = { atlas-webhooks-key',
  },
  {
    rule: 'values-are-known',
    file: 'modules/keys/main.tf',
    from: '"EC_SIGN_ED25519"',
    to: '"RSA_SIGN_PSS_2048_SHA256"',
  },
  { rule: 'values-are-known', file: edge, from: '"EXTERNAL_MANAGED"', to: '"EXTERNAL"' },
  { rule: 'values-are-known', file: documents, from: '"POINT_IN_TIME_RECOVERY_ENABLED"', to: '"ON"' },
  { rule: 'values-are-known', file: 'modules/workflow/main.tf', from: '"LOG_ERRORS_ONLY"', to: '"ERRORS"' },
  {
    rule: 'topics-have-dead-letters',
    file: topicModule,
    from: 'name                       = "${var.name}-dead"',
    to: 'name                       = "${var.name}-lost"',
  },
  {
    rule: 'topics-have-dead-letters',
    file: 'functions.tf',
    from: 'name            = each.key',
    to: 'name            = "new-${each.key}"',
  },
  { rule: 'topics-have-dead-letters', file: topicModule, from: '"agent_publishes"', to: '"agent"' },
  { rule: 'topics-have-dead-letters', file: 'functions.tf', from: '"forward_dead"', to: '"forward"' },
  {
    rule: 'deliveries-match-code',
    file: 'functions.tf',
    from: 'max_delivery_attempts = 10 }',
    to: 'max_delivery_attempts = 5 }',
  },
  {
    rule: 'deliveries-match-code',
    file: 'functions.tf',
    from: 'minimum_backoff = "10s"',
    to: 'minimum_backoff = "20s"',
  },
  { rule: 'functions-fit', file: functionModule, from: '"nodejs24"', to: '"nodejs20"' },
  { rule: 'functions-fit', file: functionModule, from: '"ALLOW_INTERNAL_ONLY"', to: '"ALLOW_ALL"' },
  { rule: 'functions-fit', file: 'functions.tf', from: 'memory = "8Gi"', to: 'memory = "4Gi"' },
  { rule: 'functions-fit', file: 'functions.tf', from: 'cpu = "2", concurrency = 1', to: 'cpu = "2", concurrency = 8' },
  {
    rule: 'functions-fit',
    file: functionModule,
    from: 'entry_point       = var.name',
    to: 'entry_point       = "main"',
  },
  {
    rule: 'workflow-is-ours',
    file: 'main.tf',
    from: 'ATLAS_FUNCTIONS_URL = local.functions_url',
    to: 'ATLAS_FUNCTIONS = local.functions_url',
  },
  {
    rule: 'workflow-is-ours',
    file: 'main.tf',
    from: 'ATLAS_FUNCTIONS_URL = local.functions_url',
    to: 'ATLAS_FUNCTIONS_URL = local.functions_url\n    WORKFLOWS_X = "1"',
  },
  { rule: 'settings-are-complete', file: 'functions.tf', from: 'ATLAS_BUCKET ', to: 'ATLAS_OBJECTS ' },
  { rule: 'settings-are-complete', file: 'functions.tf', from: '"gcp"', to: '"local"' },
  { rule: 'scoring-fits', file: score, from: '"nvidia-l4"', to: '"nvidia-t4"' },
  {
    rule: 'scoring-fits',
    file: score,
    from: 'gpu_zonal_redundancy_disabled = true ',
    to: 'gpu_zonal_redundancy_disabled = false ',
  },
  {
    rule: 'scoring-fits',
    file: score,
    from: 'max_retries                   = 2',
    to: 'max_retries                   = 0',
  },
  { rule: 'scoring-fits', file: score, from: '"840s"', to: '"3600s"' },
  { rule: 'scoring-fits', file: score, from: 'read_only = true', to: 'read_only = false' },
  { rule: 'scoring-fits', file: score, from: 'ATLAS_MODELS_DIR =', to: 'ATLAS_MODEL_DIR =' },
  { rule: 'scoring-fits', file: score, from: 'mount_path = volume_mounts.value', to: 'mount_path = "/mnt/models"' },
  { rule: 'indexes-cover-queries', file: documents, from: '["jobId", "ASCENDING"], ', to: '' },
  {
    rule: 'indexes-cover-queries',
    file: documents,
    from: '[["status", "ASCENDING"], ["id", "DESCENDING"]]',
    to: '[["status", "ASCENDING"], ["id", "ASCENDING"]]',
  },
  {
    rule: 'database-is-safe',
    file: documents,
    from: 'var.protect ? "DELETE_PROTECTION_ENABLED"',
    to: '!var.protect ? "DELETE_PROTECTION_ENABLED"',
  },
  { rule: 'database-is-safe', file: documents, from: '  ttl_config {}\n', to: '' },
  {
    rule: 'trouble-is-announced',
    file: 'modules/observability/main.tf',
    from: 'oldest_unacked_message_age',
    to: 'ack_message_count',
  },
  {
    rule: 'trouble-is-announced',
    file: metrics,
    from: 'query_alerts = {\n    message-age = {',
    to: 'query_alerts = {}\n  unused_alerts = {\n    message-age = {',
  },
  { rule: 'metrics-match-code', file: metrics, from: '["target", "verdict"]', to: '["target"]' },
  { rule: 'metrics-match-code', file: metrics, from: '0.1, 0.3, 1, 3,', to: '0.1, 1, 3,' },
  { rule: 'metrics-match-code', file: metrics, from: 'EXTRACT(jsonPayload.value)', to: 'EXTRACT(jsonPayload.seconds)' },
  { rule: 'metrics-match-code', file: metrics, from: '    atlas_job_seconds  ', to: '    atlas_work_seconds ' },
  {
    rule: 'queries-name-metrics',
    file: metrics,
    from: 'atlas_job_charge_micro_usd_sum',
    to: 'atlas_job_charge_micro_usd',
  },
  {
    rule: 'queries-name-metrics',
    file: metrics,
    from: 'atlas_verdicts_total{${local.run}, ',
    to: 'atlas_verdict_total{${local.run}, ',
  },
  {
    rule: 'edge-is-guarded',
    file: edge,
    from: 'security_policy       = google_compute_security_policy.api.id',
    to: '',
  },
  {
    rule: 'edge-is-guarded',
    file: edge,
    from: 'enforce_on_key      = "HTTP_HEADER"',
    to: 'enforce_on_key      = "IP"',
  },
  { rule: 'sweeps-are-scheduled', file: 'functions.tf', from: '"deletions", "retention"', to: '"deletions"' },
  { rule: 'sweeps-are-scheduled', file: 'functions.tf', from: '["jobs", "webhooks"]', to: '["jobs", "deletions"]' },
  { rule: 'sweeps-are-scheduled', file: schedule, from: 'audience              = var.url', to: 'audience = "me"' },
  { rule: 'sweeps-are-scheduled', file: schedule, from: '"120s"', to: '"30s"' },
  {
    rule: 'sweeps-are-scheduled',
    file: schedule,
    from: '\\"${var.service}\\""',
    to: '\\"atlas-api\\""',
  },
  {
    rule: 'custom-roles-are-narrow',
    file: 'modules/release/main.tf',
    from: '"storage.buckets.getIamPolicy"',
    to: '"storage.buckets.setIamPolicy"',
  },
  {
    rule: 'custom-roles-are-narrow',
    file: 'sweep.tf',
    from: '"storage.objects.get"',
    to: '"storage.objects.create"',
  },
  {
    rule: 'roles-are-listed',
    file: 'sweep.tf',
    from: '"projects/${var.project_id}/roles/${google_project_iam_custom_role.deletes_objects.role_id}"',
    to: '"roles/storage.objectUser"',
  },
];

/** Edits that the assertions of tests/*.tftest.hcl have to notice. */
export const testMutations: readonly Mutation[] = [
  { rule: 'tftest: public only the api', file: functionModule, from: 'var.is_public ? 1 : 0', to: '1' },
  {
    rule: 'tftest: names of the workflow',
    file: score,
    from: 'name                = "atlas-score"',
    to: 'name                = "atlas-scoring"',
  },
  {
    rule: 'tftest: models are optional',
    file: score,
    from: 'for_each = var.models_bucket == null ? [] : [var.models_bucket]',
    to: 'for_each = ["models"]',
  },
  { rule: 'tftest: perimeter is optional', file: 'main.tf', from: 'var.access_policy == null ? 0 : 1', to: '1' },
  {
    rule: 'tftest: customer keys everywhere',
    file: 'modules/storage/main.tf',
    from: 'for_each = var.kms_key_name == null ? [] : [var.kms_key_name]',
    to: 'for_each = []',
  },
  {
    rule: 'tftest: data may go',
    file: documents,
    from: '"DELETE_PROTECTION_DISABLED"',
    to: '"DELETE_PROTECTION_ENABLED"',
  },
];
