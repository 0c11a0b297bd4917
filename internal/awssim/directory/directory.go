// Package directory is who exists in the simulated world: accounts, roles,
// users, managed policies, access keys and sessions, and what each of them may
// do. IAM writes it, STS and S3 ask it.
package directory

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options set up a Directory.
type Options struct {
	Now  func() time.Time
	Seed uint64
}

// Directory holds every account. Whoever reads or changes what it holds must
// hold its lock; the methods that take it themselves say so.
type Directory struct {
	sync.Mutex
	// PrincipalLag is how long a new role or user cannot be named as a
	// principal yet: IAM is eventually consistent.
	PrincipalLag time.Duration
	// RoleLag is how long hosts of IAM may not know a new role yet, AssumeLag
	// how long STS does not.
	RoleLag, AssumeLag time.Duration

	now      func() time.Time
	ids      *sequence
	accounts map[string]*Account
	keys     map[string]*Key

	awsManaged map[string]*ManagedPolicy // by ARN
}

// New makes an empty Directory.
func New(o Options) *Directory {
	return &Directory{
		now: o.Now, ids: newSequence(o.Seed),
		accounts: map[string]*Account{}, keys: map[string]*Key{},
		awsManaged: map[string]*ManagedPolicy{},
	}
}

// Now is the time on the directory's clock, in UTC.
func (d *Directory) Now() time.Time { return d.now().UTC() }

// Account is one AWS account. Names are looked up in lower case: IAM tells
// names apart without regard to case.
type Account struct {
	ID, Partition, OrgID string
	Quotas               Quotas

	Roles    map[string]*Role          // by lower-case name
	Users    map[string]*User          // by lower-case name
	Policies map[string]*ManagedPolicy // by ARN
	Profiles map[string]*Profile       // by lower-case name
}

// Quotas are the limits of IAM that an account can have raised. Sizes count
// characters without white space (IAM User Guide, "IAM and AWS STS quotas").
type Quotas struct {
	TrustPolicySize      int
	InlinePoliciesSize   int
	ManagedPolicySize    int
	ManagedPoliciesCount int // managed policies attached to one role
	Roles                int
	AccessPoints         int // of one region (S3 User Guide, "Access points restrictions and limitations")
}

// DefaultQuotas are those of a new account.
func DefaultQuotas() Quotas {
	return Quotas{TrustPolicySize: 2048, InlinePoliciesSize: 10240, ManagedPolicySize: 6144, ManagedPoliciesCount: 10, Roles: 1000, AccessPoints: 10000}
}

// AddAccount adds an account, or gives the one that has this ID already.
func (d *Directory) AddAccount(a Account) *Account {
	if old, exists := d.accounts[a.ID]; exists {
		return old
	}
	a.Roles, a.Users = map[string]*Role{}, map[string]*User{}
	a.Policies, a.Profiles = map[string]*ManagedPolicy{}, map[string]*Profile{}
	d.accounts[a.ID] = &a
	return &a
}

// Account finds an account, nil where there is none.
func (d *Directory) Account(id string) *Account { return d.accounts[id] }

// ARN builds the ARN of an IAM entity: kind role, path /x/, name n give
// arn:P:iam::ID:role/x/n.
func (a *Account) ARN(kind, path, name string) string {
	return "arn:" + a.Partition + ":iam::" + a.ID + ":" + kind + path + name
}

// RootARN is the ARN that stands for the whole account in a principal.
func (a *Account) RootARN() string { return "arn:" + a.Partition + ":iam::" + a.ID + ":root" }

// Sorted gives the values of a map in the order of their keys.
func Sorted[K cmp.Ordered, V any](m map[K]V) []V {
	values := make([]V, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		values = append(values, m[key])
	}
	return values
}

// Fold is a name as IAM compares it.
func Fold(name string) string { return strings.ToLower(name) }
