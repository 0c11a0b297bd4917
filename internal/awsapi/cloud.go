// Package awsapi is the only importer of the AWS SDK: every call that the provider makes, by name, and what the errors
// of AWS mean. It does not decide what should change.
package awsapi

import (
	"context"
	"sync"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Cloud is the owner account and, where the provider has its credentials, the consumer account.
type Cloud struct {
	owner    *Account
	consumer *Account
	pause    Pause
	commits  *committer
	// policies are bucket policies that this process read or wrote.
	policies    *memo[share.BucketPolicy]
	defaultKeys *memo[defaultKeys]
	// sharing names, for each bucket, the role of a share that needed what shares have in common there, see isShared.
	sharing  *memo[string]
	needs    needs
	roster   *roster
	keyLocks keyLocks
	// turns are those of other processes at the documents that both write; nil where nobody else is waited for.
	turns Turns
}

// Turns lets processes take turns at a document that its names tell from others. end gives the turn to the next.
type Turns interface {
	Take(ctx context.Context, names ...string) (end func())
}

// InTurns has bucket policies and key policies written in turns with other processes, each from the read to the read-back.
func (c *Cloud) InTurns(turns Turns) *Cloud {
	c.turns = turns
	return c
}

// turn waits for the turn at a document of the owner account.
func (c *Cloud) turn(ctx context.Context, document string) (end func()) {
	if c.turns == nil {
		return func() {}
	}
	endpoint := ""
	if base := c.owner.S3For(c.owner.region).Options().BaseEndpoint; base != nil {
		endpoint = *base // another AWS, such as a simulated one
	}
	return c.turns.Take(ctx, endpoint, document)
}

// NewCloud makes a Cloud; consumer may be nil.
func NewCloud(owner, consumer *Account, pause Pause) *Cloud {
	c := &Cloud{owner: owner, consumer: consumer, pause: pause, policies: &memo[share.BucketPolicy]{}, defaultKeys: &memo[defaultKeys]{}, sharing: &memo[string]{}, roster: newRoster()}
	c.commits = newCommitter(c.writeStatements)
	return c
}

// Owner gives the account that the provider's credentials belong to.
func (c *Cloud) Owner(ctx context.Context) (share.Account, error) {
	return c.owner.Home(ctx)
}

// Self tells as whom the provider calls the owner account.
func (c *Cloud) Self(ctx context.Context) (Identity, error) { return c.owner.Identity(ctx) }

// Consumer gives the account of the consumer's credentials; ok is false when the provider has none.
func (c *Cloud) Consumer(ctx context.Context) (account share.Account, ok bool, err error) {
	if c.consumer == nil {
		return share.Account{}, false, nil
	}
	account, err = c.consumer.Home(ctx)
	return account, true, err
}

// Join announces an operation that may edit a bucket policy; leave when it is over.
func (c *Cloud) Join() (leave func()) { return c.commits.join() }

// FindRole reads the role of a share alone; nil when there is none.
func (c *Cloud) FindRole(ctx context.Context, spec share.Spec) (*share.Role, error) {
	role, err := c.owner.findRole(ctx, string(spec.Name))
	return role, c.confirm(ctx, spec, role, err)
}

// ObserveRole reads the role of a share with all that hangs on it: role, inline policies, attachments.
func (c *Cloud) ObserveRole(ctx context.Context, spec share.Spec) (share.Observed, error) {
	role, err := c.FindRole(ctx, spec)
	if err != nil || role == nil {
		return share.Observed{}, err
	}
	return c.observeOn(ctx, spec, role)
}

// observeOn completes a role by all that hangs on it.
func (c *Cloud) observeOn(ctx context.Context, spec share.Spec, role *share.Role) (observed share.Observed, err error) {
	observed.Role = role
	var failed error
	var attached sync.WaitGroup
	attached.Go(func() { observed.Attached, failed = c.owner.findAttachedPolicies(ctx, string(spec.Name)) })
	observed.Inline, err = c.owner.findInlinePolicies(ctx, string(spec.Name))
	attached.Wait()
	if err == nil {
		err = failed
	}
	return observed, err
}

// ObserveBucket reads the policy of the bucket, once for all shares on it; after this process wrote it, what was read
// back counts.
func (c *Cloud) ObserveBucket(ctx context.Context, spec share.Spec) (share.BucketPolicy, error) {
	return c.policies.of(spec.Bucket).get(ctx, func() (share.BucketPolicy, bool, error) {
		found, err := c.bucket(spec).find(ctx)
		// A bucket that is missing now may be made by another resource of the same run.
		return found, found.State != share.BucketMissing, err
	})
}

// AwaitBucket reads the policy of a bucket that another resource of the same run may have made a moment ago, and tells
// that it is missing only when it does not appear within some seconds.
func (c *Cloud) AwaitBucket(ctx context.Context, spec share.Spec) (share.BucketPolicy, error) {
	e := editor{calls: c.bucket(spec), pause: c.pause}
	found, err := c.ObserveBucket(ctx, spec)
	for round := 1; err == nil && found.State == share.BucketMissing && round <= missingRounds; round++ {
		found, err = e.readLater(ctx, round)
	}
	return found, err
}

// ObserveConsumer reads our policy on roles of the consumer.
func (c *Cloud) ObserveConsumer(ctx context.Context, spec share.Spec, roles []string) ([]share.ConsumerPolicy, error) {
	if c.consumer == nil {
		return nil, nil
	}
	var found []share.ConsumerPolicy
	for _, role := range roles {
		policy, err := c.consumer.findConsumerPolicy(ctx, role, spec.ConsumerPolicyName())
		if err != nil {
			return nil, err
		}
		found = append(found, policy)
	}
	return found, nil
}

func (c *Cloud) bucket(spec share.Spec) bucketCalls {
	return bucketCalls{account: c.owner, bucket: spec.Bucket, owner: spec.Owner.ID}
}

// memo keeps one thing for each bucket that this process asked for.
type memo[T any] struct {
	mu   sync.Mutex
	kept map[share.Bucket]*known[T]
}

func (m *memo[T]) of(bucket share.Bucket) *known[T] {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		m.kept = map[share.Bucket]*known[T]{}
	}
	if m.kept[bucket] == nil {
		m.kept[bucket] = newKnown[T]()
	}
	return m.kept[bucket]
}
