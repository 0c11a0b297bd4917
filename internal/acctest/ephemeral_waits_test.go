package acctest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// A role that somebody deleted is made again, and what needs it waits for that.
func TestExternalIDOfARepairedShare(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	kept := newStandIn(w)
	var id string
	config := func(version string) string {
		return w.Provider() + Share(WholeAccount) + fmt.Sprintf(handOver, version)
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: kept.with(), Steps: []resource.TestStep{
		{Config: config("1"), Check: func(*terraform.State) (err error) {
			id, err = w.externalID(t.Context())
			return err
		}},
		{
			PreConfig: func() {
				if err := w.deleteTheRole(t.Context()); err != nil {
					t.Fatal(err)
				}
			},
			Config: config("2"), ConfigPlanChecks: nothingLeft,
			Check: func(state *terraform.State) error { return kept.mustHave(id, "none", state) },
		},
	}})
}

// A share that is about to be made is named in either way, and what is not known of it yet is not known to others.
func TestExternalIDOfAShareThatIsMadeInThisRun(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	config := w.Provider(w.ConsumerConnection()) + Share(WholeAccount) + `
ephemeral "crossaccount_s3_share_external_id" "named" {
  bucket = crossaccount_s3_share.test.bucket
  name   = crossaccount_s3_share.test.name
}

ephemeral "crossaccount_s3_share_external_id" "by_arn" {
  role_arn = crossaccount_s3_share.test.role_arn
}

ephemeral "crossaccount_s3_share_credentials" "test" {
  role_arn    = ephemeral.crossaccount_s3_share_external_id.named.role_arn
  external_id = ephemeral.crossaccount_s3_share_external_id.by_arn.external_id
}
`
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{{Config: config, ConfigPlanChecks: nothingLeft}}})
	for _, call := range w.Sim.Calls() {
		if call.Operation == "AssumeRole" && call.Code == "" {
			return
		}
	}
	t.Error("nobody assumed the role")
}

// While the provider's own configuration is not known, nothing is opened and nothing refused.
func TestEphemeralsWaitForTheProvider(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Put(t, "reports/q1.csv", "q1")
	kept := newStandIn(w)
	late := fmt.Sprintf("resource \"terraform_data\" \"late\" {\n  input = { url = %q }\n}\n", w.Sim.URL())
	provider := strings.Replace(w.Provider(w.ConsumerConnection()), fmt.Sprintf("iam = %q", w.Sim.URL()), "iam = terraform_data.late.output.url", 1)
	if !strings.Contains(provider, "terraform_data.late") {
		t.Fatal("the provider block has nothing unknown")
	}
	config := late + provider + Share(WholeAccount, `  external_id = "Given-By-The-Consumer"`) + fmt.Sprintf(handOver, "1") + fmt.Sprintf(assumed, "", "reports/q1.csv")
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: kept.with(), Steps: []resource.TestStep{{
		Config: config, ConfigPlanChecks: nothingLeft,
		Check: func(state *terraform.State) error {
			if err := kept.mustHave("Given-By-The-Consumer", "none", state); err != nil {
				return err
			}
			return kept.mustHaveRead(state, "q1")
		},
	}}})
}

// What nobody is about to make is an error of the plan, with what there is instead.
func TestExternalIDThatCannotBeHandedOver(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	trusts := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole"}]}`
	if _, err := w.IAM(w.SetupKey).CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("open"), AssumeRolePolicyDocument: &trusts}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ arguments, says string }{
		"no such role":      {`bucket = "acme-data", name = "nobody"`, "Account 111111111111, the account of the provider's credentials, has no role named nobody"},
		"another path":      {`role_arn = "arn:aws:iam::111111111111:role/team/open"`, "Its role of that name is arn:aws:iam::111111111111:role/open"},
		"without an ID":     {`role_arn = "arn:aws:iam::111111111111:role/open"`, "Role arn:aws:iam::111111111111:role/open: The trust policy accepts no external ID"},
		"named twice":       {`role_arn = "arn:aws:iam::111111111111:role/open", name = "open"`, "The share is named twice"},
		"not named":         {``, "Give bucket and name of the share, or role_arn alone"},
		"named by half":     {`bucket = "acme-data"`, "Give bucket and name of the share, or role_arn alone"},
		"not an ARN":        {`role_arn = "open"`, "is not the ARN of a role"},
		"a session's ARN":   {`role_arn = "arn:aws:sts::111111111111:assumed-role/open/x"`, "is not the ARN of a role"},
		"not a bucket name": {`bucket = "arn:aws:s3:::acme-data", name = "open"`, "give the bucket's name alone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{{
				Config:   w.Provider() + "ephemeral \"crossaccount_s3_share_external_id\" \"test\" {\n" + strings.ReplaceAll(c.arguments, ", ", "\n") + "\n}\n",
				PlanOnly: true, ExpectError: words(c.says),
			}}})
		})
	}
}

// What an auditor pastes is known before the role exists, and the same for whoever reads the share.
func TestAuditOfAShareIsKnownAtPlan(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	pattern, query := knownvalue.StringExact(share.AuditEventPattern(roleARN)), knownvalue.StringExact(share.AuditQuery(roleARN))
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{
			Config: w.Provider() + Share(WholeAccount) + `
data "crossaccount_s3_share" "one" {
  bucket = crossaccount_s3_share.test.bucket
  name   = crossaccount_s3_share.test.name
}
`,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{
					plancheck.ExpectKnownValue(address, tfjsonpath.New("audit_event_pattern"), pattern),
					plancheck.ExpectKnownValue(address, tfjsonpath.New("audit_query"), query),
				},
				PostApplyPostRefresh: nothingLeft.PostApplyPostRefresh,
			},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(oneShare, tfjsonpath.New("audit_event_pattern"), pattern),
				statecheck.ExpectKnownValue(oneShare, tfjsonpath.New("audit_query"), query),
			},
		},
		{
			Config: w.Provider() + `
resource "terraform_data" "late" {
  input = "/partners/"
}
` + Share(WholeAccount, "  path = terraform_data.late.output"),
			// The path is part of the ARN, so both wait for it.
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue(address, tfjsonpath.New("audit_event_pattern")),
				plancheck.ExpectUnknownValue(address, tfjsonpath.New("audit_query")),
			}},
		},
	}})
}
