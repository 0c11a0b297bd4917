package awsapi

import (
	"context"
	"errors"
	"fmt"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Result is what a change taught about the share.
type Result struct {
	// RoleUniqueID is set when a role was made.
	RoleUniqueID string
	// Absent tells that the permissions policy was to be deleted and was not there, or its role was not.
	Absent bool
}

// Apply carries out one change.
func (c *Cloud) Apply(ctx context.Context, change changes.Change) (Result, error) {
	if change.Part != changes.BucketStatement && change.Part != changes.ConsumerPolicy {
		c.roster.wrote(string(change.Desired.Spec.Name))
	}
	switch change.Part {
	case changes.Role:
		return c.applyRole(ctx, change)
	case changes.BucketStatement, changes.Delegation:
		return Result{}, c.applyBucket(ctx, change)
	case changes.AccessPoint, changes.AccessPointPolicy:
		return c.applyAccessPoint(ctx, change)
	case changes.ConsumerPolicy:
		return Result{}, c.applyConsumer(ctx, change)
	case changes.KeyStatement, changes.KeyGrant:
		return Result{}, c.applyKey(ctx, change)
	}
	if change.Part == changes.PermissionsPolicy && change.Verb == changes.Delete {
		absent, err := c.owner.removeInlinePolicy(ctx, string(change.Desired.Spec.Name), share.PermissionsPolicyName)
		return Result{Absent: absent}, err
	}
	return Result{}, c.applyToRole(ctx, change)
}

func (c *Cloud) applyRole(ctx context.Context, change changes.Change) (Result, error) {
	if change.Verb == changes.Delete {
		return Result{}, c.owner.deleteRole(ctx, change.Desired.Spec.Name)
	}
	role, err := c.owner.createRole(ctx, change.Desired)
	if err != nil {
		return Result{}, err
	}
	return Result{RoleUniqueID: role.UniqueID}, nil
}

// applyToRole changes what hangs on the role.
func (c *Cloud) applyToRole(ctx context.Context, change changes.Change) error {
	desired, role := change.Desired, string(change.Desired.Spec.Name)
	deletes := change.Verb == changes.Delete
	switch change.Part {
	case changes.TrustPolicy:
		return c.owner.putTrustPolicy(ctx, desired)
	case changes.Settings:
		return c.owner.putSettings(ctx, desired)
	case changes.Tags:
		return c.owner.putTags(ctx, desired, change.RemoveTags)
	case changes.InlinePolicy:
		return c.owner.deleteInlinePolicy(ctx, role, change.Target)
	case changes.ManagedPolicy:
		return c.owner.detachPolicy(ctx, role, change.Target)
	case changes.Boundary:
		if deletes {
			return c.owner.deleteBoundary(ctx, desired.Spec.Name)
		}
		return c.owner.putBoundary(ctx, desired)
	case changes.Revocation:
		if deletes {
			return c.owner.deleteInlinePolicy(ctx, role, share.RevocationPolicyName)
		}
		return c.owner.putInlinePolicy(ctx, role, share.NamedPolicy{Name: share.RevocationPolicyName, Document: desired.Revocation})
	case changes.PermissionsPolicy:
		return c.owner.putInlinePolicy(ctx, role, share.NamedPolicy{Name: share.PermissionsPolicyName, Document: desired.Permissions})
	}
	return fmt.Errorf("applying a change of the %s: nothing is known about that part", change.Part)
}

func (c *Cloud) applyBucket(ctx context.Context, change changes.Change) error {
	spec := change.Desired.Spec
	wanted := edit{spec: spec, statements: change.Desired.BucketStatements}
	if change.Part == changes.Delegation {
		wanted = edit{spec: spec, statements: change.Desired.Delegation, common: true}
	}
	if change.Verb == changes.Delete {
		wanted.statements = nil
	}
	return c.commits.commit(ctx, spec.Bucket, wanted)
}

// writeStatements writes the edits of one round.
func (c *Cloud) writeStatements(ctx context.Context, bucket share.Bucket, edits []edit) error {
	owner, err := c.Owner(ctx)
	if err != nil {
		return err
	}
	defer c.turn(ctx, share.Spec{Owner: owner, Bucket: bucket}.BucketARN())()
	if edits, err = c.withoutNeeded(ctx, edits); err != nil || len(edits) == 0 {
		return err
	}
	calls := bucketCalls{account: c.owner, bucket: bucket, owner: owner.ID}
	known := c.policies.of(bucket)
	found, err := editor{calls: calls, pause: c.pause}.apply(ctx, edits)
	known.forget()
	if err == nil && found.State != share.BucketMissing {
		known.put(found)
	}
	return err
}

var errNoConsumer = errors.New("the provider has no credentials of the consumer account")

func (c *Cloud) applyConsumer(ctx context.Context, change changes.Change) error {
	if c.consumer == nil {
		return errNoConsumer
	}
	name := change.Desired.Spec.ConsumerPolicyName()
	if change.Verb == changes.Delete {
		return c.consumer.deleteInlinePolicy(ctx, change.Target, name)
	}
	return c.consumer.putInlinePolicy(ctx, change.Target, share.NamedPolicy{Name: name, Document: change.Desired.Consumer})
}
