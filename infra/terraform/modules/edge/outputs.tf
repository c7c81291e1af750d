output "address" {
  description = "IP address of the API."
  value       = google_compute_global_address.api.address
}
