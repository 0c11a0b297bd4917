package reconcile

import (
	"context"
	"sync"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Reading is a share as AWS has it, held against what was wanted of it.
type Reading struct {
	// Desired is what should exist, with external IDs that were known by their fingerprint alone.
	Desired  share.Desired
	Observed share.Observed
	Drift    []changes.Change
	// Exists is false when no part of the share is left.
	Exists bool
}

// ExpectRead announces a Read, before anything that all reads have to wait for: those that are under way at the same time
// can then be answered together.
func (r *Reconciler) ExpectRead() { r.cloud.ExpectRead() }

// Read observes a share and compares it with what is desired.
func (r *Reconciler) Read(ctx context.Context, desired share.Desired) (Reading, error) {
	observed, err := r.refresh(ctx, desired.Spec)
	if err == nil {
		observed, err = r.observeRest(ctx, desired.Spec, desired.Spec.Consumer.AttachToRoles, observed)
	}
	if err == nil {
		observed, err = r.observeKeys(ctx, observed, desired.Spec)
	}
	if err != nil {
		return Reading{}, err
	}
	return Compare(desired, observed), nil
}

// refresh reads the role and beside it the bucket policy. What is wrong with the role comes first: where the credentials are of
// another account, S3 refuses as well, and does not say why.
func (r *Reconciler) refresh(ctx context.Context, spec share.Spec) (share.Observed, error) {
	role := r.cloud.RefreshRole
	if spec.IsDirect() {
		role = r.observeRole
	}
	looking, stop := context.WithCancel(ctx)
	defer stop()
	var bucket share.BucketPolicy
	var failed error
	var look sync.WaitGroup
	look.Go(func() { bucket, failed = r.BucketPolicy(looking, spec) })
	observed, err := role(ctx, spec)
	if err != nil {
		stop()
	}
	look.Wait()
	if err == nil {
		observed.Bucket, err = bucket, failed
	}
	return observed, err
}

// Compare holds what was observed against what is desired.
func Compare(desired share.Desired, observed share.Observed) Reading {
	if desired.Spec.Fingerprints.Any() {
		desired = share.Render(desired.Spec.Resolve(observed))
	}
	return Reading{
		Desired:  desired,
		Observed: observed,
		Drift:    changes.Diff(desired, observed),
		Exists:   observed.Exists(desired.Spec),
	}
}

// ObserveForImport reads a share of which only the names are known, with documents that no share of ours has and the
// consumer's roles that carry the consumer policy. When the bucket is not known, it is found by the role.
func (r *Reconciler) ObserveForImport(ctx context.Context, named share.Spec) (share.Spec, share.Observed, error) {
	unread := named
	unread.BucketPolicyMode = share.OutputOnly
	observed, err := r.observe(ctx, unread, nil)
	if err == nil && observed.Role != nil {
		observed, err = r.cloud.ObserveForImport(ctx, named, observed)
	}
	if err != nil {
		return named, observed, err
	}
	if named.Bucket == "" && observed.Role != nil {
		if named.Bucket, err = share.BucketOf(observed); err != nil {
			return named, observed, err
		}
	}
	if named.Bucket != "" {
		observed.Bucket, err = r.cloud.ObserveBucket(ctx, named)
	}
	if err == nil {
		observed, err = r.observeDirectForImport(ctx, named, observed)
	}
	if found := named.RecognizeAccessPoint(observed); err == nil && found.UsesAccessPoint() {
		observed.AccessPoint, err = r.cloud.ObserveAccessPoint(ctx, found)
	}
	return named, observed, err
}
