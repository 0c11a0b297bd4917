package reconcile

import (
	"context"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Delete takes a share away. It leaves a role of that name that is neither the one of the state nor made by this
// provider; kept tells so. Only the role is looked at before: to delete what is not there is success, and AWS itself
// tells of policies of somebody else's on the role, because it deletes no role that has any.
func (r *Reconciler) Delete(ctx context.Context, prior Prior) (kept *share.Role, err error) {
	l := r.life(prior.Spec)
	l.Lock()
	defer l.Unlock()
	if l.created {
		// This process has just made or finished the share under another resource address: what Terraform wants to be
		// deleted is the same share.
		return nil, nil
	}
	prior.Spec.RoleUniqueID = prior.RoleUniqueID
	o := r.join(prior.Spec)
	defer o.leave()
	role, err := r.cloud.FindRole(ctx, prior.Spec)
	if err != nil {
		return nil, err
	}
	if role != nil && role.UniqueID != prior.RoleUniqueID && !role.MadeFor(prior.Spec.Bucket) {
		kept, role = role, nil
	}
	if prior.RevokeSessions && role != nil {
		if prior.Spec.RevokedBefore, err = r.revoke(ctx, o, prior.Spec); err != nil {
			return kept, err
		}
	}
	desired := share.Render(prior.Spec)
	_, err = o.apply(ctx, changes.Removal(desired, desired.Existing(role)))
	if awsapi.IsDeleteConflict(err) {
		err = r.deleteWithStrangers(ctx, o, desired)
	}
	return kept, err
}

// deleteWithStrangers deletes a role with the policies of somebody else's that are on it.
func (r *Reconciler) deleteWithStrangers(ctx context.Context, o operation, desired share.Desired) error {
	observed, err := r.cloud.ObserveRole(ctx, desired.Spec)
	if err != nil {
		return err
	}
	_, err = o.apply(ctx, changes.Removal(desired, observed))
	return err
}
