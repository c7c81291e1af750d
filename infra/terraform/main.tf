# One environment of Atlas in one project. Names begin with "atlas": the workflow addresses topics and the job by name.
locals {
  labels        = merge({ app = "atlas" }, var.labels)
  bucket_prefix = coalesce(var.bucket_prefix, var.project_id)

  # Cloud Run's address is known before the service is there. The claim's is also the audience of its caller's token.
  functions_url = "https://atlas-claim-${var.project_number}.${var.region}.run.app"

  sweep_url = "https://atlas-sweep-${var.project_number}.${var.region}.run.app"

  pubsub_agent = "serviceAccount:service-${var.project_number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

module "services" {
  source     = "./modules/services"
  project_id = var.project_id
}

module "storage" {
  source               = "./modules/storage"
  project_id           = var.project_id
  region               = var.region
  prefix               = local.bucket_prefix
  labels               = local.labels
  kms_key_name         = var.kms_key_name
  upload_origins       = var.upload_origins
  audit_retention_days = var.audit_retention_days
  force_destroy        = !var.protect_data
  depends_on           = [module.services]
}

module "documents" {
  source       = "./modules/documents"
  project_id   = var.project_id
  region       = var.region
  kms_key_name = var.kms_key_name
  protect      = var.protect_data
  depends_on   = [module.services]
}

module "keys" {
  source     = "./modules/keys"
  secrets    = toset(keys(local.secrets))
  project_id = var.project_id
  region     = var.region
  labels     = local.labels
  depends_on = [module.services]
}

resource "google_artifact_registry_repository" "images" {
  project       = var.project_id
  location      = var.region
  repository_id = "atlas"
  description   = "Images of the functions and of the scoring job"
  format        = "DOCKER"
  kms_key_name  = var.kms_key_name
  labels        = local.labels

  docker_config {
    immutable_tags = false # The functions' builder moves its own tags; we deploy by digest.
  }
  cleanup_policies {
    id     = "keep-ten"
    action = "KEEP"
    most_recent_versions {
      keep_count = 10
    }
  }
  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"
    condition {
      older_than = "7776000s" # 90 days
    }
  }
  depends_on = [module.services]
}

module "topic" {
  source       = "./modules/stage-topic"
  for_each     = local.topics
  project_id   = var.project_id
  name         = each.key
  region       = var.region
  kms_key_name = var.kms_key_name
  labels       = local.labels
  pubsub_agent = local.pubsub_agent
  depends_on   = [module.services]
}

module "workflow" {
  source       = "./modules/workflow"
  project_id   = var.project_id
  region       = var.region
  labels       = local.labels
  kms_key_name = var.kms_key_name
  source_yaml  = file("${path.module}/../../workflows/produce-asset.yaml")
  smoke_yaml   = file("${path.module}/../../workflows/smoke.yaml")
  protect      = var.protect_data
  environment = {
    ATLAS_FUNCTIONS_URL = local.functions_url
    ATLAS_BUCKET        = module.storage.objects
  }
  topics        = { for name in local.stage_topics : name => module.topic[name].name }
  claim_service = module.function["claim"].service
  score_job     = module.score_job.name
  depends_on    = [module.services]
}

module "score_job" {
  source         = "./modules/score-job"
  project_id     = var.project_id
  region         = var.region
  labels         = local.labels
  image          = var.score_image
  parallel_tasks = var.score_parallel_tasks
  models_bucket  = var.models_bucket
  bucket         = module.storage.objects
  database       = module.documents.name
  repository     = google_artifact_registry_repository.images.name
  protect        = var.protect_data
  environment    = local.environment
  depends_on     = [module.services]
}

module "edge" {
  source              = "./modules/edge"
  project_id          = var.project_id
  region              = var.region
  domain              = var.api_domain
  service             = module.function["api"].service
  requests_per_minute = var.requests_per_minute_of_key
  depends_on          = [module.services]
}

module "observability" {
  source                    = "./modules/observability"
  project_id                = var.project_id
  project_number            = var.project_number
  labels                    = local.labels
  emails                    = var.alert_emails
  dead_letter_subscriptions = [for topic in module.topic : topic.dead_letter_subscription]
  topics                    = keys(local.topics)
  audit_bucket              = module.storage.audit
  billing_account           = var.billing_account
  monthly_budget_usd        = var.monthly_budget_usd
  depends_on                = [module.services]
}

module "perimeter" {
  source         = "./modules/perimeter"
  count          = var.access_policy == null ? 0 : 1
  project_number = var.project_number
  access_policy  = var.access_policy
  enforced       = var.perimeter_enforced
}
