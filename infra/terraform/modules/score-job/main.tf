locals {
  models_folder = "/models"
}

resource "google_service_account" "this" {
  project      = var.project_id
  account_id   = "atlas-score"
  display_name = "Atlas: scoring job"
}

resource "google_cloud_run_v2_job" "this" {
  project             = var.project_id
  location            = var.region
  name                = "atlas-score" # workflows/produce-asset.yaml names it.
  labels              = var.labels
  deletion_protection = var.protect

  template {
    task_count  = 1
    parallelism = var.parallel_tasks
    template {
      service_account = google_service_account.this.email
      # A GPU task is ended at maintenance, so one repeat must do; the manifest is written once, whoever comes first.
      max_retries                   = 2
      timeout                       = "840s" # The workflow waits 900 s.
      gpu_zonal_redundancy_disabled = true   # Redundancy costs more, and a repeat is as good.
      node_selector {
        accelerator = "nvidia-l4"
      }
      dynamic "volumes" {
        for_each = var.models_bucket == null ? [] : [var.models_bucket]
        content {
          name = "models"
          gcs {
            bucket    = volumes.value
            read_only = true
          }
        }
      }
      containers {
        image = var.image
        resources {
          limits = { cpu = "4", memory = "16Gi", "nvidia.com/gpu" = "1" } # The least that an L4 is given with.
        }
        dynamic "volume_mounts" {
          for_each = var.models_bucket == null ? [] : [local.models_folder]
          content {
            name       = "models"
            mount_path = volume_mounts.value
          }
        }
        dynamic "env" {
          for_each = merge(var.environment, var.models_bucket == null ? {} : { ATLAS_MODELS_DIR = local.models_folder })
          content {
            name  = env.key
            value = env.value
          }
        }
      }
    }
  }
}

resource "google_project_iam_member" "documents" {
  project = var.project_id
  role    = "roles/datastore.user"
  member  = google_service_account.this.member
  condition {
    title      = "this database only"
    expression = "resource.name == \"projects/${var.project_id}/databases/${var.database}\""
  }
}

resource "google_storage_bucket_iam_member" "objects" {
  for_each = toset(["roles/storage.objectViewer", "roles/storage.objectCreator"])
  bucket   = var.bucket
  role     = each.value
  member   = google_service_account.this.member
}

resource "google_storage_bucket_iam_member" "models" {
  count  = var.models_bucket == null ? 0 : 1
  bucket = var.models_bucket
  role   = "roles/storage.objectViewer"
  member = google_service_account.this.member
}

resource "google_project_iam_member" "telemetry" {
  for_each = toset(["roles/logging.logWriter", "roles/telemetry.tracesWriter"])
  project  = var.project_id
  role     = each.value
  member   = google_service_account.this.member
}

resource "google_artifact_registry_repository_iam_member" "pulls" {
  project    = var.project_id
  location   = var.region
  repository = var.repository
  role       = "roles/artifactregistry.reader"
  member     = google_service_account.this.member
}
