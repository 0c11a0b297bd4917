# In a file whose name ends in .tfquery.hcl, beside the provider block. Then:
#   terraform query                                  lists the shares,
#   terraform query -generate-config-out=shares.tf   also writes their configuration and import blocks,
#   terraform plan                                   shows what the import changes: nothing, but of roles made by hand.
list "crossaccount_s3_share" "of_the_bucket" {
  provider = crossaccount
  limit    = 1000 # Terraform's own is 100

  config {
    bucket             = "acme-data"
    include_candidates = true # also roles made by hand, which the import would turn into shares
  }
}
