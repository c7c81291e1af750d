# One environment. Copy this folder, change the values in `terraform.tfvars`, and let `npm run deploy` do the rest; or hand
# it to Infrastructure Manager, which keeps the state itself (hence no backend block here).
terraform {
  required_version = ">= 1.5.7"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
  }
}

provider "google" {
  project               = var.project_id
  region                = var.region
  user_project_override = true
  billing_project       = var.project_id
}

module "atlas" {
  source             = "../"
  project_id         = var.project_id
  project_number     = var.project_number
  region             = var.region
  api_domain         = var.api_domain
  function_sources   = var.function_sources
  score_image        = var.score_image
  models_bucket      = var.models_bucket
  alert_emails       = var.alert_emails
  billing_account    = var.billing_account
  monthly_budget_usd = var.monthly_budget_usd
  bucket_prefix      = var.bucket_prefix
  upload_origins     = var.upload_origins
  protect_data       = var.protect_data
  state_bucket       = var.state_bucket
}
