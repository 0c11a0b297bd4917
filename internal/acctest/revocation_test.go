package acctest

import (
	"errors"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// reads tells whether a session that was issued before can still read.
func (w *rotating) reads(t *testing.T, session awssim.Credentials, code string) error {
	t.Helper()
	_, err := w.Get(contextOf(t), session, "reports/q1.csv")
	return about("a session issued before", mustBe(code, err))
}

// revokedByConsole is what the console writes; it has milliseconds.
func revokedByConsole(before string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["*"],"Resource":["*"],"Condition":{"DateLessThan":{"aws:TokenIssueTime":"` + before + `"}}}]}`
}

func TestRevocation(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := newRotating(t)
	w.Put(t, "reports/q1.csv", "q1")
	var old, young awssim.Credentials
	issue := func(into *awssim.Credentials) resource.TestCheckFunc {
		return func(state *terraform.State) error {
			*into = w.session(t, theShare(state, "test"))
			return w.reads(t, *into, in)
		}
	}
	revoked := plancheck.ExpectKnownValue(address, tfjsonpath.New("sessions_revoked_before"), knownvalue.StringExact("2028-02-01T12:30:00Z"))
	config := func(more ...string) string { return w.Provider() + Share(append(more, WholeAccount)...) }
	const before1230 = `revoke_sessions_before = "2028-02-01T13:30:00+01:00"`
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: FactoriesAt(w.clock.Now), Steps: []resource.TestStep{
		{Config: config(), ConfigPlanChecks: nothingLeft, Check: issue(&old)},
		{Config: config(`revoke_sessions_before = "2028-02-01T12:30:00Z"`), ExpectError: words("revoke_sessions_before lies in the future")},
		{
			PreConfig: w.after(31 * time.Minute), Config: config(before1230), ConfigPlanChecks: before(updates, revoked),
			Check: resource.ComposeTestCheckFunc(func(*terraform.State) error { return w.reads(t, old, refused) }, issue(&young)),
		},
		// Neither taking it back nor moving it back revives a session.
		{Config: config(), ConfigPlanChecks: before(revoked), Check: func(*terraform.State) error {
			return errors.Join(w.reads(t, old, refused), w.reads(t, young, in))
		}},
		{Config: config(`revoke_sessions_before = "2028-02-01T12:00:00Z"`), ConfigPlanChecks: before(revoked), Check: func(*terraform.State) error {
			return w.reads(t, old, refused)
		}},
		// Somebody deletes the policy: older sessions live again until the next apply, which the plan warns of.
		{
			PreConfig: func() {
				if _, err := w.IAM(w.SetupKey).DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{
					RoleName: theRole, PolicyName: aws.String(share.RevocationPolicyName),
				}); err != nil {
					t.Error(err)
				}
				if err := w.reads(t, old, in); err != nil {
					t.Error(err)
				}
			},
			Config:           config(before1230),
			ConfigPlanChecks: before(updates, driftSays("revocation of sessions: is missing: sessions issued before 2028-02-01T12:30:00Z are not refused")),
			Check:            func(*terraform.State) error { return w.reads(t, old, refused) },
		},
		// Somebody puts another policy in its place: it goes, and what revokes is there again after one apply.
		{
			PreConfig: func() {
				if _, err := w.IAM(w.SetupKey).PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
					RoleName: theRole, PolicyName: aws.String(share.RevocationPolicyName), PolicyDocument: aws.String(s3Only),
				}); err != nil {
					t.Error(err)
				}
			},
			Config:           config(before1230),
			ConfigPlanChecks: before(updates, driftSays("revocation of sessions: another policy stands in its place")),
			Check:            func(*terraform.State) error { return w.reads(t, old, refused) },
		},
		// Somebody revokes more in the console: that stays, and the state tells it.
		{
			PreConfig: func() {
				w.clock.Advance(time.Minute)
				if _, err := w.IAM(w.SetupKey).PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
					RoleName: theRole, PolicyName: aws.String(share.RevocationPolicyName), PolicyDocument: aws.String(revokedByConsole("2028-02-01T12:31:30.500Z")),
				}); err != nil {
					t.Error(err)
				}
			},
			Config:           config(before1230),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			Check: resource.ComposeTestCheckFunc(func(*terraform.State) error { return w.reads(t, young, refused) },
				resource.TestCheckResourceAttr(address, "sessions_revoked_before", "2028-02-01T12:31:30Z")),
		},
	}})
	w.mustBeEmpty(t)
}

// With revoke_on_change, whatever changes who may assume the role ends the sessions issued before. Nothing else does, and
// without it nothing does.
func TestRevocationOnChange(t *testing.T) {
	RequireCLI(t)
	for name, c := range map[string]struct {
		arguments []string
		ends      bool
	}{
		"a rotation":                   {[]string{WholeAccount, versions(1), `revoke_on_change = true`}, true},
		"principals that are narrowed": {[]string{OnlyEtl, `revoke_on_change = true`}, true},
		"another expiry":               {[]string{WholeAccount, `expires_at = "2029-01-01T00:00:00Z"`, `revoke_on_change = true`}, true},
		"a change of what it may do":   {[]string{WholeAccount, `access = ["read", "list"]`, `revoke_on_change = true`}, false},
		"a rotation without it":        {[]string{WholeAccount, versions(1)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newRotating(t)
			w.Put(t, "reports/q1.csv", "q1")
			var session awssim.Credentials
			known, code := plancheck.ExpectUnknownValue(address, tfjsonpath.New("sessions_revoked_before")), refused
			if !c.ends {
				known, code = plancheck.ExpectKnownValue(address, tfjsonpath.New("sessions_revoked_before"), knownvalue.Null()), in
			}
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: FactoriesAt(w.clock.Now), Steps: []resource.TestStep{
				{Config: w.Provider() + Share(WholeAccount), Check: func(state *terraform.State) error {
					session = w.session(t, theShare(state, "test"))
					return w.reads(t, session, in)
				}},
				{
					PreConfig: w.after(time.Minute), Config: w.Provider() + Share(c.arguments...), ConfigPlanChecks: before(updates, known),
					Check: func(state *terraform.State) error {
						want := ""
						if c.ends {
							want = "2028-02-01T12:01:01Z"
						}
						if have := state.RootModule().Resources[address].Primary.Attributes["sessions_revoked_before"]; have != want {
							return errors.New("sessions_revoked_before is " + have)
						}
						return w.reads(t, session, code)
					},
				},
			}})
			w.mustBeEmpty(t)
		})
	}
}

// A repair of the trust policy ends sessions too: somebody who was let in by hand may have one.
func TestRevocationOnRepairAndDestroy(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := newRotating(t)
	w.Put(t, "reports/q1.csv", "q1")
	config := w.Provider() + Share(OnlyEtl, `revoke_on_change = true`)
	var intruder awssim.Credentials
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: FactoriesAt(w.clock.Now), Steps: []resource.TestStep{
		{Config: config, ConfigPlanChecks: nothingLeft},
		{
			PreConfig: func() {
				if err := trust(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::333333333333:root"},"Action":"sts:AssumeRole"}`)(contextOf(t), w.World); err != nil {
					t.Error(err)
				}
				var err error
				if intruder, err = w.Assume(contextOf(t), w.Other.RoleSession("etl", "i-1"), "arn:aws:iam::111111111111:role/crossaccount/etl-reports", ""); err != nil {
					t.Errorf("the intruder is refused: %v", err)
				}
				w.clock.Advance(time.Minute)
			},
			Config: config, ConfigPlanChecks: before(updates, plancheck.ExpectUnknownValue(address, tfjsonpath.New("sessions_revoked_before"))),
			Check: func(*terraform.State) error { return w.reads(t, intruder, refused) },
		},
	}})
	var order []string
	for _, call := range w.Sim.Calls() {
		if call.AccessKeyID == w.OwnerKey.AccessKeyID && regexp.MustCompile(`^(Put|Delete)`).MatchString(call.Operation) {
			order = append(order, call.Operation)
		}
	}
	want := []string{"PutRolePolicy", "DeleteBucketPolicy", "DeleteRolePolicy", "DeleteRolePolicy", "DeleteRole"}
	if have := order[len(order)-len(want):]; !slices.Equal(have, want) {
		t.Errorf("destroying wrote %v, want %v", have, want)
	}
	w.mustBeEmpty(t)
}
