output "service" {
  description = "Name of the Cloud Run service under the function."
  value       = google_cloudfunctions2_function.this.name
}

output "member" {
  description = "Its service account, as an IAM member."
  value       = google_service_account.this.member
}

output "is_public" {
  description = "Whether everybody may call it."
  value       = length(google_cloud_run_v2_service_iam_member.public) > 0
}

output "account" {
  description = "Its service account, by full name."
  value       = google_service_account.this.name
}
