# Share acme-data/etl-reports as resources of hashicorp/aws, as they are now. Terraform 1.7 or newer:
#   1. put this into a configuration with a provider "aws" of account 111111111111 and take the resource
#      crossaccount_s3_share out of it;
#   2. plan: it imports, changes nothing, and lets go of the share;
#   3. apply, then take the import and removed blocks out.

import {
  to = aws_iam_role_policy.etl-reports_on_etl
  id = "etl:crossaccount-111111111111-etl-reports"
}

# In the consumer account 222222222222: needs a provider "aws" with alias = "consumer".
resource "aws_iam_role_policy" "etl-reports_on_etl" {
  provider = aws.consumer
  name     = "crossaccount-111111111111-etl-reports"
  role     = "etl"

  policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "AssumeShareRole",
          "Effect": "Allow",
          "Action": "sts:AssumeRole",
          "Resource": "arn:aws:iam::111111111111:role/crossaccount/etl-reports"
        }
      ]
    }
  JSON
}

# The address of the share in the configuration that has had it.
removed {
  from = crossaccount_s3_share.etl-reports

  lifecycle {
    destroy = false
  }
}
