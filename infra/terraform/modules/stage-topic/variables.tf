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
  description = "Name of the topic."
  type        = string
}

variable "pubsub_agent" {
  description = "Pub/Sub's own agent in this project, as an IAM member."
  type        = string
}
