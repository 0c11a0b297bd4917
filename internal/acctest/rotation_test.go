package acctest

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

const day = 24 * time.Hour

var (
	updates = plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)
	newID   = plancheck.ExpectUnknownValue(address, tfjsonpath.New("external_id"))
	noOldID = plancheck.ExpectKnownValue(address, tfjsonpath.New("external_id_previous"), knownvalue.Null())
	twoIDs  = plancheck.ExpectKnownValue(address, tfjsonpath.New("trust_policy"), knownvalue.StringRegexp(regexp.MustCompile(`\["\(sensitive\)","\(sensitive\)"\]`)))
	before  = func(checks ...plancheck.PlanCheck) resource.ConfigPlanChecks {
		return resource.ConfigPlanChecks{PreApply: checks, PostApplyPostRefresh: nothingLeft.PostApplyPostRefresh}
	}
	versions = func(n int) string { return fmt.Sprintf("external_id_version = %d", n) }
)

func TestRotationByVersion(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := newRotating(t)
	var first, second made
	config := func(more ...string) string { return w.Provider() + Share(append(more, WholeAccount)...) }
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: FactoriesAt(w.clock.Now), Steps: []resource.TestStep{
		{Config: config(), ConfigPlanChecks: nothingLeft, Check: resource.ComposeTestCheckFunc(w.publish, func(state *terraform.State) error {
			first = theShare(state, "test")
			return nil
		})},
		{
			Config: config(versions(1)), ConfigPlanChecks: before(updates, newID, twoIDs),
			Check: func(state *terraform.State) error {
				second = theShare(state, "test")
				attributes := state.RootModule().Resources[address].Primary.Attributes
				if second.id == first.id || attributes["external_id_previous"] != first.id {
					return errors.New("the ID was not rotated, or the one before is not in the state")
				}
				if until := attributes["external_id_previous_until"]; until != "2028-02-08T12:00:00Z" {
					return fmt.Errorf("the overlap ends at %s", until)
				}
				return w.accepts(t, second, in)
			},
		},
		// The consumer has not switched yet, a day before the end. Nothing is due.
		{PreConfig: w.after(6 * day), Config: config(versions(1)), ConfigPlanChecks: before(plancheck.ExpectEmptyPlan()), Check: w.publish},
		{PreConfig: w.after(day - time.Second), Config: config(versions(1)), ConfigPlanChecks: before(plancheck.ExpectEmptyPlan())},
		{
			PreConfig: w.after(time.Second), Config: config(versions(1)), ConfigPlanChecks: before(updates, noOldID),
			Check: func(state *terraform.State) error {
				if now := theShare(state, "test"); now.id != second.id {
					return errors.New("the end of the overlap changed the ID")
				}
				return errors.Join(w.accepts(t, second, in), w.accepts(t, first, refused))
			},
		},
		{Config: config(versions(0)), ExpectError: words("0 is not a version: it counts from 1")},
		{Config: config(versions(3)), ConfigPlanChecks: before(updates, newID, twoIDs), Check: w.publish},
		{Config: config(versions(2)), ExpectError: words("external_id_version goes backwards")},
		{Config: config(), ConfigPlanChecks: before(updates), Check: resource.ComposeTestCheckFunc(func(*terraform.State) error { return w.accepts(t, second, in) }, w.rest)},
	}})

	w.mustNeverBeRefused(t)
	w.mustBeEmpty(t)
}

// A schedule rotates at the first plan after it is due. Plan and apply agree on two sides of every due time.
func TestRotationBySchedule(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := newRotating(t)
	var first, second made
	config := func(description string) string {
		return w.Provider() + Share(WholeAccount, `external_id_rotation = { after_days = 29, overlap_days = 2 }`, `description = "`+description+`"`)
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: FactoriesAt(w.clock.Now), Steps: []resource.TestStep{
		{Config: config("a"), ConfigPlanChecks: nothingLeft, Check: resource.ComposeTestCheckFunc(w.publish, func(state *terraform.State) error {
			first = theShare(state, "test")
			return nil
		})},
		{
			// 2028 has a 29th of February: the due time is the 1st of March at noon. The apply comes a second after it, of a plan
			// that was made a second before: it rotates nothing.
			PreConfig:        w.after(29*day - time.Second),
			Config:           config("b"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{updates, moves{w.after(2 * time.Second)}}},
			Check: func(state *terraform.State) error {
				if theShare(state, "test").id != first.id {
					return errors.New("the apply rotated what the plan did not say")
				}
				return nil
			},
			ExpectNonEmptyPlan: true,
		},
		{
			Config: config("b"), ConfigPlanChecks: before(updates, newID, twoIDs, moves{w.after(day)}),
			Check: resource.ComposeTestCheckFunc(func(state *terraform.State) error {
				second = theShare(state, "test")
				attributes := state.RootModule().Resources[address].Primary.Attributes
				if second.id == first.id || attributes["external_id_previous"] != first.id {
					return errors.New("the due rotation did not take place")
				}
				if until := attributes["external_id_previous_until"]; until != "2028-03-04T12:00:01Z" {
					return fmt.Errorf("the overlap ends at %s", until)
				}
				return w.accepts(t, first, in)
			}, w.publish),
		},
		{
			PreConfig: w.after(2*day - time.Second), Config: config("c"),
			ConfigPlanChecks:   resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{updates, moves{w.after(time.Minute)}}},
			Check:              func(*terraform.State) error { return w.accepts(t, first, in) },
			ExpectNonEmptyPlan: true,
		},
		{
			Config: config("c"), ConfigPlanChecks: before(updates, noOldID),
			Check: func(state *terraform.State) error {
				return errors.Join(w.accepts(t, first, refused), w.accepts(t, second, in), w.rest(state))
			},
		},
	}})
	w.mustNeverBeRefused(t)
}

// A given ID is rotated by giving another one; an overlap of no days refuses the old one at once.
func TestGivenIDsOverlap(t *testing.T) {
	RequireCLI(t)
	for name, c := range map[string]struct{ rotation, old string }{
		"by default": {"", in},
		"none":       {"external_id_rotation = { overlap_days = 0 }", refused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newRotating(t)
			config := func(id, consumer string) string {
				return w.Provider() + Share(consumer, c.rotation, `external_id = "`+id+`"`)
			}
			var old made
			steps := []resource.TestStep{
				{Config: config("first-given", WholeAccount), ConfigPlanChecks: nothingLeft, Check: func(state *terraform.State) error {
					old = theShare(state, "test")
					return nil
				}},
				{Config: config("second-given", WholeAccount), ConfigPlanChecks: before(updates), Check: func(state *terraform.State) error {
					return errors.Join(w.accepts(t, old, c.old), w.accepts(t, theShare(state, "test"), in))
				}},
				// The account that goes takes its old ID along.
				{Config: config("second-given", `consumer = { account_id = "`+OtherID+`" }`), ConfigPlanChecks: before(updates, noOldID)},
			}
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: FactoriesAt(w.clock.Now), Steps: steps})
		})
	}
}

// A rotation that fails on its way, whether or not IAM took the new ID, is finished by the next apply with the same one.
func TestRotationIsFinished(t *testing.T) {
	RequireCLI(t)
	for name, fault := range map[string]awssim.Fault{
		"before IAM accepts the new ID": {Operation: "UpdateAssumeRolePolicy", Error: denied()},
		"after IAM accepts the new ID":  {Operation: "UpdateAssumeRolePolicy", DropAfter: true},
		"in a later step":               {Operation: "UpdateRole", Error: denied()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newRotating(t)
			fault.Times = awssim.Always
			var half []share.ExternalID
			next := w.Provider() + Share(WholeAccount, versions(2), `description = "changed"`)
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: FactoriesAt(w.clock.Now), Steps: []resource.TestStep{
				{Config: w.Provider() + Share(WholeAccount, versions(1)), Check: w.publish},
				{PreConfig: func() { w.Sim.ClearFaults(); w.Sim.Inject(fault) }, Config: next, ExpectError: words("was not changed completely")},
				{
					PreConfig: func() {
						var err error
						if half, err = w.externalIDs(t.Context()); err != nil {
							t.Error(err)
						}
						w.Sim.ClearFaults()
						w.Sim.Inject(awssim.Fault{AccessKeyID: w.OwnerKey.AccessKeyID, Times: awssim.Always, Before: w.use, After: w.use})
					},
					Config: next, ConfigPlanChecks: before(updates, newID),
					Check: func(state *terraform.State) error {
						now := theShare(state, "test")
						if len(half) == 2 && half[0].Reveal() != now.id {
							return errors.New("the new ID is not the one that IAM had accepted already")
						}
						return errors.Join(w.accepts(t, now, in), w.rest(state))
					},
				},
			}})
			if accepted := len(half) == 2; accepted == strings.HasPrefix(name, "before") {
				t.Errorf("after the failure, IAM accepts %d IDs", len(half))
			}
			w.mustNeverBeRefused(t)
		})
	}
}

func TestRotationArgumentsThatContradict(t *testing.T) {
	RequireCLI(t)
	for name, c := range map[string]struct{ arguments, says string }{
		"a given ID with a version":  {`external_id = "given-id"` + "\n" + versions(1), "The external ID is given, so the provider does not replace it"},
		"a given ID with a schedule": {`external_id = "given-id"` + "\n" + `external_id_rotation = { after_days = 30 }`, "A given external ID has no schedule"},
		"an overlap that is longer":  {`external_id_rotation = { after_days = 7, overlap_days = 8 }`, "overlap_days must not be more than after_days"},
		"a schedule of no days":      {`external_id_rotation = { after_days = 0 }`, "cannot be rotated after 0 days"},
		"a negative overlap":         {`external_id_rotation = { overlap_days = -1 }`, "An overlap of -1 days is not possible"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
				{Config: w.Provider() + Share(WholeAccount, c.arguments), ExpectError: words(c.says)},
			}})
			w.mustHaveWrittenNothing(t)
		})
	}
}
