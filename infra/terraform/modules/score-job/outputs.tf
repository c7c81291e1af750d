output "name" {
  description = "Name of the job."
  value       = google_cloud_run_v2_job.this.name
}

output "account" {
  description = "Its service account, by full name."
  value       = google_service_account.this.name
}
