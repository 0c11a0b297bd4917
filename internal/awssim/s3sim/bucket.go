// This file holds a bucket and its set-up without HTTP.
package s3sim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
)

// Ownership says who owns the objects that are put into a bucket (S3 User Guide, "Controlling ownership of objects").
type Ownership string

// The settings of object ownership; the first is that of new buckets.
const (
	BucketOwnerEnforced  Ownership = "BucketOwnerEnforced"
	BucketOwnerPreferred Ownership = "BucketOwnerPreferred"
	ObjectWriter         Ownership = "ObjectWriter"
)

// PublicAccessBlock is Block Public Access of one bucket.
type PublicAccessBlock struct {
	BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets bool
}

// BlockAll is Block Public Access as every new bucket has it since April 2023.
var BlockAll = PublicAccessBlock{true, true, true, true}

// Versioning is the state of a bucket's versioning.
type Versioning string

// The states of versioning.
const (
	Unversioned         Versioning = ""
	VersioningEnabled   Versioning = "Enabled"
	VersioningSuspended Versioning = "Suspended"
)

// BucketOptions are the settings that a bucket starts with.
type BucketOptions struct {
	// Region refuses calls signed for another one; with "" every region is accepted, and us-east-1 shown.
	Region     string
	Ownership  Ownership          // BucketOwnerEnforced when ""
	Block      *PublicAccessBlock // BlockAll when nil
	Versioning Versioning
	KMSKeyARN  string // default encryption with this key, SSE-S3 when ""
	BucketKey  bool   // with KMSKeyARN: through a bucket key
}

// Bucket is one bucket. Its exported methods take the directory's lock.
type Bucket struct {
	service    *Service
	name       string
	owner      *directory.Account
	region     string
	created    time.Time
	ownership  Ownership // "" once the controls were deleted, which S3 treats as ObjectWriter
	block      *PublicAccessBlock
	versioning Versioning
	encryption encryptionRule
	policies   []storedPolicy // oldest first; the last that has become visible counts
	objects    map[string][]*version
	uploads    map[string]*upload
}

// storedPolicy is a policy from the moment of its writing on; nil is its absence.
type storedPolicy struct {
	at       time.Time
	document *policy.Document
}

// AddBucket makes a bucket, without the checks of CreateBucket. It panics when the name is taken: that is a mistake in
// a test.
func (s *Service) AddBucket(owner *directory.Account, name string, o BucketOptions) *Bucket {
	s.dir.Lock()
	defer s.dir.Unlock()
	if s.buckets[name] != nil {
		panic("adding bucket " + name + ": there is one of that name")
	}
	return s.addBucket(owner, name, o)
}

func (s *Service) addBucket(owner *directory.Account, name string, o BucketOptions) *Bucket {
	b := &Bucket{
		service: s, name: name, owner: owner, region: o.Region, created: s.dir.Now(), ownership: o.Ownership,
		block: o.Block, versioning: o.Versioning, encryption: encryptionRule{Algorithm: "AES256"},
		objects: map[string][]*version{}, uploads: map[string]*upload{},
	}
	if b.ownership == "" {
		b.ownership = BucketOwnerEnforced
	}
	if b.block == nil {
		all := BlockAll
		b.block = &all
	}
	if o.KMSKeyARN != "" {
		b.encryption = encryptionRule{Algorithm: sseKMS, KeyID: o.KMSKeyARN, BucketKey: o.BucketKey}
	}
	s.buckets[name] = b
	return b
}

// Bucket finds a bucket, nil where there is none.
func (s *Service) Bucket(name string) *Bucket {
	s.dir.Lock()
	defer s.dir.Unlock()
	return s.buckets[name]
}

// RemoveBucket takes a bucket away with all that is in it, as an outsider would.
func (s *Service) RemoveBucket(name string) {
	s.dir.Lock()
	defer s.dir.Unlock()
	delete(s.buckets, name)
}

// PutObject puts an object of the bucket's owner, with tags, and gives its version ID.
func (b *Bucket) PutObject(key, body string, tags map[string]string) string {
	b.service.dir.Lock()
	defer b.service.dir.Unlock()
	v := newVersion(b.owner, []byte(body), http.Header{})
	v.tags, v.encryption = directory.Sorted(tagMap(tags)), b.setUpEncryption()
	b.add(key, v)
	return v.id
}

// Keys gives the keys that a listing shows, in order.
func (b *Bucket) Keys() []string {
	b.service.dir.Lock()
	defer b.service.dir.Unlock()
	return b.liveKeys()
}

// Policy gives the newest bucket policy as S3 shows it, visible yet or not, "" where there is none.
func (b *Bucket) Policy() string {
	b.service.dir.Lock()
	defer b.service.dir.Unlock()
	if n := len(b.policies); n > 0 && b.policies[n-1].document != nil {
		return b.service.show(*b.policies[n-1].document)
	}
	return ""
}

// SetPolicy writes the bucket policy as PutBucketPolicy does, without its permissions and without Block Public Access;
// "" deletes it. It is seen at once.
func (b *Bucket) SetPolicy(text string) error {
	b.service.dir.Lock()
	defer b.service.dir.Unlock()
	if text == "" {
		b.policies = nil
		return nil
	}
	document, err := b.service.store(b.scope(), text)
	if err != nil {
		return fmt.Errorf("setting the policy of bucket %s: %w", b.name, err)
	}
	b.policies = []storedPolicy{{document: &document}}
	return nil
}

func (b *Bucket) arn() string { return "arn:" + b.owner.Partition + ":s3:::" + b.name }

// policy is the bucket policy that counts now, nil where there is none.
func (b *Bucket) policy() *policy.Document {
	seen := b.service.dir.Now().Add(-b.service.policyLag)
	for i := len(b.policies) - 1; i >= 0; i-- {
		if !b.policies[i].at.After(seen) {
			return b.policies[i].document
		}
	}
	return nil
}

// remembered bounds how many policies of the past are kept for readers who are late.
const remembered = 64

// write makes a document the bucket's policy, nil deletes it.
func (b *Bucket) write(document *policy.Document) {
	if n := len(b.policies); n >= remembered {
		b.policies = slices.Clone(b.policies[n-remembered/2:])
	}
	b.policies = append(b.policies, storedPolicy{at: b.service.dir.Now(), document: document})
}

func judged(document *policy.Document) *verdict.Policy {
	if document == nil {
		return nil
	}
	return &verdict.Policy{Name: "bucket policy", Document: *document}
}

// canonicalID is the canonical user ID that S3 shows for an account: 64 hexadecimal digits.
func canonicalID(account *directory.Account) string {
	sum := sha256.Sum256([]byte("canonical user " + account.ID))
	return hex.EncodeToString(sum[:])
}
