variable "bucket" {
  description = "Bucket of the owner account."
  type        = string
  default     = "acme-data"
}

variable "consumer_account_id" {
  description = "Account that reads."
  type        = string
  default     = "222222222222"
}

variable "consumer_profile" {
  description = "Profile of the AWS configuration files that has credentials of the consumer account."
  type        = string
  default     = "consumer"
}
