package acctest

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// A role moves to a new half of the same share, which is renamed afterwards without a moved block: it keeps its policy.
func TestRoleOfAHalfMoves(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Consumer.AddRole("/", "batch")
	other := strings.Replace(half(shareRole, `attach_to_roles = ["batch"]`), `"test"`, `"other"`, 1)
	rest := half(shareRole, `attach_to_roles = ["etl"]`, "depends_on = [crossaccount_s3_share_consumer.other]")
	both := func(*terraform.State) error { return w.attached(t, map[string]bool{"batch": true, "etl": true}) }
	settled := resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: impatient(), Steps: []resource.TestStep{
		{Config: w.asConsumer(w.ConsumerKey) + half(shareRole, `attach_to_roles = ["batch", "etl"]`)},
		{Config: w.asConsumer(w.ConsumerKey) + other + rest, Check: both, ConfigPlanChecks: settled},
		{
			Config: w.asConsumer(w.ConsumerKey) + strings.NewReplacer(`"other"`, `"renamed"`, ".other", ".renamed").Replace(other+rest),
			Check:  both, ConfigPlanChecks: settled,
		},
	}})
	if err := w.attached(t, map[string]bool{"batch": false, "etl": false}); err != nil {
		t.Errorf("after the destroy: %v", err)
	}
}
