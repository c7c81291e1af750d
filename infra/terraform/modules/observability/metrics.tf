# Metrics out of log lines: each measurement of the functions is one line (shared/adapters/telemetry/log-metrics.ts). Names,
# labels and bounds are those of shared/ports/metrics.ts; infra/terraform-check compares.
locals {
  seconds   = { unit = "s", bounds = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 900, 3600] }
  micro_usd = { unit = "1", bounds = [1000, 3000, 10000, 30000, 100000, 300000, 1000000, 3000000, 10000000, 30000000, 100000000] }
  counted   = { unit = "1", bounds = [] }

  metrics = {
    atlas_request_seconds        = merge(local.seconds, { labels = ["route", "status"], help = "Time to answer a request of the API." })
    atlas_refusals_total         = merge(local.counted, { labels = ["code"], help = "Requests that the API refused, by error code." })
    atlas_queue_age_seconds      = merge(local.seconds, { labels = ["stage"], help = "Age of a message when its function began to handle it." })
    atlas_stage_seconds          = merge(local.seconds, { labels = ["stage", "target", "outcome"], help = "Time that one delivery of a stage took." })
    atlas_job_seconds            = merge(local.seconds, { labels = ["status"], help = "Time from the acceptance of a job to its end." })
    atlas_verdicts_total         = merge(local.counted, { labels = ["target", "verdict"], help = "Decisions of the gate." })
    atlas_job_charge_micro_usd   = merge(local.micro_usd, { labels = ["status"], help = "What a job was charged when it ended." })
    atlas_asset_charge_micro_usd = merge(local.micro_usd, { labels = ["target"], help = "Charge for one delivered target." })
    atlas_asset_work_seconds     = merge(local.seconds, { labels = ["target"], help = "Time of work for one delivered target." })
    atlas_usage_lines_total      = merge(local.counted, { labels = ["metric", "charged"], help = "Usage lines of ended jobs." })
    atlas_webhook_attempts_total = merge(local.counted, { labels = ["state"], help = "Attempts to deliver a webhook." })
  }
}

resource "google_logging_metric" "this" {
  for_each         = local.metrics
  project          = var.project_id
  name             = each.key
  description      = each.value.help
  filter           = "resource.type = (\"cloud_run_revision\" OR \"cloud_run_job\") AND jsonPayload.metric = \"${each.key}\""
  value_extractor  = length(each.value.bounds) == 0 ? null : "EXTRACT(jsonPayload.value)"
  label_extractors = { for label in each.value.labels : label => "EXTRACT(jsonPayload.labels.${label})" }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = length(each.value.bounds) == 0 ? "INT64" : "DISTRIBUTION"
    unit        = each.value.unit
    dynamic "labels" {
      for_each = each.value.labels
      content {
        key        = labels.value
        value_type = "STRING"
      }
    }
  }
  dynamic "bucket_options" {
    for_each = length(each.value.bounds) == 0 ? [] : [each.value.bounds]
    content {
      explicit_buckets {
        bounds = bucket_options.value
      }
    }
  }
}

# How PromQL names them: a metric out of logs belongs to several kinds of resources, so one has to be said.
locals {
  prefix = "logging_googleapis_com:user_"
  run    = "monitored_resource=\"cloud_run_revision\""

  # Title, query, what it is drawn by is in the query.
  queries = [
    ["Age of messages, s, 95th percentile, by stage", "histogram_quantile(0.95, sum by (le, stage) (rate(${local.prefix}atlas_queue_age_seconds_bucket{${local.run}}[5m])))"],
    ["Time of a stage, s, 95th percentile", "histogram_quantile(0.95, sum by (le, stage) (rate(${local.prefix}atlas_stage_seconds_bucket{${local.run}}[5m])))"],
    ["Deliveries of stages, a minute, by outcome", "60 * sum by (stage, outcome) (rate(${local.prefix}atlas_stage_seconds_count{${local.run}}[5m]))"],
    ["Time of a job, s, median and 95th percentile", "histogram_quantile(0.5, sum by (le) (rate(${local.prefix}atlas_job_seconds_bucket{${local.run}}[15m]))) or histogram_quantile(0.95, sum by (le, status) (rate(${local.prefix}atlas_job_seconds_bucket{${local.run}}[15m])))"],
    ["Verdicts, an hour", "sum by (verdict) (increase(${local.prefix}atlas_verdicts_total{${local.run}}[1h]))"],
    ["Charged, USD an hour", "sum(increase(${local.prefix}atlas_job_charge_micro_usd_sum{${local.run}}[1h])) / 1000000"],
    ["Charge for an asset, USD, mean of a day, by target", "sum by (target) (increase(${local.prefix}atlas_asset_charge_micro_usd_sum{${local.run}}[1d])) / sum by (target) (increase(${local.prefix}atlas_asset_charge_micro_usd_count{${local.run}}[1d])) / 1000000"],
    ["Work for an asset, s, mean of a day, by target", "sum by (target) (increase(${local.prefix}atlas_asset_work_seconds_sum{${local.run}}[1d])) / sum by (target) (increase(${local.prefix}atlas_asset_work_seconds_count{${local.run}}[1d]))"],
    ["Usage lines, an hour, charged or not", "sum by (metric, charged) (increase(${local.prefix}atlas_usage_lines_total{${local.run}}[1h]))"],
    ["Refusals of the API, a minute, by code", "60 * sum by (code) (rate(${local.prefix}atlas_refusals_total{${local.run}}[5m]))"],
    ["Time to answer, s, 95th percentile, by route", "histogram_quantile(0.95, sum by (le, route) (rate(${local.prefix}atlas_request_seconds_bucket{${local.run}}[5m])))"],
    ["Attempts of webhooks, an hour", "sum by (state) (increase(${local.prefix}atlas_webhook_attempts_total{${local.run}}[1h]))"],
  ]

  # `query` has a result for `duration`. A share counts from a number of cases on that chance does not reach.
  query_alerts = {
    message-age = {
      title    = "Messages wait too long"
      query    = "histogram_quantile(0.95, sum by (le, stage) (rate(${local.prefix}atlas_queue_age_seconds_bucket{${local.run}, stage!=\"webhook\"}[5m]))) > 300"
      duration = "300s"
      help     = "Half of the workflow's patience is gone before a stage begins. Instances are at their limit, or messages come back again and again: look at the outcomes on the dashboard."
    }
    rejected-share = {
      title    = "The gate rejects too much"
      query    = "sum by (target) (increase(${local.prefix}atlas_verdicts_total{${local.run}, verdict=\"rejected\"}[1h])) / sum by (target) (increase(${local.prefix}atlas_verdicts_total{${local.run}}[1h])) > 0.5 and sum by (target) (increase(${local.prefix}atlas_verdicts_total{${local.run}}[1h])) >= 20"
      duration = "300s"
      help     = "More than half of a target's files within the hour. After a release: compare the gate's reports with those before. Otherwise one customer's files, which its jobs show."
    }
    failing-stages = {
      title    = "Stages fail"
      query    = "sum by (stage) (increase(${local.prefix}atlas_stage_seconds_count{${local.run}, outcome=~\"failed|retried\"}[15m])) / sum by (stage) (increase(${local.prefix}atlas_stage_seconds_count{${local.run}}[15m])) > 0.2 and sum by (stage) (increase(${local.prefix}atlas_stage_seconds_count{${local.run}}[15m])) >= 10"
      duration = "300s"
      help     = "More than a fifth of a stage's deliveries. Open a trace with an error of that stage, or its log lines of severity ERROR."
    }
  }
}

resource "google_monitoring_alert_policy" "query" {
  for_each              = local.query_alerts
  project               = var.project_id
  display_name          = "Atlas: ${each.value.title}"
  combiner              = "OR"
  severity              = "WARNING"
  notification_channels = local.channels
  user_labels           = var.labels
  depends_on            = [google_logging_metric.this]

  conditions {
    display_name = each.value.title
    condition_prometheus_query_language {
      query               = each.value.query
      duration            = each.value.duration
      evaluation_interval = "60s"
    }
  }
  documentation {
    content   = each.value.help
    mime_type = "text/markdown"
  }
}
