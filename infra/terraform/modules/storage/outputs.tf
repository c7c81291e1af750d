output "objects" {
  description = "Bucket of all assets."
  value       = google_storage_bucket.objects.name
}

output "sources" {
  description = "Bucket of the functions' zips."
  value       = google_storage_bucket.sources.name
}

output "audit" {
  description = "Bucket of audit logs."
  value       = google_storage_bucket.audit.name
}

output "keys" {
  description = "Customer's key of each bucket, null where there is none."
  value = [
    for bucket in [google_storage_bucket.objects, google_storage_bucket.sources, google_storage_bucket.audit] :
    try(bucket.encryption[0].default_kms_key_name, null)
  ]
}
