package awsapi

// This file reads what is around a share: the settings of its bucket and of the owner's account. Each read stands for
// itself; where the credentials may not make it, IsDenied tells so of the error, and the share does not depend on it.

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Encryption is how a bucket encrypts new objects by default.
type Encryption struct {
	// WithKMS tells that it does so with a key of KMS.
	WithKMS bool
	// Key is how the bucket names the key: ARN, ID or alias. An ID or an alias stands for a key of whoever writes (S3 User
	// Guide, "Setting default server-side encryption behavior"); "" is the AWS managed key aws/s3.
	Key string
	// BucketKey tells that objects get a bucket key between them and the key, so that the encryption context is the bucket.
	BucketKey bool
}

// BlockPublicAccess are the settings that say no to policies: of a bucket, an access point or an account.
type BlockPublicAccess struct {
	// Policies tells that public policies are refused when they are written, Outsiders that a public policy opens nothing
	// to other accounts.
	Policies, Outsiders bool
}

// FindBucketRegion tells where the bucket is; "" when there is no such bucket.
func (c *Cloud) FindBucketRegion(ctx context.Context, spec share.Spec) (string, error) {
	b := c.bucket(spec)
	err := b.inRegion(func(client *s3.Client) error {
		answer, err := client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String(string(b.bucket)), ExpectedBucketOwner: &b.owner})
		if err == nil && aws.ToString(answer.BucketRegion) != "" {
			b.account.rememberRegion(b.bucket, *answer.BucketRegion)
		}
		return err
	})
	// HeadBucket has no body in which S3 could say NoSuchBucket, so the SDK makes NotFound of the status.
	if code(err) == "NotFound" {
		return "", nil
	}
	// S3 needs s3:ListBucket for HeadBucket.
	return b.account.regionOf(b.bucket), b.account.failing("s3:ListBucket", err)
}

// FindBucketEncryption reads the default encryption of the bucket.
func (c *Cloud) FindBucketEncryption(ctx context.Context, spec share.Spec) (Encryption, error) {
	var found Encryption
	b := c.bucket(spec)
	err := b.inRegion(func(client *s3.Client) error {
		answer, err := client.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{
			Bucket: aws.String(string(b.bucket)), ExpectedBucketOwner: &b.owner,
		})
		if err == nil {
			found = readEncryption(answer.ServerSideEncryptionConfiguration)
		}
		return err
	})
	return found, b.account.unlessAbsent("s3:GetEncryptionConfiguration", err)
}

func readEncryption(configured *types.ServerSideEncryptionConfiguration) Encryption {
	if configured == nil {
		return Encryption{}
	}
	for _, rule := range configured.Rules {
		standard := rule.ApplyServerSideEncryptionByDefault
		if standard == nil || standard.SSEAlgorithm != types.ServerSideEncryptionAwsKms && standard.SSEAlgorithm != types.ServerSideEncryptionAwsKmsDsse {
			continue
		}
		return Encryption{WithKMS: true, Key: aws.ToString(standard.KMSMasterKeyID), BucketKey: aws.ToBool(rule.BucketKeyEnabled)}
	}
	return Encryption{}
}

// FindBucketBlock reads Block Public Access of the bucket; nothing is blocked where it has none.
func (c *Cloud) FindBucketBlock(ctx context.Context, spec share.Spec) (BlockPublicAccess, error) {
	var found BlockPublicAccess
	b := c.bucket(spec)
	err := b.inRegion(func(client *s3.Client) error {
		answer, err := client.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{
			Bucket: aws.String(string(b.bucket)), ExpectedBucketOwner: &b.owner,
		})
		if block := answer; err == nil && block.PublicAccessBlockConfiguration != nil {
			found.Policies = aws.ToBool(block.PublicAccessBlockConfiguration.BlockPublicPolicy)
			found.Outsiders = aws.ToBool(block.PublicAccessBlockConfiguration.RestrictPublicBuckets)
		}
		return err
	})
	return found, b.account.unlessAbsent("s3:GetBucketPublicAccessBlock", err)
}

// FindAccountBlock reads Block Public Access of the owner's account; nothing is blocked where it has none.
func (c *Cloud) FindAccountBlock(ctx context.Context, spec share.Spec) (BlockPublicAccess, error) {
	var found BlockPublicAccess
	answer, err := c.owner.control.in(c.owner.regionOf(spec.Bucket)).GetPublicAccessBlock(ctx, &s3control.GetPublicAccessBlockInput{
		AccountId: aws.String(spec.Owner.ID),
	})
	if err == nil && answer.PublicAccessBlockConfiguration != nil {
		found.Policies = aws.ToBool(answer.PublicAccessBlockConfiguration.BlockPublicPolicy)
		found.Outsiders = aws.ToBool(answer.PublicAccessBlockConfiguration.RestrictPublicBuckets)
	}
	return found, c.owner.unlessAbsent("s3:GetAccountPublicAccessBlock", err)
}

// IsBucketPublic tells whether S3 takes the bucket policy for public; a bucket without a policy is not.
func (c *Cloud) IsBucketPublic(ctx context.Context, spec share.Spec) (bool, error) {
	public := false
	b := c.bucket(spec)
	err := b.inRegion(func(client *s3.Client) error {
		answer, err := client.GetBucketPolicyStatus(ctx, &s3.GetBucketPolicyStatusInput{
			Bucket: aws.String(string(b.bucket)), ExpectedBucketOwner: &b.owner,
		})
		public = err == nil && answer.PolicyStatus != nil && aws.ToBool(answer.PolicyStatus.IsPublic)
		return err
	})
	return public, b.account.unlessAbsent("s3:GetBucketPolicyStatus", err)
}

// ReadInline completes inline policies of the share's role by their documents, where they lack them.
func (c *Cloud) ReadInline(ctx context.Context, spec share.Spec, named []share.NamedPolicy) ([]share.NamedPolicy, error) {
	complete := slices.Clone(named)
	for i, one := range complete {
		if !one.Document.IsEmpty() {
			continue
		}
		document, err := c.owner.findInlinePolicy(ctx, string(spec.Name), one.Name)
		if err != nil {
			return nil, err
		}
		if document != nil {
			complete[i].Document = *document
		}
	}
	return complete, nil
}

// IsForeign tells for sure that the bucket belongs to another account, which these credentials may look into. False says
// nothing: S3 refuses a bucket of somebody else's in the words in which it refuses one that the credentials may not see.
func (c *Cloud) IsForeign(ctx context.Context, spec share.Spec) (bool, error) {
	_, err := c.FindBucketRegion(ctx, spec)
	if err == nil || !IsRefused(err) {
		return false, err
	}
	b := c.bucket(spec)
	err = b.inRegion(func(client *s3.Client) error {
		_, err := client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String(string(b.bucket))})
		return err
	})
	if IsRefused(err) {
		return false, nil
	}
	return err == nil, b.account.failing("s3:ListBucket", err)
}

// OwnerEnforced tells that the bucket's owner owns every object that anybody puts there; else a writer of another account
// owns what it writes, and the bucket policy does not cover it (S3 User Guide, "Controlling ownership of objects").
func (c *Cloud) OwnerEnforced(ctx context.Context, spec share.Spec) (bool, error) {
	enforced := false
	b := c.bucket(spec)
	err := b.inRegion(func(client *s3.Client) error {
		answer, err := client.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{
			Bucket: aws.String(string(b.bucket)), ExpectedBucketOwner: &b.owner,
		})
		if err == nil && answer.OwnershipControls != nil {
			for _, rule := range answer.OwnershipControls.Rules {
				enforced = enforced || rule.ObjectOwnership == types.ObjectOwnershipBucketOwnerEnforced
			}
		}
		return err
	})
	return enforced, b.account.unlessAbsent("s3:GetBucketOwnershipControls", err)
}

// HasVersions tells that the bucket keeps versions of its objects, or kept them before.
func (c *Cloud) HasVersions(ctx context.Context, spec share.Spec) (bool, error) {
	versions := false
	b := c.bucket(spec)
	err := b.inRegion(func(client *s3.Client) error {
		answer, err := client.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{
			Bucket: aws.String(string(b.bucket)), ExpectedBucketOwner: &b.owner,
		})
		versions = err == nil && answer.Status != ""
		return err
	})
	return versions, b.account.failing("s3:GetBucketVersioning", err)
}
