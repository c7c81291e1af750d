resource "google_firestore_database" "this" {
  project                           = var.project_id
  name                              = "(default)"
  location_id                       = var.region
  type                              = "FIRESTORE_NATIVE"
  concurrency_mode                  = "PESSIMISTIC"
  app_engine_integration_mode       = "DISABLED"
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"
  delete_protection_state           = var.protect ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"
  deletion_policy                   = var.protect ? "ABANDON" : "DELETE"

  dynamic "cmek_config" {
    for_each = var.kms_key_name == null ? [] : [var.kms_key_name]
    content {
      kms_key_name = cmek_config.value
    }
  }
}

resource "google_firestore_backup_schedule" "daily" {
  project   = var.project_id
  database  = google_firestore_database.this.name
  retention = "1209600s" # 14 days; point-in-time recovery reaches back only seven.
  daily_recurrence {}
}

# What Firestore does not index by itself. infra/terraform-check/queries.ts lists the queries and holds them against this.
locals {
  indexes = {
    # Newest first is by the field that holds the document's own id: ids sort by time.
    jobs-status = { collection = "jobs", fields = [["status", "ASCENDING"], ["id", "DESCENDING"]] }
    assets-old  = { collection = "assets", fields = [["kind", "ASCENDING"], ["createdAt", "ASCENDING"]] }
    usage-job   = { collection = "usage", fields = [["jobId", "ASCENDING"], ["at", "ASCENDING"]] }
  }
}

resource "google_firestore_index" "this" {
  for_each    = local.indexes
  project     = var.project_id
  database    = google_firestore_database.this.name
  collection  = each.value.collection
  query_scope = "COLLECTION"

  dynamic "fields" {
    for_each = each.value.fields
    content {
      field_path = fields.value[0]
      order      = fields.value[1]
    }
  }
}

# What goes by itself at its `expiresAt`: answers kept for repeated requests, counters of past days. The field is also
# searched by the sweep of stores that cannot do this, so its index stays.
resource "google_firestore_field" "expiry" {
  for_each   = toset(["idempotency", "quota"])
  project    = var.project_id
  database   = google_firestore_database.this.name
  collection = each.value
  field      = "expiresAt"
  ttl_config {}
}
