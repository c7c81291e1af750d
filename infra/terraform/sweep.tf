# What the sweeps may do beyond what every function may: delete what retention and deletions of tenants are about.
module "schedule" {
  source                = "./modules/schedule"
  project_id            = var.project_id
  region                = var.region
  labels                = local.labels
  service               = module.function["sweep"].service
  url                   = local.sweep_url
  schedules             = local.schedules
  notification_channels = module.observability.channels
  depends_on            = [module.services]
}

# Google's own roles that may delete objects may write them, too.
resource "google_project_iam_custom_role" "deletes_objects" {
  project     = var.project_id
  role_id     = "atlasDeletesObjects"
  title       = "Atlas: finds and deletes objects"
  permissions = ["storage.objects.delete", "storage.objects.get", "storage.objects.list"]
}

resource "google_storage_bucket_iam_member" "sweep_deletes" {
  bucket = module.storage.objects
  role   = "projects/${var.project_id}/roles/${google_project_iam_custom_role.deletes_objects.role_id}"
  member = module.function["sweep"].member
}

# Dead letters that speak of a deleted tenant are taken out of their subscriptions.
resource "google_pubsub_subscription_iam_member" "sweep_takes_dead" {
  for_each     = local.topics
  project      = var.project_id
  subscription = module.topic[each.key].dead_letter_subscription
  role         = "roles/pubsub.subscriber"
  member       = module.function["sweep"].member
}

# The account of cloudbuild.yaml, where there is a state for it to work on.
module "release" {
  source         = "./modules/release"
  count          = var.state_bucket == null ? 0 : 1
  project_id     = var.project_id
  region         = var.region
  state_bucket   = var.state_bucket
  sources_bucket = module.storage.sources
  repository     = google_artifact_registry_repository.images.name
  runs_as = merge(
    { for name, function in module.function : name => function.account },
    { build = google_service_account.build.name, events = google_service_account.events.name },
    { workflow = module.workflow.account, smoke = module.workflow.smoke_account, score = module.score_job.account },
  )
  depends_on = [module.services]
}
