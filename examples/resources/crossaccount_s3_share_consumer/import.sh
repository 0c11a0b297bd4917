# by the ARN of the share's role, in the consumer account
terraform import crossaccount_s3_share_consumer.reports arn:aws:iam::111111111111:role/crossaccount/partner-reports
