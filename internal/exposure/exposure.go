// Package exposure tells who outside the owner account can reach a bucket, and how, from the documents as they are: roles
// that outsiders may assume and statements of the bucket policy. It knows what a share looks like and judges documents,
// not intentions: a condition that it cannot decide is told as a condition.
package exposure

import (
	"slices"
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Role is a role of the owner account with all that tells who reaches what through it.
type Role struct {
	Name string
	// Parts are the role and its policies with their documents; nothing of the bucket.
	Parts share.Observed
	// Boundary is the document of the permissions boundary; nil when there is none, or it could not be read.
	Boundary *policy.Document
}

// Via tells by which way somebody reaches a bucket.
type Via string

// The ways.
const (
	ViaShare        Via = "share"
	ViaRole         Via = "role"
	ViaBucketPolicy Via = "bucket policy"
)

// Entry is one way by which somebody outside the owner account reaches the bucket.
type Entry struct {
	Via Via
	// Principal is who, as policies name them; "*" is everybody.
	Principal string
	// AccountID is the account of the principal, empty when it has none or more than one.
	AccountID string
	// RoleARN is the role of the owner account that is assumed, empty for statements of the bucket policy.
	RoleARN string
	// Sids are the statements of the bucket policy that give the access.
	Sids []string
	// Access are the words of access of which all actions are allowed; Actions are all actions, as the policies write
	// them.
	Access  []share.Word
	Actions []string
	// Prefixes limits the objects; empty means the whole bucket. One with * or ? in it is a pattern of whole keys.
	Prefixes []string
	// Conditions are sentences, all of which must be true for a call to go through.
	Conditions []string
	Findings   []Finding
}

// Question is what is asked about a bucket.
type Question struct {
	Owner  share.Account
	Bucket share.Bucket
	// Policy is the bucket policy; the empty document when there is none.
	Policy policy.Document
	Roles  []Role
	Now    time.Time
	// UnusedDays is after how many days without use a role is a finding.
	UnusedDays int
}

// Access answers who outside the owner account reaches the bucket: shares first, then other roles, then statements of the
// bucket policy.
func (q Question) Access() []Entry {
	q.Policy = q.withoutDelegation()
	var entries []Entry
	for _, role := range q.Roles {
		entries = append(entries, q.throughRole(role)...)
	}
	entries = append(entries, q.throughPolicy()...)
	order := []Via{ViaShare, ViaRole, ViaBucketPolicy}
	slices.SortStableFunc(entries, func(a, b Entry) int {
		if a.Via != b.Via {
			return slices.Index(order, a.Via) - slices.Index(order, b.Via)
		}
		if a.RoleARN != b.RoleARN {
			return strings.Compare(a.RoleARN, b.RoleARN)
		}
		return strings.Compare(a.Principal, b.Principal)
	})
	return entries
}

func (q Question) bucketARN() string {
	return share.Spec{Owner: q.Owner, Bucket: q.Bucket}.BucketARN()
}

// throughRole gives the entries of one role: each outsider that its trust policy lets in, with each kind of access.
func (q Question) throughRole(role Role) []Entry {
	entrances := entrancesOf(q.Owner, role)
	if len(entrances) == 0 {
		return nil
	}
	via := ViaRole
	if role.Parts.Role.MadeFor(q.Bucket) {
		via = ViaShare
	}
	reaches := q.reachesOf(role)
	unread := unreadOf(role)
	if len(reaches) == 0 && len(unread) > 0 {
		reaches = []reach{{}} // what it reaches is not known
	}
	var entries []Entry
	for _, entrance := range entrances {
		for _, reach := range reaches {
			entry := reach.entry(via, entrance.who)
			entry.RoleARN = role.Parts.Role.ARN
			entry.Conditions = distinct(slices.Concat(entrance.conditions, entry.Conditions))
			entry.Findings = slices.Concat(entrance.findings, q.ended(entrance.ends, reach.ends), q.unused(*role.Parts.Role), unread)
			entries = append(entries, entry)
		}
	}
	return entries
}

// throughPolicy gives the entries of the statements of the bucket policy that name outsiders.
func (q Question) throughPolicy() []Entry {
	var entries []Entry
	for _, who := range namedIn(q.Owner, q.Policy) {
		reaches := q.reachesOfOutsider(who)
		for _, reach := range reaches {
			entry := reach.entry(ViaBucketPolicy, who.outsider)
			entry.Findings = slices.Concat(who.findings(bySignature, entry.Conditions), q.ended(reach.ends))
			entries = append(entries, entry)
		}
	}
	for _, statement := range q.Policy.Statements() {
		if statement.Err() != nil && statement.Effect != policy.Deny {
			entries = append(entries, Entry{
				Via: ViaBucketPolicy, Sids: []string{statement.Sid},
				Findings: []Finding{{Unreadable, "the statement cannot be understood: it may let anybody in"}},
			})
		}
	}
	return entries
}

func distinct(values []string) []string {
	var kept []string
	for _, value := range values {
		if !slices.Contains(kept, value) {
			kept = append(kept, value)
		}
	}
	return kept
}
