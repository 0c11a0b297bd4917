package reconcile

import "github.com/crossaccount/terraform-provider-crossaccount/internal/share"

// This file has what a proof consists of.

// Claim is one thing that a proof shows or refutes.
type Claim string

// The claims, in the order in which they are tried.
const (
	// LetsIn: AssumeRole with the external ID succeeds.
	LetsIn Claim = "lets in"
	// AsksForID: AssumeRole without any external ID is refused.
	AsksForID Claim = "asks for the external ID"
	// ReadsInside: an object of the share can be read.
	ReadsInside Claim = "reads inside"
	// StopsReadingByName: an object of the share cannot be read by the name of the bucket, past the share's access point.
	StopsReadingByName Claim = "stops reading by the bucket's name"
	// StopsReading: an object outside the share's prefixes cannot be read, nor any where the share gives no reading.
	StopsReading Claim = "stops reading outside"
	// ListsInside: keys of the share can be listed.
	ListsInside Claim = "lists inside"
	// StopsListingByName: keys of the share cannot be listed by the name of the bucket, past the share's access point.
	StopsListingByName Claim = "stops listing by the bucket's name"
	// StopsListing: the bucket cannot be listed without a prefix, where the share has prefixes or gives no listing.
	StopsListing Claim = "stops listing outside"
)

// Verdict is how a trial ended.
type Verdict string

// The verdicts.
const (
	Proved   Verdict = "proved"
	Refuted  Verdict = "refuted"
	NotShown Verdict = "not shown"
)

// Obstacle is why something could not be tried.
type Obstacle string

// The obstacles.
const (
	// OwnerMayNotList: the owner's credentials may not list the bucket, so no key is known to exist.
	OwnerMayNotList Obstacle = "the owner may not list"
	// NoObject: there is no object of that kind.
	NoObject Obstacle = "no object"
	// NothingToTry: nothing that the share gives can be tried without changing the bucket.
	NothingToTry Obstacle = "nothing to try"
	// NotInBucketPolicy: somebody else writes the bucket policy, and it does not have the share's statements.
	NotInBucketPolicy Obstacle = "not in the bucket policy"
	// OtherShares: other shares let the same consumer do what this one has to refuse; Others names their statements.
	OtherShares Obstacle = "other shares"
	// OnlyAtHome: the call was refused, and perhaps only by policies of the consumer's own: Others may let it in.
	OnlyAtHome Obstacle = "only at home"
	// NoVerdict: S3 answered neither yes nor no.
	NoVerdict Obstacle = "no verdict"
)

// Cause is what may be behind a refutation.
type Cause string

// Causes of a refusal at the door: of AssumeRole, or of calls to S3 where there is no role.
const (
	// ExplicitDeny: AWS itself names a policy that denies the call.
	ExplicitDeny Cause = "explicit deny"
	// RootUser: the caller is a root user, who can assume no role.
	RootUser Cause = "root user"
	// OtherAccount: the caller is not of the consumer account.
	OtherAccount Cause = "other account"
	// NotPrincipal: the caller is certainly none of the share's principals.
	NotPrincipal Cause = "not a principal"
	// PathUnknown: the caller is a session of a role that is a principal only if its path is the right one.
	PathUnknown Cause = "path unknown"
	// PrincipalsUnknown: only the owner knows whom the role lets in.
	PrincipalsUnknown Cause = "principals unknown"
	// NoPermission: the caller has no permission of its own for the call.
	NoPermission Cause = "no permission"
	// WrongExternalID: it is not, or no longer, the external ID that the role asks for.
	WrongExternalID Cause = "wrong external ID"
	// NoSuchRole: there is no such role.
	NoSuchRole Cause = "no such role"
	// OutsideOrganization: the caller is not in the organization that the perimeter names.
	OutsideOrganization Cause = "outside the organization"
	// OutsideNetwork: the call comes from elsewhere than the perimeter allows.
	OutsideNetwork Cause = "outside the network"
	// OwnersConditions: only the owner knows what else the trust policy asks for.
	OwnersConditions Cause = "the owner's conditions"
	// Expired: the share is over.
	Expired Cause = "expired"
	// MadeAgain: pinned principals that were made again are strangers.
	MadeAgain Cause = "made again"
	// OrganizationPolicy: a policy of either account's organization refuses the call.
	OrganizationPolicy Cause = "organization policy"
)

// Causes of a role that lets in without an external ID.
const (
	// OldAnswer: a while later AWS refused it, so the first answer may have been by the trust policy of before.
	OldAnswer Cause = "old answer"
	// OpenTrust: it goes on: the trust policy asks for no external ID.
	OpenTrust Cause = "open trust policy"
)

// Causes of calls to S3 that end otherwise than the share says.
const (
	// DeniedByOthers: statements of somebody else's in the bucket policy may refuse the call; Others names them.
	DeniedByOthers Cause = "denied by others"
	// AllowedByOthers: policies of somebody else's may allow the call; Others names them.
	AllowedByOthers Cause = "allowed by others"
	// AllowedSomewhere: no policies of others could be seen, so an ACL or the like allows the call.
	AllowedSomewhere Cause = "allowed somewhere"
	// Boundary: the permissions boundary may not allow the call.
	Boundary Cause = "permissions boundary"
	// Key: the object may be encrypted with a key that the caller may not use.
	Key Cause = "key"
	// KeyUnallowed: the object is encrypted with a key, and no policy of the caller's own allows to use it.
	KeyUnallowed Cause = "key not allowed"
	// PointChanged: the access point is not any more what the share says.
	PointChanged Cause = "access point changed"
	// ForeignObject: the object may belong to another account.
	ForeignObject Cause = "foreign object"
)

// Finding is how one claim fared.
type Finding struct {
	Claim   Claim
	Verdict Verdict
	// Target is the key of the object or the prefix that was tried, where it was one.
	Target string
	// Obstacle is why the claim is NotShown.
	Obstacle Obstacle
	// Causes are what may be behind a claim that is Refuted, the likeliest first.
	Causes []Cause
	// Others names what causes and obstacles speak of.
	Others []string
	// Err is AWS's last answer, nil when the call that should have been refused succeeded.
	Err error
}

// Proof is how a share fared when it was tried.
type Proof struct {
	// Caller is who tried it.
	Caller share.Caller
	// Findings are in the order of the trials. What a refuted claim leaves open is not among them.
	Findings []Finding
}

// Holds tells that nothing was refuted.
func (p Proof) Holds() bool { return len(p.Of(Refuted)) == 0 }

// Of gives the findings with that verdict.
func (p Proof) Of(verdict Verdict) []Finding {
	var found []Finding
	for _, finding := range p.Findings {
		if finding.Verdict == verdict {
			found = append(found, finding)
		}
	}
	return found
}
