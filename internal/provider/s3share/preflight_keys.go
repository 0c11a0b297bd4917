package s3share

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file tells of keys that nobody can use, whatever their policies say: of these the verdict tells.

// checkKeys looks at the keys of the owner's account. Nobody but the account of a key may read its policy.
func (f *preflight) checkKeys(ctx context.Context) {
	spec := f.desired.Spec
	if len(spec.KMSKeys) == 0 || !spec.UsesKeys() {
		return
	}
	f.checkKeyRegion(ctx)
	var dead []string
	for _, arn := range spec.KMSKeys {
		if arn.Account() != spec.Owner.ID {
			continue
		}
		key, err := f.data.Preflight.KMSKey(ctx, arn)
		switch {
		case err != nil:
			f.missed(err, fmt.Sprintf("whether key %s can be used is not known", arn))
		case key == nil:
			dead = append(dead, fmt.Sprintf("there is no key %s", arn))
		default:
			dead = append(dead, uselessness(arn, key)...)
		}
		if _, err := f.data.Preflight.KeyPolicy(ctx, arn); err != nil {
			f.missed(err, fmt.Sprintf("whether the policy of key %s lets %s use it is not known", arn, f.user()))
		}
	}
	if len(dead) > 0 {
		f.diagnostics.AddAttributeWarning(path.Root("kms_key_arns"), fmt.Sprintf("Share %s cannot use all of its keys", spec.ID()),
			"Nobody to whom the share gives access can use objects that are encrypted with them:"+bulleted(dead))
	}
}

// user is who uses keys.
func (f *preflight) user() string {
	if f.desired.Spec.IsDirect() {
		return "the consumer"
	}
	return "the role"
}

// uselessness says what keeps everybody from using a key.
func uselessness(arn share.KeyARN, key *reconcile.KMSKey) (reasons []string) {
	switch key.State {
	case "Enabled":
	case "PendingDeletion", "PendingReplicaDeletion":
		reasons = append(reasons, fmt.Sprintf("key %s is about to be deleted: until that is cancelled, nobody can use it", arn))
	default:
		reasons = append(reasons, fmt.Sprintf("key %s is in the state %s: nobody can use it until it is enabled", arn, key.State))
	}
	return reasons
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
