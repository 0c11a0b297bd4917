package reconcile

// This file counts how large the bucket policies become by all that is planned.

import (
	"maps"
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// plannedShare is a share that is written or taken away.
type plannedShare struct {
	// desired has what counts for the bucket policy and no more: there may be a thousand of them.
	desired share.Desired
	leaves  bool
}

// plannedBucket is what this process has planned for one bucket, and the bucket policy that comes of it.
type plannedBucket struct {
	shares map[string]plannedShare // by their ID
	// last is the share that was planned last.
	last share.Desired
	// before is the text of the policy that was counted from, "" while it has to be counted anew.
	before string
	after  share.BucketPolicy
	// adding are the IDs of the shares that make it larger.
	adding []string
}

// Growth is how a bucket policy grows by a plan.
type Growth struct {
	Before, After share.Load
	// Others are the IDs of other shares that add to it.
	Others []string
}

// Leaves notes that a share goes, because another one takes its place.
func (p *Preflight) Leaves(spec share.Spec) {
	p.mu.Lock()
	defer p.mu.Unlock()
	bucket := p.plannedFor(spec.Bucket)
	bucket.shares[spec.ID()], bucket.before = plannedShare{desired: share.Desired{Spec: spec}, leaves: true}, ""
}

// Grow tells how large the bucket policy becomes with the share and with all others that this process has planned before.
// Which share of a plan is told that the policy is too large depends on the order in which Terraform plans them; that one
// is told does not.
func (p *Preflight) Grow(desired share.Desired, found share.BucketPolicy) Growth {
	p.mu.Lock()
	defer p.mu.Unlock()
	bucket, id, before := p.plannedFor(desired.Spec.Bucket), desired.Spec.ID(), found.Document.JSON()
	_, again := bucket.shares[id]
	bucket.last = desired.InBucketPolicy(bucket.last)
	bucket.shares[id] = plannedShare{desired: bucket.last}
	if again || bucket.before != before {
		bucket.count(found)
	} else {
		bucket.add(id)
	}
	others := slices.DeleteFunc(slices.Clone(bucket.adding), func(other string) bool { return other == id })
	slices.Sort(others)
	return Growth{Before: share.BucketPolicyLoad(found.Document), After: share.BucketPolicyLoad(bucket.after.Document), Others: others}
}

func (p *Preflight) plannedFor(bucket share.Bucket) *plannedBucket {
	if p.planned[bucket] == nil {
		p.planned[bucket] = &plannedBucket{shares: map[string]plannedShare{}}
	}
	return p.planned[bucket]
}

// count puts all shares into the bucket policy as it is.
func (b *plannedBucket) count(found share.BucketPolicy) {
	b.before, b.after, b.adding = found.Document.JSON(), found, nil
	for _, id := range slices.Sorted(maps.Keys(b.shares)) {
		b.add(id)
	}
}

func (b *plannedBucket) add(id string) {
	one, document := b.shares[id], b.after.Document
	if one.leaves {
		b.after.Document = one.desired.Spec.TakenFrom(document)
	} else if b.after.Document = one.desired.PutInto(document); b.after.Document.Bytes() > document.Bytes() {
		b.adding = append(b.adding, id)
	}
}
