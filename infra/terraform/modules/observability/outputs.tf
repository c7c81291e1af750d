output "channels" {
  description = "Notification channels, for alerts of other modules."
  value       = local.channels
}
