package awsapi

import (
	"context"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// FindDefaultKeys tells which KMS key a role of the owner needs a permission for, so that S3 encrypts new objects of the
// bucket: none where the bucket encrypts without KMS, or with the AWS managed key, which lets in all principals of its
// account that come through S3 (KMS Developer Guide, "AWS managed keys"). It is asked once for each bucket. known is false
// when there is no such bucket yet.
func (c *Cloud) FindDefaultKeys(ctx context.Context, spec share.Spec) (keys []share.KeyARN, known bool, err error) {
	found, err := c.defaultKeys.of(spec.Bucket).get(ctx, func() (defaultKeys, bool, error) {
		keys, err := c.findDefaultKeys(ctx, spec)
		if IsBucketMissing(err) {
			return defaultKeys{}, false, nil
		}
		return defaultKeys{keys: keys, known: true}, true, err
	})
	return found.keys, found.known, err
}

// defaultKeys are the keys of one bucket.
type defaultKeys struct {
	keys  []share.KeyARN
	known bool
}

func (c *Cloud) findDefaultKeys(ctx context.Context, spec share.Spec) ([]share.KeyARN, error) {
	encryption, err := c.FindBucketEncryption(ctx, spec)
	if err != nil || !encryption.WithKMS || encryption.Key == "" {
		return nil, err
	}
	if key, err := share.ParseKeyARN(encryption.Key); err == nil {
		return []share.KeyARN{key}, nil
	}
	key, err := c.FindKMSKey(ctx, c.owner.regionOf(spec.Bucket), encryption.Key)
	if err != nil || key == nil || key.ByAWS {
		return nil, err
	}
	return []share.KeyARN{key.ARN}, nil
}
