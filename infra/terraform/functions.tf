# The functions, each with its own size and its own service account, and who may do what.
locals {
  # 3D work: limits.workMemoryMb (6 GiB) of one task, and Node around it, is 8 GiB, for which Cloud Run wants 2 CPUs. One task
  # an instance, since a task may take all of the memory. 540 s, the most that an event may take, are 300 s of work and 240 s
  # of waiting for somebody who does the same work (functions/README.md).
  work = {
    memory = "8Gi", cpu = "2", concurrency = 1, timeout_seconds = 540, min_instances = 0, max_instances = 50
  }
  # Bookkeeping: documents and messages. One CPU is what a concurrency above 1 demands.
  light = {
    memory = "512Mi", cpu = "1", concurrency = 16, timeout_seconds = 120, min_instances = 0, max_instances = 20
  }
  sizes = {
    # Event streams stay open: an hour, and many a process. One warm instance, since people wait for it.
    api = merge(local.light, { memory = "1Gi", concurrency = 80, timeout_seconds = 3600, min_instances = 1, max_instances = 40 })
    # The workflow gives up after 60 s.
    claim    = merge(local.light, { timeout_seconds = 60 })
    dispatch = local.work
    refine   = local.work
    convert  = local.work
    gate     = local.work
    # Reads the results of every target of a job before it signs: more memory than bookkeeping, and time for the store.
    settle = merge(local.light, { memory = "1Gi", concurrency = 8, timeout_seconds = 540 })
    # Waits for other people's servers; cheap to wait with many at once.
    webhook = local.light
    # A call works for 50 s and may finish a last step. Two schedules call it, and sweeps may run twice at once.
    sweep = merge(local.light, { max_instances = 2 })
  }

  # Everything that the local server does on a timer; infra/terraform-check holds it against functions/sweep. Deletions look
  # again for 15 minutes after they are done, so they have to be called more often than that.
  schedules = {
    minute      = { cron = "* * * * *", sweeps = ["jobs", "webhooks"] }
    ten-minutes = { cron = "*/10 * * * *", sweeps = ["deletions", "retention", "idempotency"] }
  }

  # The same numbers as `subscriptions` in functions/deps.ts; infra/terraform-check compares them.
  stage_policy = { minimum_backoff = "0.2s", maximum_backoff = "10s", max_delivery_attempts = 10 }
  topics = {
    atlas-dispatch = local.stage_policy
    atlas-refine   = local.stage_policy
    atlas-convert  = local.stage_policy
    atlas-gate     = local.stage_policy
    atlas-settle   = local.stage_policy
    atlas-webhook  = { minimum_backoff = "10s", maximum_backoff = "600s", max_delivery_attempts = 100 }
  }
  # The topics that the workflow publishes to.
  stage_topics = [for name in keys(local.topics) : name if name != "atlas-webhook"]

  # The api and the sweep have decisions on jobs in review carried out by settle.
  publishers = merge(
    { for name in ["api", "settle", "webhook", "sweep"] : "${name}-webhook" => { function = name, topic = "atlas-webhook" } },
    { for name in ["api", "sweep"] : "${name}-settle" => { function = name, topic = "atlas-settle" } },
  )
  callback_makers = ["dispatch", "refine", "convert", "gate", "settle"]

  # Who may call each private function. IAM decides first; the function then looks at the name in the caller's token, so that
  # an invoker role that somebody gives for the whole project opens nothing.
  account_domain = "${var.project_id}.iam.gserviceaccount.com"
  callers = merge(
    { claim = ["atlas-workflow@${local.account_domain}"], sweep = ["atlas-scheduler@${local.account_domain}"] },
    { for topic in keys(local.topics) : trimprefix(topic, "atlas-") => ["atlas-events@${local.account_domain}"] },
  )

  # Secrets, each with the functions that read it. Webhook secrets of customers are sealed under atlas-webhook-key: the api
  # seals, the webhook opens. `npm run deploy` makes its first version. To rotate it, add a version and wait five minutes;
  # the versions before it stay enabled as long as endpoints are sealed under them.
  secrets = { atlas-webhook-key = ["api", "webhook"] }

  environment = {
    ATLAS_MODE            = "gcp"
    ATLAS_BUCKET          = module.storage.objects
    ATLAS_PUBLIC_URL      = "https://${var.api_domain}"
    ATLAS_FUNCTIONS_URL   = local.functions_url
    ATLAS_RECEIPT_KEY     = module.keys.receipt_key_version
    ATLAS_WORKFLOW        = "atlas-produce-asset"
    GOOGLE_CLOUD_PROJECT  = var.project_id
    GOOGLE_CLOUD_LOCATION = var.region
  }
}

module "function" {
  source       = "./modules/function"
  for_each     = local.sizes
  project_id   = var.project_id
  region       = var.region
  name         = each.key
  labels       = local.labels
  size         = each.value
  is_public    = each.key == "api"
  kms_key_name = var.kms_key_name
  environment  = merge(local.environment, each.key == "api" ? {} : { ATLAS_CALLERS = join(",", lookup(local.callers, each.key, [])) })
  source_archive = {
    bucket = module.storage.sources
    object = var.function_sources[each.key]
  }
  build_account   = google_service_account.build.id
  repository      = google_artifact_registry_repository.images.id
  objects_bucket  = module.storage.objects
  database        = module.documents.name
  starts_workflow = contains(["api", "sweep"], each.key) || contains(local.callback_makers, each.key)
  signs_urls      = each.key == "api"
  uses_objects    = !contains(["claim", "webhook", "sweep"], each.key)
  depends_on      = [module.services, google_storage_bucket_iam_member.build_sources]
}

# Builds the functions' images; it can read sources and write images, nothing else.
resource "google_service_account" "build" {
  project      = var.project_id
  account_id   = "atlas-build"
  display_name = "Atlas: builds the functions"
}

resource "google_storage_bucket_iam_member" "build_sources" {
  bucket = module.storage.sources
  role   = "roles/storage.objectViewer"
  member = google_service_account.build.member
}

resource "google_artifact_registry_repository_iam_member" "build_images" {
  project    = var.project_id
  location   = var.region
  repository = google_artifact_registry_repository.images.name
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.build.member
}

resource "google_project_iam_member" "build_logs" {
  project = var.project_id
  role    = "roles/logging.logWriter"
  member  = google_service_account.build.member
}

# Delivers events: the push to each function carries this account's token.
resource "google_service_account" "events" {
  project      = var.project_id
  account_id   = "atlas-events"
  display_name = "Atlas: delivers messages to the stages"
}

resource "google_project_iam_member" "events_receiver" {
  project = var.project_id
  role    = "roles/eventarc.eventReceiver"
  member  = google_service_account.events.member
}

resource "google_cloud_run_v2_service_iam_member" "events" {
  for_each = local.topics
  project  = var.project_id
  location = var.region
  name     = module.function[trimprefix(each.key, "atlas-")].service
  role     = "roles/run.invoker"
  member   = google_service_account.events.member
}

# The trigger owns its subscription; `npm run deploy` gives it the numbers of `local.topics` and its dead-letter topic, for
# which there is no argument here.
resource "google_eventarc_trigger" "stage" {
  for_each        = local.topics
  project         = var.project_id
  location        = var.region
  name            = each.key
  labels          = local.labels
  service_account = google_service_account.events.email

  matching_criteria {
    attribute = "type"
    value     = "google.cloud.pubsub.topic.v1.messagePublished"
  }
  transport {
    pubsub {
      topic = module.topic[each.key].id
    }
  }
  destination {
    cloud_run_service {
      service = module.function[trimprefix(each.key, "atlas-")].service
      region  = var.region
    }
  }
  depends_on = [google_project_iam_member.events_receiver, google_cloud_run_v2_service_iam_member.events]
}

# Dead-lettering takes the message from the trigger's subscription in the name of Pub/Sub's own agent.
resource "google_pubsub_subscription_iam_member" "forward_dead" {
  for_each     = local.topics
  project      = var.project_id
  subscription = google_eventarc_trigger.stage[each.key].transport[0].pubsub[0].subscription
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent
}

resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = local.publishers
  project  = var.project_id
  topic    = module.topic[each.value.topic].name
  role     = "roles/pubsub.publisher"
  member   = module.function[each.value.function].member
}

# Receipts: settle signs, the api shows the public key.
resource "google_kms_crypto_key_iam_member" "settle_signs" {
  crypto_key_id = module.keys.receipt_key
  role          = "roles/cloudkms.signerVerifier"
  member        = module.function["settle"].member
}

resource "google_kms_crypto_key_iam_member" "api_shows_key" {
  crypto_key_id = module.keys.receipt_key
  role          = "roles/cloudkms.publicKeyViewer"
  member        = module.function["api"].member
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each  = merge([for secret, readers in local.secrets : { for reader in readers : "${secret}/${reader}" => [secret, reader] }]...)
  project   = var.project_id
  secret_id = module.keys.secrets[each.value[0]]
  role      = "roles/secretmanager.secretAccessor"
  member    = module.function[each.value[1]].member
}
