output "name" {
  description = "Name of the database."
  value       = google_firestore_database.this.name
}

output "delete_protection" {
  description = "Whether the database refuses to be deleted."
  value       = google_firestore_database.this.delete_protection_state
}
