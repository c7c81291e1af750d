resource "google_service_account" "this" {
  project      = var.project_id
  account_id   = "atlas-${var.name}"
  display_name = "Atlas: function ${var.name}"
}

resource "google_cloudfunctions2_function" "this" {
  project      = var.project_id
  location     = var.region
  name         = "atlas-${var.name}"
  description  = "functions/${var.name}"
  labels       = var.labels
  kms_key_name = var.kms_key_name

  build_config {
    runtime           = "nodejs24"
    entry_point       = var.name
    service_account   = var.build_account
    docker_repository = var.repository
    source {
      storage_source {
        bucket = var.source_archive.bucket
        object = var.source_archive.object
      }
    }
  }

  service_config {
    available_memory                 = var.size.memory
    available_cpu                    = var.size.cpu
    max_instance_request_concurrency = var.size.concurrency
    timeout_seconds                  = var.size.timeout_seconds
    min_instance_count               = var.size.min_instances
    max_instance_count               = var.size.max_instances
    ingress_settings                 = var.is_public ? "ALLOW_INTERNAL_AND_GCLB" : "ALLOW_INTERNAL_ONLY"
    all_traffic_on_latest_revision   = !var.is_public # The release asks a new revision of the API first.
    service_account_email            = google_service_account.this.email
    environment_variables            = var.environment
  }
}

# The load balancer brings no token, so the API must admit everybody; it checks API keys itself, and its ingress admits the
# load balancer only. No other function has a public member.
resource "google_cloud_run_v2_service_iam_member" "public" {
  count    = var.is_public ? 1 : 0
  project  = var.project_id
  location = var.region
  name     = google_cloudfunctions2_function.this.name
  role     = "roles/run.invoker"
  member   = "allUsers"
}

# Documents: IAM knows databases, not collections.
resource "google_project_iam_member" "documents" {
  project = var.project_id
  role    = "roles/datastore.user"
  member  = google_service_account.this.member
  condition {
    title      = "this database only"
    expression = "resource.name == \"projects/${var.project_id}/databases/${var.database}\""
  }
}

# Reads and creates; objects are written once, so nobody may overwrite or delete.
resource "google_storage_bucket_iam_member" "objects" {
  for_each = toset(var.uses_objects ? ["roles/storage.objectViewer", "roles/storage.objectCreator"] : [])
  bucket   = var.objects_bucket
  role     = each.value
  member   = google_service_account.this.member
}

# Starting an execution and answering a callback take the same role, and it can be given for a project only.
resource "google_project_iam_member" "workflow" {
  count   = var.starts_workflow ? 1 : 0
  project = var.project_id
  role    = "roles/workflows.invoker"
  member  = google_service_account.this.member
}

resource "google_service_account_iam_member" "signs" {
  count              = var.signs_urls ? 1 : 0
  service_account_id = google_service_account.this.name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = google_service_account.this.member
}

resource "google_project_iam_member" "telemetry" {
  for_each = toset(["roles/logging.logWriter", "roles/telemetry.tracesWriter"]) # Metrics are made of log lines.
  project  = var.project_id
  role     = each.value
  member   = google_service_account.this.member
}
