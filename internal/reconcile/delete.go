package reconcile

import (
	"context"
	"errors"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Delete takes a share away. It leaves a role of that name that is neither the one of the state nor made by this
// provider; kept tells so. To delete what is not there is success, and AWS itself tells of policies of somebody else's on
// the role, because it deletes no role that has any.
func (r *Reconciler) Delete(ctx context.Context, prior Prior) (kept *share.Role, err error) {
	l := r.life(prior.Spec)
	l.Lock()
	defer l.Unlock()
	if l.created {
		// This process has just made or finished the share under another resource address: what Terraform wants to be
		// deleted is the same share.
		return nil, nil
	}
	if prior.Unsure {
		if role, err := r.cloud.FindRole(ctx, prior.Spec); err != nil || !isAttempt(role, prior.Spec) {
			return nil, err
		}
	}
	prior.Spec.RoleUniqueID = prior.RoleUniqueID
	o := r.join(prior.Spec)
	defer o.leave()
	if prior.RevokeSessions {
		if prior.Spec.RevokedBefore, err = r.revokeOwn(ctx, o, prior.Spec); err != nil {
			return nil, err
		}
	}
	d := deletion{operation: o, r: r, desired: share.Render(prior.Spec), inSync: prior.InSync}
	if kept, err = d.run(ctx); err == nil && prior.Spec.SharesStatements() {
		err = o.release(ctx, prior.Spec)
	}
	return kept, err
}

// release takes away what the share had in common with others, when it was the last.
func (o operation) release(ctx context.Context, spec share.Spec) error {
	_, err := o.apply(ctx, []changes.Change{changes.Release(spec)})
	return err
}

// revokeOwn ends the sessions of the role, if it is the share's.
func (r *Reconciler) revokeOwn(ctx context.Context, o operation, spec share.Spec) (before time.Time, err error) {
	role, err := r.cloud.FindRole(ctx, spec)
	if err != nil || role == nil || !isOwn(role, spec) {
		return spec.RevokedBefore, err
	}
	return r.revoke(ctx, o, spec)
}

// deletion takes away one share. IAM deletes roles by their names alone, so whose role it is has to be known before: by
// its unique ID, or by the tag of this provider. Between that look and the call, somebody may put another role in its
// place; one without the share's permissions policy is noticed, because the policy is deleted first and is then missing.
// What remains is a role that this provider made under the same name for another bucket in that moment.
type deletion struct {
	operation
	r       *Reconciler
	desired share.Desired
	// inSync tells that the role had no note of another way when it was read last, see Prior.
	inSync bool
}

func isOwn(role *share.Role, spec share.Spec) bool {
	return role.UniqueID == spec.RoleUniqueID || role.MadeFor(spec.Bucket)
}

// run removes statements and consumer policies, then looks at the role and removes it. By then it is known whether other
// shares are removed at the same time, so that one look may serve them all.
func (d deletion) run(ctx context.Context) (kept *share.Role, err error) {
	spec := d.desired.Spec
	if _, err := d.apply(ctx, changes.Removal(d.desired, d.desired.Existing(nil))); err != nil {
		return nil, err
	}
	if spec.IsDirect() {
		return d.removeLeft(ctx)
	}
	role, err := d.findRole(ctx)
	if err == nil && role != nil && !isOwn(role, spec) {
		return role, nil
	}
	if err == nil {
		err = d.removeOtherWays(ctx, role)
	}
	if err != nil || role == nil {
		return nil, err
	}
	err = d.remove(ctx, share.Observed{Role: role, Inline: d.desired.Existing(role).Inline})
	if awsapi.IsDeleteConflict(err) {
		err = d.removeWithStrangers(ctx)
	}
	if exchanged := (*exchangedError)(nil); errors.As(err, &exchanged) {
		return exchanged.role, nil
	}
	return nil, err
}

// findRole looks for the role, nil when there is none. Where many shares are removed one list may serve them all, which has
// no tags: that will do when the refresh before has seen no note on the role.
func (d deletion) findRole(ctx context.Context) (*share.Role, error) {
	spec := d.desired.Spec
	if d.inSync {
		if there, err := d.cloud.HasRole(ctx, spec); err != nil || there {
			return &share.Role{UniqueID: spec.RoleUniqueID, Settings: d.desired.Role}, err
		}
	}
	return d.cloud.FindRole(ctx, spec)
}

// removeOtherWays takes away what a change of the way to the bucket left that stopped half-way, while the role notes it or
// when it has gone, as it does last where a share becomes direct.
func (d deletion) removeOtherWays(ctx context.Context, role *share.Role) (err error) {
	spec := d.desired.Spec
	if role != nil && !spec.IsElsewhere(role) {
		return nil
	}
	left := share.Observed{Role: role}
	if left.Bucket, err = d.r.BucketPolicy(ctx, spec); err == nil {
		left, err = d.r.observeRest(ctx, spec, nil, left)
	}
	if err == nil {
		left, err = d.r.observeKeys(ctx, left, spec)
	}
	left.Role = nil
	if err == nil {
		_, err = d.apply(ctx, changes.Removal(d.desired, left))
	}
	for _, form := range []share.Spec{spec.ThroughAccessPoint(spec.Region), spec.ByDelegation()} {
		isOwn := spec.SharesStatements() && spec.UsesAccessPoint() == form.UsesAccessPoint()
		if err == nil && !isOwn && len(left.Delegation(form)) > 0 {
			err = d.release(ctx, form)
		}
	}
	return err
}

// removeLeft deletes the role that a direct share has from a change that stopped half-way.
func (d deletion) removeLeft(ctx context.Context) (kept *share.Role, err error) {
	observed, err := roleLeft(ctx, d.cloud, d.desired.Spec)
	if err == nil && observed.Role != nil {
		err = d.removeOtherWays(ctx, observed.Role)
	}
	if err != nil || observed.Role == nil {
		return nil, err
	}
	err = d.remove(ctx, share.Observed{Role: observed.Role, Inline: observed.Inline, Attached: observed.Attached})
	if exchanged := (*exchangedError)(nil); errors.As(err, &exchanged) {
		return exchanged.role, nil
	}
	return nil, err
}

// exchangedError tells that somebody else's role took the place of the share's.
type exchangedError struct{ role *share.Role }

// Error implements error.
func (e *exchangedError) Error() string { return "the role is somebody else's now: " + e.role.ARN }

// remove deletes the role with what was observed on it. When its permissions policy is not there, the role is looked at
// once more before it goes.
func (d deletion) remove(ctx context.Context, observed share.Observed) error {
	return d.each(ctx, changes.Removal(d.desired, observed), func(_ changes.Change, result awsapi.Result) error {
		if !result.Absent {
			return nil
		}
		role, err := d.cloud.FindRole(ctx, d.desired.Spec)
		if err == nil && role != nil && !isOwn(role, d.desired.Spec) {
			return &exchangedError{role}
		}
		return err
	})
}

// removeWithStrangers deletes a role with the policies of somebody else's that are on it.
func (d deletion) removeWithStrangers(ctx context.Context) error {
	observed, err := d.cloud.ObserveRole(ctx, d.desired.Spec)
	if err != nil || observed.Role == nil {
		return err
	}
	if !isOwn(observed.Role, d.desired.Spec) {
		return &exchangedError{observed.Role}
	}
	return d.remove(ctx, observed)
}
