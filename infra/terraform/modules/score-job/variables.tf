variable "project_id" {
  description = "Project."
  type        = string
}

variable "region" {
  description = "Region."
  type        = string
}

variable "labels" {
  description = "Labels."
  type        = map(string)
  default     = {}
}

variable "protect" {
  description = "Whether it refuses to be deleted."
  type        = bool
  default     = true
}

variable "image" {
  description = "Container, by digest."
  type        = string
}

variable "parallel_tasks" {
  description = "Tasks at once."
  type        = number
}

variable "models_bucket" {
  description = "Bucket with models.json and the models, mounted read-only; no model scores when null."
  type        = string
  default     = null
}

variable "bucket" {
  description = "Bucket of assets."
  type        = string
}

variable "database" {
  description = "Firestore database."
  type        = string
}

variable "repository" {
  description = "Artifact Registry repository of the image."
  type        = string
}

variable "environment" {
  description = "Environment variables."
  type        = map(string)
}
