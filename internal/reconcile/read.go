package reconcile

import (
	"context"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Reading is a share as AWS has it, held against what was wanted of it.
type Reading struct {
	Observed share.Observed
	Drift    []changes.Change
	// Exists is false when no part of the share is left.
	Exists bool
}

// Read observes a share and compares it with what is desired.
func (r *Reconciler) Read(ctx context.Context, desired share.Desired) (Reading, error) {
	observed, err := r.observe(ctx, desired.Spec, desired.Spec.Consumer.AttachToRoles)
	if err != nil {
		return Reading{}, err
	}
	return Compare(desired, observed), nil
}

// Compare holds what was observed against what is desired.
func Compare(desired share.Desired, observed share.Observed) Reading {
	return Reading{
		Observed: observed,
		Drift:    changes.Diff(desired, observed),
		Exists:   observed.Exists(desired.Spec.Name),
	}
}

// Observe reads a share of which only the names are known, for imports.
func (r *Reconciler) Observe(ctx context.Context, spec share.Spec) (share.Observed, error) {
	return r.observe(ctx, spec, nil)
}
