# The language level of Terraform 1.5.7, the newest that Google's Infrastructure Manager takes.
terraform {
  required_version = ">= 1.5.7"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
  }
}
