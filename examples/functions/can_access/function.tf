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
    consumer         = { account_id = "222222222222", principals = ["arn:aws:iam::222222222222:role/etl"] }
  })

  # The share's role, with the policy that somebody else has put on the bucket.
  policies = {
    identity = local.documents.permissions_policy
    resource = jsonencode({
      Version = "2012-10-17"
      Statement = concat(jsondecode(local.documents.bucket_policy_statements), [{
        Sid       = "NoDrafts"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:GetObject"
        Resource  = "arn:aws:s3:::acme-data/feeds/prices/drafts/*"
      }])
    })
  }
  bucket_owner = { "aws:ResourceAccount" = "111111111111" }

  reads_prices = provider::crossaccount::can_access(
    local.policies, local.documents.role_arn, "s3:GetObject", "arn:aws:s3:::acme-data/feeds/prices/today.csv", local.bucket_owner
  )
  reads_drafts = provider::crossaccount::can_access(
    local.policies, local.documents.role_arn, "s3:GetObject", "arn:aws:s3:::acme-data/feeds/prices/drafts/x.csv", local.bucket_owner
  )

  # The consumer's side: both the trust policy and the consumer's own policy have to allow it.
  assumes = provider::crossaccount::can_access(
    { identity = local.documents.consumer_policy, trust = local.documents.trust_policy },
    "arn:aws:iam::222222222222:role/etl", "sts:AssumeRole", local.documents.role_arn, { "sts:ExternalId" = "(sensitive)" }
  )
}

check "the_share_gives_what_it_should" {
  assert {
    condition     = local.reads_prices.allowed && !local.reads_drafts.allowed && local.assumes.allowed
    error_message = join(", ", concat(local.reads_prices.reasons, local.assumes.reasons))
  }
}

output "why_not" {
  value = local.reads_drafts.reasons
}
