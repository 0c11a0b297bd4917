// This file sets up accounts for tests. What tests set up has been there for
// long: it can be named as a principal at once. Wrong set-up panics.
package awssim

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/grammar"
)

// Account is one AWS account of a Server. Everything that is not here is set up
// by plain SDK calls with AdminKey.
type Account struct {
	server *Server
	dir    *directory.Account
	admin  *directory.User
}

// Credentials are an access key as an SDK takes it. SessionToken is empty for
// keys of users and root.
type Credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken string
}

// Quotas are the limits of IAM that an account can have raised.
type Quotas = directory.Quotas

// DefaultQuotas are those of a new account.
func DefaultQuotas() Quotas { return directory.DefaultQuotas() }

// AccountOption changes what AddAccount makes.
type AccountOption func(*directory.Account)

// InPartition puts the account into another partition than aws.
func InPartition(partition string) AccountOption {
	return func(a *directory.Account) { a.Partition = partition }
}

// InOrganization makes the account a member of an organization.
func InOrganization(id string) AccountOption {
	return func(a *directory.Account) { a.OrgID = id }
}

// WithQuotas gives the account other limits.
func WithQuotas(q Quotas) AccountOption {
	return func(a *directory.Account) { a.Quotas = q }
}

const (
	adminPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	ec2Trust    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	// age is how long ago what a test sets up was made.
	age = 24 * time.Hour
	// instanceSession is how long the keys of an instance profile last.
	instanceSession = 6 * time.Hour
)

// AddAccount adds an account with an IAM user "admin" who may do everything.
func (s *Server) AddAccount(id string, options ...AccountOption) *Account {
	s.dir.Lock()
	defer s.dir.Unlock()
	if s.dir.Account(id) != nil {
		panic("adding an account: there is an account " + id + " already")
	}
	made := directory.Account{ID: id, Partition: "aws", Quotas: directory.DefaultQuotas()}
	for _, option := range options {
		option(&made)
	}
	a := &Account{server: s, dir: s.dir.AddAccount(made)}
	a.admin = a.addUser("/", "admin", []string{adminPolicy})
	return a
}

// ID is the account's ID, 12 digits.
func (a *Account) ID() string { return a.dir.ID }

// AdminKey deals an access key of the user "admin".
func (a *Account) AdminKey() Credentials {
	a.server.dir.Lock()
	defer a.server.dir.Unlock()
	return credentials(a.server.dir.AddUserKey(a.admin))
}

// RootKey deals an access key of the account's root user.
func (a *Account) RootKey() Credentials {
	a.server.dir.Lock()
	defer a.server.dir.Unlock()
	return credentials(a.server.dir.AddRootKey(a.dir))
}

// AddRole adds a role that trusts EC2 and has the documents as inline policies
// setup-1, setup-2 …, and gives its unique ID.
func (a *Account) AddRole(path, name string, documents ...string) string {
	a.server.dir.Lock()
	defer a.server.dir.Unlock()
	if a.dir.Roles[directory.Fold(name)] != nil {
		panic("adding a role: there is a role " + name + " already")
	}
	r := &directory.Role{Entity: a.entity("AROA", path, name), MaxSession: time.Hour}
	trust, err := a.server.dir.StoreTrust(a.dir, ec2Trust)
	if err != nil {
		panic(fmt.Sprintf("adding role %s: %v", name, err))
	}
	r.Trust = trust
	putInline(&r.Entity, documents)
	a.dir.Roles[directory.Fold(name)] = r
	return r.ID
}

// RoleSession deals the keys of a role session as an instance profile would:
// nobody's AssumeRole, six hours.
func (a *Account) RoleSession(role, session string) Credentials {
	a.server.dir.Lock()
	defer a.server.dir.Unlock()
	r := a.dir.Roles[directory.Fold(role)]
	if r == nil {
		panic("starting a session: there is no role " + role)
	}
	return credentials(a.server.dir.StartSession(directory.Session{Role: r, Name: session}, nil, instanceSession))
}

// AddUser adds a user who has the documents as inline policies setup-1, setup-2 …,
// and gives the user's unique ID.
func (a *Account) AddUser(path, name string, documents ...string) string {
	a.server.dir.Lock()
	defer a.server.dir.Unlock()
	return a.addUser(path, name, documents).ID
}

func (a *Account) addUser(path, name string, documents []string) *directory.User {
	if a.dir.Users[directory.Fold(name)] != nil {
		panic("adding a user: there is a user " + name + " already")
	}
	u := &directory.User{Entity: a.entity("AIDA", path, name)}
	putInline(&u.Entity, documents)
	a.dir.Users[directory.Fold(name)] = u
	return u
}

// UserKey deals an access key of a user.
func (a *Account) UserKey(name string) Credentials {
	a.server.dir.Lock()
	defer a.server.dir.Unlock()
	u := a.dir.Users[directory.Fold(name)]
	if u == nil {
		panic("dealing an access key: there is no user " + name)
	}
	return credentials(a.server.dir.AddUserKey(u))
}

// AddPolicy adds a managed policy and gives its ARN.
func (a *Account) AddPolicy(path, name, document string) string {
	a.server.dir.Lock()
	defer a.server.dir.Unlock()
	mustBeIdentityPolicy(name, document)
	created := a.server.dir.Now().Add(-age)
	p := &directory.ManagedPolicy{
		ARN: a.dir.ARN("policy", path, name), ID: a.server.dir.NewID("ANPA"), Name: name, Path: path, Created: created, Default: "v1",
		Versions: []directory.PolicyVersion{{ID: "v1", Text: document, Created: created}},
	}
	a.dir.Policies[p.ARN] = p
	return p.ARN
}

// RoleNames are the names of all roles, sorted.
func (a *Account) RoleNames() []string {
	a.server.dir.Lock()
	defer a.server.dir.Unlock()
	var names []string
	for r := range maps.Values(a.dir.Roles) {
		names = append(names, r.Name)
	}
	slices.Sort(names)
	return names
}

func (a *Account) entity(prefix, path, name string) directory.Entity {
	return directory.Entity{
		Account: a.dir, Path: path, Name: name, ID: a.server.dir.NewID(prefix), Created: a.server.dir.Now().Add(-age),
	}
}

func putInline(e *directory.Entity, documents []string) {
	for i, document := range documents {
		mustBeIdentityPolicy(e.Name, document)
		e.PutInline(directory.InlinePolicy{Name: fmt.Sprintf("setup-%d", i+1), Text: document})
	}
}

func mustBeIdentityPolicy(name, document string) {
	if err := grammar.CheckIdentity(document); err != nil {
		panic(fmt.Sprintf("setting up %s: %v", name, err))
	}
}

func credentials(k *directory.Key) Credentials {
	return Credentials{AccessKeyID: k.ID, SecretAccessKey: k.Secret, SessionToken: k.Token}
}
