package reconcile_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
)

func (w *world) mustBeGone(t *testing.T) {
	t.Helper()
	if _, err := w.iam().GetRole(t.Context(), &iam.GetRoleInput{RoleName: theRole}); !awsapi.IsAbsent(err) {
		t.Errorf("the role is still there: %v", err)
	}
	if have := w.statements(t); len(have) != 2 {
		t.Errorf("the bucket policy has %d statements, want the 2 of somebody else", len(have))
	}
	w.mustKeepForeign(t)
}

func TestDeleteWithPoliciesOfSomebodyElse(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"another inline policy", "a managed policy"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.putPolicy(t, foreign)
			made, err := w.start(t).Create(t.Context(), etlReports())
			if err != nil {
				t.Fatalf("creating: %v", err)
			}
			if err := edits[name](t.Context(), w); err != nil {
				t.Fatalf("editing: %v", err)
			}
			if _, err := w.start(t).Delete(t.Context(), reconcile.Prior{Spec: made.Spec, RoleUniqueID: made.RoleUniqueID}); err != nil {
				t.Fatalf("deleting: %v", err)
			}
			w.mustBeGone(t)
		})
	}
}

// A role that somebody made again under the share's name is not the share's to delete, unless it has the share's tag.
func TestDeleteLeavesTheRoleOfSomebodyElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.putPolicy(t, foreign)
	made, err := w.start(t).Create(t.Context(), etlReports())
	if err != nil {
		t.Fatalf("creating: %v", err)
	}
	if err := edits["the role again"](t.Context(), w); err != nil {
		t.Fatalf("editing: %v", err)
	}
	kept, err := w.start(t).Delete(t.Context(), reconcile.Prior{Spec: made.Spec, RoleUniqueID: made.RoleUniqueID})
	if err != nil || kept == nil {
		t.Fatalf("want the role to be kept, have %v, %v", kept, err)
	}
	if _, err := w.iam().GetRole(t.Context(), &iam.GetRoleInput{RoleName: theRole}); err != nil {
		t.Errorf("the role is gone: %v", err)
	}
	if have := w.statements(t); len(have) != 2 {
		t.Errorf("the share's statements are still there: %v", have)
	}
}
