# Share acme-data/etl-reports as resources of hashicorp/aws, as they are now. Terraform 1.7 or newer:
#   1. put this into a configuration with a provider "aws" of account 111111111111 and take the resource
#      crossaccount_s3_share out of it;
#   2. plan: it imports, changes nothing, and lets go of the share;
#   3. apply, then take the import and removed blocks out.

import {
  to = aws_s3_bucket_policy.acme-data
  id = "acme-data"
}

# THIS RESOURCE OWNS THE WHOLE POLICY of the bucket: hashicorp/aws knows no single statements.
resource "aws_s3_bucket_policy" "acme-data" {
  bucket = "acme-data"

  policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "Crossaccountetlreportsc33c985426e0DirectObjects",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::222222222222:root"
          },
          "Action": "s3:GetObject",
          "Resource": "arn:aws:s3:::acme-data/*"
        }
      ]
    }
  JSON
}

# Key arn:aws:kms:eu-central-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef has the grant CrossaccountKeysd327ce74e21ac2f7 for arn:aws:iam::222222222222:root. It stays; resource
# aws_kms_grant imports it by <key ID>:<grant ID>, which aws kms list-grants tells.

import {
  to = aws_iam_role_policy.etl-reports_on_etl
  id = "etl:crossaccount-111111111111-etl-reports"
}

# In the consumer account 222222222222: needs a provider "aws" with alias = "consumer".
resource "aws_iam_role_policy" "etl-reports_on_etl" {
  provider = aws.consumer
  name     = "crossaccount-111111111111-etl-reports"
  role     = "etl"

  policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "Objects",
          "Effect": "Allow",
          "Action": "s3:GetObject",
          "Resource": "arn:aws:s3:::acme-data/*",
          "Condition": {
            "StringEquals": {
              "aws:ResourceAccount": "111111111111"
            }
          }
        },
        {
          "Sid": "Keys",
          "Effect": "Allow",
          "Action": "kms:Decrypt",
          "Resource": "arn:aws:kms:eu-central-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef",
          "Condition": {
            "StringEquals": {
              "kms:ViaService": "s3.eu-central-1.amazonaws.com"
            },
            "StringLike": {
              "kms:EncryptionContext:aws:s3:arn": [
                "arn:aws:s3:::acme-data",
                "arn:aws:s3:::acme-data/*"
              ]
            }
          }
        }
      ]
    }
  JSON
}

# The address of the share in the configuration that has had it.
removed {
  from = crossaccount_s3_share.etl-reports

  lifecycle {
    destroy = false
  }
}
