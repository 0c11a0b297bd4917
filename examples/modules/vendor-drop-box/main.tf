resource "crossaccount_s3_share" "this" {
  name        = "${var.vendor}-drop-box"
  description = "Deliveries of ${var.vendor}, write only"
  bucket      = var.bucket
  prefixes    = ["inbox/${var.vendor}/"]

  # Write without read: what was delivered cannot be fetched, listed or deleted by the vendor. The vendor's uploads are made
  # with a role of this account, so this account owns the objects, whatever the bucket's object ownership is.
  access = ["write"]

  consumer = {
    account_id = var.vendor_account_id
    principals = var.vendor_principals
  }

  external_id = var.external_id
  tags        = merge(var.tags, { vendor = var.vendor })
}
