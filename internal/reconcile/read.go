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
	return Reading{
		Observed: observed,
		Drift:    changes.Diff(desired, observed),
		Exists:   observed.Exists(desired.Spec.Name),
	}, nil
}

// Observe reads a share of which only the names are known, for imports.
func (r *Reconciler) Observe(ctx context.Context, spec share.Spec) (share.Observed, error) {
	return r.observe(ctx, spec, spec.Consumer.AttachToRoles)
}

// MarkUnfinished notes that the state has the share as the rest of a create that failed.
func (r *Reconciler) MarkUnfinished(spec share.Spec) {
	l := r.life(spec)
	l.Lock()
	defer l.Unlock()
	l.unfinished = true
}

// IsUnfinished tells whether MarkUnfinished was called for the share.
func (r *Reconciler) IsUnfinished(spec share.Spec) bool {
	l := r.life(spec)
	l.Lock()
	defer l.Unlock()
	return l.unfinished
}
