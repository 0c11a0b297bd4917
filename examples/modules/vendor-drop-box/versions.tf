terraform {
  required_version = ">= 1.5"

  required_providers {
    crossaccount = {
      source = "crossaccount/crossaccount"
    }
  }
}
