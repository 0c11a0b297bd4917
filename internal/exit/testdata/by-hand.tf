# Share acme-data/2.etl@reports as resources of hashicorp/aws, as they are now. Terraform 1.7 or newer:
#   1. put this into a configuration with a provider "aws" of account 111111111111 and take the resource
#      crossaccount_s3_share out of it;
#   2. give the variables, plan: it imports, changes nothing in AWS, and lets go of the share (the role counts as
#      changed, because Terraform hides its trust policy from then on: the plan says that the value is unchanged);
#   3. apply, then take the import and removed blocks out.

variable "external_id" {
  type      = string
  sensitive = true
}

variable "external_id_2" {
  type      = string
  sensitive = true
}

import {
  to = aws_iam_role.share_2_etl_reports
  id = "2.etl@reports"
}

resource "aws_iam_role" "share_2_etl_reports" {
  name                 = "2.etl@reports"
  path                 = "/crossaccount/"
  description          = "says \"hello\" to $${you}"
  max_session_duration = 3600
  permissions_boundary = "arn:aws:iam::111111111111:policy/boundary"

  tags = {
    "Team"        = "data"
    "cost center" = "%%{12}"
  }

  assume_role_policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Principal": {
            "AWS": "arn:aws:iam::222222222222:root"
          },
          "Action": "sts:AssumeRole",
          "Condition": {
            "StringEquals": {
              "sts:ExternalId": [
                "${var.external_id}",
                "${var.external_id_2}"
              ]
            }
          }
        }
      ]
    }
  JSON
}

import {
  to = aws_iam_role_policy.share_2_etl_reports
  id = "2.etl@reports:crossaccount"
}

resource "aws_iam_role_policy" "share_2_etl_reports" {
  name = "crossaccount"
  role = aws_iam_role.share_2_etl_reports.name

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
  to = aws_iam_role_policy.share_2_etl_reports_more
  id = "2.etl@reports:more"
}

# On the role, and not written by crossaccount.
resource "aws_iam_role_policy" "share_2_etl_reports_more" {
  name = "more"
  role = aws_iam_role.share_2_etl_reports.name

  policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Action": "s3:GetObject",
          "Resource": "arn:aws:s3:::acme-data/$${aws:username}/*"
        }
      ]
    }
  JSON
}

import {
  to = aws_iam_role_policy_attachment.share_2_etl_reports_1
  id = "2.etl@reports/arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
}

# On the role, and not written by crossaccount.
resource "aws_iam_role_policy_attachment" "share_2_etl_reports_1" {
  role       = aws_iam_role.share_2_etl_reports.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
}

import {
  to = aws_s3_bucket_policy.acme-data
  id = "acme-data"
}

# THIS RESOURCE OWNS THE WHOLE POLICY of the bucket: hashicorp/aws knows no single statements.
# 2 of the 2 statements in it are not the share's ("Deny insecure"). Where some other configuration has the policy, leave
# this block and its import out, and carry the share's statements over there.
resource "aws_s3_bucket_policy" "acme-data" {
  bucket = "acme-data"

  policy = <<-JSON
    {
      "Version": "2008-10-17",
      "Id": "theirs",
      "Statement": [
        {
          "Sid": "Deny insecure",
          "Effect": "Deny",
          "Principal": "*",
          "Action": "s3:*",
          "Resource": "arn:aws:s3:::acme-data/*",
          "Condition": {
            "Bool": {
              "aws:SecureTransport": "false"
            }
          }
        },
        {
          "Effect": "Allow",
          "Principal": {
            "AWS": "333333333333"
          },
          "Action": "s3:GetObject",
          "Resource": "arn:aws:s3:::acme-data/*"
        }
      ]
    }
  JSON
}

# The address of the share in the configuration that has had it.
removed {
  from = crossaccount_s3_share.share_2_etl_reports

  lifecycle {
    destroy = false
  }
}
