package reconcile

import (
	"context"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file tries to list keys: under a prefix of the share, and where the share lets nobody list.

const listAction = "s3:ListBucket"

// tryListing lists under a prefix of the share, and without any prefix, which a share with prefixes does not allow, nor one
// that gives no listing.
func (t *trial) tryListing(ctx context.Context) error {
	if !t.spec.Gives(share.List) {
		return t.tryWholeListing(ctx)
	}
	prefix := ""
	if len(t.spec.Prefixes) > 0 {
		prefix = string(t.spec.Prefixes[0])
	}
	err := t.repeat(ctx, t.mayBeYoung, func() error { return t.cloud.ListAs(ctx, t.way, prefix) })
	if err := t.addGift(ctx, Finding{Claim: ListsInside, Target: prefix, Err: err}, t.call(listAction, t.spec.BucketARN())); err != nil {
		return err
	}
	if t.shut != nil {
		err := t.repeat(ctx, isSuccess, func() error { return t.cloud.ListAs(ctx, *t.shut, prefix) })
		if err := t.addStop(ctx, Finding{Claim: StopsListingByName, Target: prefix, Err: err}, t.call(listAction, t.spec.BucketARN())); err != nil {
			return err
		}
	}
	if prefix == "" {
		return nil
	}
	return t.tryWholeListing(ctx)
}

func (t *trial) tryWholeListing(ctx context.Context) error {
	err := t.repeat(ctx, isSuccess, func() error { return t.cloud.ListAs(ctx, t.way, "") })
	return t.addStop(ctx, Finding{Claim: StopsListing, Err: err}, t.call(listAction, t.spec.BucketARN()))
}
