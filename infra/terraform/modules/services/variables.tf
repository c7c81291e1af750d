variable "project_id" {
  description = "Project."
  type        = string
}
