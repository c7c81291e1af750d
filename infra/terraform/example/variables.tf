variable "project_id" {
  description = "Project."
  type        = string
}

variable "project_number" {
  description = "Its number."
  type        = string
}

variable "region" {
  description = "Region with the L4 on Cloud Run."
  type        = string
  default     = "europe-west4"
}

variable "api_domain" {
  description = "Host name of the API."
  type        = string
}

variable "function_sources" {
  description = "Name of each function's zip; `npm run deploy` writes it."
  type        = map(string)
}

variable "score_image" {
  description = "Scoring job's image by digest; `npm run deploy` writes it."
  type        = string
}

variable "models_bucket" {
  description = "Bucket of models for the scoring job; none when null."
  type        = string
  default     = null
}

variable "alert_emails" {
  description = "Who is told when something is wrong."
  type        = list(string)
  default     = []
}

variable "billing_account" {
  description = "Billing account for the budget; none when null."
  type        = string
  default     = null
}

variable "monthly_budget_usd" {
  description = "Budget of a month."
  type        = number
  default     = 500
}

variable "bucket_prefix" {
  description = "Begins the names of the buckets; the project id when null."
  type        = string
  default     = null
}

variable "upload_origins" {
  description = "Web pages that may upload from a browser."
  type        = list(string)
  default     = []
}

variable "protect_data" {
  description = "Whether data refuses to be deleted."
  type        = bool
  default     = true
}

variable "state_bucket" {
  description = "Bucket of the state, for the account of cloudbuild.yaml; no such account when null."
  type        = string
  default     = null
}
