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
	// StopsReading: an object outside the share's prefixes cannot be read.
	StopsReading Claim = "stops reading outside"
	// ListsInside: keys of the share can be listed.
	ListsInside Claim = "lists inside"
	// StopsListing: the bucket cannot be listed without a prefix.
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
	// NoVerdict: S3 answered neither yes nor no.
	NoVerdict Obstacle = "no verdict"
)

// Cause is what may be behind a refutation.
type Cause string

// Causes of a refused AssumeRole.
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
	// NoPermission: the caller has no permission of its own to call AssumeRole.
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
	// AllowedSomewhere: the role has no other policies that could be seen, so an ACL or the like allows the call.
	AllowedSomewhere Cause = "allowed somewhere"
	// Boundary: the permissions boundary may not allow the call.
	Boundary Cause = "permissions boundary"
	// Key: the object may be encrypted with a key that the role may not use.
	Key Cause = "key"
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
	// Others names what causes speak of.
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
