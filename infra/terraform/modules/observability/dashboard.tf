locals {
  # Title, filter, how points are aligned, what lines are told apart by.
  charts = [
    ["Requests a second, by service", "resource.type=\"cloud_run_revision\" metric.type=\"run.googleapis.com/request_count\"", "ALIGN_RATE", "REDUCE_SUM", "resource.label.service_name"],
    ["Latency, 95th percentile, by service", "resource.type=\"cloud_run_revision\" metric.type=\"run.googleapis.com/request_latencies\"", "ALIGN_PERCENTILE_95", "REDUCE_MAX", "resource.label.service_name"],
    ["Instances, by service", "resource.type=\"cloud_run_revision\" metric.type=\"run.googleapis.com/container/instance_count\"", "ALIGN_MAX", "REDUCE_SUM", "resource.label.service_name"],
    ["Oldest waiting message, by subscription", "resource.type=\"pubsub_subscription\" metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\"", "ALIGN_MAX", "REDUCE_MAX", "resource.label.subscription_id"],
    ["Dead letters", "resource.type=\"pubsub_subscription\" metric.type=\"pubsub.googleapis.com/subscription/dead_letter_message_count\"", "ALIGN_DELTA", "REDUCE_SUM", "resource.label.subscription_id"],
    ["Executions, by status", "resource.type=\"workflows.googleapis.com/Workflow\" metric.type=\"workflows.googleapis.com/finished_execution_count\"", "ALIGN_DELTA", "REDUCE_SUM", "metric.label.status"],
    ["Scoring executions, by result", "resource.type=\"cloud_run_job\" metric.type=\"run.googleapis.com/job/completed_execution_count\"", "ALIGN_DELTA", "REDUCE_SUM", "metric.label.result"],
    ["Document reads and writes", "resource.type=\"firestore.googleapis.com/Database\" metric.type=\"firestore.googleapis.com/document/write_ops_count\"", "ALIGN_RATE", "REDUCE_SUM", "metric.label.op"],
  ]

  tiles = concat(
    [for chart in local.charts : {
      title = chart[0]
      query = {
        timeSeriesFilter = {
          filter = chart[1]
          aggregation = {
            alignmentPeriod    = "60s"
            perSeriesAligner   = chart[2]
            crossSeriesReducer = chart[3]
            groupByFields      = [chart[4]]
          }
        }
      }
    }],
    [for query in local.queries : { title = query[0], query = { prometheusQuery = query[1] } }],
  )
}

resource "google_monitoring_dashboard" "this" {
  project = var.project_id
  dashboard_json = jsonencode({
    displayName = "Atlas"
    mosaicLayout = {
      columns = 12
      tiles = [for at, tile in local.tiles : {
        xPos   = (at % 2) * 6
        yPos   = floor(at / 2) * 4
        width  = 6
        height = 4
        widget = {
          title = tile.title
          xyChart = {
            dataSets = [{
              plotType        = "LINE"
              timeSeriesQuery = tile.query
            }]
          }
        }
      }]
    }
  })
}
