package s3share

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/foresight"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file puts around a share what else decides about it: the permissions boundary, the policies of the keys, and Block
// Public Access. Refreshes and plans judge by the same documents, each read once a process, so that they say the same.

// foresee judges a share by all that is around it. Grants are asked for where the policy of a key does not let it be used. An
// error tells that AWS did not answer: then the forecast says less than it could.
func (d *ProviderData) foresee(ctx context.Context, s foresight.Situation) (foresight.Forecast, error) {
	around, failed := d.surround(ctx, s)
	forecast := foresight.Foresee(around)
	shut := forecast.Shut()
	if len(shut) == 0 {
		return forecast, failed
	}
	for i, key := range around.Keys {
		if !slices.Contains(shut, key.ARN) {
			continue
		}
		grants, err := d.Preflight.KeyGrants(ctx, share.KeyARN(key.ARN))
		around.Keys[i].Grants = &foresight.Grants{All: grants, Unread: err != nil}
		if err != nil && !reconcile.IsDenied(err) {
			failed = errors.Join(failed, err)
		}
	}
	return foresight.Foresee(around), failed
}

// surround completes a situation. What may not be read is left out, and the forecast says so.
func (d *ProviderData) surround(ctx context.Context, s foresight.Situation) (foresight.Situation, error) {
	spec := s.Desired.Spec
	var failed error
	note := func(err error) {
		if missing := (*reconcile.MissingPolicyError)(nil); !reconcile.IsDenied(err) && !errors.As(err, &missing) {
			failed = errors.Join(failed, err)
		}
	}
	if spec.PermissionsBoundary != "" && !spec.IsDirect() {
		boundary, err := d.Preflight.Boundary(ctx, spec.PermissionsBoundary)
		if err == nil {
			s.Boundary = &boundary.Document
		}
		note(err)
	}
	for _, arn := range keysInUse(spec) {
		key, errs := d.key(ctx, spec, arn)
		for _, err := range errs {
			note(err)
		}
		s.Keys = append(s.Keys, key)
	}
	restriction, unread := d.restriction(ctx, spec, s.Bucket)
	for _, err := range unread {
		note(err)
	}
	s.Restriction = restriction
	return s, failed
}

// keysInUse are the keys that what the share gives needs.
func keysInUse(spec share.Spec) []share.KeyARN {
	if !spec.UsesKeys() {
		return nil
	}
	return spec.KMSKeys
}

// key finds a key. Nobody but its own account may look at it.
func (d *ProviderData) key(ctx context.Context, spec share.Spec, arn share.KeyARN) (key foresight.Key, errs []error) {
	key.ARN = string(arn)
	if arn.Account() != spec.Owner.ID {
		return key, nil
	}
	found, err := d.Preflight.KMSKey(ctx, arn)
	switch {
	case err != nil:
		errs = append(errs, err)
	case found == nil:
		key.Missing = true
		return key, nil
	default:
		key.State = found.State
	}
	document, err := d.Preflight.KeyPolicy(ctx, arn)
	if err == nil && !document.Missing {
		key.Policy = &document.Policy
	}
	return key, append(errs, err)
}

// restriction finds Block Public Access where it keeps the consumer out, and tells what of it could not be read. Nobody asks
// for it unless the consumer calls S3 itself and somebody's statement makes the bucket policy public.
func (d *ProviderData) restriction(ctx context.Context, spec share.Spec, bucket share.BucketPolicy) (found *foresight.Restriction, errs []error) {
	if !spec.IsDirect() || bucket.State != share.BucketHasPolicy {
		return nil, nil
	}
	open := foresight.Opens(bucket.Document)
	if len(open) == 0 {
		return nil, nil
	}
	found = &foresight.Restriction{Because: open, Kind: foresight.Restricts}
	public, err := d.Preflight.IsPublic(ctx, spec)
	if err != nil {
		found.Kind, errs = foresight.RestrictsIfPublic, append(errs, err)
	} else if !public {
		return nil, nil
	}
	var unread []string
	for _, level := range d.levels(spec) {
		block, err := level.read(ctx, spec)
		switch {
		case err != nil:
			unread, errs = append(unread, level.name), append(errs, err)
		case block.Outsiders:
			found.Places = append(found.Places, level.name)
		}
	}
	switch {
	case len(found.Places) > 0:
		return found, errs
	case len(unread) > 0:
		found.Kind, found.Places = foresight.MayRestrict, unread
		return found, errs
	}
	return nil, errs
}

// level is where Block Public Access can be set.
type level struct {
	name string
	read func(context.Context, share.Spec) (reconcile.Block, error)
}

func (d *ProviderData) levels(spec share.Spec) []level {
	return []level{
		{fmt.Sprintf("bucket %s", spec.Bucket), d.Preflight.BucketBlock},
		{fmt.Sprintf("account %s", spec.Owner.ID), d.Preflight.AccountBlock},
	}
}
