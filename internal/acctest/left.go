package acctest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
)

var errReplaced = errors.New("the role was replaced: its unique ID is another one")

// mustBeEmpty fails unless nothing of any share is left in the accounts.
func (w *World) mustBeEmpty(t testing.TB) {
	t.Helper()
	if roles := w.Owner.RoleNames(); len(roles) > 0 {
		t.Errorf("roles are left in the owner account: %v", roles)
	}
	if policy := w.BucketPolicy(t); strings.Contains(policy, "Crossaccount") {
		t.Errorf("statements are left in the bucket policy: %s", policy)
	}
	for _, role := range w.Consumer.RoleNames() {
		answer, err := w.IAM(w.ConsumerKey).ListRolePolicies(contextOf(t), &iam.ListRolePoliciesInput{RoleName: &role})
		if err != nil {
			t.Fatalf("listing the policies of role %s: %v", role, err)
		}
		for _, name := range answer.PolicyNames {
			if strings.HasPrefix(name, "crossaccount-") {
				t.Errorf("policy %s is left on role %s of the consumer", name, role)
			}
		}
	}
}

// mustHaveWrittenNothing fails when the provider made a call that changes something.
func (w *World) mustHaveWrittenNothing(t testing.TB) {
	t.Helper()
	for _, call := range w.Sim.Calls() {
		if !reads(call.Operation) && !(call.AccessKeyID == w.SetupKey.AccessKeyID) {
			t.Errorf("something was written: %s on %s", call.Name(), call.Resource)
		}
	}
}

// reads tells that an operation changes nothing.
func reads(operation string) bool {
	return slices.ContainsFunc([]string{"Get", "List", "Head", "Describe"}, func(verb string) bool { return strings.HasPrefix(operation, verb) })
}
