package main

import (
	"fmt"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// This file has what is measured: this provider, and the same work as hashicorp/aws does it.

// subject is a provider at work.
type subject struct {
	mirror workspace.Mirror
	layout layout
	// configuration takes the variables shares, the number of them, and changed, which gives the first another prefix.
	configuration string
	// resources is how many Terraform counts for the shares; changed is how many of them another prefix changes.
	resources func(bench) int
	changed   int
}

// variables are those of every configuration.
const variables = `
variable "shares" {
  type = number
}

variable "changed" {
  type    = bool
  default = false
}
`

// ours has the shares in one resource with count. Each share is a role that reads one prefix.
func ours(mirror workspace.Mirror, l layout) subject {
	return subject{
		mirror: mirror, layout: l, resources: func(b bench) int { return b.size }, changed: 1,
		configuration: required("crossaccount", "crossaccount/crossaccount") + variables + fmt.Sprintf(`
resource "crossaccount_s3_share" "bench" {
  count    = var.shares
  name     = "bench-${count.index}"
  bucket   = "bench-${floor(count.index / %[1]d)}"
  prefixes = [var.changed && count.index == 0 ? "changed/" : "team-${count.index}/"]

  bucket_policy_mode = "%[3]s"

  consumer = {
    account_id = "%[2]s"
    principals = ["arn:aws:iam::%[2]s:role/etl"]
  }
}
`, l.perBucket, consumerID, l.mode),
	}
}

// peers are N roles, N inline policies and a policy for each bucket, with the documents that this provider writes: the
// trust is narrowed by an external ID and by the consumer's role, the permissions and the statement by the prefix.
func peers(mirror workspace.Mirror) subject {
	l := ownStatements
	return subject{
		mirror: mirror, layout: l, resources: func(b bench) int { return 2*b.size + l.buckets(b.size) }, changed: 2,
		configuration: required("aws", peerSource) + variables + strings.NewReplacer(
			"PER_BUCKET", fmt.Sprint(l.perBucket), "CONSUMER", consumerID, "OWNER", ownerID,
		).Replace(peerConfiguration),
	}
}

func required(name, source string) string {
	return fmt.Sprintf("terraform {\n  required_providers {\n    %s = {\n      source = %q\n    }\n  }\n}\n", name, source)
}

const peerSource = "hashicorp/aws"

// peerConfiguration switches off what the provider would ask of the machine beside the work.
const peerConfiguration = `
provider "aws" {
  s3_use_path_style           = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_credentials_validation = true
}

locals {
  prefixes = [for i in range(var.shares) : var.changed && i == 0 ? "changed/" : "team-${i}/"]
}

resource "aws_iam_role" "bench" {
  count = var.shares
  name  = "bench-${count.index}"
  path  = "/crossaccount/"
  tags  = { "crossaccount:bucket" = "bench-${floor(count.index / PER_BUCKET)}" }

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "CONSUMER" }
      Condition = {
        StringEquals = { "sts:ExternalId" = "example-${count.index}" }
        ArnEquals    = { "aws:PrincipalArn" = "arn:aws:iam::CONSUMER:role/etl" }
      }
    }]
  })
}

resource "aws_iam_role_policy" "bench" {
  count = var.shares
  name  = "crossaccount"
  role  = aws_iam_role.bench[count.index].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "s3:GetObject"
      Resource = "arn:aws:s3:::bench-${floor(count.index / PER_BUCKET)}/${local.prefixes[count.index]}*"
    }]
  })
}

resource "aws_s3_bucket_policy" "bench" {
  count  = ceil(var.shares / PER_BUCKET)
  bucket = "bench-${count.index}"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for i in range(count.index * PER_BUCKET, min(var.shares, (count.index + 1) * PER_BUCKET)) : {
      Sid       = "bench${i}"
      Effect    = "Allow"
      Action    = "s3:GetObject"
      Principal = { AWS = "arn:aws:iam::OWNER:root" }
      Resource  = "arn:aws:s3:::bench-${count.index}/${local.prefixes[i]}*"
      Condition = { ArnEquals = { "aws:PrincipalArn" = aws_iam_role.bench[i].arn } }
    }]
  })
}
`
