terraform {
  required_providers {
    crossaccount = {
      source = "crossaccount/crossaccount"
    }
  }
}

resource "crossaccount_s3_share" "reports" {
  name     = "partner-reports"
  bucket   = "acme-data"
  access   = ["read", "list"]
  prefixes = ["reports/"]

  consumer = {
    account_id = "222222222222"
    principals = ["arn:aws:iam::222222222222:role/etl"]
  }
}

# What the consumer needs to know.
output "role_arn" {
  value = crossaccount_s3_share.reports.role_arn
}

output "external_id" {
  value     = crossaccount_s3_share.reports.external_id
  sensitive = true
}

# The policy that a role in the consumer account needs. With provider credentials of that account, consumer.attach_to_roles
# puts it there.
output "consumer_policy" {
  value = crossaccount_s3_share.reports.consumer_policy
}
