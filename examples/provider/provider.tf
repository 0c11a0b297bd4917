terraform {
  required_providers {
    crossaccount = {
      source = "crossaccount/crossaccount"
    }
  }
}

# The owner account comes from the usual AWS environment variables and files, or from attributes of the same names as
# those of the hashicorp/aws provider.
provider "crossaccount" {
  # Refuse to touch any other account.
  allowed_account_ids = ["111111111111"]

  # Only needed where the consumer's side is managed too (attach_to_roles) or tried (verify): one provider serves both.
  consumer = {
    profile             = "consumer"
    allowed_account_ids = ["222222222222"]
  }

  default_tags = {
    tags = {
      managed-by = "terraform"
    }
  }
}
