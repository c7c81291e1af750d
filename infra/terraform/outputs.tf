output "api_address" {
  description = "IP address that the DNS record of `api_domain` has to point at."
  value       = module.edge.address
}

output "objects_bucket" {
  description = "Bucket of all assets."
  value       = module.storage.objects
}

output "sources_bucket" {
  description = "Bucket that functions' zips are uploaded to before an apply."
  value       = module.storage.sources
}

output "image_repository" {
  description = "Where the scoring job's image is pushed."
  value       = "${var.region}-docker.pkg.dev/${var.project_id}/${google_artifact_registry_repository.images.repository_id}"
}

output "receipt_key_version" {
  description = "Key version that signs receipts."
  value       = module.keys.receipt_key_version
}

output "delivery_policies" {
  description = "For each topic, how its messages are delivered; an ack deadline of 600 s is the most there is, a stage may take 540 s."
  value = {
    for name, policy in local.topics : name => merge(policy, {
      dead_letter_topic    = module.topic[name].dead_letter_topic
      ack_deadline_seconds = 600
    })
  }
}

output "trigger_subscriptions" {
  description = "For each topic, the subscription that its trigger made; `npm run deploy` gives it the policy."
  value       = { for name, trigger in google_eventarc_trigger.stage : name => trigger.transport[0].pubsub[0].subscription }
}
