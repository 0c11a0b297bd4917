package reconcile

import (
	"context"
	"sync"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Surroundings is what a Preflight needs of AWS.
type Surroundings interface {
	// Self is as whom the provider calls the owner account.
	Self(ctx context.Context) (awsapi.Identity, error)
	// BucketRegion tells where the bucket is whose policy was read, FindBucketRegion asks for it.
	BucketRegion(ctx context.Context, spec share.Spec) (string, error)
	FindBucketRegion(ctx context.Context, spec share.Spec) (string, error)
	IsForeign(ctx context.Context, spec share.Spec) (bool, error)
	IsBucketPublic(ctx context.Context, spec share.Spec) (bool, error)
	FindBucketBlock(ctx context.Context, spec share.Spec) (awsapi.BlockPublicAccess, error)
	FindAccountBlock(ctx context.Context, spec share.Spec) (awsapi.BlockPublicAccess, error)
	HasVersions(ctx context.Context, spec share.Spec) (bool, error)
	ReadInline(ctx context.Context, spec share.Spec, named []share.NamedPolicy) ([]share.NamedPolicy, error)
	FindKMSKey(ctx context.Context, region, name string) (*awsapi.KMSKey, error)
	FindKeyPolicy(ctx context.Context, key share.KeyARN) (share.Key, error)
	ReadGrants(ctx context.Context, key share.KeyARN) ([]share.KeyGrant, error)
	FindBoundary(ctx context.Context, arn string) (*share.NamedPolicy, error)
}

// Preflight looks, before a share is written, at what is around it and would stop it or take its effect away. It asks each
// question once, however many shares it concerns, and changes nothing.
type Preflight struct {
	around   Surroundings
	keys     asked[*awsapi.KMSKey]
	versions asked[bool]
	public   asked[bool]
	blocks   asked[awsapi.BlockPublicAccess]
	// policies are the documents of keys, boundaries those of permissions boundaries.
	policies   asked[share.Key]
	grants     asked[[]share.KeyGrant]
	boundaries asked[share.NamedPolicy]

	mu      sync.Mutex
	planned map[share.Bucket]*plannedBucket
	// beside are the inline policies of others on the roles of shares, by the share's ID.
	beside map[string][]share.NamedPolicy
}

// NewPreflight makes a Preflight.
func NewPreflight(around Surroundings) *Preflight {
	return &Preflight{around: around, planned: map[share.Bucket]*plannedBucket{}, beside: map[string][]share.NamedPolicy{}}
}

// KMSKey is a KMS key as a Preflight finds it, nil when there is none.
type KMSKey = awsapi.KMSKey

// KMSKey reads a key of the owner's account.
func (p *Preflight) KMSKey(ctx context.Context, key share.KeyARN) (*KMSKey, error) {
	return p.keys.get(ctx, string(key), func() (*awsapi.KMSKey, error) { return p.around.FindKMSKey(ctx, key.Region(), string(key)) })
}

// HasVersions tells that the bucket keeps versions of its objects, or kept them before.
func (p *Preflight) HasVersions(ctx context.Context, spec share.Spec) (bool, error) {
	return p.versions.get(ctx, string(spec.Bucket), func() (bool, error) { return p.around.HasVersions(ctx, spec) })
}

// IsPublic asks S3 whether it takes the bucket policy for public.
func (p *Preflight) IsPublic(ctx context.Context, spec share.Spec) (bool, error) {
	return p.public.get(ctx, string(spec.Bucket), func() (bool, error) { return p.around.IsBucketPublic(ctx, spec) })
}

// Block is Block Public Access as far as it says no to policies: public ones are refused when they are written, and
// outsiders are kept out of a bucket that has one.
type Block = awsapi.BlockPublicAccess

// BucketBlock reads Block Public Access of the bucket, AccountBlock that of the owner's account.
func (p *Preflight) BucketBlock(ctx context.Context, spec share.Spec) (Block, error) {
	return p.blocks.get(ctx, "bucket "+string(spec.Bucket), func() (Block, error) { return p.around.FindBucketBlock(ctx, spec) })
}

// AccountBlock reads Block Public Access of the owner's account.
func (p *Preflight) AccountBlock(ctx context.Context, spec share.Spec) (Block, error) {
	return p.blocks.get(ctx, "account", func() (Block, error) { return p.around.FindAccountBlock(ctx, spec) })
}

// IsForeign tells for sure that a bucket that could not be looked into belongs to another account.
func (p *Preflight) IsForeign(ctx context.Context, spec share.Spec) bool {
	foreign, err := p.around.IsForeign(ctx, spec)
	return err == nil && foreign
}

// BucketRegion tells where the bucket is, empty when there is none. It asks for it only where the share leaves the bucket
// policy alone, since S3 tells it while the policy is read.
func (p *Preflight) BucketRegion(ctx context.Context, spec share.Spec) (string, error) {
	if spec.BucketPolicyMode == share.OutputOnly {
		return p.around.FindBucketRegion(ctx, spec)
	}
	return p.around.BucketRegion(ctx, spec)
}

// Self gives ARN and ID of whom the provider calls the owner account as.
func (p *Preflight) Self(ctx context.Context) (arn, userID string, err error) {
	identity, err := p.around.Self(ctx)
	return identity.ARN, identity.UserID, err
}

// NoteBeside keeps the inline policies of others that a refresh saw on the role of a share; Beside gives them.
func (p *Preflight) NoteBeside(spec share.Spec, policies []share.NamedPolicy) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.beside[spec.ID()] = policies
}

// Beside reads what NoteBeside has kept; a refresh sees the names alone. An exclusive share has them beside it, too: it takes
// them off the role only after the permissions policy was written.
func (p *Preflight) Beside(ctx context.Context, spec share.Spec) ([]share.NamedPolicy, error) {
	p.mu.Lock()
	named := p.beside[spec.ID()]
	p.mu.Unlock()
	if len(named) == 0 {
		return nil, nil
	}
	return p.around.ReadInline(ctx, spec, named)
}
