# Runs with any provider: the real one is mocked, and so is the schema-only one of infra/terraform-check.
mock_provider "google" {}

variables {
  project_id     = "atlas-example"
  project_number = "123456789012"
  api_domain     = "api.example.com"
  score_image    = "europe-west4-docker.pkg.dev/atlas-example/atlas/score@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  function_sources = {
    api = "a.zip", claim = "b.zip", dispatch = "c.zip", refine = "d.zip", convert = "e.zip", gate = "f.zip", settle = "g.zip", webhook = "h.zip", sweep = "i.zip"
  }
}

run "names_that_the_workflow_says" {
  command = plan
  assert {
    condition     = module.score_job.name == "atlas-score" && module.workflow.name == "atlas-produce-asset"
    error_message = "workflows/produce-asset.yaml and the api call them by these names."
  }
  assert {
    condition     = output.image_repository == "europe-west4-docker.pkg.dev/atlas-example/atlas"
    error_message = "The image repository is where images are pushed to."
  }
}

run "only_the_api_is_public" {
  command = plan
  assert {
    condition     = module.function["api"].is_public && length([for name, f in module.function : name if f.is_public]) == 1
    error_message = "Only the api has a public invoker."
  }
}

run "perimeter_is_optional" {
  command = plan
  assert {
    condition     = length(module.perimeter) == 0
    error_message = "No perimeter unless an access policy is given."
  }
}

run "customer_keys_reach_every_bucket" {
  command = plan
  variables {
    kms_key_name = "projects/p/locations/europe-west4/keyRings/r/cryptoKeys/k"
  }
  assert {
    condition     = alltrue([for key in module.storage.keys : key == var.kms_key_name])
    error_message = "A bucket is not encrypted with the customer's key."
  }
}

run "models_are_mounted_when_there_are_any" {
  command = plan
  assert {
    condition     = !module.score_job.has_models
    error_message = "Without a bucket of models nothing is mounted."
  }
}

run "models_are_mounted_from_their_bucket" {
  command = plan
  variables {
    models_bucket = "some-models"
  }
  assert {
    condition     = module.score_job.has_models
    error_message = "The bucket of models is mounted."
  }
}

run "data_may_go_when_asked" {
  command = plan
  variables {
    protect_data = false
  }
  assert {
    condition     = module.documents.delete_protection == "DELETE_PROTECTION_DISABLED"
    error_message = "protect_data = false lets the database go."
  }
}
