package reconcile

import (
	"context"
	"fmt"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Outcome is a share after an operation, complete or not.
type Outcome struct {
	// Spec is the share with its external ID.
	Spec share.Spec
	// RoleUniqueID is empty when no role was made.
	RoleUniqueID string
	// Begun tells that something of the share exists now, so that the state must know it.
	Begun bool
}

// ConflictError tells that something with the share's name exists that the provider did not make.
type ConflictError struct {
	Spec share.Spec
	// Role is the role of that name; nil when only statements exist.
	Role *share.Role
	// Complete tells that it is a whole share of this provider, with other settings.
	Complete bool
}

// Error implements error.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("share %s: something of that name exists already", e.Spec.ID())
}

// Foresee finds, without writing, what would stop a create: a bucket of somebody else and statements that already have
// the share's Sid. A bucket that is missing may be made in the same run, so it stops nothing here.
func (r *Reconciler) Foresee(ctx context.Context, spec share.Spec) error {
	if spec.BucketPolicyMode == share.OutputOnly {
		return nil
	}
	found, err := r.cloud.ObserveBucket(ctx, spec)
	if err != nil {
		return err
	}
	if len((share.Observed{Bucket: found}).Statements(spec.Name)) == 0 {
		return nil
	}
	_, err = r.takeOver(ctx, spec)
	return err
}

// Create makes a share. When spec has no external ID, one is made, or the one of the share's own half-made role is kept.
func (r *Reconciler) Create(ctx context.Context, spec share.Spec) (Outcome, error) {
	l := r.life(spec)
	l.Lock()
	defer l.Unlock()
	leave := r.cloud.JoinBucket(spec.Bucket)
	defer leave()
	if err := r.Foresee(ctx, spec); err != nil {
		return Outcome{Spec: spec}, err
	}
	wanted := spec
	if len(wanted.ExternalIDs) == 0 {
		id, err := share.GenerateExternalID(r.random)
		if err != nil {
			return Outcome{Spec: spec}, err
		}
		wanted.ExternalIDs = []share.ExternalID{id}
	}
	outcome, err := r.build(ctx, wanted)
	if awsapi.IsTaken(err) {
		outcome, err = r.finish(ctx, spec, wanted)
	}
	l.created = outcome.Begun
	return outcome, err
}

// build makes everything of a share that is not there at all. No read goes ahead: CreateRole itself tells of a role of
// that name.
func (r *Reconciler) build(ctx context.Context, spec share.Spec) (Outcome, error) {
	desired := share.Render(spec)
	steps := changes.Diff(desired, nothing(spec))
	roleID, err := r.apply(ctx, steps)
	return Outcome{Spec: spec, RoleUniqueID: roleID, Begun: roleID != ""}, err
}

// nothing is what is observed of a share that does not exist.
func nothing(spec share.Spec) share.Observed {
	observed := share.Observed{Bucket: share.BucketPolicy{State: share.BucketWithoutPolicy}}
	for _, role := range spec.Consumer.AttachToRoles {
		observed.Consumer = append(observed.Consumer, share.ConsumerPolicy{RoleName: role})
	}
	return observed
}

// takeOver observes what has the share's name already and tells whether it is the share's own: made by this provider
// for this bucket and either half-made or exactly what is wanted. Anything else is a conflict.
func (r *Reconciler) takeOver(ctx context.Context, spec share.Spec) (share.Observed, error) {
	observed, err := r.observe(ctx, spec, spec.Consumer.AttachToRoles)
	if err != nil {
		return observed, err
	}
	conflict := &ConflictError{Spec: spec, Role: observed.Role}
	if observed.Role == nil || !observed.Role.MadeFor(spec.Bucket) || observed.Role.Path != spec.Path {
		return observed, conflict
	}
	halfMade := observed.Permissions() == nil ||
		spec.BucketPolicyMode != share.OutputOnly && len(observed.Statements(spec.Name)) == 0
	if halfMade || len(changes.Diff(share.Render(keepExternalID(spec, observed)), observed)) == 0 {
		return observed, nil
	}
	conflict.Complete = true
	return observed, conflict
}

// finish completes the share's own half-made parts.
func (r *Reconciler) finish(ctx context.Context, spec, wanted share.Spec) (Outcome, error) {
	observed, err := r.takeOver(ctx, spec)
	if err != nil {
		return Outcome{Spec: spec}, err
	}
	kept := keepExternalID(spec, observed)
	if len(kept.ExternalIDs) == 0 {
		kept = wanted
	}
	outcome := Outcome{Spec: kept, RoleUniqueID: observed.Role.UniqueID, Begun: true}
	_, err = r.apply(ctx, changes.Plan(kept, share.Render(kept), observed))
	return outcome, err
}

// keepExternalID gives a spec without an external ID the one that the role has.
func keepExternalID(spec share.Spec, observed share.Observed) share.Spec {
	if len(spec.ExternalIDs) == 0 && observed.Role != nil {
		spec.ExternalIDs = share.ExternalIDsOf(observed.Role.Trust)
	}
	return spec
}
