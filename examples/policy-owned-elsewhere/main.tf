# The bucket policy belongs to another configuration, or to another team. This one makes everything else and hands the
# statements over; they have to be merged into the document there.

terraform {
  required_providers {
    crossaccount = {
      source = "crossaccount/crossaccount"
    }
  }
}

resource "crossaccount_s3_share" "reports" {
  name               = "partner-reports"
  bucket             = var.bucket
  access             = ["read"]
  prefixes           = ["reports/"]
  bucket_policy_mode = "output_only"

  consumer = {
    account_id = var.consumer_account_id
  }
}

variable "bucket" {
  description = "Bucket of the owner account."
  type        = string
  default     = "acme-data"
}

variable "consumer_account_id" {
  description = "Account that reads."
  type        = string
  default     = "222222222222"
}

# In the other configuration: Statement = concat(local.own_statements, jsondecode(var.share_statements))
output "share_statements" {
  value = crossaccount_s3_share.reports.bucket_policy_statements
}
