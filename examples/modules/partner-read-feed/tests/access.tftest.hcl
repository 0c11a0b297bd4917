# What the module gives and what it does not, without AWS: the provider is mocked, and its functions judge the documents
# that a share with the module's arguments has. Needs Terraform 1.8.

mock_provider "crossaccount" {
  mock_resource "crossaccount_s3_share" {
    defaults = { owner_account_id = "111111111111" }
  }
}

variables {
  partner            = "initech"
  partner_account_id = "222222222222"
  partner_principals = ["arn:aws:iam::222222222222:role/etl"]
  bucket             = "acme-data"
  feed               = "feeds/prices/"
  expires_at         = "2027-12-31T23:59:59Z"
}

run "the_partner_reads_its_feed" {
  assert {
    condition = alltrue([
      for action, resource in {
        "s3:GetObject"  = "arn:aws:s3:::acme-data/feeds/prices/today.csv"
        "s3:ListBucket" = "arn:aws:s3:::acme-data"
        } : provider::crossaccount::can_access(
        { identity = provider::crossaccount::share_documents(output.share).permissions_policy },
        provider::crossaccount::share_documents(output.share).role_arn, action, resource,
        { "aws:ResourceAccount" = "111111111111", "aws:CurrentTime" = "2027-06-01T00:00:00Z", "s3:prefix" = "feeds/prices/" }
      ).allowed
    ])
    error_message = "The partner cannot read and list its feed."
  }
}

run "and_nothing_else" {
  assert {
    condition = !anytrue([
      for call in [
        ["s3:GetObject", "arn:aws:s3:::acme-data/feeds/prices-internal/today.csv", "2027-06-01T00:00:00Z"],
        ["s3:PutObject", "arn:aws:s3:::acme-data/feeds/prices/today.csv", "2027-06-01T00:00:00Z"],
        ["s3:GetObject", "arn:aws:s3:::acme-data/feeds/prices/today.csv", "2028-01-01T00:00:00Z"],
        ] : provider::crossaccount::can_access(
        { identity = provider::crossaccount::share_documents(output.share).permissions_policy },
        provider::crossaccount::share_documents(output.share).role_arn, call[0], call[1],
        { "aws:ResourceAccount" = "111111111111", "aws:CurrentTime" = call[2] }
      ).allowed
    ])
    error_message = "The partner reaches more than its feed, or longer than its contract."
  }
}

run "only_with_the_external_id" {
  assert {
    condition = [
      for context in [{ "sts:ExternalId" = "(sensitive)", "aws:CurrentTime" = "2027-06-01T00:00:00Z" }, { "aws:CurrentTime" = "2027-06-01T00:00:00Z" }] :
      provider::crossaccount::can_access(
        {
          identity = provider::crossaccount::share_documents(output.share).consumer_policy
          trust    = provider::crossaccount::share_documents(output.share).trust_policy
        },
        "arn:aws:iam::222222222222:role/etl", "sts:AssumeRole", provider::crossaccount::share_documents(output.share).role_arn, context
      ).allowed
    ] == [true, false]
    error_message = "The role can be assumed without the external ID, or not with it."
  }
}
