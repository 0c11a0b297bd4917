output "summary" {
  value = crossaccount_s3_share.reports.summary
}

output "drift" {
  value = crossaccount_s3_share.reports.drift
}

output "role_arn" {
  value = crossaccount_s3_share.reports.role_arn
}

output "external_id" {
  value     = crossaccount_s3_share.reports.external_id
  sensitive = true
}
