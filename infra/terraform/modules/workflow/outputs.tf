output "name" {
  description = "Name of the workflow."
  value       = google_workflows_workflow.this.name
}
