output "name" {
  description = "Name of the workflow."
  value       = google_workflows_workflow.this.name
}

output "account" {
  description = "Its service account, by full name."
  value       = google_service_account.this.name
}

output "smoke_account" {
  description = "Service account of the workflow that asks a new revision, by full name."
  value       = google_service_account.smoke.name
}
