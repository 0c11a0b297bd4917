package foresight

import (
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Restriction is Block Public Access where it keeps others out: with RestrictPublicBuckets, a bucket whose policy S3 counts
// as public is open to nobody outside its account, also not to those whom another statement lets in (S3 User Guide,
// "Blocking public access to your Amazon S3 storage"). Sessions of the owner's roles are inside.
type Restriction struct {
	// Places are where it is set, such as bucket acme-data; where nobody knows, where it may be.
	Places []string
	// Because names the statements that make the policy public.
	Because []string
	// Kind tells what of it is known.
	Kind RestrictionKind
}

// RestrictionKind tells what is known of a Restriction.
type RestrictionKind string

// The kinds of restrictions.
const (
	// Restricts keeps everybody outside the account out.
	Restricts RestrictionKind = "restricts"
	// RestrictsIfPublic does so if S3 counts the policy as public, which nobody could ask it.
	RestrictsIfPublic RestrictionKind = "restricts if public"
	// MayRestrict does so if it is set, which nobody could read.
	MayRestrict RestrictionKind = "may restrict"
)

// restricted answers for what Block Public Access leaves of a word.
func (j judgement) restricted(word share.Word) (verdict.Answer, []Reason) {
	spec := j.Desired.Spec
	if j.Restriction == nil || j.role.Account == spec.Owner.ID {
		return verdict.Yes, nil
	}
	places, because := share.Joined(j.Restriction.Places, "and"), share.Joined(j.Restriction.Because, "and")
	if j.Restriction.Kind == MayRestrict {
		places = share.Joined(j.Restriction.Places, "or")
		return verdict.Depends, []Reason{{before: "whether RestrictPublicBuckets of " + places + " keeps out everybody outside account " + spec.Owner.ID +
			" is not known: it does where it is set, because bucket policy " + because + " seems to be public"}}
	}
	reason := Reason{
		before: "RestrictPublicBuckets of " + places + " refuses ", Foreign: true,
		after: " for everybody outside account " + spec.Owner.ID + ", because S3 counts the bucket policy as public: " + because + " is",
	}
	answer := verdict.No
	if j.Restriction.Kind == RestrictsIfPublic {
		answer = verdict.Depends
		reason.after = " for everybody outside account " + spec.Owner.ID + " if S3 counts the bucket policy as public: " + because + " seems to be"
	}
	var reasons []Reason
	for _, action := range append(word.ObjectActions(), word.BucketActions()...) {
		reason.action = action
		reasons = append(reasons, reason)
	}
	return answer, reasons
}
