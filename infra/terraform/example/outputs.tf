output "atlas" {
  description = "Everything that the deployment needs to know."
  value = {
    api_address      = module.atlas.api_address
    objects_bucket   = module.atlas.objects_bucket
    sources_bucket   = module.atlas.sources_bucket
    image_repository = module.atlas.image_repository
    receipt_key      = module.atlas.receipt_key_version
    policies         = module.atlas.delivery_policies
    subscriptions    = module.atlas.trigger_subscriptions
  }
}
