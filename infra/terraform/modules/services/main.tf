locals {
  services = [
    "artifactregistry", "cloudbuild", "cloudfunctions", "cloudkms", "cloudresourcemanager", "cloudscheduler", "cloudtrace", "compute", "eventarc",
    "firestore", "iam", "iamcredentials", "logging", "monitoring", "pubsub", "run", "secretmanager", "serviceusage", "storage",
    "telemetry", "workflowexecutions", "workflows",
  ]
}

resource "google_project_service" "this" {
  for_each           = toset(local.services)
  project            = var.project_id
  service            = "${each.value}.googleapis.com"
  disable_on_destroy = false # Something else in the project may use it.
}
