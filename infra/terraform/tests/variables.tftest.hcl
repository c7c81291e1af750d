# What the variables refuse.
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

run "refuses_a_region_without_l4" {
  command = plan
  variables {
    region = "europe-north1"
  }
  expect_failures = [var.region]
}

run "refuses_an_image_by_tag" {
  command = plan
  variables {
    score_image = "europe-west4-docker.pkg.dev/atlas-example/atlas/score:latest"
  }
  expect_failures = [var.score_image]
}

run "refuses_a_missing_source" {
  command = plan
  variables {
    function_sources = { api = "a.zip" }
  }
  expect_failures = [var.function_sources]
}

run "refuses_a_project_id_for_a_number" {
  command = plan
  variables {
    project_number = "atlas-example"
  }
  expect_failures = [var.project_number]
}

run "refuses_wildcard_origins" {
  command = plan
  variables {
    upload_origins = ["https://*.example.com"]
  }
  expect_failures = [var.upload_origins]
}

run "refuses_a_domain_with_a_scheme" {
  command = plan
  variables {
    api_domain = "https://api.example.com"
  }
  expect_failures = [var.api_domain]
}
