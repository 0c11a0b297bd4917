package awsapi

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file reads and writes what KMS keys have of a direct share. Like a bucket policy, the policy of a key is written as a
// whole and without a condition (KMS API Reference, "PutKeyPolicy"), so that each write begins with a read, changes our
// statement alone and is read back. KMS's check for lock-outs is never bypassed.

// ObserveKeys reads what keys of the owner have of a share, in the given ways. Keys of other accounts are left out: nothing
// is written there.
func (c *Cloud) ObserveKeys(ctx context.Context, spec share.Spec, keys []share.KeyARN, ways []share.KMSAccess) ([]share.Key, error) {
	var found []share.Key
	for _, arn := range keys {
		if arn.Account() != spec.Owner.ID {
			continue
		}
		key, err := c.observeKey(ctx, spec, arn, ways)
		if err != nil {
			return nil, err
		}
		found = append(found, key)
	}
	return found, nil
}

func (c *Cloud) observeKey(ctx context.Context, spec share.Spec, arn share.KeyARN, ways []share.KMSAccess) (share.Key, error) {
	key := share.Key{ARN: arn}
	if slices.Contains(ways, share.KeyPolicies) {
		document, err := c.findKeyPolicy(ctx, arn)
		if IsAbsent(err) {
			key.Missing = true
			return key, nil
		}
		if err != nil {
			return key, err
		}
		key.Policy = *document
	}
	if slices.Contains(ways, share.KeyGrants) {
		grants, err := c.FindGrants(ctx, arn)
		if IsAbsent(err) {
			key.Missing = true
			return key, nil
		}
		if err != nil {
			return key, err
		}
		for _, grant := range grants {
			if spec.OwnsGrant(grant.Name) {
				key.Grants = append(key.Grants, plainGrant(grant))
			}
		}
	}
	return key, nil
}

// ReadGrants gives all grants of a key without what constrains them.
func (c *Cloud) ReadGrants(ctx context.Context, key share.KeyARN) ([]share.KeyGrant, error) {
	grants, err := c.FindGrants(ctx, key)
	found := make([]share.KeyGrant, 0, len(grants))
	for _, grant := range grants {
		found = append(found, plainGrant(grant))
	}
	return found, err
}

func plainGrant(grant Grant) share.KeyGrant {
	return share.KeyGrant{Name: grant.Name, Grantee: grant.Grantee, Operations: grant.Operations}
}

// FindKeyOfAWS names the AWS managed key among those that a share's objects are encrypted with: the bucket's default one and
// those of the spec. It is empty when there is none, and when the credentials may not look.
func (c *Cloud) FindKeyOfAWS(ctx context.Context, spec share.Spec) (string, error) {
	encryption, err := c.FindBucketEncryption(ctx, spec)
	if err != nil && !IsDenied(err) && !IsBucketMissing(err) {
		return "", err
	}
	if err == nil && encryption.WithKMS && encryption.Key == "" {
		return "alias/aws/s3", nil
	}
	names := []string{}
	if encryption.Key != "" {
		names = append(names, encryption.Key)
	}
	for _, key := range spec.KMSKeys {
		names = append(names, string(key))
	}
	for _, name := range slices.Compact(names) {
		region := c.owner.regionOf(spec.Bucket)
		if arn, err := share.ParseKeyARN(name); err == nil {
			region = arn.Region()
		}
		key, err := c.FindKMSKey(ctx, region, name)
		switch {
		case err != nil && !IsDenied(err):
			return "", err
		case err == nil && key != nil && key.ByAWS:
			return name, nil
		}
	}
	return "", nil
}

// keyLocks let one writer at a time change a key.
type keyLocks struct {
	mu   sync.Mutex
	keys map[share.KeyARN]*sync.Mutex
}

func (l *keyLocks) lock(key share.KeyARN) (unlock func()) {
	l.mu.Lock()
	if l.keys == nil {
		l.keys = map[share.KeyARN]*sync.Mutex{}
	}
	if l.keys[key] == nil {
		l.keys[key] = &sync.Mutex{}
	}
	one := l.keys[key]
	l.mu.Unlock()
	one.Lock()
	return one.Unlock
}

func (c *Cloud) applyKey(ctx context.Context, change changes.Change) error {
	key, spec := share.KeyARN(change.Target), change.Desired.Spec
	defer c.keyLocks.lock(key)()
	defer c.turn(ctx, string(key))()
	statements, grants := change.Desired.KeyStatements, change.Desired.KeyGrants
	if change.Verb == changes.Delete {
		statements, grants = nil, nil
	}
	if change.Part == changes.KeyGrant {
		return c.putGrants(ctx, key, spec, grants)
	}
	return keyEditor{cloud: c, key: key, spec: spec, statements: statements}.apply(ctx)
}

// putGrants makes the grants of a share on a key the wanted ones: what is missing comes before what is too much goes.
func (c *Cloud) putGrants(ctx context.Context, key share.KeyARN, spec share.Spec, wanted []share.KeyGrant) error {
	found, err := c.FindGrants(ctx, key)
	if IsAbsent(err) && len(wanted) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	ours := slices.DeleteFunc(found, func(grant Grant) bool { return !spec.OwnsGrant(grant.Name) })
	for _, grant := range wanted {
		if slices.ContainsFunc(ours, func(have Grant) bool { return plainGrant(have).Equal(grant) }) {
			continue
		}
		if _, err := c.PutGrant(ctx, key, Grant{Name: grant.Name, Grantee: grant.Grantee, Operations: grant.Operations}); err != nil {
			return err
		}
	}
	for _, have := range ours {
		if slices.ContainsFunc(wanted, plainGrant(have).Equal) {
			continue
		}
		if err := c.DeleteGrant(ctx, key, have.ID); err != nil {
			return err
		}
	}
	return nil
}

// keyEditor patches the policy of one key.
type keyEditor struct {
	cloud      *Cloud
	key        share.KeyARN
	spec       share.Spec
	statements []policy.Statement
}

// OverwrittenKeyError tells that somebody else kept writing the policy of a key over ours.
type OverwrittenKeyError struct{ Key share.KeyARN }

// Error implements error.
func (e *OverwrittenKeyError) Error() string {
	return fmt.Sprintf("writing the policy of key %s: after %d writes, each read-back lacked our statement: somebody else writes the whole document at the same time",
		e.Key, editRounds)
}

func (e keyEditor) apply(ctx context.Context) error {
	found, err := e.cloud.findKeyPolicy(ctx, e.key)
	if IsAbsent(err) && len(e.statements) == 0 {
		return nil
	}
	for round := 1; err == nil && !e.isIn(*found); round++ {
		if round > editRounds {
			return &OverwrittenKeyError{Key: e.key}
		}
		found, err = e.round(ctx, round, *found)
	}
	return err
}

// round writes once and reads back, after a pause when our statement is not there.
func (e keyEditor) round(ctx context.Context, round int, found policy.Document) (*policy.Document, error) {
	err := e.cloud.PutKeyPolicy(ctx, e.key, found.Replace(e.spec.OwnsKeyStatement, e.statements...))
	if err != nil {
		if round == editRounds || !e.cloud.owner.retryer.IsErrorRetryable(err) {
			return nil, err
		}
	} else if back, err := e.cloud.findKeyPolicy(ctx, e.key); err != nil || e.isIn(*back) {
		return back, err
	}
	if err := e.cloud.pause(ctx, min(firstPause<<(round-1), longestPause)); err != nil {
		return nil, err
	}
	return e.cloud.findKeyPolicy(ctx, e.key)
}

func (e keyEditor) isIn(document policy.Document) bool {
	key := share.Key{Policy: document}
	return policy.New(key.Statements(e.spec)...).Equal(policy.New(e.statements...))
}
