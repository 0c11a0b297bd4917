# Role etl of the consumer account may read and list everything below reports/ in the owner's bucket, and nothing else.

terraform {
  required_providers {
    crossaccount = {
      source = "crossaccount/crossaccount"
    }
  }
}

provider "crossaccount" {
  consumer = {
    profile = var.consumer_profile
  }
}

resource "crossaccount_s3_share" "reports" {
  name     = "etl-reports"
  bucket   = var.bucket
  access   = ["read", "list"]
  prefixes = ["reports/"]

  consumer = {
    account_id      = var.consumer_account_id
    principals      = ["arn:aws:iam::${var.consumer_account_id}:role/etl"]
    attach_to_roles = ["etl"]
  }
}
