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
	// InSync tells that the last refresh found exactly Spec, and that nothing was written since.
	InSync bool
	// Unsure tells that the create was left unsure, see Outcome.
	Unsure bool
	// RevokeSessions ends the sessions that were issued until now.
	RevokeSessions bool
}

// become gives the next form what is known of the share.
func (p Prior) become(next share.Spec) share.Spec {
	next.RoleUniqueID = p.RoleUniqueID
	if next.IsDirect() {
		return next.Normalized() // it has nothing of what belongs to the role
	}
	return next
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
	next = prior.become(next)
	o := r.joinFor(next)
	defer o.leave()
	outcome := Outcome{Spec: next, RoleUniqueID: prior.RoleUniqueID, Begun: true}
	observed, err := r.observeKnown(ctx, prior, next)
	if err != nil {
		return outcome, err
	}
	if next = next.Resolve(observed); next.LacksExternalID() {
		return outcome, &UnknownExternalIDError{Spec: next}
	}
	if next, err = r.completeExternalID(prior, next, observed); err != nil {
		return outcome, err
	}
	outcome.Spec = next
	if observed.Role != nil {
		outcome.RoleUniqueID = observed.Role.UniqueID
	}
	roleID, err := o.apply(ctx, changes.Plan(prior.Spec, share.Render(next), observed))
	if awsapi.IsTaken(err) || prior.InSync && !next.IsDirect() && awsapi.IsAbsent(err) {
		// The role that was missing is there: CreateRole was repeated because its first answer was lost. Or something that
		// the refresh has seen is gone.
		if observed, err = r.observeForms(ctx, prior.Spec, next); err == nil && observed.Role != nil {
			outcome.RoleUniqueID = observed.Role.UniqueID
			roleID, err = o.apply(ctx, changes.Plan(prior.Spec, share.Render(next), observed))
		}
	}
	if roleID != "" {
		outcome.RoleUniqueID = roleID
	}
	if err == nil && leavesShared(prior.Spec, next) {
		err = o.release(ctx, prior.Spec)
	}
	if err == nil && prior.RevokeSessions {
		outcome.Spec.RevokedBefore, err = r.revoke(ctx, o, next)
	}
	if err == nil {
		if next.IsDirect() {
			outcome.RoleUniqueID = "" // it is gone
		}
		outcome.Bucket = r.bucketAfter(ctx, outcome.Spec)
		outcome.AccessPointAlias, err = r.aliasAfter(ctx, outcome.Spec)
		l.unfinished.Store(nil)
	}
	return outcome, err
}

// completeExternalID gives a share its external ID that has none yet: one that was made by hand, or that gets its role now. A
// direct share that has a role has it from a change that stopped half-way, so that its ID is the one that was drawn.
func (r *Reconciler) completeExternalID(prior Prior, next share.Spec, observed share.Observed) (share.Spec, error) {
	if prior.Spec.IsDirect() {
		next = keepExternalID(next, observed)
	}
	return r.withExternalID(next)
}

// leavesShared tells that a share no longer needs what it had in common with others.
func leavesShared(prior, next share.Spec) bool {
	if prior.UsesAccessPoint() && !next.UsesAccessPoint() && next.BucketPolicyMode != share.OutputOnly {
		return false // the plan has it, with the access point
	}
	return prior.SharesStatements() && (!next.SharesStatements() || prior.UsesAccessPoint() != next.UsesAccessPoint())
}

// observeForms reads all that a share has in the form that it had and the one that it is to have.
func (r *Reconciler) observeForms(ctx context.Context, prior, next share.Spec) (share.Observed, error) {
	observed, err := r.observe(ctx, next, consumerRoles(prior, next))
	if err != nil {
		return observed, err
	}
	return r.observeKeys(ctx, observed, prior, next)
}

// consumerRoles are the roles that have the consumer policy before or after.
func consumerRoles(prior, next share.Spec) []string {
	roles := slices.Concat(prior.Consumer.AttachToRoles, next.Consumer.AttachToRoles)
	slices.Sort(roles)
	return slices.Compact(roles)
}

// observeKnown reads the role and takes the rest as the refresh found it moments ago, in another process of the same run,
// if that was all as it should be and the role is still the same. The bucket policy is read again where it is written.
func (r *Reconciler) observeKnown(ctx context.Context, prior Prior, next share.Spec) (share.Observed, error) {
	roles := consumerRoles(prior.Spec, next)
	if !prior.InSync || next.IsDirect() || prior.Spec.BucketPolicyMode != next.BucketPolicyMode || prior.Spec.Via != next.Via {
		observed, err := r.observeForms(ctx, prior.Spec, next)
		if err == nil && prior.Spec.UsesAccessPoint() && !next.UsesAccessPoint() {
			observed.AccessPoint, err = r.cloud.ObserveAccessPoint(ctx, prior.Spec)
		}
		return observed, err
	}
	role, err := r.cloud.FindRole(ctx, next)
	if err != nil {
		return share.Observed{}, err
	}
	if role == nil || role.UniqueID != prior.RoleUniqueID || next.IsElsewhere(role) {
		return r.observeForms(ctx, prior.Spec, next)
	}
	observed := share.Render(prior.Spec).Existing(role)
	if next.BucketPolicyMode == share.OutputOnly {
		observed.Bucket = share.BucketPolicy{}
	}
	observed.Consumer, err = r.cloud.ObserveConsumer(ctx, next, roles)
	return observed, err
}

// revoke refuses all sessions that were issued until now. AWS compares whole seconds, so that the one that runs counts as
// over: who was let in during it asks once more.
func (r *Reconciler) revoke(ctx context.Context, o operation, spec share.Spec) (before time.Time, err error) {
	spec.RevokedBefore = r.now().UTC().Truncate(time.Second).Add(time.Second)
	_, err = o.apply(ctx, []changes.Change{changes.Revoke(share.Render(spec))})
	return spec.RevokedBefore, err
}
