package share

import (
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// Observed is what exists in AWS of a share. Absence is a value.
type Observed struct {
	// Role is nil when there is no such role.
	Role *Role
	// Inline are the role's inline policies, ours among them, by name.
	Inline []NamedPolicy
	// Attached are the ARNs of the managed policies on the role.
	Attached []string
	// AttachedDocuments are their documents, by ARN. They are read for imports and surveys only.
	AttachedDocuments []NamedPolicy
	Bucket            BucketPolicy
	AccessPoint       AccessPoint
	// Consumer are the consumer policies on roles of the consumer, one for each role that was asked about.
	Consumer []ConsumerPolicy
	// Keys are those that were asked about, for direct shares.
	Keys []Key
}

// Role is a role as IAM has it.
type Role struct {
	ARN      string
	UniqueID string
	Path     Path
	Settings RoleSettings
	Trust    policy.Document
	Created  time.Time
	// LastUsed is zero when the role was not used in the 400 days that IAM remembers (API reference, RoleLastUsed). It is
	// history: no plan depends on it.
	LastUsed time.Time
}

// NamedPolicy is a policy with its name, or its ARN where it is a managed one.
type NamedPolicy struct {
	Name     string
	Document policy.Document
}

// ConsumerPolicy is our inline policy on one role of the consumer; Document is nil when it is not there.
type ConsumerPolicy struct {
	RoleName string
	// RoleMissing tells that the consumer has no such role.
	RoleMissing bool
	Document    *policy.Document
}

// BucketPolicy is the policy of the bucket and how much of it could be seen.
type BucketPolicy struct {
	State BucketState
	// Document is the whole policy; empty unless State is BucketHasPolicy.
	Document policy.Document
}

// BucketState tells what is known of a bucket policy.
type BucketState string

const (
	// BucketUnread is the state of a policy that nobody asked for.
	BucketUnread BucketState = ""
	// BucketMissing tells that there is no such bucket.
	BucketMissing BucketState = "missing"
	// BucketWithoutPolicy tells that the bucket has no policy.
	BucketWithoutPolicy BucketState = "without policy"
	// BucketHasPolicy tells that the policy was read.
	BucketHasPolicy BucketState = "has policy"
)

// Permissions gives our inline policy on the role, nil when it is not there.
func (o Observed) Permissions() *policy.Document {
	for i := range o.Inline {
		if o.Inline[i].Name == PermissionsPolicyName {
			return &o.Inline[i].Document
		}
	}
	return nil
}

// Statements gives the statements of the bucket policy that belong to the share, see Spec.Owns.
func (o Observed) Statements(spec Spec) []policy.Statement {
	var ours []policy.Statement
	for _, statement := range o.Bucket.Document.Statements() {
		if spec.Owns(statement) {
			ours = append(ours, statement)
		}
	}
	return ours
}

// Exists tells that any part of the share is there. Policies on the consumer's roles count: something would be left
// behind if they were forgotten. So do statements that it has in common with others: it may have been the last. A share that
// consists of documents for somebody else to write is there as long as it is wanted.
func (o Observed) Exists(spec Spec) bool {
	if spec.IsDirect() && spec.BucketPolicyMode == OutputOnly {
		return true
	}
	if o.Role != nil || len(o.Statements(spec)) > 0 || o.AccessPoint.State == PointFound {
		return true
	}
	if spec.SharesStatements() && len(o.Delegation(spec)) > 0 {
		return true
	}
	for _, key := range o.Keys {
		if len(key.Statements(spec))+len(key.Grants) > 0 {
			return true
		}
	}
	for _, consumer := range o.Consumer {
		if consumer.Document != nil {
			return true
		}
	}
	return false
}

// Existing is what would be observed if all parts of the share were there, with this role or without any.
func (d Desired) Existing(role *Role) Observed {
	observed := Observed{
		Role:   role,
		Bucket: BucketPolicy{State: BucketHasPolicy, Document: policy.New(d.Shown()...)},
		Keys:   d.existingKeys(),

		AccessPoint: d.existingAccessPoint(),
	}
	if !d.Spec.IsDirect() {
		observed.Inline = []NamedPolicy{{Name: PermissionsPolicyName, Document: d.Permissions}}
	}
	if !d.Spec.RevokedBefore.IsZero() {
		observed.Inline = append(observed.Inline, NamedPolicy{Name: RevocationPolicyName, Document: d.Revocation})
	}
	for _, name := range d.Spec.Consumer.AttachToRoles {
		observed.Consumer = append(observed.Consumer, ConsumerPolicy{RoleName: name, Document: &d.Consumer})
	}
	return observed
}

// MadeFor tells that the role was made by this provider for a share of that bucket.
func (r Role) MadeFor(bucket Bucket) bool { return r.Settings.Tags[OwnershipTag] == string(bucket) }
