# A whole environment, for the checks: everything that is optional is asked for.
project_id      = "atlas-example"
project_number  = "123456789012"
api_domain      = "api.example.com"
billing_account = "000000-000000-000000"
alert_emails    = ["ops@example.com"]
access_policy   = "123456"
state_bucket    = "atlas-example-atlas-state"
models_bucket   = "atlas-example-models"
upload_origins  = ["https://app.example.com"]
score_image     = "europe-west4-docker.pkg.dev/atlas-example/atlas/score@sha256:0000000000000000000000000000000000000000000000000000000000000000"
function_sources = {
  api      = "functions/api-0.zip"
  claim    = "functions/claim-0.zip"
  dispatch = "functions/dispatch-0.zip"
  refine   = "functions/refine-0.zip"
  convert  = "functions/convert-0.zip"
  gate     = "functions/gate-0.zip"
  settle   = "functions/settle-0.zip"
  webhook  = "functions/webhook-0.zip"
  sweep    = "functions/sweep-0.zip"
}
