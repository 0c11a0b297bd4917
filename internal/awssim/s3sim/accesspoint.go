// This file keeps access points: names under which a bucket is reached, each with a policy and Block Public Access of its
// own (S3 User Guide, "Managing data access with Amazon S3 access points"). S3 Control writes them; the lock must be held.
package s3sim

import (
	"crypto/sha256"
	"encoding/base32"
	"net/http"
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
)

// PointID is what tells an access point from all others.
type PointID struct{ Account, Region, Name string }

// AccessPoint is one access point. All but its policy and tags are fixed when it is created.
type AccessPoint struct {
	Name, Region string
	Owner        *directory.Account
	Bucket       string
	VPC          string // "" for the network origin Internet
	Block        PublicAccessBlock
	Alias        string
	Created      time.Time
	Tags         []directory.Tag

	policy *policy.Document
}

// ARN of the access point.
func (p *AccessPoint) ARN() string {
	return "arn:" + p.Owner.Partition + ":s3:" + p.Region + ":" + p.Owner.ID + ":accesspoint/" + p.Name
}

func (p *AccessPoint) id() PointID { return PointID{p.Owner.ID, p.Region, p.Name} }

// NetworkOrigin is where calls may come from: Internet or VPC.
func (p *AccessPoint) NetworkOrigin() string {
	if p.VPC != "" {
		return "VPC"
	}
	return "Internet"
}

// Keys are the condition keys of calls through the access point, and of most calls about it.
func (p *AccessPoint) Keys() directory.Keys {
	return directory.Keys{
		"s3:DataAccessPointArn": {p.ARN()}, "s3:DataAccessPointAccount": {p.Owner.ID}, "s3:AccessPointNetworkOrigin": {p.NetworkOrigin()},
	}
}

// aliasSuffix ends every alias, and no name.
const aliasSuffix = "-s3alias"

// newAlias makes an alias as AWS does: the name, cut at 20 characters, and 34 characters that tell it apart (S3 User
// Guide, "Using a bucket-style alias for your access point").
func newAlias(p *AccessPoint) string {
	sum := sha256.Sum256([]byte(p.ARN()))
	meta := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:34]
	return p.Name[:min(len(p.Name), 20)] + "-" + meta + aliasSuffix
}

// FindPoint finds an access point, nil where there is none.
func (s *Service) FindPoint(id PointID) *AccessPoint { return s.points[id] }

func (s *Service) pointByAlias(alias string) *AccessPoint {
	for _, p := range s.points {
		if p.Alias == alias {
			return p
		}
	}
	return nil
}

// PointsOf gives the access points of an account in a region, by name.
func (s *Service) PointsOf(account, region string) []*AccessPoint {
	byName := map[string]*AccessPoint{}
	for id, p := range s.points {
		if id.Account == account && id.Region == region {
			byName[id.Name] = p
		}
	}
	return directory.Sorted(byName)
}

// AddPoint adds an access point whose form and permission were checked.
func (s *Service) AddPoint(made AccessPoint) (*AccessPoint, error) {
	p := &made
	p.Created, p.Alias = s.dir.Now(), newAlias(p)
	if s.points[p.id()] != nil {
		return nil, newFault("AccessPointAlreadyOwnedByYou", http.StatusConflict,
			"Your previous request to create the named accesspoint succeeded and you already own it.")
	}
	if len(s.PointsOf(p.Owner.ID, p.Region)) >= p.Owner.Quotas.AccessPoints {
		return nil, newFault("TooManyAccessPoints", http.StatusBadRequest, "You have attempted to create more access points than allowed.")
	}
	s.points[p.id()] = p
	return p, nil
}

// RemovePoint takes an access point away with its policy.
func (s *Service) RemovePoint(p *AccessPoint) { delete(s.points, p.id()) }

// BucketOf gives owner and region of a bucket, nil where there is none; the region is "" for a bucket that takes every one.
func (s *Service) BucketOf(name string) (owner *directory.Account, region string) {
	b := s.buckets[name]
	if b == nil {
		return nil, ""
	}
	return b.owner, b.region
}

func (b *Bucket) hasPoints() bool {
	for _, p := range b.service.points {
		if p.Bucket == b.name {
			return true
		}
	}
	return false
}

// through is what a call that goes through the access point of the request is about there, nil for one that goes to the
// bucket itself.
func (r *request) through(key string) *directory.AccessPoint {
	p := r.point
	if p == nil {
		return nil
	}
	t := &directory.AccessPoint{Resource: p.ARN(), Account: p.Owner.ID}
	if key != "" {
		t.Resource += "/object/" + key
	}
	if p.policy != nil {
		t.Policy = &verdict.Policy{Name: "access point policy", Document: *p.policy}
	}
	return t
}

// pointOperations are the calls that go through access points, as far as the simulator has them (S3 User Guide, "Access
// point compatibility with Amazon S3 operations").
var pointOperations = map[string]bool{
	"AbortMultipartUpload": true, "CompleteMultipartUpload": true, "CopyObject": true, "CreateMultipartUpload": true,
	"DeleteObject": true, "DeleteObjects": true, "DeleteObjectTagging": true, "GetBucketLocation": true, "GetObject": true,
	"GetObjectAttributes": true, "GetObjectTagging": true, "HeadBucket": true, "HeadObject": true, "ListMultipartUploads": true,
	"ListObjects": true, "ListObjectsV2": true, "ListObjectVersions": true, "ListParts": true, "PutObject": true,
	"PutObjectTagging": true, "UploadPart": true, "UploadPartCopy": true,
}

// enterPoint makes the checks that come before any policy for a call through an access point: the operation is one that
// goes through, the caller signs, and comes from the VPC that is the access point's network origin, if it has one.
func (r *request) enterPoint(p *AccessPoint) error {
	r.point, r.bucket = p, r.buckets[p.Bucket]
	switch {
	case !pointOperations[r.call.Operation]:
		return methodNotAllowed(r)
	case r.call.Caller == nil:
		return accessDenied()
	case p.VPC != "" && r.call.Caller.Key.From().SourceVPC != p.VPC:
		return accessDenied()
	case r.bucket == nil:
		return noSuchBucket(p.Bucket)
	}
	return nil
}

// namedPoint finds the access point that a call names by its host, or by its alias in place of a bucket.
func (r *request) namedPoint() (p *AccessPoint, named bool) {
	if id, is := hostPoint(r.call.Request.Host); is {
		return r.points[id], true
	}
	return r.pointByAlias(r.name), strings.HasSuffix(r.name, aliasSuffix)
}

// hostPoint reads NAME-ACCOUNT.s3-accesspoint.REGION.amazonaws.com.
func hostPoint(host string) (id PointID, is bool) {
	label, rest, is := strings.Cut(host, ".s3-accesspoint.")
	at := strings.LastIndexByte(label, '-')
	if !is || at < 0 {
		return id, false
	}
	region, _, _ := strings.Cut(rest, ".")
	return PointID{Account: label[at+1:], Region: region, Name: label[:at]}, true
}
