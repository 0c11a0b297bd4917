# For terraform query (Terraform 1.14 or newer).
list "crossaccount_s3_share" "of_the_bucket" {
  provider = crossaccount

  config {
    bucket             = "acme-data"
    include_candidates = true
  }
}
