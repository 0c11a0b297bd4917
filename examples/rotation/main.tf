# A partner's external ID is replaced every 90 days. For 14 days the one before stays accepted, so the partner can switch at
# any time in between and is never refused.
#
# Terraform does nothing by itself: what is due is done by the next apply, so a pipeline should plan and apply at least once
# a week. The plan says when an ID will be replaced or dropped.

terraform {
  required_providers {
    crossaccount = {
      source = "crossaccount/crossaccount"
    }
  }
}

locals {
  rotate_after_days = 90
}

resource "crossaccount_s3_share" "partner" {
  name     = "partner-reports"
  bucket   = var.bucket
  access   = ["read", "list"]
  prefixes = ["reports/"]

  consumer = {
    account_id = var.partner_account_id
  }

  external_id_rotation = {
    after_days   = local.rotate_after_days
    overlap_days = 14
  }

  # A higher number replaces the ID at once, for example because somebody has read it who should not have.
  external_id_version = 1
}

variable "bucket" {
  description = "Bucket of the owner account."
  type        = string
  default     = "acme-data"
}

variable "partner_account_id" {
  description = "Account of the partner."
  type        = string
  default     = "222222222222"
}

# What the partner gets after each rotation: terraform output -json for_the_partner
output "for_the_partner" {
  value = {
    role_arn    = crossaccount_s3_share.partner.role_arn
    external_id = crossaccount_s3_share.partner.external_id
    # Until then the ID before works, too; null while there is none.
    switch_before = crossaccount_s3_share.partner.external_id_previous_until
  }
  sensitive = true
}

# From then on the next apply rotates.
output "next_rotation" {
  value = timeadd(crossaccount_s3_share.partner.external_id_created_at, "${24 * local.rotate_after_days}h")
}
