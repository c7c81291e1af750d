# Calls functions/sweep. Each call is bounded and goes on where an earlier one stopped, so a call that fails is not repeated:
# the next one does.
locals {
  # Cloud Scheduler is not offered in every region. It only sends requests, so one nearby will do.
  nearby           = { europe-west4 = "europe-west1" }
  scheduler_region = lookup(local.nearby, var.region, var.region)

  requests = "resource.type = \"cloud_run_revision\" AND metric.type = \"run.googleapis.com/request_count\" AND resource.labels.service_name = \"${var.service}\""
}

resource "google_service_account" "this" {
  project      = var.project_id
  account_id   = "atlas-scheduler"
  display_name = "Atlas: calls the sweeps"
}

resource "google_cloud_run_v2_service_iam_member" "calls" {
  project  = var.project_id
  location = var.region
  name     = var.service
  role     = "roles/run.invoker"
  member   = google_service_account.this.member
}

resource "google_cloud_scheduler_job" "this" {
  for_each         = var.schedules
  project          = var.project_id
  region           = local.scheduler_region
  name             = "atlas-sweep-${each.key}"
  description      = "functions/sweep: ${join(", ", each.value.sweeps)}"
  schedule         = each.value.cron
  time_zone        = "Etc/UTC"
  attempt_deadline = "120s"

  retry_config {
    retry_count = 0
  }
  http_target {
    http_method = "POST"
    uri         = var.url
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode(jsonencode({ sweeps = each.value.sweeps }))
    oidc_token {
      service_account_email = google_service_account.this.email
      audience              = var.url
    }
  }
  depends_on = [google_cloud_run_v2_service_iam_member.calls]
}

# Two ways to fail: calls that end badly, and no good call at all (a paused schedule, a caller that is refused).
resource "google_monitoring_alert_policy" "sweeps" {
  project               = var.project_id
  display_name          = "Atlas: Sweeps fail"
  combiner              = "OR"
  severity              = "ERROR"
  notification_channels = var.notification_channels
  user_labels           = var.labels

  conditions {
    display_name = "Sweeps answer 5xx"
    condition_threshold {
      filter          = "${local.requests} AND metric.labels.response_code_class = \"5xx\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "300s" # One bad call is followed by good ones.
      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_DELTA"
      }
    }
  }
  conditions {
    display_name = "Sweeps are not called"
    condition_absent {
      filter   = "${local.requests} AND metric.labels.response_code_class = \"2xx\""
      duration = "900s"
      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_DELTA"
      }
    }
  }
  documentation {
    content   = "Jobs that lost their execution are neither restarted nor ended, webhooks that were not published wait, retention and deletions stand still. Look for severity ERROR in the logs of `atlas-sweep`, and at the schedules: `gcloud scheduler jobs list`."
    mime_type = "text/markdown"
  }
}
