# <bucket>/<name>
terraform import crossaccount_s3_share.reports acme-data/partner-reports
