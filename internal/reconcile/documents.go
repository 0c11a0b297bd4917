package reconcile

import (
	"context"
	"fmt"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file reads documents of others that decide, beside the bucket policy, about what a share gives.

// MissingPolicyError tells that there is no policy of that ARN.
type MissingPolicyError struct{ ARN string }

// Error implements error.
func (e *MissingPolicyError) Error() string { return fmt.Sprintf("there is no policy %s", e.ARN) }

// Boundary reads the policy that is the permissions boundary of roles. A MissingPolicyError is not kept: another resource of
// the same run may make the policy.
func (p *Preflight) Boundary(ctx context.Context, arn string) (share.NamedPolicy, error) {
	return p.boundaries.get(ctx, arn, func() (share.NamedPolicy, error) {
		found, err := p.around.FindBoundary(ctx, arn)
		if err != nil {
			return share.NamedPolicy{}, err
		}
		if found == nil {
			return share.NamedPolicy{}, &MissingPolicyError{ARN: arn}
		}
		return *found, nil
	})
}

// KeyPolicy reads the policy of a key of the owner's account.
func (p *Preflight) KeyPolicy(ctx context.Context, key share.KeyARN) (share.Key, error) {
	return p.policies.get(ctx, string(key), func() (share.Key, error) { return p.around.FindKeyPolicy(ctx, key) })
}

// KeyGrants reads all grants of a key of the owner's account.
func (p *Preflight) KeyGrants(ctx context.Context, key share.KeyARN) ([]share.KeyGrant, error) {
	return p.grants.get(ctx, string(key), func() ([]share.KeyGrant, error) { return p.around.ReadGrants(ctx, key) })
}

// NoteKeys keeps the policies that a refresh has read of the keys of a direct share, so that they are not read again.
func (p *Preflight) NoteKeys(keys []share.Key) {
	for _, key := range keys {
		if key.Missing || !key.Policy.IsEmpty() {
			p.policies.note(string(key.ARN), key)
		}
	}
}
