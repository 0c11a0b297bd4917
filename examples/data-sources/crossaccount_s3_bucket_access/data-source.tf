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
  prefixes = ["reports/"]

  consumer = {
    account_id = "222222222222"
  }
}

data "crossaccount_s3_bucket_access" "acme" {
  bucket      = crossaccount_s3_share.reports.bucket
  unused_days = 30
}

# Who outside the account can reach the bucket, a sentence each.
output "who" {
  value = data.crossaccount_s3_bucket_access.acme.entries[*].sentence
}

# What is worth a look: no external ID, whole accounts, wildcards, principals that are gone, roles that nobody uses.
output "findings" {
  value = flatten([
    for entry in data.crossaccount_s3_bucket_access.acme.entries : entry.findings[*].sentence
  ])
}
