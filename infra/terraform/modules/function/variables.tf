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

variable "name" {
  description = "Name of the function; its entry point."
  type        = string
}

variable "size" {
  description = "What an instance has and how many there may be."
  type        = object({ memory = string, cpu = string, concurrency = number, timeout_seconds = number, min_instances = number, max_instances = number })
}

variable "is_public" {
  description = "Whether the load balancer may reach it."
  type        = bool
}

variable "environment" {
  description = "Environment variables."
  type        = map(string)
}

variable "source_archive" {
  description = "The zip."
  type        = object({ bucket = string, object = string })
}

variable "build_account" {
  description = "Service account that builds it."
  type        = string
}

variable "repository" {
  description = "Artifact Registry repository of its image."
  type        = string
}

variable "objects_bucket" {
  description = "Bucket of assets."
  type        = string
}

variable "database" {
  description = "Firestore database."
  type        = string
}

variable "starts_workflow" {
  description = "Whether it starts executions or answers their callbacks."
  type        = bool
}

variable "signs_urls" {
  description = "Whether it signs URLs in its own name."
  type        = bool
}

variable "uses_objects" {
  description = "Whether it reads and writes assets."
  type        = bool
}
