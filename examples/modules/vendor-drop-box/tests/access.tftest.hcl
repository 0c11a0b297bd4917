# What the module gives and what it does not, without AWS: the provider is mocked, and its functions judge the documents
# that a share with the module's arguments has. Needs Terraform 1.8.

mock_provider "crossaccount" {
  mock_resource "crossaccount_s3_share" {
    defaults = { owner_account_id = "111111111111" }
  }
}

variables {
  vendor            = "initech"
  vendor_account_id = "222222222222"
  bucket            = "acme-data"
}

run "the_vendor_delivers" {
  assert {
    condition = provider::crossaccount::can_access(
      { identity = provider::crossaccount::share_documents(output.share).permissions_policy },
      provider::crossaccount::share_documents(output.share).role_arn, "s3:PutObject", "arn:aws:s3:::acme-data/inbox/initech/delivery.zip",
      { "aws:ResourceAccount" = "111111111111" }
    ).allowed
    error_message = "The vendor cannot deliver."
  }
}

run "and_sees_nothing" {
  assert {
    condition = !anytrue([
      for call in [
        ["s3:GetObject", "arn:aws:s3:::acme-data/inbox/initech/delivery.zip"],
        ["s3:DeleteObject", "arn:aws:s3:::acme-data/inbox/initech/delivery.zip"],
        ["s3:ListBucket", "arn:aws:s3:::acme-data"],
        ["s3:PutObject", "arn:aws:s3:::acme-data/inbox/other/delivery.zip"],
        ] : provider::crossaccount::can_access(
        { identity = provider::crossaccount::share_documents(output.share).permissions_policy },
        provider::crossaccount::share_documents(output.share).role_arn, call[0], call[1],
        { "aws:ResourceAccount" = "111111111111", "s3:prefix" = "inbox/initech/" }
      ).allowed
    ])
    error_message = "The vendor can do more than deliver."
  }
}
