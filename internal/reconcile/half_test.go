package reconcile_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// halves is a process of a provider whose only credentials are the consumer's.
func (w *world) halves(t *testing.T) *reconcile.Halves {
	t.Helper()
	alone := w.connect(t, awsapi.OwnerSide, w.consumer)
	return reconcile.NewHalves(awsapi.NewCloud(alone, alone, (&desk{}).pause))
}

func halfOn(roles ...string) share.Spec {
	return share.Spec{
		Owner: share.Account{ID: ownerID, Partition: "aws"}, Path: share.DefaultRolePath, Name: "etl-reports",
		Consumer: share.Consumer{AccountID: consumerID, AttachToRoles: roles},
	}
}

// inlineEdits are the edits of inline policies so far, as operation and role with its policy.
func (w *world) inlineEdits() (edits []string) {
	for _, call := range w.sim.Calls() {
		if call.Operation == "PutRolePolicy" || call.Operation == "DeleteRolePolicy" {
			edits = append(edits, call.Operation+" "+call.Resource)
		}
	}
	return edits
}

const policyOfHalf = "/crossaccount-111111111111-etl-reports"

// Work moves from one role to another without a gap, and what exists already is not written again.
func TestHalfMovesBetweenRoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.account.AddRole("/", "batch")
	for _, step := range []struct {
		prior, next share.Spec
		want        []string
	}{
		{halfOn(), halfOn("etl"), []string{"PutRolePolicy etl" + policyOfHalf}},
		{halfOn("etl"), halfOn("etl"), nil},
		{halfOn(), halfOn("etl"), nil}, // a lost state meets its own policy
		{halfOn("etl"), halfOn("batch"), []string{"PutRolePolicy batch" + policyOfHalf, "DeleteRolePolicy etl" + policyOfHalf}},
	} {
		w.sim.ResetCalls()
		if err := w.halves(t).Apply(t.Context(), step.prior, step.next); err != nil { // a process of its own, as Terraform has one for each apply
			t.Fatal(err)
		}
		if have := w.inlineEdits(); !slices.Equal(have, step.want) {
			t.Errorf("from %v to %v: %q, want %q", step.prior.Consumer.AttachToRoles, step.next.Consumer.AttachToRoles, have, step.want)
		}
	}
	h := w.halves(t)
	if found, err := h.Find(t.Context(), halfOn()); err != nil || !slices.Equal(found, []string{"batch"}) {
		t.Errorf("an import finds %q, %v", found, err)
	}
	for range 2 { // what is gone is success
		if err := h.Delete(t.Context(), halfOn("batch", "etl", "nobody")); err != nil {
			t.Fatal(err)
		}
	}
	if drift, err := h.Read(t.Context(), halfOn("batch")); err != nil || len(drift) != 1 {
		t.Errorf("after all is deleted, the drift is %v, %v", drift, err)
	}
}

// A half takes the place of another with policies of the same name: what both have is not deleted, whichever comes first.
func TestHalfTakesThePlaceOfAnother(t *testing.T) {
	t.Parallel()
	remove := func(t *testing.T, h *reconcile.Halves, half share.Spec) {
		t.Helper()
		if err := h.Delete(t.Context(), half); err != nil {
			t.Error(err)
		}
	}
	for name, left := range map[string]bool{"left to the create": true, "made first": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.account.AddRole("/", "batch")
			if err := w.halves(t).Apply(t.Context(), halfOn(), halfOn("etl", "batch")); err != nil {
				t.Fatal(err)
			}
			w.sim.ResetCalls()
			h := w.halves(t)
			if left && !h.LeavesTo(halfOn("etl", "batch"), halfOn("etl")) {
				t.Error("nothing is left to the create that follows")
			}
			if err := h.Apply(t.Context(), h.TakeOver(halfOn("etl")), halfOn("etl")); err != nil {
				t.Fatal(err)
			}
			if h.LeavesTo(halfOn("etl", "batch"), halfOn("etl")) {
				t.Error("what came first is left to a create that does not follow")
			}
			remove(t, h, halfOn("etl", "batch"))
			if have, want := w.inlineEdits(), []string{"DeleteRolePolicy batch" + policyOfHalf}; !slices.Equal(have, want) {
				t.Errorf("it did %q, want %q", have, want)
			}
			if drift, err := h.Read(t.Context(), halfOn("etl")); err != nil || len(drift) > 0 {
				t.Errorf("the drift is %v, %v", drift, err)
			}
			remove(t, w.halves(t), halfOn("etl")) // the twin: in another process, it is deleted
			if drift, err := h.Read(t.Context(), halfOn("etl")); err != nil || len(drift) != 1 {
				t.Errorf("it was not deleted: %v, %v", drift, err)
			}
		})
	}
}

// A half that fails on its way says what was done, and the next apply goes on.
func TestHalfGoesOnAfterAFault(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]awssim.Fault{
		"denied":      {Error: &awssim.Error{Code: "AccessDenied", Status: 403, Message: "not today"}},
		"answer lost": {DropAfter: true, Times: awssim.Always},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.account.AddRole("/", "batch")
			fault.Operation, fault.Resource = "PutRolePolicy", "etl/"
			w.sim.Inject(fault)
			err := w.halves(t).Apply(t.Context(), halfOn(), halfOn("batch", "etl"))
			var step *reconcile.StepError
			if !errors.As(err, &step) || step.Failed.Target != "etl" || len(step.Done) != 1 {
				t.Fatalf("it ended with %v", err)
			}
			w.sim.ClearFaults()
			if err := w.halves(t).Apply(t.Context(), halfOn("batch", "etl"), halfOn("batch", "etl")); err != nil {
				t.Fatal(err)
			}
			if drift, err := w.halves(t).Read(t.Context(), halfOn("batch", "etl")); err != nil || len(drift) > 0 {
				t.Errorf("the drift is %v, %v", drift, err)
			}
		})
	}
}
