output "role_arn" {
  description = "Role that the vendor assumes."
  value       = crossaccount_s3_share.this.role_arn
}

output "external_id" {
  description = "External ID that the vendor passes to AssumeRole."
  value       = crossaccount_s3_share.this.external_id
  sensitive   = true
}

output "consumer_policy" {
  description = "Policy that the vendor puts on its own role."
  value       = crossaccount_s3_share.this.consumer_policy
}

output "location" {
  description = "Where deliveries go."
  value       = "s3://${var.bucket}/inbox/${var.vendor}/"
}

output "summary" {
  description = "Who may do what, in sentences."
  value       = crossaccount_s3_share.this.summary
}
