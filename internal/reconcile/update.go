package reconcile

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Prior is a share as the state knows it.
type Prior struct {
	Spec         share.Spec
	RoleUniqueID string
	// RevokeSessions ends the sessions that were issued until now.
	RevokeSessions bool
}

// UnknownExternalIDError tells that nobody knows the external ID of a share any more: the state has only its fingerprint,
// the role does not accept it, and it was not given.
type UnknownExternalIDError struct{ Spec share.Spec }

// Error implements error.
func (e *UnknownExternalIDError) Error() string {
	return fmt.Sprintf("share %s: its external ID is not known any more", e.Spec.ID())
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
	roles = slices.Compact(roles)
	observed, err := r.observe(ctx, next, roles)
	if err != nil {
		return outcome, err
	}
	if next = next.Resolve(observed); next.LacksExternalID() {
		return outcome, &UnknownExternalIDError{Spec: next}
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
	if awsapi.IsTaken(err) {
		// The role that was missing is there: CreateRole was repeated because its first answer was lost.
		if observed, err = r.observe(ctx, next, roles); err == nil && observed.Role != nil {
			outcome.RoleUniqueID = observed.Role.UniqueID
			roleID, err = o.apply(ctx, changes.Plan(prior.Spec, share.Render(next), observed))
		}
	}
	if roleID != "" {
		outcome.RoleUniqueID = roleID
	}
	if err == nil && prior.RevokeSessions {
		outcome.Spec.RevokedBefore, err = r.revoke(ctx, o, next)
	}
	if err == nil {
		outcome.Bucket = r.bucketAfter(ctx, outcome.Spec)
		l.unfinished.Store(nil)
	}
	return outcome, err
}

// revoke refuses all sessions that were issued until now. AWS compares whole seconds, so that the one that runs counts as
// over: who was let in during it asks once more.
func (r *Reconciler) revoke(ctx context.Context, o operation, spec share.Spec) (before time.Time, err error) {
	spec.RevokedBefore = r.now().UTC().Truncate(time.Second).Add(time.Second)
	_, err = o.apply(ctx, []changes.Change{changes.Revoke(share.Render(spec))})
	return spec.RevokedBefore, err
}
