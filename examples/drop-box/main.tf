# Two vendors deliver files into one bucket. Each may write below its own prefix, and neither may read anything.

module "drop_box" {
  source   = "../modules/vendor-drop-box"
  for_each = var.vendors

  vendor            = each.key
  vendor_account_id = each.value
  bucket            = var.bucket
}

variable "bucket" {
  description = "Bucket of the owner account."
  type        = string
  default     = "acme-data"
}

variable "vendors" {
  description = "Accounts of the vendors, by their names."
  type        = map(string)
  default = {
    initech = "222222222222"
    globex  = "222222222222"
  }
}

output "role_arns" {
  value = { for vendor, box in module.drop_box : vendor => box.role_arn }
}

output "external_ids" {
  value     = { for vendor, box in module.drop_box : vendor => box.external_id }
  sensitive = true
}

output "summary" {
  value = { for vendor, box in module.drop_box : vendor => box.summary }
}
