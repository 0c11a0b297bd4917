# Best practice 3 of AWS's guide: know who uses the share. Each time somebody assumes its role, a message is sent; a query
# lists the past; and the last use stands in an output.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
    crossaccount = {
      source = "crossaccount/crossaccount"
    }
  }
}

variable "event_data_store_id" {
  type        = string
  description = "ID of an event data store of CloudTrail Lake that has management events."
}

resource "crossaccount_s3_share" "reports" {
  name     = "partner-reports"
  bucket   = "acme-data"
  prefixes = ["reports/"]

  consumer = {
    account_id = "222222222222"
  }
}

# Events arrive where the consumer calls STS: put this into each region in question, and into us-east-1 when the consumer
# uses the global endpoint sts.amazonaws.com. A trail must log management events there.
resource "aws_cloudwatch_event_rule" "assumed" {
  name          = "share-partner-reports-assumed"
  description   = "Somebody assumed the role of the share partner-reports."
  event_pattern = crossaccount_s3_share.reports.audit_event_pattern

  # AssumeRole counts as a read, and some reads reach only rules in this state.
  state = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
}

resource "aws_cloudwatch_event_target" "assumed" {
  rule = aws_cloudwatch_event_rule.assumed.name
  arn  = aws_sns_topic.share_used.arn
}

resource "aws_sns_topic" "share_used" {
  name = "share-used"
}

resource "aws_sns_topic_policy" "share_used" {
  arn = aws_sns_topic.share_used.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.share_used.arn
      Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.assumed.arn } }
    }]
  })
}

# aws cloudtrail start-query --query-statement "$(terraform output -raw audit_query)"
output "audit_query" {
  value = replace(crossaccount_s3_share.reports.audit_query, "EVENT_DATA_STORE_ID", var.event_data_store_id)
}

# The same for Athena, over the table cloudtrail_logs: parameters are JSON in a string there.
output "athena_query" {
  value = replace(
    replace(crossaccount_s3_share.reports.audit_query, "EVENT_DATA_STORE_ID", "cloudtrail_logs"),
    "/element_at\\(requestParameters, '(\\w+)'\\)/",
    "json_extract_scalar(requestparameters, '$.$1')"
  )
}

data "crossaccount_s3_share" "reports" {
  bucket = crossaccount_s3_share.reports.bucket
  name   = crossaccount_s3_share.reports.name
}

output "last_used" {
  value = data.crossaccount_s3_share.reports.role_last_used
}
