variable "project_id" {
  description = "Project that everything is made in; it exists already and has billing."
  type        = string
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "A project id has 6 to 30 lower-case letters, digits and hyphens, and begins with a letter."
  }
}

variable "project_number" {
  description = "Number of that project; service agents and service addresses are named by it. `gcloud projects describe` shows it."
  type        = string
  validation {
    condition     = can(regex("^[0-9]{6,16}$", var.project_number))
    error_message = "The project number has digits only; it is not the project id."
  }
}

variable "region" {
  description = "Region of everything that is not global. It must offer the L4 GPU on Cloud Run."
  type        = string
  default     = "europe-west4"
  validation {
    condition     = contains(["asia-southeast1", "europe-west1", "europe-west4", "us-central1", "us-east4"], var.region)
    error_message = "Cloud Run offers the L4 in asia-southeast1, europe-west1, europe-west4, us-central1 and us-east4 (read 2026-11; check Google's list for newer ones)."
  }
}

variable "bucket_prefix" {
  description = "Begins the names of the buckets, which are shared with all the world; the project id when null."
  type        = string
  default     = null
  validation {
    condition     = var.bucket_prefix == null ? true : can(regex("^[a-z0-9][a-z0-9-]{1,40}$", var.bucket_prefix))
    error_message = "A bucket prefix has 2 to 41 lower-case letters, digits and hyphens."
  }
}

variable "labels" {
  description = "Labels of everything that takes labels."
  type        = map(string)
  default     = {}
}

variable "kms_key_name" {
  description = "Full name of a key of yours (CMEK) for stored data; Google's own keys when null. The service agents must be allowed to use it beforehand."
  type        = string
  default     = null
  validation {
    condition     = var.kms_key_name == null ? true : can(regex("^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$", var.kms_key_name))
    error_message = "A key is named projects/…/locations/…/keyRings/…/cryptoKeys/…"
  }
}

variable "function_sources" {
  description = "Name of each function's zip in the bucket of sources. The name carries the hash of the bytes, so that a new bundle is a new object."
  type        = map(string)
  validation {
    condition     = alltrue([for name in ["api", "claim", "dispatch", "refine", "convert", "gate", "settle", "webhook", "sweep"] : contains(keys(var.function_sources), name)])
    error_message = "Every function needs a source: api, claim, dispatch, refine, convert, gate, settle, webhook, sweep."
  }
}

variable "score_image" {
  description = "Container of the scoring job, by digest."
  type        = string
  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.score_image))
    error_message = "The image is named by its digest: …@sha256:<64 hex digits>. A tag can be moved."
  }
}

variable "api_domain" {
  description = "Host name of the API, such as api.example.com. Its DNS record has to point at the output `api_address`."
  type        = string
  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.api_domain))
    error_message = "A host name without scheme or path."
  }
}

variable "upload_origins" {
  description = "Web pages that may upload from a browser, such as https://app.example.com."
  type        = list(string)
  default     = []
  validation {
    condition     = alltrue([for origin in var.upload_origins : can(regex("^https://[^/*]+$", origin))])
    error_message = "An origin is https://host; no wildcard, no path."
  }
}

variable "requests_per_minute_of_key" {
  description = "Requests that one API key may make in a minute before Cloud Armor answers 429."
  type        = number
  default     = 600
  validation {
    condition     = var.requests_per_minute_of_key >= 10 && var.requests_per_minute_of_key <= 100000
    error_message = "Between 10 and 100,000."
  }
}

variable "audit_retention_days" {
  description = "Days that audit logs cannot be deleted or changed."
  type        = number
  default     = 400
}

variable "score_parallel_tasks" {
  description = "Scoring tasks that may run at once; each holds one L4 of the project's quota."
  type        = number
  default     = 1
}

variable "models_bucket" {
  description = "Bucket of the operator that holds models.json and the models it names (functions/score-job/README.md). Without one, candidates have only the scores that need no model."
  type        = string
  default     = null
}

variable "alert_emails" {
  description = "Who is told when something is wrong."
  type        = list(string)
  default     = []
}

variable "billing_account" {
  description = "Billing account for the budget; no budget when null. Whoever applies this needs billing.budgets.create there."
  type        = string
  default     = null
}

variable "monthly_budget_usd" {
  description = "Monthly budget; half, nine tenths and all of it are announced."
  type        = number
  default     = 500
  validation {
    condition     = var.monthly_budget_usd > 0
    error_message = "A budget is more than nothing."
  }
}

variable "access_policy" {
  description = "Number of the organisation's access policy, to put the project into a VPC Service Controls perimeter; none when null."
  type        = string
  default     = null
}

variable "perimeter_enforced" {
  description = "Whether the perimeter refuses, or only logs what it would refuse. Begin with false."
  type        = bool
  default     = false
}

variable "protect_data" {
  description = "Whether the database refuses to be deleted and buckets that are not empty stay. False only where data may go."
  type        = bool
  default     = true
}

variable "state_bucket" {
  description = "Bucket of Terraform's state, which the account of cloudbuild.yaml writes; no such account when null."
  type        = string
  default     = null
}
