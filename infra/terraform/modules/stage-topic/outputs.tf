output "id" {
  description = "Full name of the topic."
  value       = google_pubsub_topic.this.id
}

output "name" {
  description = "Name of the topic."
  value       = google_pubsub_topic.this.name
}

output "dead_letter_topic" {
  description = "Full name of the dead-letter topic."
  value       = "projects/${var.project_id}/topics/${google_pubsub_topic.dead.name}"
}

output "dead_letter_subscription" {
  description = "Subscription that keeps dead letters."
  value       = google_pubsub_subscription.dead.name
}
