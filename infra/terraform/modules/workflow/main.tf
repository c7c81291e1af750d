resource "google_service_account" "this" {
  project      = var.project_id
  account_id   = "atlas-workflow"
  display_name = "Atlas: workflow produce-asset"
}

resource "google_workflows_workflow" "this" {
  project             = var.project_id
  region              = var.region
  name                = "atlas-produce-asset"
  description         = "One job, from the raw file to the receipt"
  labels              = var.labels
  service_account     = google_service_account.this.id
  call_log_level      = "LOG_ERRORS_ONLY" # Logging every call costs more than the calls.
  source_contents     = var.source_yaml
  user_env_vars       = var.environment
  crypto_key_name     = var.kms_key_name
  deletion_protection = var.protect
}

resource "google_pubsub_topic_iam_member" "publishes" {
  for_each = var.topics
  project  = var.project_id
  topic    = each.value
  role     = "roles/pubsub.publisher"
  member   = google_service_account.this.member
}

resource "google_cloud_run_v2_service_iam_member" "claims" {
  project  = var.project_id
  location = var.region
  name     = var.claim_service
  role     = "roles/run.invoker"
  member   = google_service_account.this.member
}

resource "google_cloud_run_v2_job_iam_member" "scores" {
  project  = var.project_id
  location = var.region
  name     = var.score_job
  role     = "roles/run.jobsExecutorWithOverrides"
  member   = google_service_account.this.member
}

# The connector asks how the execution is getting on, which only a role of the project allows.
resource "google_project_iam_member" "watches" {
  for_each = toset(["roles/run.viewer", "roles/logging.logWriter"])
  project  = var.project_id
  role     = each.value
  member   = google_service_account.this.member
}

# Asks a new revision of the API before it gets traffic. It needs no right: that revision is as public as the API.
resource "google_service_account" "smoke" {
  project      = var.project_id
  account_id   = "atlas-smoke"
  display_name = "Atlas: workflow smoke"
}

resource "google_workflows_workflow" "smoke" {
  project             = var.project_id
  region              = var.region
  name                = "atlas-smoke"
  description         = "Asks a new revision of the API"
  labels              = var.labels
  service_account     = google_service_account.smoke.id
  source_contents     = var.smoke_yaml
  crypto_key_name     = var.kms_key_name
  deletion_protection = false # There is nothing in it.
}
