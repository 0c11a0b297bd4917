package reconcile

import (
	"context"
	"fmt"
	"slices"

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
	// Unsure tells that a role may have been made that nobody could look for any more. What has the share's name later is the
	// share's only if Reading.IsAttempt says so.
	Unsure bool
	// Bucket is the bucket policy afterwards; unread when the operation failed.
	Bucket share.BucketPolicy
	// AccessPointAlias stands for the bucket in calls through the share's access point; empty where it has none.
	AccessPointAlias string
}

// ConflictError tells that something with the share's name exists that the provider did not make, or that another
// configuration made.
type ConflictError struct {
	Spec share.Spec
	// Role is the role of that name; nil when only statements exist.
	Role *share.Role
	// IsOther tells that it is a share of this provider that is declared otherwise.
	IsOther bool
}

// Error implements error.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("share %s: something of that name exists already", e.Spec.ID())
}

// MissingBucketError tells that there is no such bucket, found before anything was written.
type MissingBucketError struct{ Spec share.Spec }

// Error implements error.
func (e *MissingBucketError) Error() string {
	return fmt.Sprintf("bucket %s does not exist", e.Spec.Bucket)
}

// Foresee finds, without writing, what would stop a create: a bucket of somebody else and statements that already have
// the share's Sid. A bucket that is missing may be made in the same run, so it stops nothing here. It gives the bucket
// policy as it is before.
func (r *Reconciler) Foresee(ctx context.Context, spec share.Spec) (share.BucketPolicy, error) {
	if spec.IsDirect() {
		observed, err := r.foreseeDirect(ctx, spec)
		return observed.Bucket, err
	}
	found, err := r.BucketPolicy(ctx, spec)
	if err == nil && len((share.Observed{Bucket: found}).Statements(spec)) > 0 {
		_, err = r.takeOver(ctx, spec)
	}
	return found, err
}

// BucketPolicy reads the policy of the share's bucket, where the share looks after its statements in it.
func (r *Reconciler) BucketPolicy(ctx context.Context, spec share.Spec) (share.BucketPolicy, error) {
	if spec.BucketPolicyMode == share.OutputOnly {
		return share.BucketPolicy{}, nil
	}
	return r.cloud.ObserveBucket(ctx, spec)
}

// bucketAfter is what an operation that succeeded left in the bucket policy. The share is complete also when that cannot
// be read.
func (r *Reconciler) bucketAfter(ctx context.Context, spec share.Spec) share.BucketPolicy {
	found, err := r.BucketPolicy(ctx, spec)
	if err != nil {
		return share.BucketPolicy{}
	}
	return found
}

// aliasAfter is the alias that S3 gave the share's access point.
func (r *Reconciler) aliasAfter(ctx context.Context, spec share.Spec) (string, error) {
	if !spec.UsesAccessPoint() {
		return "", nil
	}
	found, err := r.cloud.ObserveAccessPoint(ctx, spec)
	return found.Alias, err
}

// Create makes a share. When spec has no external ID, one is made, or the one of the share's own half-made role is kept.
func (r *Reconciler) Create(ctx context.Context, spec share.Spec) (Outcome, error) {
	l := r.life(spec)
	l.Lock()
	defer l.Unlock()
	o := r.joinFor(spec)
	defer o.leave()
	outcome, err := r.create(ctx, o, spec)
	l.created = outcome.Begun
	if err == nil {
		outcome.Bucket = r.bucketAfter(ctx, outcome.Spec)
		outcome.AccessPointAlias, err = r.aliasAfter(ctx, outcome.Spec)
		l.unfinished.Store(nil)
	}
	return outcome, err
}

func (r *Reconciler) create(ctx context.Context, o operation, spec share.Spec) (Outcome, error) {
	if spec.IsDirect() {
		return r.createDirect(ctx, o, spec)
	}
	if r.IsUnfinished(spec) {
		return r.finish(ctx, o, spec)
	}
	bucket, err := r.Foresee(ctx, spec)
	if err != nil {
		return Outcome{Spec: spec}, err
	}
	if bucket.State == share.BucketMissing {
		if err := r.await(ctx, spec); err != nil {
			return Outcome{Spec: spec}, err
		}
	}
	wanted, err := r.withExternalID(spec)
	if err != nil {
		return Outcome{Spec: spec}, err
	}
	outcome, err := o.build(ctx, wanted, bucket)
	switch {
	case awsapi.IsTaken(err):
		return r.finish(ctx, o, spec)
	case awsapi.IsUnanswered(err) && !outcome.Begun:
		return r.lookAfter(ctx, outcome), err
	}
	return outcome, err
}

// await gives a bucket that was just made the time to appear.
func (r *Reconciler) await(ctx context.Context, spec share.Spec) error {
	found, err := r.cloud.AwaitBucket(ctx, spec)
	if err == nil && found.State == share.BucketMissing {
		return &MissingBucketError{spec}
	}
	return err
}

func (r *Reconciler) withExternalID(spec share.Spec) (share.Spec, error) {
	if len(spec.ExternalIDs) > 0 || spec.IsDirect() {
		return spec, nil
	}
	id, err := r.DrawExternalID()
	spec.ExternalIDs = []share.ExternalID{id}
	return spec, err
}

// DrawExternalID makes an external ID of 128 random bits.
func (r *Reconciler) DrawExternalID() (share.ExternalID, error) {
	return share.GenerateExternalID(r.random)
}

// build makes everything of a share that is not there at all. No read goes ahead: CreateRole itself tells of a role of
// that name.
func (o operation) build(ctx context.Context, spec share.Spec, bucket share.BucketPolicy) (Outcome, error) {
	observed := nothing(spec)
	if bucket.State == share.BucketHasPolicy {
		observed.Bucket = bucket // other shares may have written what all have in common
	}
	desired := share.Render(spec)
	steps := changes.Diff(desired, observed)
	roleID, err := o.apply(ctx, steps)
	return Outcome{Spec: spec, RoleUniqueID: roleID, Begun: roleID != ""}, err
}

// nothing is what is observed of a share that does not exist.
func nothing(spec share.Spec) share.Observed {
	observed := share.Observed{Bucket: share.BucketPolicy{State: share.BucketWithoutPolicy}}
	for _, role := range spec.Consumer.AttachToRoles {
		observed.Consumer = append(observed.Consumer, share.ConsumerPolicy{RoleName: role})
	}
	if spec.UsesAccessPoint() {
		observed.AccessPoint.State = share.PointMissing
	}
	return observed
}

// takeOver observes what has the share's name already and tells whether it is the share's own: made by this provider
// for this bucket and either known to be unfinished, or exactly what is wanted, or that with parts missing. Anything else
// is a conflict.
func (r *Reconciler) takeOver(ctx context.Context, spec share.Spec) (share.Observed, error) {
	observed, err := r.observe(ctx, spec, spec.Consumer.AttachToRoles)
	if err != nil {
		return observed, err
	}
	conflict := &ConflictError{Spec: spec, Role: observed.Role}
	if observed.Role == nil {
		if r.IsUnfinished(spec) {
			return observed, nil
		}
		return observed, conflict
	}
	if !observed.Role.MadeFor(spec.Bucket) || observed.Role.Path != spec.Path {
		return observed, conflict
	}
	if r.IsUnfinished(spec) {
		return observed, nil
	}
	different := changes.Diff(share.Render(keepExternalID(spec, observed)), observed)
	isMissing := func(c changes.Change) bool { return c.Verb == changes.Create }
	if len(different) == 0 || slices.ContainsFunc(different, isMissing) && !slices.ContainsFunc(different, observedOtherwise(observed)) {
		return observed, nil
	}
	conflict.IsOther = true
	return observed, conflict
}

// observedOtherwise chooses what is there and is not what is wanted, so that no run that was stopped has left it: such a run
// leaves parts out. What others may have done to the role meanwhile, and what shares have in common, is not looked at.
func observedOtherwise(observed share.Observed) func(changes.Change) bool {
	return func(c changes.Change) bool {
		switch c.Part {
		case changes.Tags, changes.InlinePolicy, changes.ManagedPolicy, changes.Delegation:
			return false
		case changes.BucketStatement:
			return c.Verb != changes.Create && observed.Bucket.State != share.BucketMissing
		}
		return c.Verb == changes.Update || c.Verb == changes.Delete
	}
}

// finish completes the share's own half-made parts. What the state may have known of them it must know again, also when
// the first call fails.
func (r *Reconciler) finish(ctx context.Context, o operation, spec share.Spec) (Outcome, error) {
	outcome := Outcome{Spec: spec, Begun: r.IsUnfinished(spec)}
	observed, err := r.takeOver(ctx, spec)
	if err != nil {
		return outcome, err
	}
	outcome.Begun = true
	if outcome.Spec, err = r.withExternalID(keepExternalID(r.rememberExternalID(spec), observed)); err != nil {
		return outcome, err
	}
	if observed.Role != nil {
		outcome.RoleUniqueID = observed.Role.UniqueID
	}
	roleID, err := o.apply(ctx, changes.Plan(outcome.Spec, share.Render(outcome.Spec), observed))
	if roleID != "" {
		outcome.RoleUniqueID = roleID
	}
	return outcome, err
}

// rememberExternalID gives a spec without an external ID the one that the state has of the unfinished share.
func (r *Reconciler) rememberExternalID(spec share.Spec) share.Spec {
	if known := r.life(spec).unfinished.Load(); known != nil && len(spec.ExternalIDs) == 0 {
		spec.ExternalIDs = known.ExternalIDs
	}
	return spec
}

// keepExternalID gives a spec without an external ID the one that the role has.
func keepExternalID(spec share.Spec, observed share.Observed) share.Spec {
	if len(spec.ExternalIDs) == 0 && observed.Role != nil {
		// A share that is new has one ID: what else the role accepts, somebody put there.
		ids := share.ExternalIDsOf(observed.Role.Trust)
		spec.ExternalIDs = ids[:min(1, len(ids))]
	}
	return spec
}
