# The same share with crossaccount: one resource, one provider.

terraform {
  required_providers {
    crossaccount = {
      source = "crossaccount/crossaccount"
    }
  }
}

provider "crossaccount" {
  consumer = {
    profile = "consumer"
  }
}

resource "crossaccount_s3_share" "reports" {
  name     = "etl-reports"
  bucket   = "acme-data"
  access   = ["read", "list"]
  prefixes = ["reports/"]

  consumer = {
    account_id      = "222222222222"
    principals      = ["arn:aws:iam::222222222222:role/etl"]
    attach_to_roles = ["etl"]
  }
}
