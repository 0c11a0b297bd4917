terraform {
  required_providers {
    crossaccount = {
      source = "crossaccount/crossaccount"
    }
  }
}

# Credentials of the consumer account: these people have no other.
provider "crossaccount" {
  profile = "consumer"
}

# The owner of the bucket hands out both.
variable "role_arn" {
  type    = string
  default = "arn:aws:iam::111111111111:role/crossaccount/partner-reports"
}

variable "external_id" {
  type      = string
  sensitive = true
  default   = null
}

resource "crossaccount_s3_share_consumer" "reports" {
  role_arn        = var.role_arn
  external_id     = var.external_id
  attach_to_roles = ["etl"]
  session_name    = "nightly-etl"
  region          = "eu-central-1"

  # With the external ID, and once the owner lets these credentials in, this tries AssumeRole after every change.
  # verify = true
}

# terraform output -raw profile >> ~/.aws/config
output "profile" {
  value     = crossaccount_s3_share_consumer.reports.aws_config_profile
  sensitive = true
}
