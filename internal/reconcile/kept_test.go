package reconcile_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// kept is what Terraform keeps of a share between two runs, as the resource of the provider writes it. The zero kept has
// no share.
type kept struct {
	exists bool
	// unfinished marks the rest of a create that failed.
	unfinished bool
	// unsure marks a create of which nobody knows whether it began.
	unsure bool
	spec   share.Spec
	roleID string
}

func (k kept) prior() reconcile.Prior {
	return reconcile.Prior{Spec: k.spec, RoleUniqueID: k.roleID, Unsure: k.unsure}
}

// refresh reads the share as a plan does, and gives what an apply would take back.
func (k kept) refresh(ctx context.Context, r *reconcile.Reconciler) (kept, []changes.Change, error) {
	if !k.exists {
		return k, nil, nil
	}
	desired := share.Render(k.spec)
	desired.Spec.RoleUniqueID = k.roleID
	r.MarkInState(k.spec)
	if k.unfinished {
		r.MarkUnfinished(k.spec)
	}
	reading, err := r.Read(ctx, desired)
	if err != nil {
		return k, nil, err
	}
	if !reading.Exists || k.unsure && !reading.IsAttempt() {
		return kept{}, nil, nil
	}
	if k.unsure {
		k.unsure, k.unfinished = false, true
		r.MarkUnfinished(k.spec)
	}
	k.roleID = ""
	if role := reading.Observed.Role; role != nil {
		k.roleID = role.UniqueID
		k.spec.MaxSessionDuration, k.spec.Description = role.Settings.MaxSessionDuration, role.Settings.Description
		k.spec.PermissionsBoundary, k.spec.Path = role.Settings.PermissionsBoundary, role.Path
	}
	drift, _ := changes.Split(reading.Drift)
	return k, drift, nil
}

// begin starts a process of the provider and lets it ask whose credentials it has.
func (w *world) begin(ctx context.Context, t *testing.T) (*reconcile.Reconciler, error) {
	t.Helper()
	r := w.start(t)
	if _, err := r.Owner(ctx); err != nil {
		return nil, err
	}
	_, err := r.Consumer(ctx)
	return r, err
}

// apply is one terraform apply: a process that plans and another one that carries the plan out.
func (w *world) apply(ctx context.Context, t *testing.T, k kept, wanted share.Spec) (kept, error) {
	t.Helper()
	wanted = w.placed(wanted)
	planner, err := w.begin(ctx, t)
	if err != nil {
		return k, err
	}
	k, drift, err := k.refresh(ctx, planner)
	if err != nil {
		return k, err
	}
	if !k.exists {
		if _, err := planner.Foresee(ctx, wanted); err != nil {
			return k, err
		}
	}
	if k.exists && !k.unfinished && len(drift) == 0 && k.isPlanned(wanted) {
		return k, nil
	}
	r, err := w.begin(ctx, t)
	if err != nil {
		return k, err
	}
	if !k.exists || k.unfinished {
		return k.create(ctx, r, wanted)
	}
	return k.update(ctx, r, wanted)
}

// isPlanned tells that the state has the arguments that are wanted.
func (k kept) isPlanned(wanted share.Spec) bool {
	have, want := k.spec.Normalized(), k.withID(wanted).Normalized()
	have.RoleUniqueID, want.RoleUniqueID = "", ""
	return reflect.DeepEqual(have, want)
}

// withID keeps the external ID when the configuration gives none.
func (k kept) withID(wanted share.Spec) share.Spec {
	if len(wanted.ExternalIDs) == 0 && !wanted.IsDirect() {
		wanted.ExternalIDs = k.spec.ExternalIDs
	}
	return wanted
}

func (k kept) create(ctx context.Context, r *reconcile.Reconciler, wanted share.Spec) (kept, error) {
	if k.unfinished {
		r.MarkUnfinished(k.spec)
	}
	outcome, err := r.Create(ctx, wanted)
	if !outcome.Begun {
		return kept{}, err
	}
	return kept{exists: true, unfinished: err != nil && !outcome.Unsure, unsure: outcome.Unsure, spec: outcome.Spec, roleID: outcome.RoleUniqueID}, err
}

func (k kept) update(ctx context.Context, r *reconcile.Reconciler, wanted share.Spec) (kept, error) {
	outcome, err := r.Update(ctx, k.prior(), k.withID(wanted))
	k.roleID = outcome.RoleUniqueID
	if err == nil {
		k.spec = outcome.Spec
	}
	return k, err
}

// destroy is one terraform destroy.
func (w *world) destroy(ctx context.Context, t *testing.T, k kept) (kept, error) {
	t.Helper()
	planner, err := w.begin(ctx, t)
	if err != nil {
		return k, err
	}
	k, _, err = k.refresh(ctx, planner)
	if err != nil || !k.exists {
		return k, err
	}
	r, err := w.begin(ctx, t)
	if err != nil {
		return k, err
	}
	if _, err := r.Delete(ctx, k.prior()); err != nil {
		return k, err
	}
	return kept{}, nil
}
