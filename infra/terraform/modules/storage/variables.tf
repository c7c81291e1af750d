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

variable "prefix" {
  description = "Begins the names of the buckets."
  type        = string
}

variable "upload_origins" {
  description = "Web pages that may upload from a browser."
  type        = list(string)
}

variable "audit_retention_days" {
  description = "Days that audit logs are locked."
  type        = number
}

variable "force_destroy" {
  description = "Whether buckets go with their contents."
  type        = bool
}
