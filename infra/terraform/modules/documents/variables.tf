variable "project_id" {
  description = "Project."
  type        = string
}

variable "region" {
  description = "Region."
  type        = string
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
