output "name" {
  description = "Name of the job."
  value       = google_cloud_run_v2_job.this.name
}

output "account" {
  description = "Its service account, by full name."
  value       = google_service_account.this.name
}

output "has_models" {
  description = "Whether models are mounted."
  value       = length(google_cloud_run_v2_job.this.template[0].template[0].volumes) > 0
}
