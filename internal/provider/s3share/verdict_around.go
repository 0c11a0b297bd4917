package s3share

import (
	"context"
	"errors"
	"fmt"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/foresight"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file puts around a share what else decides about it: the permissions boundary, the policies of the keys, and Block
// Public Access. Refreshes and plans judge by the same documents, each read once a process, so that they say the same.

// surround completes a situation. What may not be read is left out, and the forecast says so. An error tells that AWS did not
// answer: then the forecast says less than it could.
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
		key := foresight.Key{ARN: string(arn)}
		if arn.Account() == spec.Owner.ID {
			found, err := d.Preflight.KeyPolicy(ctx, arn)
			if err == nil && !found.Missing {
				key.Policy = &found.Policy
			}
			note(err)
		}
		s.Keys = append(s.Keys, key)
	}
	restriction, err := d.restriction(ctx, spec, s.Bucket)
	note(err)
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

// restriction finds Block Public Access where it keeps the consumer out. Nobody asks for it unless the consumer calls S3
// itself and somebody's statement makes the bucket policy public.
func (d *ProviderData) restriction(ctx context.Context, spec share.Spec, bucket share.BucketPolicy) (*foresight.Restriction, error) {
	if !spec.IsDirect() || bucket.State != share.BucketHasPolicy {
		return nil, nil //nolint:nilnil // absence is a value
	}
	open := foresight.Opens(bucket.Document)
	if len(open) == 0 {
		return nil, nil //nolint:nilnil // absence is a value
	}
	public, failed := d.Preflight.IsPublic(ctx, spec)
	if failed == nil && !public {
		return nil, nil //nolint:nilnil // absence is a value
	}
	found := &foresight.Restriction{Because: open, Kind: foresight.Restricts}
	if failed != nil {
		found.Kind = foresight.RestrictsIfPublic
	}
	var unread []string
	for _, level := range d.levels(spec) {
		block, err := level.read(ctx, spec)
		switch {
		case err != nil:
			unread, failed = append(unread, level.name), errors.Join(failed, err)
		case block.Outsiders:
			found.Places = append(found.Places, level.name)
		}
	}
	switch {
	case len(found.Places) > 0:
	case len(unread) > 0:
		found.Kind, found.Places = foresight.MayRestrict, unread
	default:
		found = nil
	}
	return found, failed
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
