package acctest

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

const roleARN = "arn:aws:iam::" + OwnerID + ":role/crossaccount/etl-reports"

// nothingLeft is the second plan: nothing to do.
var nothingLeft = resource.ConfigPlanChecks{
	PostApplyPreRefresh:  []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
}

func known(attribute, pattern string) plancheck.PlanCheck {
	return plancheck.ExpectKnownValue(address, tfjsonpath.New(attribute), knownvalue.StringRegexp(regexp.MustCompile(pattern)))
}

func TestPlanOfANewShareIsKnown(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: Factories(),
		Steps: []resource.TestStep{{
			Config: w.Provider() + Share(OnlyEtl, `  access = ["read", "list"]`, `  prefixes = ["reports/"]`),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(address, plancheck.ResourceActionCreate),
					known("id", `^acme-data/etl-reports$`),
					known("owner_account_id", `^111111111111$`),
					known("role_arn", `^`+roleARN+`$`),
					known("trust_policy", `"sts:ExternalId":"\(sensitive\)"`),
					known("permissions_policy", `"s3:GetObject".*acme-data/reports/\*`),
					known("bucket_policy_statements", `^\[\{"Sid":"Crossaccountetlreports`),
					known("consumer_policy", `"Resource":"`+roleARN+`"`),
					plancheck.ExpectKnownValue(address, tfjsonpath.New("summary"), knownvalue.ListPartial(map[int]knownvalue.Check{
						0: knownvalue.StringExact("account 222222222222, role etl: may read and list s3://acme-data/reports/*"),
					})),
					plancheck.ExpectKnownValue(address, tfjsonpath.New("drift"), knownvalue.ListSizeExact(0)),
					plancheck.ExpectUnknownValue(address, tfjsonpath.New("external_id")),
					plancheck.ExpectUnknownValue(address, tfjsonpath.New("role_unique_id")),
				},
				PostApplyPostRefresh: nothingLeft.PostApplyPostRefresh,
			},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("external_id"), knownvalue.StringRegexp(regexp.MustCompile(`^[a-z2-7]{26}$`))),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("role_unique_id"), knownvalue.StringRegexp(regexp.MustCompile(`^AROA`))),
			},
		}},
	})
}

// What other resources make is unknown at plan; nothing may be refused or guessed then.
func TestUnknownValuesWait(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: Factories(),
		Steps: []resource.TestStep{{
			Config: w.Provider() + `
resource "terraform_data" "later" {
  input = {
    account   = "` + ConsumerID + `"
    id        = "given-by-the-consumer"
    prefix    = "reports/"
    principal = "arn:aws:iam::` + ConsumerID + `:role/etl"
    bucket    = "` + Bucket + `"
    ends      = "2099-01-01T00:00:00Z"
    tag       = "data"
  }
}

resource "crossaccount_s3_share" "test" {
  name   = "etl-reports"
  bucket = terraform_data.later.output.bucket
  consumer = {
    account_id = terraform_data.later.output.account
    principals = [terraform_data.later.output.principal]
  }
  prefixes    = [terraform_data.later.output.prefix]
  external_id = terraform_data.later.output.id
  expires_at  = terraform_data.later.output.ends
  tags        = { Team = terraform_data.later.output.tag }
}
`,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{
					known("role_arn", `^`+roleARN+`$`),
					plancheck.ExpectUnknownValue(address, tfjsonpath.New("trust_policy")),
					plancheck.ExpectUnknownValue(address, tfjsonpath.New("summary")),
				},
				PostApplyPostRefresh: nothingLeft.PostApplyPostRefresh,
			},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("external_id"), knownvalue.StringExact("given-by-the-consumer")),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact("acme-data/etl-reports")),
			},
		}},
	})
}

// An unknown value that turns out wrong is an error before anything is written.
func TestUnknownValueThatTurnsOutWrong(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: Factories(),
		Steps: []resource.TestStep{{
			Config: w.Provider() + `
resource "terraform_data" "later" {
  input = "` + OwnerID + `"
}
` + Share(`  consumer = { account_id = terraform_data.later.output }`),
			ExpectError: regexp.MustCompile(`(?s)The\s+consumer\s+is\s+account\s+111111111111,\s+which\s+owns\s+the\s+bucket`),
		}},
	})
	w.mustHaveWrittenNothing(t)
}
