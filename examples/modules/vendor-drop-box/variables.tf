variable "vendor" {
  description = "Short name of the vendor; the share is called <vendor>-drop-box and writes below inbox/<vendor>/."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]*$", var.vendor))
    error_message = "A vendor's name has lower-case letters, digits and hyphens: it becomes part of object keys and of the role's name."
  }
}

variable "vendor_account_id" {
  description = "AWS account of the vendor."
  type        = string
}

variable "vendor_principals" {
  description = "ARNs of the vendor's roles and users that may deliver. Null: whoever the vendor's own account allows."
  type        = set(string)
  default     = null
}

variable "external_id" {
  description = "External ID that the vendor gave. Null: one is generated and kept; hand it to the vendor."
  type        = string
  default     = null
  sensitive   = true
}

variable "bucket" {
  description = "Bucket of this account."
  type        = string
}

variable "tags" {
  description = "Tags of the role."
  type        = map(string)
  default     = {}
}
