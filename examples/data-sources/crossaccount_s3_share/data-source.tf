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

# Any share can be read by its names, whoever manages it, also one that was made by hand.
data "crossaccount_s3_share" "reports" {
  bucket = crossaccount_s3_share.reports.bucket
  name   = crossaccount_s3_share.reports.name
}

output "role_last_used" {
  value = data.crossaccount_s3_share.reports.role_last_used
}

# The way out: the same share for hashicorp/aws, with import blocks. Print it with
# terraform output -raw hashicorp_aws_config
output "hashicorp_aws_config" {
  value = data.crossaccount_s3_share.reports.hashicorp_aws_config
}
