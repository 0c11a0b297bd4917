package reconcile

import (
	"context"
	"errors"
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file is about shares without a role. Whose a share is, its Sids alone tell.

// OwnerEnforced tells that the owner of the bucket owns every object that the consumer writes.
func (r *Reconciler) OwnerEnforced(ctx context.Context, spec share.Spec) (bool, error) {
	return r.cloud.OwnerEnforced(ctx, spec)
}

// KeyOfAWS names the AWS managed key that objects of the share are encrypted with, empty for none.
func (r *Reconciler) KeyOfAWS(ctx context.Context, spec share.Spec) (string, error) {
	return r.cloud.FindKeyOfAWS(ctx, spec)
}

// roleLeft observes the role that a direct share has all the same: from before it was direct, or from a change to a role
// that stopped half-way. Who has only direct shares needs no permission to look for one.
func roleLeft(ctx context.Context, cloud Cloud, spec share.Spec) (share.Observed, error) {
	role, err := cloud.FindRole(ctx, spec)
	if awsapi.IsDenied(err) && spec.RoleUniqueID == "" {
		return share.Observed{}, nil
	}
	if err != nil || role == nil || !isOwn(role, spec) {
		return share.Observed{}, err
	}
	return cloud.ObserveRole(ctx, spec)
}

// observeKeys reads what keys have of a share, in the forms that it had and is to have. A share with a role has none, unless
// the role notes that it is, or was, on its way to be direct, or has gone with its note, as it does last on that way. Who has
// no permission to look then has written nothing there.
func (r *Reconciler) observeKeys(ctx context.Context, observed share.Observed, forms ...share.Spec) (share.Observed, error) {
	var keys []share.KeyARN
	var ways []share.KMSAccess
	isLost := observed.Role == nil && !slices.ContainsFunc(forms, share.Spec.IsDirect)
	for _, spec := range forms {
		switch {
		case spec.IsDirect():
			keys, ways = append(keys, spec.KMSKeys...), append(ways, spec.KMSAccess)
		case isLost || slices.Contains(observed.Role.NotedWays(), share.ViaDirect):
			keys, ways = append(keys, spec.KMSKeys...), append(ways, share.KeyPolicies, share.KeyGrants)
		}
	}
	ways = slices.DeleteFunc(ways, func(way share.KMSAccess) bool { return way == share.NoKeyAccess })
	if len(keys) == 0 || len(ways) == 0 {
		return observed, nil
	}
	slices.Sort(keys)
	found, err := r.cloud.ObserveKeys(ctx, forms[0], slices.Compact(keys), ways)
	if isLost && awsapi.IsDenied(err) {
		return observed, nil
	}
	observed.Keys = found
	return observed, err
}

// foreseeDirect finds what has the name of a direct share already, without writing: statements with its Sids other than the
// wanted ones, a role that was made for a share of that name, or a policy on roles of the consumer.
func (r *Reconciler) foreseeDirect(ctx context.Context, spec share.Spec) (share.Observed, error) {
	observed, err := r.observe(ctx, spec, spec.Consumer.AttachToRoles)
	if err != nil || r.IsUnfinished(spec) {
		return observed, err
	}
	if observed.Role != nil {
		return observed, &ConflictError{Spec: spec, Role: observed.Role}
	}
	for _, change := range changes.Diff(share.Render(spec), observed) {
		switch {
		case change.Part == changes.BucketStatement && len(observed.Statements(spec)) > 0:
			return observed, &ConflictError{Spec: spec}
		case change.Part == changes.ConsumerPolicy && change.Verb == changes.Update:
			return observed, &TakenPolicyError{Role: change.Target, Policy: spec.ConsumerPolicyName()}
		}
	}
	return observed, nil
}

// createDirect makes a direct share, or finishes one. Statements that are exactly the wanted ones are its own.
func (r *Reconciler) createDirect(ctx context.Context, o operation, spec share.Spec) (Outcome, error) {
	outcome := Outcome{Spec: spec, Begun: r.IsUnfinished(spec)}
	observed, err := r.foreseeDirect(ctx, spec)
	if err == nil && observed.Bucket.State == share.BucketMissing {
		observed.Bucket.State = share.BucketWithoutPolicy
		err = r.await(ctx, spec)
	}
	if err == nil {
		observed, err = r.observeKeys(ctx, observed, spec)
	}
	if err != nil {
		return outcome, err
	}
	_, err = o.apply(ctx, changes.Plan(share.Spec{}, share.Render(spec), observed))
	outcome.Begun = outcome.Begun || err == nil || r.hasBegun(ctx, spec, err)
	return outcome, err
}

// hasBegun tells that something of a share exists though its create failed: also what S3 wrote without being able to tell.
func (r *Reconciler) hasBegun(ctx context.Context, spec share.Spec, err error) bool {
	var step *StepError
	if !errors.As(err, &step) || len(step.Done) > 0 {
		return errors.As(err, &step)
	}
	found, err := r.BucketPolicy(context.WithoutCancel(ctx), spec)
	return err != nil && !awsapi.IsDenied(err) || len((share.Observed{Bucket: found}).Statements(spec)) > 0
}

// observeDirectForImport completes what an import has seen where the bucket policy tells of a direct share.
func (r *Reconciler) observeDirectForImport(ctx context.Context, named share.Spec, observed share.Observed) (share.Observed, error) {
	if len(observed.DirectStatements(named)) == 0 || observed.Role != nil && observed.Role.MadeFor(named.Bucket) {
		return observed, nil
	}
	observed, err := r.cloud.ObserveForImport(ctx, named, share.Observed{Bucket: observed.Bucket})
	if err != nil {
		return observed, err
	}
	keys, _, err := r.cloud.FindDefaultKeys(ctx, named)
	if err != nil && !awsapi.IsDenied(err) {
		return observed, err
	}
	all := slices.Concat(keys, observed.KeysInUse(named))
	slices.Sort(all)
	found, err := r.cloud.ObserveKeys(ctx, named, slices.Compact(all), []share.KMSAccess{share.KeyPolicies, share.KeyGrants})
	if awsapi.IsDenied(err) {
		return observed, nil // the statements tell all but the keys
	}
	observed.Keys = found
	return observed, err
}
