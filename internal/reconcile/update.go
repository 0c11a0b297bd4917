package reconcile

import (
	"context"
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Prior is a share as the state knows it.
type Prior struct {
	Spec         share.Spec
	RoleUniqueID string
}

// Update makes a share what next says, whatever has happened to its parts meanwhile.
func (r *Reconciler) Update(ctx context.Context, prior Prior, next share.Spec) (Outcome, error) {
	l := r.life(next)
	l.Lock()
	defer l.Unlock()
	next.RoleUniqueID = prior.RoleUniqueID
	o := r.join(next)
	defer o.leave()
	outcome := Outcome{Spec: next, RoleUniqueID: prior.RoleUniqueID, Begun: true}
	roles := slices.Concat(prior.Spec.Consumer.AttachToRoles, next.Consumer.AttachToRoles)
	slices.Sort(roles)
	observed, err := r.observe(ctx, next, slices.Compact(roles))
	if err != nil {
		return outcome, err
	}
	// A share that was made by hand may have no external ID yet.
	if next, err = r.withExternalID(next); err != nil {
		return outcome, err
	}
	outcome.Spec = next
	if observed.Role != nil {
		outcome.RoleUniqueID = observed.Role.UniqueID
	}
	roleID, err := o.apply(ctx, changes.Plan(prior.Spec, share.Render(next), observed))
	if roleID != "" {
		outcome.RoleUniqueID = roleID
	}
	if err == nil {
		l.unfinished.Store(nil)
	}
	return outcome, err
}
