# Role etl of the consumer account may read everything below reports/ with its own credentials: no role in the owner
# account, no AssumeRole, no external ID. For accounts that trust one another, such as those of one organization.

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
  via      = "direct"
  access   = ["read", "list"]
  prefixes = ["reports/"]

  consumer = {
    account_id      = "222222222222"
    principals      = ["arn:aws:iam::222222222222:role/etl"]
    attach_to_roles = ["etl"]
  }
}
