// Package verdict says whether AWS would allow a call under given policies, and which statement decides. It judges
// offline: what it cannot judge is an error or a condition that it names, never a guess and never a pass.
package verdict

import "github.com/crossaccount/terraform-provider-crossaccount/internal/policy"

// Kind is the kind of a principal.
type Kind string

// The kinds of principals that can make a call.
const (
	Root        Kind = "root"      // the root user of an account
	User        Kind = "user"      // an IAM user
	RoleSession Kind = "session"   // a session of an IAM role
	Service     Kind = "service"   // a service of AWS
	Anonymous   Kind = "anonymous" // nobody: an unsigned call
)

// Principal is who makes the call.
type Principal struct {
	Kind    Kind
	Account string // 12 digits; empty for services and anonymous calls
	// ARN of the user, of the role (path included, not of its session) or of the account's root.
	ARN string
	// SessionARN is arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION, for sessions only.
	SessionARN string
	// UniqueID is that of the user or role, AIDA… or AROA…, without the session's name. Policies as AWS stores them
	// name principals by it.
	UniqueID string
	// Service is the name of the service, such as ec2.amazonaws.com.
	Service string
}

// Keys are condition keys with their values; names are compared without case. A key that is not there is absent from
// the request; one with an empty list is there without a value. Judge adds the keys that follow from the caller
// (aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalType, aws:PrincipalIsAWSService, aws:PrincipalServiceName,
// aws:PrincipalServiceNamesList, aws:userid, aws:username) unless they are given; all others, aws:ResourceAccount and
// aws:CurrentTime too, are up to whoever makes the request. Values for BinaryEquals are base64.
type Keys map[string][]string

// Request is one call.
type Request struct {
	Principal       Principal
	Action          string // s3:GetObject
	Resource        string // ARN, or * for actions that know no resource
	ResourceAccount string // the account that owns the resource; may be empty for the resource *, which is the caller's
	Keys            Keys
	// AccessPoint is the ARN that an S3 call through an access point is about, such as
	// arn:aws:s3:us-east-1:111111111111:accesspoint/reports/object/k; empty for all other calls. Resource is that in the
	// bucket behind it. AccessPointAccount is the account that has the access point.
	AccessPoint, AccessPointAccount string

	doubt *doubt // how Weigh asks
}

// Policy is a document and how a sentence names it, such as `bucket policy` or `inline policy "crossaccount" of role etl`.
type Policy struct {
	Name     string
	Document policy.Document
}

// Policies are all documents that have a say in one call.
type Policies struct {
	Identity []Policy
	// Boundary is the permissions boundary, nil when there is none.
	Boundary *Policy
	// Session are the session policies, all of which must allow.
	Session []Policy
	// Resource is the policy of the resource (bucket policy, trust policy, key policy), nil when it has none.
	Resource *Policy
	// ResourceMustAllow tells that identity policies alone are not enough even inside one account: role trust
	// policies and key policies.
	ResourceMustAllow bool
	// Grants are those of the KMS key that the call is about.
	Grants []Grant
	// AccessPoint is the policy of the access point that the call goes through, nil when it has none.
	AccessPoint *Policy
}

// Outcome is how a call ends.
type Outcome string

// The outcomes, in AWS's terms.
const (
	Allowed      Outcome = "allowed"
	ExplicitDeny Outcome = "explicit deny" // a statement denies
	ImplicitDeny Outcome = "implicit deny" // a policy that would have to allow does not
)

// Verdict is the answer.
type Verdict struct {
	Outcome Outcome
	// By is the policy that decides: it denies, or does not allow. For Allowed, the policy that allows: across accounts and
	// with ResourceMustAllow that of the resource, and "root user" for a root user whom only its own account's rights let
	// in. When no policy of Layer allows, all their names, or "" when there is none.
	By string
	// Layer tells what kind of policy By is.
	Layer Layer
	// Sid is the Sid of the deciding statement, or its 1-based position (#2) when it has none; empty when no statement
	// decides, and for a grant, which has no statements.
	Sid string
}

// Layer is the kind of a policy.
type Layer string

// The layers, as AWS's denials name them.
const (
	IdentityLayer Layer = "identity-based policy"
	BoundaryLayer Layer = "permissions boundary"
	SessionLayer  Layer = "session policy"
	ResourceLayer Layer = "resource-based policy"
	GrantLayer    Layer = "grant" // only ever allows
)
