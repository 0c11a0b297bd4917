package share

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// This file is about shares whose role reaches the bucket through an access point of its own. The access point's policy says
// what the share allows; the bucket policy has one pair of statements for all of them, which leaves the decision to access
// points of the owner (S3 User Guide, "Configuring IAM policies for using access points"). The role's own policy names the
// access point, so that the bucket itself stays closed to it.

const (
	// AccessPointPrefix begins the name of every access point of a share.
	AccessPointPrefix = "crossaccount-"
	// readableInPoint keeps names at 50 characters, which S3 allows (API reference of CreateAccessPoint).
	readableInPoint = 24

	accessPointsSid = sidPrefix + "AccessPoints"
)

// UsesAccessPoint tells that the role reaches the bucket through an access point.
func (s Spec) UsesAccessPoint() bool { return s.Via == ViaAccessPoint }

// AccessPointName names the share's access point. Names are unique in an account and region, so the bucket is part of it.
func (s Spec) AccessPointName() string {
	readable := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9' || r >= 'a' && r <= 'z':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return -1
	}, string(s.Name))
	readable = readable[:min(readableInPoint, len(readable))]
	sum := sha256.Sum256([]byte(s.ID()))
	return AccessPointPrefix + readable + "-" + hex.EncodeToString(sum[:6])
}

// AccessPointARN is the ARN of the share's access point, in the region of the bucket.
func (s Spec) AccessPointARN() string {
	return fmt.Sprintf("arn:%s:s3:%s:%s:accesspoint/%s", s.Owner.Partition, s.Region, s.Owner.ID, s.AccessPointName())
}

var pointRegion = newPattern(`^arn:[a-z0-9-]+:s3:([a-z0-9-]+):[0-9]{12}:accesspoint/`)

// RegionOfAccessPoint reads the region out of an access point's ARN, empty when it is none.
func RegionOfAccessPoint(arn string) string {
	if match := pointRegion.FindStringSubmatch(arn); match != nil {
		return match[1]
	}
	return ""
}

// place is what the share's calls name: the bucket, or its access point (Service Authorization Reference for S3, resource
// types accesspoint and accesspointobject).
func (s Spec) place() string {
	if s.UsesAccessPoint() {
		return s.AccessPointARN()
	}
	return s.BucketARN()
}

// placeOfObjects begins the ARNs of objects that the share's calls name.
func (s Spec) placeOfObjects() string {
	if s.UsesAccessPoint() {
		return s.AccessPointARN() + "/object/"
	}
	return s.BucketARN() + "/"
}

// renderAccessPoint renders the policy of the share's access point; empty where the share has none.
func (s Spec) renderAccessPoint() policy.Document {
	if !s.UsesAccessPoint() {
		return policy.New()
	}
	statements := s.renderGrants()
	for i := range statements {
		s.restrictToRole(&statements[i])
	}
	return policy.New(statements...)
}

// renderAccessPointDelegation leaves to the owner's access points what goes through them. Such a statement is not public,
// because the account of the access point is fixed (S3 User Guide, "The meaning of public").
func (s Spec) renderAccessPointDelegation() []policy.Statement {
	every := Spec{Access: Words()}
	statement := func(purpose string, actions []string, resource string) policy.Statement {
		return policy.Statement{
			Sid: accessPointsSid + purpose, Effect: policy.Allow,
			Principal: &policy.Principal{AWS: policy.Values{"*"}},
			Action:    actions, Resource: policy.Values{resource},
			Condition: policy.Condition{"StringEquals": {"s3:DataAccessPointAccount": {s.Owner.ID}}},
		}
	}
	return []policy.Statement{
		statement(objectsPurpose, every.actions(objectActions), s.BucketARN()+"/*"),
		statement(listingPurpose, every.actions(bucketActions), s.BucketARN()),
	}
}

// RecognizeAccessPoint tells by the role's own policy that a share of that name uses an access point, and in which region.
func (s Spec) RecognizeAccessPoint(observed Observed) Spec {
	permissions := observed.Permissions()
	if permissions == nil {
		return s
	}
	for _, statement := range permissions.Statements() {
		for _, resource := range statement.Resource {
			if region := RegionOfAccessPoint(resource); region != "" && strings.Contains(resource, ":accesspoint/"+s.AccessPointName()) {
				s.Via, s.Region = ViaAccessPoint, region
				return s
			}
		}
	}
	return s
}

// AccessPoint is the share's access point as S3 has it.
type AccessPoint struct {
	State PointState
	// Alias stands for the bucket in calls.
	Alias string
	// Bucket is what it is for.
	Bucket Bucket
	// Policy is nil when it has none.
	Policy *policy.Document
}

// PointState tells what is known of an access point.
type PointState string

const (
	// PointUnread is the state of an access point that nobody asked for.
	PointUnread PointState = ""
	// PointMissing tells that there is none.
	PointMissing PointState = "missing"
	// PointFound tells that it was read.
	PointFound PointState = "found"
)

// existingAccessPoint is what would be observed of the share's access point.
func (d Desired) existingAccessPoint() AccessPoint {
	if !d.Spec.UsesAccessPoint() {
		return AccessPoint{}
	}
	return AccessPoint{State: PointFound, Bucket: d.Spec.Bucket, Policy: &d.AccessPoint}
}

// ownsAccessPointDelegation tells that a statement is one of those that all shares with access points have in common.
func ownsAccessPointDelegation(statement policy.Statement) bool {
	return slices.Contains([]string{accessPointsSid + objectsPurpose, accessPointsSid + listingPurpose}, statement.Sid)
}
