# The same share with hashicorp/aws: five resources, two provider aliases.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
    random = {
      source = "hashicorp/random"
    }
  }
}

provider "aws" {
  alias = "owner"
}

provider "aws" {
  alias   = "consumer"
  profile = "consumer"
}

data "aws_caller_identity" "owner" {
  provider = aws.owner
}

resource "random_id" "external_id" {
  byte_length = 16
}

resource "aws_iam_role" "reports" {
  provider = aws.owner
  name     = "etl-reports"
  path     = "/crossaccount/"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::222222222222:root" }
      Action    = "sts:AssumeRole"
      Condition = {
        ArnLike      = { "aws:PrincipalArn" = "arn:aws:iam::222222222222:role/etl" }
        StringEquals = { "sts:ExternalId" = random_id.external_id.hex }
      }
    }]
  })
}

resource "aws_iam_role_policy" "reports" {
  provider = aws.owner
  name     = "reports"
  role     = aws_iam_role.reports.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = "arn:aws:s3:::acme-data/reports/*"
      },
      {
        Effect    = "Allow"
        Action    = "s3:ListBucket"
        Resource  = "arn:aws:s3:::acme-data"
        Condition = { StringLike = { "s3:prefix" = "reports/*" } }
      },
    ]
  })
}

# This resource is the whole document: a statement of anybody else that is not repeated here is deleted by the next apply.
resource "aws_s3_bucket_policy" "data" {
  provider = aws.owner
  bucket   = "acme-data"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(local.statements_of_everybody_else, [
      {
        Sid       = "EtlReportsObjects"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.owner.account_id}:root" }
        Action    = "s3:GetObject"
        Resource  = "arn:aws:s3:::acme-data/reports/*"
        Condition = { ArnEquals = { "aws:PrincipalArn" = aws_iam_role.reports.arn } }
      },
      {
        Sid       = "EtlReportsListing"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.owner.account_id}:root" }
        Action    = "s3:ListBucket"
        Resource  = "arn:aws:s3:::acme-data"
        Condition = {
          ArnEquals  = { "aws:PrincipalArn" = aws_iam_role.reports.arn }
          StringLike = { "s3:prefix" = "reports/*" }
        }
      },
    ])
  })
}

locals {
  statements_of_everybody_else = [{
    Sid       = "TLSOnly"
    Effect    = "Deny"
    Principal = "*"
    Action    = "s3:*"
    Resource  = ["arn:aws:s3:::acme-data", "arn:aws:s3:::acme-data/*"]
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  }]
}

resource "aws_iam_role_policy" "etl" {
  provider = aws.consumer
  name     = "reports-of-acme"
  role     = "etl"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "sts:AssumeRole"
      Resource = aws_iam_role.reports.arn
    }]
  })
}
