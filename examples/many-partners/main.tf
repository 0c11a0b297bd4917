# Many partners on one bucket, each with a folder of its own. Delegated shares take no room in the bucket policy one by one.

terraform {
  required_providers {
    crossaccount = {
      source = "crossaccount/crossaccount"
    }
  }
}

variable "bucket" {
  description = "Bucket of the owner account."
  type        = string
  default     = "acme-data"
}

variable "partners" {
  description = "Accounts of the partners by their names."
  type        = map(string)
  default = {
    globex  = "222222222222"
    initech = "333333333333"
  }
}

resource "crossaccount_s3_share" "partner" {
  for_each = var.partners

  name               = "partner-${each.key}"
  bucket             = var.bucket
  bucket_policy_mode = "delegated"
  consumer           = { account_id = each.value }
  access             = ["read", "list", "write"]
  prefixes           = ["partners/${each.key}/"]
}

# What each partner has to be told; the external IDs apart from it.
output "roles" {
  value = { for name, share in crossaccount_s3_share.partner : name => share.role_arn }
}

output "external_ids" {
  value     = { for name, share in crossaccount_s3_share.partner : name => share.external_id }
  sensitive = true
}
