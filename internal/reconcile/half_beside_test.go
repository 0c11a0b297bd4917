package reconcile_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file is about several halves of one share, whose policies have the same name.

// haveTheirHalves tells that just these of the roles batch, etl and night have the policy.
func (w *world) haveTheirHalves(t *testing.T, roles ...string) {
	t.Helper()
	for _, role := range []string{"batch", "etl", "night"} {
		drift, err := w.halves(t).Read(t.Context(), halfOn(role))
		if err != nil {
			t.Error(err)
		} else if have := len(drift) == 0; have != slices.Contains(roles, role) {
			t.Errorf("role %s has the policy: %v", role, have)
		}
	}
}

// Two halves of one share, each for roles of its own, leave one another alone.
func TestHalvesBesideOneAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.account.AddRole("/", "batch")
	if err := w.halves(t).Apply(t.Context(), halfOn(), halfOn("etl")); err != nil {
		t.Fatal(err)
	}
	h := w.halves(t)
	h.MarkInState(halfOn("etl"))
	if err := h.Apply(t.Context(), halfOn("etl"), halfOn("etl")); err != nil {
		t.Fatal(err)
	}
	if err := h.Apply(t.Context(), h.TakeOver(halfOn("batch")), halfOn("batch")); err != nil {
		t.Fatal(err)
	}
	for _, role := range []string{"etl", "batch"} {
		if drift, err := h.Read(t.Context(), halfOn(role)); err != nil || len(drift) > 0 {
			t.Errorf("the drift of the half on %s is %v, %v", role, drift, err)
		}
	}
}

// A half that is renamed is deleted and created at the same time. Whichever looks first, the other waits until it is over.
func TestHalfIsRenamed(t *testing.T) {
	t.Parallel()
	rename := map[string]func(context.Context, *reconcile.Halves) error{
		"delete": func(ctx context.Context, h *reconcile.Halves) error { return h.Delete(ctx, halfOn("etl")) },
		"create": func(ctx context.Context, h *reconcile.Halves) error {
			return h.Apply(ctx, h.TakeOver(halfOn("etl")), halfOn("etl"))
		},
	}
	for first, second := range map[string]string{"delete": "create", "create": "delete"} {
		t.Run(first+" first", func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if err := w.halves(t).Apply(t.Context(), halfOn(), halfOn("etl")); err != nil {
				t.Fatal(err)
			}
			h := w.halves(t)
			looks, goOn := make(chan struct{}), make(chan struct{})
			w.sim.Inject(awssim.Fault{Operation: "GetRolePolicy", After: func() { close(looks); <-goOn }})
			var both sync.WaitGroup
			both.Go(func() {
				if err := rename[first](t.Context(), h); err != nil {
					t.Error(err)
				}
			})
			<-looks
			over, giveUp := context.WithCancel(t.Context())
			giveUp()
			if err := rename[second](over, h); !errors.Is(err, context.Canceled) {
				t.Errorf("who has no time to wait ended with %v", err)
			}
			both.Go(func() {
				if err := rename[second](t.Context(), h); err != nil {
					t.Error(err)
				}
			})
			close(goOn)
			both.Wait()
			w.haveTheirHalves(t, "etl")
		})
	}
}

// A role moves between two halves of one share, whichever of them is applied first; a role that only leaves loses the policy.
func TestRoleMovesBetweenHalves(t *testing.T) {
	t.Parallel()
	type move struct{ prior, next share.Spec }
	from, to := move{halfOn("batch", "night"), halfOn("night")}, move{halfOn(), halfOn("batch")}
	for name, test := range map[string]struct {
		moves []move
		want  []string
	}{
		"to another half, made first":           {[]move{to, from}, []string{"batch", "night"}},
		"from a half, changed first":            {[]move{from, to}, []string{"batch", "night"}},
		"beside a third half, applied after":    {[]move{to, {halfOn("etl"), halfOn("etl")}, from}, []string{"batch", "etl", "night"}},
		"each to the other":                     {[]move{{halfOn("etl"), halfOn("batch", "night")}, {halfOn("batch", "night"), halfOn("etl")}}, []string{"batch", "etl", "night"}},
		"to none, beside a half without change": {[]move{{halfOn("etl"), halfOn("etl")}, from}, []string{"etl", "night"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.account.AddRole("/", "batch")
			w.account.AddRole("/", "night")
			if err := w.halves(t).Apply(t.Context(), halfOn(), halfOn("batch", "night")); err != nil {
				t.Fatal(err)
			}
			if slices.Contains(test.want, "etl") {
				if err := w.halves(t).Apply(t.Context(), halfOn(), halfOn("etl")); err != nil {
					t.Fatal(err)
				}
			}
			h := w.halves(t)
			for _, move := range test.moves {
				if err := h.Apply(t.Context(), move.prior, move.next); err != nil {
					t.Fatal(err)
				}
			}
			w.haveTheirHalves(t, test.want...)
		})
	}
}

// A half that is split into two is deleted last: both keep their policies.
func TestHalfIsSplit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.account.AddRole("/", "batch")
	w.account.AddRole("/", "night")
	if err := w.halves(t).Apply(t.Context(), halfOn(), halfOn("batch", "etl", "night")); err != nil {
		t.Fatal(err)
	}
	h := w.halves(t)
	for _, role := range []string{"etl", "batch"} {
		if err := h.Apply(t.Context(), h.TakeOver(halfOn(role)), halfOn(role)); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Delete(t.Context(), halfOn("batch", "etl", "night")); err != nil {
		t.Fatal(err)
	}
	w.haveTheirHalves(t, "batch", "etl")
}

// What the state says of one half of a share holds beside what it says of another.
func TestForeseeKnowsAllHalvesOfAShare(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.account.AddRole("/", "batch")
	moved := halfOn("batch", "etl")
	moved.Path = "/moved/"
	if err := w.halves(t).Apply(t.Context(), halfOn(), moved); err != nil {
		t.Fatal(err)
	}
	h := w.halves(t)
	h.MarkInState(halfOn("etl"))
	var taken *reconcile.TakenPolicyError
	if err := h.Foresee(t.Context(), halfOn("batch")); !errors.As(err, &taken) || taken.Role != "batch" {
		t.Errorf("a policy of nobody's: %v", err)
	}
	h.MarkInState(halfOn("batch"))
	for _, role := range []string{"etl", "batch"} {
		if err := h.Foresee(t.Context(), halfOn(role)); err != nil {
			t.Errorf("the half on %s cannot mend its policy: %v", role, err)
		}
	}
}

// restOf leaves the rest of a half to a create, as the delete of a replacement does.
func restOf(t *testing.T, h *reconcile.Halves, rest, next share.Spec) {
	t.Helper()
	h.MarkInState(rest)
	h.MarkUnfinished(rest)
	if !h.IsUnfinished(next) || !h.LeavesTo(rest, next) || !h.IsLeftTo(next) {
		t.Errorf("the rest on %v is not left to %v", rest.Consumer.AttachToRoles, next.Consumer.AttachToRoles)
	}
}

// The rest of a half is for the create that follows at its address, and for no other half of the share.
func TestRestIsForItsOwnCreate(t *testing.T) {
	t.Parallel()
	for name, beside := range map[string]share.Spec{
		"a half of other roles":             halfOn("batch"),
		"a half that a role has moved to":   halfOn("batch", "etl"),
		"a half of more roles than it left": halfOn("batch", "etl", "night"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.account.AddRole("/", "batch")
			w.account.AddRole("/", "night")
			rest, own := halfOn("etl", "night"), halfOn("night")
			if err := w.halves(t).Apply(t.Context(), halfOn(), rest); err != nil {
				t.Fatal(err)
			}
			w.sim.ResetCalls()
			h := w.halves(t)
			restOf(t, h, rest, own)
			for _, next := range []share.Spec{beside, own} {
				if err := h.Apply(t.Context(), h.TakeOver(next), next); err != nil {
					t.Fatal(err)
				}
			}
			if h.IsLeftTo(own) {
				t.Error("the rest is left for ever")
			}
			if slices.Contains(w.inlineEdits(), "DeleteRolePolicy night"+policyOfHalf) {
				t.Error("a role that keeps the policy lost it on the way")
			}
			w.haveTheirHalves(t, append(beside.Consumer.AttachToRoles, "night")...)
		})
	}
}

// A half that has no role of a rest does not go on with it: the rest is deleted, also where the rest of another half is finished.
func TestRestWithoutACommonRoleIsNotLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.halves(t)
	h.MarkUnfinished(halfOn("etl"))
	if h.IsUnfinished(halfOn("batch")) {
		t.Error("a new half beside the rest is called unfinished")
	}
	restOf(t, h, halfOn("batch"), halfOn("batch", "night"))
	if h.LeavesTo(halfOn("etl"), halfOn("batch", "night")) {
		t.Error("the rest is left to a half that has none of its roles")
	}
	if taken := h.TakeOver(halfOn("batch", "night")).Consumer.AttachToRoles; !slices.Equal(taken, []string{"batch"}) {
		t.Errorf("it takes over %q", taken)
	}
}
