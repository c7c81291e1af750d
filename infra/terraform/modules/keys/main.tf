resource "google_kms_key_ring" "this" {
  project  = var.project_id
  location = var.region
  name     = "atlas"
}

# Signs receipts. Asymmetric keys are not rotated by themselves; a new version is made by hand and named in the deployment,
# and old receipts are checked against the version that they name.
resource "google_kms_crypto_key" "receipts" {
  name                       = "receipts"
  key_ring                   = google_kms_key_ring.this.id
  purpose                    = "ASYMMETRIC_SIGN"
  destroy_scheduled_duration = "2592000s" # A month to think again.
  labels                     = var.labels

  version_template {
    algorithm        = "EC_SIGN_ED25519"
    protection_level = "SOFTWARE"
  }
  lifecycle {
    prevent_destroy = true
  }
}

# No versions here: in Terraform's state everybody with the state could read them. They are added by `npm run deploy`, and to
# rotate by hand: head -c 32 /dev/urandom | gcloud secrets versions add NAME --data-file=-
resource "google_secret_manager_secret" "this" {
  for_each            = var.secrets
  project             = var.project_id
  secret_id           = each.value
  labels              = var.labels
  version_destroy_ttl = "86400s" # A day to think again.

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }
}
