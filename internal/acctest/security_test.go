package acctest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// This file tests who gets in and who does not. Every refusal has a twin beside it that gets in.

// made is a share as its consumer was told of it.
type made struct{ role, id string }

func theShare(state *terraform.State, resource string) made {
	attributes := state.RootModule().Resources["crossaccount_s3_share."+resource].Primary.Attributes
	return made{role: attributes["role_arn"], id: attributes["external_id"]}
}

// attempt is one try to assume the role of a share, and how it has to end: let in when code is empty.
type attempt struct {
	who  string
	key  awssim.Credentials
	code string
}

const in, refused = "", "AccessDenied"

// assumes makes every attempt under an external ID.
func (w *World) assumes(t *testing.T, share made, attempts ...attempt) error {
	t.Helper()
	var wrong []error
	for _, a := range attempts {
		_, err := w.Assume(t.Context(), a.key, share.role, share.id)
		wrong = append(wrong, about(a.who, mustBe(a.code, err)))
	}
	return errors.Join(wrong...)
}

// session assumes the role of a share as role other of the consumer, which may assume any.
func (w *World) session(t *testing.T, share made) awssim.Credentials {
	t.Helper()
	session, err := w.Assume(t.Context(), w.Consumer.RoleSession("other", "i-1"), share.role, share.id)
	if err != nil {
		t.Fatalf("assuming %s: %v", share.role, err)
	}
	return session
}

// applied runs one apply and then the check, before all is destroyed.
func (w *World) applied(t *testing.T, config string, check func(state *terraform.State) error) {
	t.Helper()
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{{Config: config, Check: check}}})
	w.mustBeEmpty(t)
}

func TestOnlyTheNamedPrincipalsGetIn(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	for _, role := range []string{"etl-1", "etl", "etlx-1", "bob-etl-1"} {
		if role != "etl" {
			w.Consumer.AddRole("/", role, mayAssumeAnything)
		}
	}
	w.Consumer.AddRole("/team/", "etl-2", mayAssumeAnything)
	w.Consumer.AddRole("/", "lacks-permission")
	w.Consumer.AddUser("/", "etl-1", mayAssumeAnything)
	w.Consumer.AddUser("/", "ann", mayAssumeAnything)
	w.Other.AddRole("/", "etl-1", mayAssumeAnything)
	w.Owner.AddUser("/", "ann", mayAssumeAnything)
	session := func(account *awssim.Account, role string) awssim.Credentials { return account.RoleSession(role, "i-1") }
	strangers := []attempt{
		{"a role of a third account with that name", session(w.Other, "etl-1"), refused},
		{"the third account's administrator", w.Other.AdminKey(), refused},
		{"a user of the owner", w.Owner.UserKey("ann"), refused},
		{"the owner's administrator", w.OwnerKey, refused},
		{"the consumer's root user", w.Consumer.RootKey(), refused},
		{"a role that may not call AssumeRole", session(w.Consumer, "etl"), refused},
	}
	config := w.Provider() + named("whole", "whole", "") + strings.Replace(named("some", "some", ""), WholeAccount, `  consumer = {
    account_id = "222222222222"
    principals = ["arn:aws:iam::222222222222:role/etl-*", "arn:aws:iam::222222222222:role/later", "arn:aws:iam::222222222222:user/ann"]
  }`, 1)
	w.applied(t, config, func(state *terraform.State) error {
		w.Consumer.AddRole("/", "later", mayAssumeAnything)
		w.Consumer.AddRole("/", "etl-later", mayAssumeAnything)
		same := []attempt{
			{"a role that the wildcard names", session(w.Consumer, "etl-1"), in},
			{"a role named before it was made", session(w.Consumer, "later"), in},
			{"a role that the wildcard names, made later", session(w.Consumer, "etl-later"), in},
			{"the named user", w.Consumer.UserKey("ann"), in},
		}
		others := func(code string) []attempt {
			return []attempt{
				{"a role with another name", session(w.Consumer, "other"), code},
				{"a role whose name only begins alike", session(w.Consumer, "etlx-1"), code},
				{"a role whose name only ends alike", session(w.Consumer, "bob-etl-1"), code},
				{"a role of that name at another path", session(w.Consumer, "etl-2"), code},
				{"a user with a role's name", w.Consumer.UserKey("etl-1"), code},
			}
		}
		whole, some := theShare(state, "whole"), theShare(state, "some")
		return errors.Join(
			w.assumes(t, whole, same...), w.assumes(t, whole, others(in)...), w.assumes(t, whole, strangers...),
			w.assumes(t, some, same...), w.assumes(t, some, others(refused)...), w.assumes(t, some, strangers...),
		)
	})
}

func TestOnlyTheExternalIDLetsIn(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	config := w.Provider() + named("generated", "generated", "") + named("given", "given", `external_id = "Given-By-The-Consumer"`)
	w.applied(t, config, func(state *terraform.State) error {
		caller := w.Consumer.RoleSession("other", "i-1")
		generated, given := theShare(state, "generated"), theShare(state, "given")
		var wrong []error
		for _, share := range []made{generated, given} {
			for situation, c := range map[string]struct{ id, code string }{
				"the right one":           {share.id, in},
				"none":                    {"", refused},
				"another":                 {"something-else", refused},
				"the other share's":       {map[string]string{generated.id: given.id, given.id: generated.id}[share.id], refused},
				"in upper case":           {strings.ToUpper(share.id), refused},
				"without its last letter": {share.id[:len(share.id)-1], refused},
				"with a letter more":      {share.id + "x", refused},
				"the mask":                {"sensitive", refused},
			} {
				if err := w.assumes(t, made{role: share.role, id: c.id}, attempt{situation, caller, c.code}); err != nil {
					wrong = append(wrong, fmt.Errorf("role %s, external ID %w", share.role, err))
				}
			}
		}
		return errors.Join(wrong...)
	})
}

// A pinned principal is one role, not a name; without pin_principals it is the name.
func TestPinnedPrincipalMadeAgain(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Consumer.AddRole("/", "worker", mayAssumeAnything)
	consumer := func(pin string) string {
		return `  consumer = { account_id = "222222222222", principals = ["arn:aws:iam::222222222222:role/worker"], pin_principals = ` + pin + ` }`
	}
	config := w.Provider() + strings.Replace(named("pinned", "pinned", ""), WholeAccount, consumer("true"), 1) +
		strings.Replace(named("by_name", "by-name", ""), WholeAccount, consumer("false"), 1)
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{{
		Config: config, ExpectNonEmptyPlan: true, // the trust policy names an ID that is nobody's any more
		Check: func(state *terraform.State) error {
			pinned, byName := theShare(state, "pinned"), theShare(state, "by_name")
			first := w.Consumer.RoleSession("worker", "i-1")
			before := errors.Join(w.assumes(t, pinned, attempt{"the pinned role", first, in}), w.assumes(t, byName, attempt{"the named role", first, in}))
			w.remove(t, "worker", "setup-1")
			w.Consumer.AddRole("/", "worker", mayAssumeAnything)
			again := w.Consumer.RoleSession("worker", "i-1")
			return errors.Join(before,
				w.assumes(t, pinned, attempt{"another role of the pinned one's name", again, refused}),
				w.assumes(t, byName, attempt{"another role of that name", again, in}),
				w.assumes(t, byName, attempt{"a session of the role that is gone", first, "InvalidClientTokenId"}),
			)
		},
	}}})
	w.mustBeEmpty(t)
}

// remove deletes a role of the consumer account that has one inline policy.
func (w *World) remove(t *testing.T, role, policy string) {
	t.Helper()
	client := w.IAM(w.ConsumerKey)
	if _, err := client.DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{RoleName: &role, PolicyName: &policy}); err != nil {
		t.Fatalf("deleting the policy of role %s: %v", role, err)
	}
	if _, err := client.DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: &role}); err != nil {
		t.Fatalf("deleting role %s: %v", role, err)
	}
}

// The consumer's role has no policy of its own: what lets it call AssumeRole is the attached one alone.
func TestAttachedPolicyLetsIn(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	caller := w.Consumer.RoleSession("etl", "i-1")
	step := func(attach, code string) resource.TestStep {
		return resource.TestStep{
			Config: w.Provider(w.ConsumerConnection()) + Share(`  consumer = { account_id = "222222222222", attach_to_roles = `+attach+` }`),
			Check: func(state *terraform.State) error {
				return w.assumes(t, theShare(state, "test"), attempt{"role etl", caller, code})
			},
		}
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		step("null", refused), step(`["etl"]`, in), step(`["other"]`, refused), step(`["etl", "other"]`, in), step("null", refused),
	}})
	w.mustBeEmpty(t)
}

// The session has what the role's permissions policy allows. The statement in the bucket policy delegates to it and gives
// nothing by itself; nor does it let the consumer in without the role; nor can it overrule a Deny of somebody else.
func TestWhatGivesAccess(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Consumer.AddRole("/", "reader", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`)
	w.PutBucketPolicy(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/reports/secret/*"}]}`)
	w.Put(t, "reports/x", "x")
	w.Put(t, "reports/secret/x", "x")
	get := func(key awssim.Credentials, name string) error {
		_, err := w.Get(t.Context(), key, name)
		return err
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{{
		Config: w.Provider() + Share(WholeAccount, `prefixes = ["reports/"]`), ExpectNonEmptyPlan: true,
		Check: func(state *terraform.State) error {
			session := w.session(t, theShare(state, "test"))
			denied := get(session, "reports/secret/x")
			if denied == nil || !strings.Contains(denied.Error(), "with an explicit deny in a resource-based policy") {
				return fmt.Errorf("a foreign Deny must win, in AWS's words; the call ended with %v", denied) //nolint:errorlint // it may be nil
			}
			found := errors.Join(
				get(session, "reports/x"),
				mustBe(refused, denied),
				mustBe(refused, get(w.Consumer.RoleSession("reader", "i-1"), "reports/x")),
				mustBe(refused, get(w.Consumer.AdminKey(), "reports/x")),
			)
			if _, err := w.IAM(w.SetupKey).DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{
				RoleName: aws.String("etl-reports"), PolicyName: aws.String("crossaccount"),
			}); err != nil {
				return err
			}
			if !strings.Contains(w.BucketPolicy(t), "Crossaccountetlreports") {
				return errors.New("the share's statement is not in the bucket policy, so this shows nothing")
			}
			return errors.Join(found, mustBe(refused, get(session, "reports/x")), mustBe(refused, get(w.session(t, theShare(state, "test")), "reports/x")))
		},
	}}})
	w.mustBeEmpty(t)
}
