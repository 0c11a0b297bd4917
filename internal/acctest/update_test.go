package acctest

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// Every argument that AWS can change in place is changed in place, and back again.
func TestEveryArgumentChangesInPlace(t *testing.T) {
	RequireCLI(t)
	for name, arguments := range map[string][]string{
		"access":               {OnlyEtl, `access = ["read", "list", "write", "delete", "read_versions", "tag"]`},
		"prefixes":             {OnlyEtl, `prefixes = ["a/", "ab/"]`},
		"principals":           {`consumer = { account_id = "222222222222", principals = ["arn:aws:iam::222222222222:role/team/other"] }`},
		"whole account":        {WholeAccount},
		"another account":      {`consumer = { account_id = "333333333333" }`},
		"pin_principals":       {`consumer = { account_id = "222222222222", principals = ["arn:aws:iam::222222222222:role/etl"], pin_principals = true }`},
		"attach_to_roles":      {`consumer = { account_id = "222222222222", principals = ["arn:aws:iam::222222222222:role/etl"], attach_to_roles = ["etl", "other"] }`},
		"external_id":          {OnlyEtl, `external_id = "given-by-the-consumer"`},
		"bucket_policy_mode":   {OnlyEtl, `bucket_policy_mode = "output_only"`},
		"perimeter":            {OnlyEtl, `perimeter = { principal_org_id = "o-a1b2c3d4e5", source_ips = ["203.0.113.0/24"], source_vpce_ids = ["vpce-0a1b2c3d"] }`},
		"expires_at":           {OnlyEtl, `expires_at = "2099-01-01T00:00:00Z"`},
		"max_session_duration": {OnlyEtl, `max_session_duration = 43200`},
		"permissions_boundary": {OnlyEtl, `permissions_boundary = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"`},
		"description":          {OnlyEtl, `description = "für den Partner"`},
		"tags":                 {OnlyEtl, `tags = { Team = "data", team2 = "x" }`},
		"exclusive":            {OnlyEtl, `exclusive = false`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			provider := w.Provider(w.ConsumerConnection())
			same := sameRole{}
			start := resource.TestStep{Config: provider + Share(OnlyEtl), ConfigPlanChecks: nothingLeft, Check: same.check}
			changed := resource.TestStep{Config: provider + Share(arguments...), Check: same.check, ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)},
				PostApplyPostRefresh: nothingLeft.PostApplyPostRefresh,
			}}
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{start, changed, start}})
			w.mustBeEmpty(t)
		})
	}
}

func TestOnlyNamesReplace(t *testing.T) {
	RequireCLI(t)
	for name, argument := range map[string]string{"path": `path = "/partners/"`, "name": "", "bucket": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			w.Owner.AddBucket("acme-more", awssim.BucketOptions{Region: Region})
			changed := Share(OnlyEtl, argument)
			switch name {
			case "name":
				changed = `resource "crossaccount_s3_share" "test" {
  name   = "etl-more"
  bucket = "` + Bucket + `"
` + OnlyEtl + `
}`
			case "bucket":
				changed = `resource "crossaccount_s3_share" "test" {
  name   = "etl-reports"
  bucket = "acme-more"
` + OnlyEtl + `
}`
			}
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
				{Config: w.Provider() + Share(OnlyEtl)},
				{Config: w.Provider() + changed, ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionDestroyBeforeCreate)},
					PostApplyPostRefresh: nothingLeft.PostApplyPostRefresh,
				}},
			}})
			w.mustBeEmpty(t)
		})
	}
}

// sameRole fails when the role was made again on the way.
type sameRole struct{ id string }

func (s *sameRole) check(state *terraform.State) error {
	id := state.RootModule().Resources[address].Primary.Attributes["role_unique_id"]
	if s.id == "" {
		s.id = id
	}
	if s.id != id {
		return errReplaced
	}
	return nil
}
