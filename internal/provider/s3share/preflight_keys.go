package s3share

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
)

// This file tells of keys that could not be looked at, and of those that the bucket cannot have. What keeps the share from
// using its keys, the verdict tells.

// checkKeys looks at the keys of the owner's account. Nobody but the account of a key may read its policy.
func (f *preflight) checkKeys(ctx context.Context) {
	spec := f.desired.Spec
	keys := keysInUse(spec)
	if len(keys) == 0 {
		return
	}
	f.checkKeyRegion(ctx)
	for _, arn := range keys {
		if arn.Account() != spec.Owner.ID {
			continue
		}
		if _, err := f.data.Preflight.KMSKey(ctx, arn); err != nil {
			f.missed(err, fmt.Sprintf("whether key %s can be used is not known", arn))
		}
		if _, err := f.data.Preflight.KeyPolicy(ctx, arn); err != nil {
			f.missed(err, fmt.Sprintf("whether the policy of key %s lets %s use it is not known", arn, f.user()))
		}
	}
}

// user is who uses keys.
func (f *preflight) user() string {
	if f.desired.Spec.IsDirect() {
		return "the consumer"
	}
	return "the role"
}

// checkKeyRegion warns of keys that the bucket cannot have.
func (f *preflight) checkKeyRegion(ctx context.Context) {
	spec := f.desired.Spec
	if f.config.KMSKeyARNs.IsNull() {
		return // they are those of the bucket
	}
	region, err := f.data.Preflight.BucketRegion(ctx, spec)
	switch {
	case err != nil:
		f.missed(err, fmt.Sprintf("in which region bucket %s is, and whose it is, is not known", spec.Bucket))
	case region != "" && region != spec.KMSKeys[0].Region():
		f.diagnostics.AddAttributeWarning(path.Root("kms_key_arns"), "The keys are in another region than the bucket", fmt.Sprintf(
			"Bucket %s is in %s and key %s in %s. S3 only encrypts with keys of the bucket's region, so that being allowed to use this one is without effect.",
			spec.Bucket, region, spec.KMSKeys[0], spec.KMSKeys[0].Region()))
	}
}
