variable "project_id" {
  description = "Project."
  type        = string
}

variable "region" {
  description = "Region."
  type        = string
}

variable "state_bucket" {
  description = "Bucket of Terraform's state."
  type        = string
}

variable "sources_bucket" {
  description = "Bucket of the functions' zips."
  type        = string
}

variable "repository" {
  description = "Artifact Registry repository of the images."
  type        = string
}

variable "runs_as" {
  description = "Service accounts that deployed things run as or are built as, by name."
  type        = map(string)
}
