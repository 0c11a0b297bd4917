terraform {
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
    crossaccount = {
      source = "crossaccount/crossaccount"
    }
  }
}

# What the owner handed over.
variable "role_arn" {
  type = string
}

variable "external_id" {
  type      = string
  sensitive = true
  ephemeral = true
}

# Runs with the consumer's own credentials.
ephemeral "crossaccount_s3_share_credentials" "reports" {
  role_arn         = var.role_arn
  external_id      = var.external_id
  session_name     = "reports-loader"
  duration_seconds = 1800
}

provider "aws" {
  alias      = "reports"
  region     = "eu-central-1"
  access_key = ephemeral.crossaccount_s3_share_credentials.reports.access_key
  secret_key = ephemeral.crossaccount_s3_share_credentials.reports.secret_key
  token      = ephemeral.crossaccount_s3_share_credentials.reports.token
}

data "aws_s3_object" "latest" {
  provider = aws.reports
  bucket   = "acme-data"
  key      = "reports/latest.csv"
}

output "latest" {
  value = data.aws_s3_object.latest.body
}
