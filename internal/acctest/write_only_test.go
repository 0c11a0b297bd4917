package acctest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

func writeOnly(id string, version int) string {
	return fmt.Sprintf("external_id_wo = %q\nexternal_id_wo_version = %d", id, version)
}

// A write-only external ID is in no state, and its life is that of any other: drift is seen, repaired and the change of it
// overlaps.
func TestWriteOnlyExternalID(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := newRotating(t)
	const arn = "arn:aws:iam::111111111111:role/crossaccount/etl-reports"
	first, second := made{arn, "first-of-the-consumer"}, made{arn, "second-of-the-consumer"}
	config := func(id string, version int) string { return w.Provider() + Share(WholeAccount, writeOnly(id, version)) }
	accepts := func(firstCode, secondCode string) resource.TestCheckFunc {
		return func(state *terraform.State) error {
			text, err := json.Marshal(state)
			if err != nil {
				return err
			}
			if strings.Contains(string(text), first.id) || strings.Contains(string(text), second.id) {
				return errors.New("the external ID is in the state")
			}
			return errors.Join(w.accepts(t, first, firstCode), w.accepts(t, second, secondCode), w.accepts(t, made{arn, ""}, refused))
		}
	}
	none := plancheck.ExpectKnownValue(address, tfjsonpath.New("external_id"), knownvalue.Null())
	other := func() {
		if err := trust(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"somebody-elses"}}}`)(contextOf(t), w.World); err != nil {
			t.Error(err)
		}
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: FactoriesAt(w.clock.Now), Steps: []resource.TestStep{
		{Config: config(first.id, 1), ConfigPlanChecks: before(none), Check: accepts(in, refused)},
		{Config: config(second.id, 1), ConfigPlanChecks: before(plancheck.ExpectEmptyPlan()), Check: accepts(in, refused)},
		{
			PreConfig: other, Config: config(first.id, 1), Check: accepts(in, refused),
			ConfigPlanChecks: before(updates, none, driftSays("an external ID is accepted that is not the share's; the share's external ID is not accepted")),
		},
		{PreConfig: other, Config: config(second.id, 1), ExpectError: words("its external ID is not known any more")},
		{Config: config(first.id, 1), ConfigPlanChecks: before(updates), Check: accepts(in, refused)},
		{Config: config(second.id, 2), ConfigPlanChecks: before(updates, none, noOldID, twoIDs), Check: accepts(in, in)},
		// The previous ID is taken out by hand: nobody has it any more, and nothing is left to repair.
		{
			PreConfig: func() {
				if err := trust(`{"Sid":"Consumer","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"`+second.id+`"}}}`)(contextOf(t), w.World); err != nil {
					t.Error(err)
				}
			},
			Config: config(second.id, 2), Check: accepts(refused, in),
		},
		{Config: config(first.id, 3), ConfigPlanChecks: before(updates, none, noOldID, twoIDs), Check: accepts(in, in)},
		{Config: config(second.id, 4), ConfigPlanChecks: before(updates, none, noOldID, twoIDs), Check: accepts(in, in)},
		{PreConfig: other, Config: config(first.id, 5), Check: accepts(in, refused), ConfigPlanChecks: before(updates, none)},
		{Config: config(second.id, 6), ConfigPlanChecks: before(updates, none, noOldID, twoIDs), Check: accepts(in, in)},
		{PreConfig: w.after(7 * day), Config: config(second.id, 6), ConfigPlanChecks: before(updates, none), Check: accepts(refused, in)},
	}})
	w.mustBeEmpty(t)
}

// The ID may leave the state and come back to it, without a moment in which it is refused.
func TestExternalIDLeavesTheState(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := newRotating(t)
	const arn, id = "arn:aws:iam::111111111111:role/crossaccount/etl-reports", "of-the-consumer"
	w.published.Store(made{arn, id})
	config := func(argument string) string { return w.Provider() + Share(WholeAccount, argument) }
	accepted := func(want int) resource.TestCheckFunc {
		return func(*terraform.State) error {
			ids, err := w.externalIDs(t.Context())
			if err == nil && len(ids) != want {
				err = fmt.Errorf("the role accepts %d IDs, want %d", len(ids), want)
			}
			return err
		}
	}
	w.published.Store(made{})
	sameAge := plancheck.ExpectKnownValue(address, tfjsonpath.New("external_id_created_at"), knownvalue.StringExact("2028-02-01T12:00:00Z"))
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: FactoriesAt(w.clock.Now), Steps: []resource.TestStep{
		{Config: config(`external_id = "` + id + `"`), Check: func(*terraform.State) error { w.published.Store(made{arn, id}); return nil }},
		{Config: config(writeOnly(id, 1)), ConfigPlanChecks: before(updates, noOldID), Check: accepted(1)},
		{Config: config(""), ConfigPlanChecks: before(updates, newID), Check: accepted(2)},
		{Config: config(writeOnly(id, 5)), ConfigPlanChecks: before(updates), Check: accepted(2)},
		// The ID of the consumer goes into the state and out of it while the overlap with the drawn one runs.
		{Config: config(`external_id = "` + id + `"`), ConfigPlanChecks: before(updates, twoIDs, sameAge), Check: accepted(2)},
		{Config: config(writeOnly(id, 6)), ConfigPlanChecks: before(updates, twoIDs, sameAge), Check: resource.ComposeTestCheckFunc(accepted(2), w.rest)},
	}})
	w.mustNeverBeRefused(t)
}

func TestWriteOnlyArgumentsThatContradict(t *testing.T) {
	RequireCLI(t)
	for name, c := range map[string]struct{ arguments, says string }{
		"two external IDs":            {`external_id = "given-id"` + "\n" + writeOnly("other-id", 1), "Give external_id, which the state keeps, or external_id_wo, which it does not."},
		"without a version":           {`external_id_wo = "given-id"`, "only external_id_wo_version tells when to apply it"},
		"a version alone":             {`external_id_wo_version = 1`, "external_id_wo_version goes with external_id_wo"},
		"an ID that AWS would refuse": {writeOnly("not allowed", 1), "no spaces"},
		"with a schedule":             {writeOnly("given-id", 1) + "\n" + `external_id_rotation = { after_days = 30 }`, "A given external ID has no schedule"},
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

// One external ID for two consumers makes each of them able to pass for the other, wherever the ID comes from.
func TestOneExternalIDForTwoConsumers(t *testing.T) {
	RequireCLI(t)
	mirror, cli := built(t)
	for name, c := range map[string]struct {
		first, second string
		warns         bool
	}{
		"given":                     {`external_id = "the-same"`, `external_id = "the-same"`, true},
		"write-only":                {writeOnly("the-same", 1), writeOnly("the-same", 1), true},
		"given and write-only":      {`external_id = "the-same"`, writeOnly("the-same", 1), true},
		"one for each":              {`external_id = "one"`, `external_id = "another"`, false},
		"drawn":                     {"", "", false},
		"the same for one consumer": {`external_id = "the-same"`, `external_id = "the-same"` + "\n# one", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			second := OtherID
			if strings.HasSuffix(c.second, "# one") {
				second = ConsumerID
			}
			share := func(label, account, argument string) string {
				return fmt.Sprintf("resource \"crossaccount_s3_share\" %[1]q {\n  name = %[1]q\n  bucket = %[2]q\n  consumer = { account_id = %[3]q }\n  %[4]s\n}\n", label, Bucket, account, argument)
			}
			in := emptyWorkspace(t, mirror, cli)
			mustWrite(t, in, "main.tf", required+w.Provider()+share("one", ConsumerID, c.first)+share("two", second, c.second))
			mustRun(t, in, "init")
			said := mustRun(t, in, "plan")
			if warns := strings.Contains(said, "One external ID for several consumers"); warns != c.warns {
				t.Errorf("the plan says:\n%s", said)
			}
			if strings.Contains(said, "the-same") {
				t.Error("the plan shows the external ID")
			}
		})
	}
}
