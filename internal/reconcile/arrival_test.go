package reconcile_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file holds what must be true when a run is over, by what AWS has and not by what the provider says.

// mustHaveArrived fails unless the share is exactly what a journey wanted, and the next plan is empty.
func (w *world) mustHaveArrived(t *testing.T, j journey, after kept) {
	t.Helper()
	if j.to == nil {
		if after.exists {
			t.Error("the state still has the share")
		}
		return
	}
	again, drift, err := after.refresh(t.Context(), w.start(t))
	if err != nil {
		t.Fatalf("reading the share: %v", err)
	}
	if len(drift) > 0 || !again.exists || again.unfinished || !again.isPlanned(w.placed(*j.to)) || again.roleID != after.roleID {
		t.Errorf("the next plan is not empty: %q", changes.Sentences(drift))
	}
	wanted := []string{"etl-reports"}
	if j.to.IsDirect() {
		wanted = []string{}
	}
	if roles := w.owner.RoleNames(); !slices.Equal(roles, wanted) {
		t.Errorf("the owner has the roles %q", roles)
	}
	w.mustHaveKey(t, *j.to)
	for _, role := range w.account.RoleNames() {
		want := slices.Contains(j.to.Consumer.AttachToRoles, role)
		if have := len(w.consumerPolicies(t, role)) > 0; have != want {
			t.Errorf("role %s of the consumer has the consumer policy: %t, want %t", role, have, want)
		}
	}
}

// mustHoldNothing fails when anything of a share is left.
func (w *world) mustHoldNothing(t *testing.T, j journey, theirs []string) {
	t.Helper()
	if roles := w.owner.RoleNames(); len(roles) > 0 {
		t.Errorf("the owner still has the roles %q", roles)
	}
	w.mustHaveKey(t, share.Spec{})
	w.mustHaveNoPoint(t)
	for _, role := range w.account.RoleNames() {
		if left := w.consumerPolicies(t, role); len(left) > 0 {
			t.Errorf("role %s of the consumer still has the policies %q", role, left)
		}
	}
	var have []string
	for _, statement := range w.statements(t) {
		// Statements that were handed to the owner of the document are the owner's to take out.
		if j.to == nil || j.to.BucketPolicyMode != share.OutputOnly || !j.to.Owns(statement) {
			have = append(have, statement.JSON())
		}
	}
	if !slices.Equal(have, theirs) {
		t.Errorf("somebody else's statements were\n%q\nand in the end there are\n%q", theirs, have)
	}
}

func (w *world) consumerPolicies(t *testing.T, role string) []string {
	t.Helper()
	answer, err := w.consumerIAM().ListRolePolicies(t.Context(), &iam.ListRolePoliciesInput{RoleName: &role})
	if err != nil {
		t.Fatalf("listing the policies of role %s: %v", role, err)
	}
	return slices.DeleteFunc(answer.PolicyNames, func(name string) bool { return !strings.HasPrefix(name, "crossaccount-") })
}

// leftRole is the share's role as IAM has it; nil when there is none.
func (w *world) leftRole(t *testing.T) *share.Role {
	t.Helper()
	answer, err := w.iam().GetRole(t.Context(), &iam.GetRoleInput{RoleName: theRole})
	if awsapi.IsAbsent(err) {
		return nil
	}
	if err != nil {
		t.Fatalf("reading the role: %v", err)
	}
	text, err := url.PathUnescape(aws.ToString(answer.Role.AssumeRolePolicyDocument))
	if err != nil {
		t.Fatalf("decoding the trust policy: %v", err)
	}
	return &share.Role{UniqueID: aws.ToString(answer.Role.RoleId), Trust: policyOf(t, text)}
}

// mustKeepID fails when a share got another external ID than the one that was given or that somebody may know already.
func mustKeepID(t *testing.T, j journey, before, struck, after kept) {
	t.Helper()
	if j.to == nil {
		return
	}
	want := after.spec.ExternalIDs
	switch {
	case len(j.to.ExternalIDs) > 0:
		want = j.to.ExternalIDs
	case before.exists && before.spec.IsDirect() != j.to.IsDirect():
		if j.to.IsDirect() {
			want = nil
		}
	case before.exists:
		want = before.spec.ExternalIDs
	case struck.exists:
		want = struck.spec.ExternalIDs
	}
	if !slices.Equal(after.spec.ExternalIDs, want) {
		t.Error("the external ID changed")
	}
}
