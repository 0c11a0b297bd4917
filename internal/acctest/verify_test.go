package acctest

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/provider"
)

// impatient serves the provider with pauses that take no time.
func impatient() map[string]func() (tfprotov6.ProviderServer, error) {
	noPause := func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	return map[string]func() (tfprotov6.ProviderServer, error){
		"crossaccount": providerserver.NewProtocol6WithError(provider.NewWaiting("test", time.Now, noPause)()),
	}
}

const isTried = `verify = true`

// tried is what the consumer called to verify a share, by name.
func (w *World) tried() (calls []string) {
	for _, call := range w.Sim.Calls() {
		if call.Name() == "sts:AssumeRole" || call.Operation == "HeadObject" {
			calls = append(calls, call.Operation+" "+call.Code)
		}
	}
	return calls
}

// written are the calls of the provider that changed something.
func (w *World) written() []string {
	return slices.DeleteFunc(w.writes(), func(operation string) bool { return operation == "AssumeRole" || operation == "HeadObject" })
}

func TestShareIsVerified(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Put(t, "raw/x", "x")
	w.Put(t, "reports/q1.csv", "q1")
	both := w.Provider(w.ConsumerConnection())
	share := func(more ...string) string { return Share(append(more, WholeAccount, `prefixes = ["reports/"]`)...) }
	clean := resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: impatient(), Steps: []resource.TestStep{
		{
			Config: both + share(isTried), ConfigPlanChecks: clean,
			Check: func(*terraform.State) error {
				want := "AssumeRole , AssumeRole AccessDenied, HeadObject , HeadObject Forbidden"
				if have := strings.Join(w.tried(), ", "); have != want {
					return fmt.Errorf("the share was tried by %s, want %s", have, want)
				}
				return nil
			},
		},
		{Config: both + share(), ConfigPlanChecks: clean},
		{ // verify alone changes: the share is tried, nothing is written
			PreConfig: w.Sim.ResetCalls, Config: both + share(isTried), ConfigPlanChecks: clean,
			Check: func(*terraform.State) error {
				if writes := w.written(); len(writes) > 0 || len(w.tried()) != 4 {
					return fmt.Errorf("writing %q, trying %q", writes, w.tried())
				}
				return nil
			},
		},
		{Config: w.Provider() + share(isTried), ExpectError: words("Give credentials of the consumer account to the provider in its consumer attribute")},
		{ // an update by somebody whom the share does not let in any more
			Config:      both + Share(isTried, OnlyEtl, `prefixes = ["reports/"]`),
			ExpectError: words("would try the share as arn:aws:iam::222222222222:user/admin, but it is for role etl of account 222222222222"),
		},
		{Config: both + share(isTried, `external_id = "another-one"`), ConfigPlanChecks: clean},
	}})
	w.mustBeEmpty(t)
}

// A share that does not do what it says is an error with its cause, the state is kept, and the next apply tries again.
func TestShareFailsItsVerification(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	for name, c := range map[string]struct {
		// spoil makes the share wrong, at the moment when all of it is written.
		spoil func(t *testing.T, w *World)
		mend  func(t *testing.T, w *World)
		who   func(w *World) awssim.Credentials
		more  []string
		want  string
	}{
		"the consumer has no permission": {
			spoil: func(*testing.T, *World) {},
			who: func(w *World) awssim.Credentials {
				w.Consumer.AddUser("/", "ann")
				return w.Consumer.UserKey("ann")
			},
			mend: func(t *testing.T, w *World) {
				t.Helper()
				if _, err := w.IAM(w.ConsumerKey).PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{
					UserName: aws.String("ann"), PolicyName: aws.String("assume"), PolicyDocument: aws.String(mayAssumeAnything),
				}); err != nil {
					t.Fatal(err)
				}
			},
			want: "user/ann has no permission of its own for sts:AssumeRole on arn:aws:iam::111111111111:role/crossaccount/etl-reports",
		},
		"no external ID is asked for": {
			spoil: func(t *testing.T, w *World) {
				t.Helper()
				w.putTrust(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"sts:AssumeRole"}]}`)
			},
			want: "Role etl-reports can be assumed without an external ID",
		},
		"an object outside is readable": {
			spoil: func(t *testing.T, w *World) {
				t.Helper()
				if _, err := w.IAM(w.SetupKey).PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
					RoleName: aws.String("etl-reports"), PolicyName: aws.String("theirs"),
					PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`),
				}); err != nil {
					t.Fatal(err)
				}
			},
			more: []string{`exclusive = true`},
			want: "somebody else's policy allows it: inline policy theirs on the role",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			w.Put(t, "raw/x", "x")
			w.Put(t, "reports/q1.csv", "q1")
			if c.who != nil {
				w.ConsumerKey = c.who(w)
			}
			config := w.Provider(w.ConsumerConnection()) + Share(append(c.more, isTried, WholeAccount, `prefixes = ["reports/"]`)...)
			w.ConsumerKey = w.Consumer.AdminKey()
			var id string
			spoiled := func() {
				w.Sim.Inject(awssim.Fault{Operation: "AssumeRole", Before: func() {
					_, id = w.identity(t)
					c.spoil(t, w)
				}})
			}
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: impatient(), Steps: []resource.TestStep{
				{PreConfig: spoiled, Config: config, ExpectError: words(c.want)},
				{
					PreConfig: func() {
						w.Sim.ClearFaults()
						if c.mend != nil {
							c.mend(t, w)
						}
					},
					Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
					Check: resource.ComposeTestCheckFunc(
						resource.TestCheckResourceAttr(address, "verify", "true"),
						func(state *terraform.State) error {
							if now := theShare(state, "test").id; now != id {
								return fmt.Errorf("the share was made anew, with another external ID")
							}
							return nil
						}),
				},
			}})
			w.mustBeEmpty(t)
		})
	}
}

// putTrust writes the trust policy of the share's role by hand.
func (w *World) putTrust(t *testing.T, document string) {
	t.Helper()
	if _, err := w.IAM(w.SetupKey).UpdateAssumeRolePolicy(contextOf(t), &iam.UpdateAssumeRolePolicyInput{
		RoleName: aws.String("etl-reports"), PolicyDocument: &document,
	}); err != nil {
		t.Fatal(err)
	}
}

// What cannot be tried is a warning, and the apply is good.
func TestShareIsVerifiedAsFarAsItGoes(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Put(t, "raw/x", "x")
	for _, step := range []string{`access = ["write"]`, `access = ["read", "list"]`} {
		resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: impatient(), Steps: []resource.TestStep{{
			Config: w.Provider(w.ConsumerConnection()) + Share(isTried, step, WholeAccount, `prefixes = ["reports/"]`),
			Check:  resource.TestCheckResourceAttr(address, "verify", "true"),
		}}})
	}
	w.mustBeEmpty(t)
}

// Verifying uses the external ID and the keys of a session; neither is in the log, nor in what an error says.
func TestVerificationShowsNoSecret(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Put(t, "reports/q1.csv", "q1")
	x := w.traced(t, w.Owner.AdminKey(), w.Consumer.AdminKey())
	arguments := strings.Join([]string{isTried, WholeAccount, `prefixes = ["reports/"]`, `external_id = "Given-By-The-Consumer"`}, "\n")
	x.run(t, arguments, 0, "init")
	x.run(t, arguments, 0, "apply", "-auto-approve")
	// STS repeats nothing of a call; a service that does is not to be trusted with it either.
	repeated := &awssim.Error{Code: "ValidationError", Status: 400, Message: "the value Given-By-The-Consumer is odd"}
	w.Sim.Inject(awssim.Fault{Operation: "AssumeRole", Times: awssim.Always, Error: repeated})
	mustSay(t, x.run(t, arguments+"\ndescription = \"x\"", 1, "apply", "-auto-approve"), "could not be verified")
	log, err := os.ReadFile(x.log)
	if err != nil {
		t.Fatal(err)
	}
	mustLack := func(secret string) {
		t.Helper()
		if strings.Contains(string(log), secret) || strings.Contains(x.said.String(), secret) {
			t.Errorf("the log or the output has %s", secret)
		}
	}
	mustLack("Given-By-The-Consumer")
	for _, call := range w.Sim.Calls() {
		if strings.Contains(call.Caller, ":assumed-role/etl-reports/") {
			mustLack(call.AccessKeyID)
			return
		}
	}
	t.Error("no session of the role called anything, so this proves nothing")
}
