locals {
  projects = ["projects/${var.project_number}"]
  services = [
    "artifactregistry.googleapis.com", "cloudfunctions.googleapis.com", "cloudkms.googleapis.com", "firestore.googleapis.com",
    "pubsub.googleapis.com", "run.googleapis.com", "secretmanager.googleapis.com", "storage.googleapis.com",
    "workflows.googleapis.com",
  ]
}

# First as a dry run, which logs and refuses nothing. Customers' signed URLs come from outside: before it is enforced, an
# ingress rule has to admit storage.googleapis.com for the api's service account.
resource "google_access_context_manager_service_perimeter" "this" {
  parent                    = "accessPolicies/${var.access_policy}"
  name                      = "accessPolicies/${var.access_policy}/servicePerimeters/atlas"
  title                     = "atlas"
  perimeter_type            = "PERIMETER_TYPE_REGULAR"
  use_explicit_dry_run_spec = !var.enforced

  dynamic "spec" {
    for_each = var.enforced ? [] : [1]
    content {
      resources           = local.projects
      restricted_services = local.services
    }
  }
  dynamic "status" {
    for_each = var.enforced ? [1] : []
    content {
      resources           = local.projects
      restricted_services = local.services
    }
  }
}
