variable "project_id" {
  description = "Project."
  type        = string
}

variable "labels" {
  description = "Labels."
  type        = map(string)
  default     = {}
}

variable "project_number" {
  description = "Number of the project."
  type        = string
}

variable "emails" {
  description = "Who is told."
  type        = list(string)
}

variable "dead_letter_subscriptions" {
  description = "Subscriptions that keep dead letters."
  type        = list(string)
}

variable "topics" {
  description = "Stage topics."
  type        = list(string)
}

variable "audit_bucket" {
  description = "Bucket of audit logs."
  type        = string
}

variable "billing_account" {
  description = "Billing account; no budget when null."
  type        = string
}

variable "monthly_budget_usd" {
  description = "Budget of a month."
  type        = number
}
