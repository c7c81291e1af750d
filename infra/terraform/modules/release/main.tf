# The account of cloudbuild.yaml. It releases code: zips, image, functions, workflows, the scoring job, the API's traffic. It
# reads everything that Terraform refreshes, and changes nobody's rights, keys or data: a release that needs that is refused
# here, and deployed by an operator (`npm run deploy`).
locals {
  # What a release changes.
  changes = [
    "cloudfunctions.functions.sourceCodeSet", "cloudfunctions.functions.update", "eventarc.triggers.update",
    "monitoring.alertPolicies.update", "monitoring.dashboards.update", "pubsub.subscriptions.update", "run.jobs.update",
    "run.services.update", "workflows.workflows.update", "cloudscheduler.jobs.update",
  ]
  # What Terraform looks at before it changes anything.
  refresh = [
    "artifactregistry.repositories.get", "artifactregistry.repositories.getIamPolicy", "cloudfunctions.functions.get",
    "cloudfunctions.operations.get", "cloudkms.cryptoKeys.get", "cloudkms.cryptoKeys.getIamPolicy",
    "cloudkms.cryptoKeyVersions.get", "cloudkms.cryptoKeyVersions.list", "cloudkms.cryptoKeyVersions.viewPublicKey",
    "cloudkms.keyRings.get", "cloudscheduler.jobs.get", "compute.backendServices.get", "compute.globalAddresses.get",
    "compute.globalForwardingRules.get", "compute.globalOperations.get", "compute.regionNetworkEndpointGroups.get",
    "compute.securityPolicies.get", "compute.sslCertificates.get", "compute.sslPolicies.get", "compute.targetHttpProxies.get",
    "compute.targetHttpsProxies.get", "compute.urlMaps.get", "datastore.backupSchedules.get", "datastore.databases.getMetadata",
    "datastore.indexes.get", "datastore.operations.get", "eventarc.operations.get", "eventarc.triggers.get", "iam.roles.get",
    "iam.serviceAccounts.get", "iam.serviceAccounts.getIamPolicy", "logging.logMetrics.get", "logging.sinks.get",
    "monitoring.alertPolicies.get", "monitoring.dashboards.get", "monitoring.notificationChannels.get",
    "pubsub.subscriptions.get", "pubsub.subscriptions.getIamPolicy", "pubsub.topics.get", "pubsub.topics.getIamPolicy",
    "resourcemanager.projects.get", "resourcemanager.projects.getIamPolicy", "run.executions.get", "run.jobs.get",
    "run.jobs.getIamPolicy", "run.operations.get", "run.revisions.get", "run.services.get", "run.services.getIamPolicy",
    "secretmanager.secrets.get", "secretmanager.secrets.getIamPolicy", "serviceusage.services.get",
    "serviceusage.services.list", "storage.buckets.get", "storage.buckets.getIamPolicy", "workflows.operations.get",
    "workflows.workflows.get",
  ]
  role = "projects/${var.project_id}/roles/${google_project_iam_custom_role.this.role_id}"
}

resource "google_service_account" "this" {
  project      = var.project_id
  account_id   = "atlas-release"
  display_name = "Atlas: releases (cloudbuild.yaml)"
}

resource "google_project_iam_custom_role" "this" {
  project     = var.project_id
  role_id     = "atlasRelease"
  title       = "Atlas: releases code"
  permissions = sort(concat(local.changes, local.refresh))
}

# invoker: asks the new revision of the API by a workflow.
resource "google_project_iam_member" "this" {
  for_each = toset([local.role, "roles/logging.logWriter", "roles/workflows.invoker"])
  project  = var.project_id
  role     = each.value
  member   = google_service_account.this.member
}

resource "google_artifact_registry_repository_iam_member" "images" {
  project    = var.project_id
  location   = var.region
  repository = var.repository
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.this.member
}

resource "google_storage_bucket_iam_member" "sources" {
  for_each = toset(["roles/storage.objectViewer", "roles/storage.objectCreator"])
  bucket   = var.sources_bucket
  role     = each.value
  member   = google_service_account.this.member
}

# The state is overwritten, and its lock deleted.
resource "google_storage_bucket_iam_member" "state" {
  bucket = var.state_bucket
  role   = "roles/storage.objectUser"
  member = google_service_account.this.member
}

# A new revision runs as the account of its function.
resource "google_service_account_iam_member" "runs_as" {
  for_each           = var.runs_as
  service_account_id = each.value
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.this.member
}
