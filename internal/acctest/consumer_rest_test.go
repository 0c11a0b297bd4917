package acctest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// etlRefused lets the policy on role etl be refused, which is written last.
func etlRefused() awssim.Fault {
	return awssim.Fault{Operation: "PutRolePolicy", Resource: "etl/", Error: denied()}
}

// The rest of a half whose create failed is tainted. Terraform's replacement must not take the policy away, even for a moment,
// from roles that keep it.
func TestRestOfAHalfIsFinished(t *testing.T) {
	RequireCLI(t)
	for name, lifecycle := range map[string]string{"the old one first": "", "the new one first": "lifecycle { create_before_destroy = true }"} {
		for next, attached := range map[string][]string{"the same roles": {"batch", "etl"}, "fewer roles": {"batch"}} {
			t.Run(name+", "+next, func(t *testing.T) {
				t.Parallel()
				w := NewWorld(t, awssim.Options{})
				w.Consumer.AddRole("/", "batch")
				on := func(roles []string) string {
					return w.asConsumer(w.ConsumerKey) + half(shareRole, fmt.Sprintf("attach_to_roles = split(\",\", %q)", strings.Join(roles, ",")), lifecycle)
				}
				resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: impatient(), Steps: []resource.TestStep{
					{
						PreConfig: func() { w.Sim.Inject(etlRefused()) },
						Config:    on([]string{"batch", "etl"}), ExpectError: words("Done before: create the consumer policy on role batch. The state has what exists. The next apply goes on from there.\n\nLikely"),
					},
					{
						PreConfig: func() { w.Sim.ClearFaults(); w.Sim.ResetCalls() },
						Config:    on(attached),
						ConfigPlanChecks: resource.ConfigPlanChecks{
							PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
						},
						Check: func(*terraform.State) error {
							var wrong []error
							for _, call := range w.Sim.Calls() {
								if call.Operation == "DeleteRolePolicy" && strings.HasPrefix(call.Resource, "batch/") {
									wrong = append(wrong, errors.New("the policy was taken away from a role that keeps it"))
								}
							}
							return errors.Join(append(wrong, w.attached(t, map[string]bool{"batch": true, "etl": slices.Contains(attached, "etl")}))...)
						},
					},
				}})
				if err := w.attached(t, map[string]bool{"etl": false, "batch": false}); err != nil {
					t.Errorf("after the destroy: %v", err)
				}
			})
		}
	}
}

// A share that is made again under another path has the same name, and the consumer's policy has it, too.
func TestHalfOfAShareThatMoves(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	moved := strings.Replace(shareRole, "/crossaccount/", "/moved/", 1)
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: impatient(), Steps: []resource.TestStep{
		{Config: w.asConsumer(w.ConsumerKey) + half(shareRole, `attach_to_roles = ["etl"]`)},
		{
			Config: w.asConsumer(w.ConsumerKey) + half(moved, `attach_to_roles = ["etl"]`),
			Check: func(*terraform.State) error {
				if have := w.consumerPolicy(t, "etl"); !strings.Contains(have, "moved") {
					return fmt.Errorf("the policy is still %s", have)
				}
				return nil
			},
		},
	}})
}

// Of a rest that is not wanted any more, nothing stays.
func TestRestOfAHalfIsRemoved(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Sim.Inject(etlRefused())
	w.Consumer.AddRole("/", "batch")
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: impatient(), Steps: []resource.TestStep{
		{
			Config:      w.asConsumer(w.ConsumerKey) + half(shareRole, `attach_to_roles = ["batch", "etl"]`),
			ExpectError: words("The consumer's half of " + shareRole + " is not complete"),
		},
		{
			PreConfig: func() {
				if err := w.attached(t, map[string]bool{"batch": true}); err != nil {
					t.Errorf("there is no rest: %v", err)
				}
			},
			Config: w.asConsumer(w.ConsumerKey),
			Check:  func(*terraform.State) error { return w.attached(t, map[string]bool{"etl": false, "batch": false}) },
		},
	}})
}
