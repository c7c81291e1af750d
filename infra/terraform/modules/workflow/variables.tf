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

variable "kms_key_name" {
  description = "Key of the customer; Google's own when null."
  type        = string
  default     = null
}

variable "protect" {
  description = "Whether it refuses to be deleted."
  type        = bool
  default     = true
}

variable "source_yaml" {
  description = "The workflow."
  type        = string
}

variable "environment" {
  description = "Environment variables of executions."
  type        = map(string)
}

variable "topics" {
  description = "Topics that it publishes to, by name."
  type        = map(string)
}

variable "claim_service" {
  description = "Cloud Run service of the claim."
  type        = string
}

variable "score_job" {
  description = "Cloud Run job that scores."
  type        = string
}

variable "smoke_yaml" {
  description = "The workflow that asks a new revision."
  type        = string
}
