# Objects are content-addressed and written once, so versions would only cost: what is deleted by mistake comes back through
# soft delete. Sources keep versions, because they are what a rollback needs.
resource "google_storage_bucket" "objects" {
  project                     = var.project_id
  name                        = "${var.prefix}-atlas-objects"
  location                    = var.region
  labels                      = var.labels
  storage_class               = "STANDARD"
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = var.force_destroy

  versioning {
    enabled = false
  }
  soft_delete_policy {
    retention_duration_seconds = 604800 # A week: Google's default, said aloud.
  }
  dynamic "encryption" {
    for_each = var.kms_key_name == null ? [] : [var.kms_key_name]
    content {
      default_kms_key_name = encryption.value
    }
  }
  dynamic "cors" {
    for_each = length(var.upload_origins) == 0 ? [] : [var.upload_origins]
    content {
      origin          = cors.value
      method          = ["GET", "HEAD", "PUT"]
      response_header = ["Content-Type", "Content-Range", "ETag", "x-goog-content-length-range", "x-goog-if-generation-match"]
      max_age_seconds = 3600
    }
  }
  # Nothing is deleted by age: content is shared by hash, and an old object may be a new job's. shared/records/retention.ts
  # deletes what no job needs. What is read again is read soon; after a month it is the archive of a delivery.
  lifecycle_rule {
    action {
      type          = "SetStorageClass"
      storage_class = "NEARLINE"
    }
    condition {
      age                   = 30
      matches_storage_class = ["STANDARD"]
    }
  }
  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 1
    }
  }
}

resource "google_storage_bucket" "sources" {
  project                     = var.project_id
  name                        = "${var.prefix}-atlas-sources"
  location                    = var.region
  labels                      = var.labels
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true # Everything in it is built from the repository.

  versioning {
    enabled = true
  }
  dynamic "encryption" {
    for_each = var.kms_key_name == null ? [] : [var.kms_key_name]
    content {
      default_kms_key_name = encryption.value
    }
  }
  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      num_newer_versions = 10
    }
  }
}

resource "google_storage_bucket" "audit" {
  project                     = var.project_id
  name                        = "${var.prefix}-atlas-audit"
  location                    = var.region
  labels                      = var.labels
  storage_class               = "COLDLINE"
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false

  retention_policy {
    retention_period = tostring(var.audit_retention_days * 86400)
    is_locked        = false # Locking cannot be undone; whoever is audited locks it by hand.
  }
  dynamic "encryption" {
    for_each = var.kms_key_name == null ? [] : [var.kms_key_name]
    content {
      default_kms_key_name = encryption.value
    }
  }
  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = var.audit_retention_days + 30
    }
  }
}
