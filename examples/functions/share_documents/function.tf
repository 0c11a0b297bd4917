terraform {
  required_version = ">= 1.8"

  required_providers {
    crossaccount = {
      source = "crossaccount/crossaccount"
    }
  }
}

locals {
  documents = provider::crossaccount::share_documents({
    owner_account_id = "111111111111"
    name             = "initech-feed"
    bucket           = "acme-data"
    access           = ["read", "list"]
    prefixes         = ["feeds/prices/"]
    consumer         = { account_id = "222222222222" }
    expires_at       = "2027-12-31T23:59:59Z"
  })
}

# For the configuration that owns the bucket policy, which the share may not touch (bucket_policy_mode = "output_only").
output "bucket_policy_statements" {
  value = jsondecode(local.documents.bucket_policy_statements)
}

output "summary" {
  value = local.documents.summary
}
