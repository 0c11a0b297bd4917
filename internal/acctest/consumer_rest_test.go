package acctest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
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

// A replacement leaves the rest to its create. When that cannot even look, the rest is still in the state, and goes when it is
// not wanted any more.
func TestRestOfAHalfIsNotForgotten(t *testing.T) {
	RequireCLI(t)
	for name, refused := range map[string]awssim.Fault{
		"the create cannot read":  {Operation: "GetRolePolicy", Resource: "etl/", Nth: 3},
		"the create cannot write": {Operation: "PutRolePolicy", Resource: "etl/"},
	} {
		refused.Error = denied()
		for last, config := range map[string]string{"removed": "", "replaced": half(shareRole, `attach_to_roles = ["night"]`)} {
			t.Run(name+", "+last, func(t *testing.T) {
				t.Parallel()
				w := NewWorld(t, awssim.Options{})
				w.Consumer.AddRole("/", "batch")
				w.Consumer.AddRole("/", "night")
				on := w.asConsumer(w.ConsumerKey) + half(shareRole, `attach_to_roles = ["batch", "etl"]`)
				resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: impatient(), Steps: []resource.TestStep{
					{
						PreConfig: func() { w.Sim.Inject(etlRefused()) },
						Config:    on, ExpectError: words("is not complete"),
					},
					{
						PreConfig: func() { w.Sim.ClearFaults(); w.Sim.Inject(refused) },
						Config:    on, ExpectError: words("is not complete"),
					},
					{
						PreConfig: func() {
							w.Sim.ClearFaults()
							if err := w.attached(t, map[string]bool{"batch": true}); err != nil {
								t.Errorf("there is no rest: %v", err)
							}
						},
						Config: w.asConsumer(w.ConsumerKey) + config,
						Check: func(*terraform.State) error {
							return w.attached(t, map[string]bool{"etl": false, "batch": false, "night": config != ""})
						},
					},
				}})
			})
		}
	}
}

// A role that leaves a half with its rest stays in the state until its policy is gone.
func TestRestOfAHalfKeepsWhatCouldNotBeRemoved(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Consumer.AddRole("/", "batch")
	w.Consumer.AddRole("/", "night")
	on := func(roles string) string {
		return w.asConsumer(w.ConsumerKey) + half(shareRole, "attach_to_roles = "+roles)
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: impatient(), Steps: []resource.TestStep{
		{
			PreConfig:   func() { w.Sim.Inject(awssim.Fault{Operation: "PutRolePolicy", Resource: "night/", Error: denied()}) },
			Config:      on(`["batch", "etl", "night"]`),
			ExpectError: words("is not complete"),
		},
		{
			PreConfig: func() {
				w.Sim.ClearFaults()
				w.Sim.Inject(awssim.Fault{Operation: "DeleteRolePolicy", Resource: "etl/", Error: denied()})
			},
			Config:      on(`["batch"]`),
			ExpectError: words("role etl still has the policy"),
		},
		{
			PreConfig: func() { w.Sim.ClearFaults() },
			Config:    on(`["batch"]`),
			Check:     func(*terraform.State) error { return w.attached(t, map[string]bool{"batch": true, "etl": false}) },
		},
	}})
}

// What a create that goes on with a rest must not touch is not taken for a part of the rest.
func TestRestOfAHalfIsNotMore(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Consumer.AddRole("/", "batch")
	w.Consumer.AddRole("/", "night")
	w.Sim.Inject(etlRefused())
	on := func(roles string) string {
		return w.asConsumer(w.ConsumerKey) + half(shareRole, "attach_to_roles = "+roles)
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: impatient(), Steps: []resource.TestStep{
		{Config: on(`["batch", "etl"]`), ExpectError: words("is not complete")},
		{
			PreConfig: func() {
				w.Sim.ClearFaults()
				w.Sim.Inject(awssim.Fault{Operation: "GetRolePolicy", Resource: "batch/", Nth: 3, After: func() {
					if _, err := w.IAM(w.ConsumerKey).PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{ // somebody else does
						RoleName: aws.String("night"), PolicyName: aws.String("crossaccount-111111111111-etl-reports"), PolicyDocument: aws.String(everything),
					}); err != nil {
						t.Error(err)
					}
				}})
			},
			Config:      on(`["batch", "etl", "night"]`),
			ExpectError: words("already has an inline policy"),
		},
		{
			Config: w.asConsumer(w.ConsumerKey),
			Check: func(*terraform.State) error {
				return w.attached(t, map[string]bool{"batch": false, "etl": false, "night": true})
			},
		},
	}})
	w.remove(t, "night", "crossaccount-111111111111-etl-reports")
}
