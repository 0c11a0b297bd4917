// This file writes the policies of access points, and says what is public of them.
package s3sim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
)

// pointActions and pointObjectActions are the actions that access point policies can be about: on the access point, and on
// objects behind it (Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3", resource
// types accesspoint and accesspointobject, data of September 2026).
var (
	pointActions = strings.Fields(`CreateAccessPoint DeleteAccessPoint DeleteAccessPointPolicy GetAccessPointPolicy
		GetAccessPointPolicyStatus GetBucketAcl GetBucketCORS GetBucketLocation GetBucketNotification GetBucketPolicy ListBucket
		ListBucketVersions ListTagsForResource PutAccessPointPolicy TagResource UntagResource`)
	pointObjectActions = strings.Fields(`AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectAnnotation
		DeleteObjectTagging DeleteObjectVersion DeleteObjectVersionAnnotation DeleteObjectVersionTagging GetObject GetObjectAcl
		GetObjectAnnotation GetObjectAttributes GetObjectLegalHold GetObjectRetention GetObjectTagging GetObjectVersion
		GetObjectVersionAcl GetObjectVersionAnnotation GetObjectVersionAttributes GetObjectVersionTagging ListMultipartUploadParts
		ListObjectAnnotations ListObjectVersionAnnotations PutObject PutObjectAcl PutObjectAnnotation PutObjectLegalHold
		PutObjectRetention PutObjectTagging PutObjectVersionAcl PutObjectVersionAnnotation PutObjectVersionTagging RestoreObject
		UpdateObjectEncryption`)
)

// scope is what a policy hangs on: which resources it may name, and which actions are about them.
type scope struct {
	partition string
	whole     string // ARN of the bucket or access point
	objects   string // what ARNs of objects begin with
	// kind gives the type of resource of an action: bucket (also for an access point), object, - for all others.
	kind func(action) string
}

func (b *Bucket) scope() scope {
	return scope{b.owner.Partition, b.arn(), b.arn() + "/", func(a action) string { return a.resource }}
}

func (p *AccessPoint) scope() scope {
	return scope{p.Owner.Partition, p.ARN(), p.ARN() + "/object/", func(a action) string {
		switch {
		case slices.Contains(pointActions, a.name):
			return "bucket"
		case slices.Contains(pointObjectActions, a.name):
			return "object"
		}
		return "-"
	}}
}

// WritePointPolicy makes a text the policy of an access point, "" deletes it. A public policy is refused where Block
// Public Access of the access point, of its account, or of a bucket of the same account says so (S3 User Guide, "Blocking
// public access").
func (s *Service) WritePointPolicy(caller *directory.Caller, p *AccessPoint, text string) error {
	if text == "" {
		p.policy = nil
		return nil
	}
	document, err := s.store(p.scope(), text)
	if err != nil {
		return err
	}
	if p.VPC == "" && isPublic(&document) && s.pointBlock(p).BlockPublicPolicy {
		f := accessDenied()
		f.message = fmt.Sprintf("User: %s is not authorized to perform: s3:PutAccessPointPolicy on resource: %q because public policies "+
			"are blocked by the BlockPublicPolicy block public access setting.", caller.ARN(), p.ARN())
		return f
	}
	p.policy = &document
	return nil
}

// PointPolicy gives the policy of an access point as S3 shows it, "" where there is none.
func (s *Service) PointPolicy(p *AccessPoint) string {
	if p.policy == nil {
		return ""
	}
	return s.show(*p.policy)
}

// IsPublic tells whether the access point is open to the public: never when calls have to come from one VPC.
func (p *AccessPoint) IsPublic() bool { return p.VPC == "" && isPublic(p.policy) }

// pointBlock is Block Public Access as it counts for policies of an access point.
func (s *Service) pointBlock(p *AccessPoint) PublicAccessBlock {
	counts := p.Block.with(s.accountBlocks[p.Owner.ID])
	if b := s.buckets[p.Bucket]; b != nil && b.owner == p.Owner {
		counts = counts.with(b.block)
	}
	return counts
}

// countedBlock is Block Public Access as it counts for a bucket: its own and its account's.
func (b *Bucket) countedBlock() PublicAccessBlock {
	return PublicAccessBlock{}.with(b.block).with(b.service.accountBlocks[b.owner.ID])
}

// with adds the settings of another level; the most restrictive counts.
func (p PublicAccessBlock) with(other *PublicAccessBlock) PublicAccessBlock {
	if other == nil {
		return p
	}
	return PublicAccessBlock{
		p.BlockPublicAcls || other.BlockPublicAcls, p.IgnorePublicAcls || other.IgnorePublicAcls,
		p.BlockPublicPolicy || other.BlockPublicPolicy, p.RestrictPublicBuckets || other.RestrictPublicBuckets,
	}
}

// AccountBlock is Block Public Access of a whole account, nil where it has none.
func (s *Service) AccountBlock(account string) *PublicAccessBlock { return s.accountBlocks[account] }

// SetAccountBlock writes Block Public Access of a whole account, nil deletes it.
func (s *Service) SetAccountBlock(account string, block *PublicAccessBlock) {
	s.accountBlocks[account] = block
}
