output "role_arn" {
  description = "Role that the partner assumes."
  value       = crossaccount_s3_share.this.role_arn
}

output "external_id" {
  description = "External ID that the partner passes to AssumeRole."
  value       = crossaccount_s3_share.this.external_id
  sensitive   = true
}

output "consumer_policy" {
  description = "Policy that the partner puts on its own role."
  value       = crossaccount_s3_share.this.consumer_policy
}

output "location" {
  description = "Where the feed is."
  value       = "s3://${var.bucket}/${var.feed}"
}

output "summary" {
  description = "Who may do what, in sentences."
  value       = crossaccount_s3_share.this.summary
}

output "share" {
  description = "Arguments of the share, as the function share_documents takes them; the tests of this module judge them."
  value = {
    owner_account_id = crossaccount_s3_share.this.owner_account_id
    name             = crossaccount_s3_share.this.name
    bucket           = crossaccount_s3_share.this.bucket
    prefixes         = crossaccount_s3_share.this.prefixes
    access           = crossaccount_s3_share.this.access
    consumer         = crossaccount_s3_share.this.consumer
    expires_at       = crossaccount_s3_share.this.expires_at
    perimeter        = crossaccount_s3_share.this.perimeter
  }
}
