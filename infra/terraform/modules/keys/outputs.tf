output "receipt_key" {
  description = "Key that signs receipts."
  value       = google_kms_crypto_key.receipts.id
}

output "receipt_key_version" {
  description = "Its first version."
  value       = "projects/${var.project_id}/locations/${var.region}/keyRings/atlas/cryptoKeys/receipts/cryptoKeyVersions/1"
  depends_on  = [google_kms_crypto_key.receipts]
}

output "secrets" {
  description = "Ids of the secrets, by name."
  value       = { for name, secret in google_secret_manager_secret.this : name => secret.secret_id }
}
