resource "crossaccount_s3_share" "this" {
  name        = "${var.partner}-feed"
  description = "Feed ${var.feed} for ${var.partner}, read only"
  bucket      = var.bucket
  prefixes    = [var.feed]

  # Listing too: without it S3 answers 403 instead of 404 for a file that is not there yet.
  access = ["read", "list"]

  consumer = {
    account_id = var.partner_account_id
    principals = var.partner_principals
  }

  external_id = var.external_id
  expires_at  = var.expires_at
  perimeter   = length(var.source_ips) == 0 ? null : { source_ips = var.source_ips }
  tags        = merge(var.tags, { partner = var.partner })
}
