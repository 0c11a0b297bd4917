terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
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

  external_id_rotation = {
    after_days   = 90
    overlap_days = 14
  }
}

ephemeral "crossaccount_s3_share_external_id" "reports" {
  bucket = crossaccount_s3_share.reports.bucket
  name   = crossaccount_s3_share.reports.name
}

locals {
  # A number that grows with every new external ID, so that what follows is written anew after each rotation and only then.
  external_id_version = formatdate("YYYYMMDDhhmmss", crossaccount_s3_share.reports.external_id_created_at)
}

# A secret that the consumer may be allowed to read by a resource policy.
resource "aws_secretsmanager_secret" "reports" {
  name = "partner-reports"
}

resource "aws_secretsmanager_secret_version" "reports" {
  secret_id = aws_secretsmanager_secret.reports.id
  secret_string_wo = jsonencode({
    role_arn    = crossaccount_s3_share.reports.role_arn
    external_id = ephemeral.crossaccount_s3_share_external_id.reports.external_id
  })
  secret_string_wo_version = local.external_id_version
}

# The same for an SSM parameter.
resource "aws_ssm_parameter" "reports" {
  name             = "/partner-reports/external-id"
  type             = "SecureString"
  value_wo         = ephemeral.crossaccount_s3_share_external_id.reports.external_id
  value_wo_version = local.external_id_version
}
