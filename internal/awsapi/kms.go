package awsapi

// This file reads KMS keys and writes their policies and grants, each in the region of the key.

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// KMSKey is a KMS key without its policy.
type KMSKey struct {
	ARN share.KeyARN
	// ByAWS tells that AWS manages the key: its policy cannot be changed, and no other account can use it.
	ByAWS bool
	// State is Enabled, Disabled, PendingDeletion …
	State string
}

// FindKMSKey finds a key by its ARN, its ID or an alias, in a region; nil when there is none.
func (c *Cloud) FindKMSKey(ctx context.Context, region, name string) (*KMSKey, error) {
	client := c.owner.keys.in(region)
	answer, err := client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &name})
	if IsAbsent(err) {
		return nil, nil //nolint:nilnil // absence is a value
	}
	if err != nil {
		return nil, c.owner.failing("kms:DescribeKey", err)
	}
	found := answer.KeyMetadata
	arn, err := share.ParseKeyARN(aws.ToString(found.Arn))
	if err != nil {
		return nil, fmt.Errorf("reading the answer of kms:DescribeKey: %w", err)
	}
	return &KMSKey{ARN: arn, ByAWS: found.KeyManager == types.KeyManagerTypeAws, State: string(found.KeyState)}, nil
}

// FindKeyPolicy reads the policy of a key.
func (c *Cloud) FindKeyPolicy(ctx context.Context, key share.KeyARN) (share.Key, error) {
	return c.observeKey(ctx, share.Spec{}, key, []share.KMSAccess{share.KeyPolicies})
}

func (c *Cloud) findKeyPolicy(ctx context.Context, key share.KeyARN) (*policy.Document, error) {
	answer, err := c.keyClient(key).GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: aws.String(string(key))})
	if err != nil {
		return nil, c.owner.failing("kms:GetKeyPolicy", err)
	}
	document, err := policy.Parse(aws.ToString(answer.Policy))
	if err != nil {
		return nil, fmt.Errorf("reading the policy of key %s: %w", key, err)
	}
	return &document, nil
}

// PutKeyPolicy writes the whole key policy. KMS refuses one that would not let the caller write it again: its check for
// lock-outs is never bypassed. It is sent once: the document would be an old one by the second time.
func (c *Cloud) PutKeyPolicy(ctx context.Context, key share.KeyARN, document policy.Document) error {
	_, err := c.keyClient(key).PutKeyPolicy(ctx, &kms.PutKeyPolicyInput{
		KeyId: aws.String(string(key)), Policy: aws.String(document.JSON()),
	}, func(o *kms.Options) { o.Retryer = aws.NopRetryer{} })
	return c.owner.failing("kms:PutKeyPolicy", err)
}

func (c *Cloud) keyClient(key share.KeyARN) *kmsCalls { return c.owner.keys.in(key.Region()) }

// IsLockOut tells that KMS refused a key policy because the caller could not change it any more. KMS has no code of its
// own for it, so the text of PutKeyPolicy decides.
func IsLockOut(err error) bool {
	return code(err) == "MalformedPolicyDocumentException" && saysAny(err, "will not allow you to update the key policy")
}
