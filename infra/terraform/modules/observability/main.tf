resource "google_monitoring_notification_channel" "email" {
  for_each     = toset(var.emails)
  project      = var.project_id
  display_name = "Atlas: ${each.value}"
  type         = "email"
  labels       = { email_address = each.value }
}

locals {
  channels = [for channel in google_monitoring_notification_channel.email : channel.id]

  # `filter` is above `threshold` for `duration`.
  alerts = {
    dead-letters = {
      title     = "Dead letters wait"
      filter    = "resource.type = \"pubsub_subscription\" AND metric.type = \"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND resource.labels.subscription_id = monitoring.regex.full_match(\"${join("|", var.dead_letter_subscriptions)}\")"
      threshold = 0
      duration  = "0s"
      aligner   = "ALIGN_MAX"
      help      = "A message was tried as often as allowed. Read it with `gcloud pubsub subscriptions pull <name>-dead`, mend the cause, publish it again."
    }
    queue-age = {
      title     = "Stages fall behind"
      filter    = "resource.type = \"pubsub_subscription\" AND metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND resource.labels.subscription_id = monitoring.regex.full_match(\"eventarc-.*-(${join("|", var.topics)})-.*\")"
      threshold = 900 # The workflow gives up on an answer after 900 s.
      duration  = "300s"
      aligner   = "ALIGN_MAX"
      help      = "Instances are at their limit, or a stage hangs. Compare with the dashboard's instance counts."
    }
    server-errors = {
      title     = "Functions answer 5xx"
      filter    = "resource.type = \"cloud_run_revision\" AND metric.type = \"run.googleapis.com/request_count\" AND metric.labels.response_code_class = \"5xx\" AND resource.labels.service_name = monitoring.regex.full_match(\"atlas-.*\")"
      threshold = 0.1 # A second: one in ten seconds for five minutes.
      duration  = "300s"
      aligner   = "ALIGN_RATE"
      help      = "Look for severity ERROR in the logs of the service that the incident names."
    }
    executions = {
      title     = "Executions fail"
      filter    = "resource.type = \"workflows.googleapis.com/Workflow\" AND metric.type = \"workflows.googleapis.com/finished_execution_count\" AND metric.labels.status = \"FAILED\""
      threshold = 0
      duration  = "0s"
      aligner   = "ALIGN_DELTA"
      help      = "An execution fails only when nobody could be told; its job never ended. The execution's page shows the step."
    }
    score-tasks = {
      title     = "Scoring tasks fail"
      filter    = "resource.type = \"cloud_run_job\" AND metric.type = \"run.googleapis.com/job/completed_execution_count\" AND metric.labels.result = \"failed\""
      threshold = 0
      duration  = "0s"
      aligner   = "ALIGN_DELTA"
      help      = "Often GPU quota or maintenance; the logs of the job say which."
    }
  }
}

resource "google_monitoring_alert_policy" "this" {
  for_each              = local.alerts
  project               = var.project_id
  display_name          = "Atlas: ${each.value.title}"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = local.channels
  user_labels           = var.labels

  conditions {
    display_name = each.value.title
    condition_threshold {
      filter          = each.value.filter
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.threshold
      duration        = each.value.duration
      aggregations {
        alignment_period   = "60s"
        per_series_aligner = each.value.aligner
      }
    }
  }
  documentation {
    content   = each.value.help
    mime_type = "text/markdown"
  }
}

resource "google_logging_project_sink" "audit" {
  project                = var.project_id
  name                   = "atlas-audit"
  destination            = "storage.googleapis.com/${var.audit_bucket}"
  filter                 = "logName:\"cloudaudit.googleapis.com\" OR jsonPayload.audit = true"
  unique_writer_identity = true
}

resource "google_storage_bucket_iam_member" "audit" {
  bucket = var.audit_bucket
  role   = "roles/storage.objectCreator"
  member = google_logging_project_sink.audit.writer_identity
}

# Who read what: data access is not logged unless it is asked for.
resource "google_project_iam_audit_config" "data" {
  for_each = toset(["cloudkms.googleapis.com", "datastore.googleapis.com", "secretmanager.googleapis.com", "storage.googleapis.com"])
  project  = var.project_id
  service  = each.value
  audit_log_config {
    log_type = "DATA_READ"
  }
  audit_log_config {
    log_type = "DATA_WRITE"
  }
}

resource "google_billing_budget" "this" {
  count           = var.billing_account == null ? 0 : 1
  billing_account = var.billing_account
  display_name    = "Atlas ${var.project_id}"
  budget_filter {
    projects = ["projects/${var.project_number}"]
  }
  amount {
    specified_amount {
      currency_code = "USD"
      units         = tostring(floor(var.monthly_budget_usd))
    }
  }
  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1.0]
    content {
      threshold_percent = threshold_rules.value
    }
  }
  threshold_rules {
    threshold_percent = 1.0
    spend_basis       = "FORECASTED_SPEND"
  }
  all_updates_rule {
    monitoring_notification_channels = local.channels
    disable_default_iam_recipients   = false
  }
}
