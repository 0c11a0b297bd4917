variable "partner" {
  description = "Short name of the partner; the share is called <partner>-feed."
  type        = string
}

variable "partner_account_id" {
  description = "AWS account of the partner."
  type        = string
}

variable "partner_principals" {
  description = "ARNs of the partner's roles and users that may read. Null: whoever the partner's own account allows."
  type        = set(string)
  default     = null
}

variable "external_id" {
  description = "External ID that the partner gave. Null: one is generated and kept; hand it to the partner."
  type        = string
  default     = null
  sensitive   = true
}

variable "bucket" {
  description = "Bucket of this account."
  type        = string
}

variable "feed" {
  description = "Prefix of the feed, for example feeds/prices/; with its slash, or it also covers feeds/prices-internal/."
  type        = string

  validation {
    condition     = endswith(var.feed, "/")
    error_message = "A feed ends with a slash: feeds/prices would also cover feeds/prices-internal/."
  }
}

variable "expires_at" {
  description = "Time of RFC 3339 at which the contract ends; AWS itself refuses everything after it. Null: no end."
  type        = string
  default     = null
}

variable "source_ips" {
  description = "Addresses and CIDR ranges of the partner that calls must come from. Empty: anywhere."
  type        = set(string)
  default     = []
}

variable "tags" {
  description = "Tags of the role."
  type        = map(string)
  default     = {}
}
