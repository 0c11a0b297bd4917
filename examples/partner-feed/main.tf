# A partner reads a price feed until the end of its contract, through the module partner-read-feed.

module "prices" {
  source = "../modules/partner-read-feed"

  partner            = "initech"
  partner_account_id = var.partner_account_id
  partner_principals = ["arn:aws:iam::${var.partner_account_id}:role/*"]
  bucket             = var.bucket
  feed               = "feeds/prices/"
  expires_at         = var.contract_ends_at
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

variable "contract_ends_at" {
  description = "Time of RFC 3339 at which the access ends."
  type        = string
  default     = "2099-12-31T23:59:59Z"
}

# Everything that the partner has to be told.
output "for_the_partner" {
  value = {
    role_arn        = module.prices.role_arn
    location        = module.prices.location
    consumer_policy = module.prices.consumer_policy
  }
}

output "external_id" {
  value     = module.prices.external_id
  sensitive = true
}

output "summary" {
  value = module.prices.summary
}
