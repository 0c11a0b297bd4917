# Share acme-data/etl-reports as resources of hashicorp/aws, as they are now. Terraform 1.7 or newer:
#   1. put this into a configuration with a provider "aws" of account 111111111111 and take the resource
#      crossaccount_s3_share out of it;
#   2. give the variables, plan: it imports, changes nothing in AWS, and lets go of the share (the role counts as
#      changed, because Terraform hides its trust policy from then on: the plan says that the value is unchanged);
#   3. apply, then take the import and removed blocks out.

variable "external_id" {
  type      = string
  sensitive = true
}

import {
  to = aws_iam_role.etl-reports
  id = "etl-reports"
}

resource "aws_iam_role" "etl-reports" {
  name                 = "etl-reports"
  path                 = "/crossaccount/"
  max_session_duration = 3600

  tags = {
    "crossaccount:bucket" = "acme-data"
  }

  assume_role_policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "Consumer",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::222222222222:root"
          },
          "Action": "sts:AssumeRole",
          "Condition": {
            "StringEquals": {
              "sts:ExternalId": "${var.external_id}"
            }
          }
        }
      ]
    }
  JSON
}

import {
  to = aws_iam_role_policy.etl-reports
  id = "etl-reports:crossaccount"
}

resource "aws_iam_role_policy" "etl-reports" {
  name = "crossaccount"
  role = aws_iam_role.etl-reports.name

  policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "Objects",
          "Effect": "Allow",
          "Action": "s3:GetObject",
          "Resource": "arn:aws:s3:::acme-data/*"
        }
      ]
    }
  JSON
}

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
          "Sid": "Crossaccountetlreportsc33c985426e0Objects",
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::111111111111:root"
          },
          "Action": "s3:GetObject",
          "Resource": "arn:aws:s3:::acme-data/*",
          "Condition": {
            "ArnEquals": {
              "aws:PrincipalArn": "arn:aws:iam::111111111111:role/crossaccount/etl-reports"
            }
          }
        }
      ]
    }
  JSON
}

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
          "Sid": "AssumeShareRole",
          "Effect": "Allow",
          "Action": "sts:AssumeRole",
          "Resource": "arn:aws:iam::111111111111:role/crossaccount/etl-reports"
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
