// This file defines what an account holds: roles, users and instance profiles.
package directory

import (
	"slices"
	"strings"
	"time"
)

// Tag is a tag of a role or user. Keys are compared without regard to case and
// shown as first written.
type Tag struct{ Key, Value string }

// Entity is what roles and users have in common.
type Entity struct {
	Account    *Account
	Path, Name string
	ID         string // AROA… or AIDA…, never reused
	Created    time.Time
	Tags       []Tag
	Inline     []InlinePolicy   // in the order of their names
	Attached   []*ManagedPolicy // in the order of attachment
	Boundary   *ManagedPolicy
	Deleted    bool
}

// InlinePolicy is a policy embedded in a role or user; the text is as written.
type InlinePolicy struct{ Name, Text string }

// Role is an IAM role.
type Role struct {
	Entity
	Trust       string // JSON with principals as unique IDs
	Description string
	MaxSession  time.Duration
	LastUsed    time.Time // zero: not used
	LastRegion  string

	asked int // how often hosts of IAM were asked for the role
}

// ARN of the role, path included.
func (r *Role) ARN() string { return r.Account.ARN("role", r.Path, r.Name) }

// SessionARN is the ARN of a session of the role; it leaves out the path.
func (r *Role) SessionARN(session string) string {
	return "arn:" + r.Account.Partition + ":sts::" + r.Account.ID + ":assumed-role/" + r.Name + "/" + session
}

// ServiceLinked tells whether only AWS may change the role.
func (r *Role) ServiceLinked() bool { return strings.HasPrefix(r.Path, "/aws-service-role/") }

// User is an IAM user.
type User struct{ Entity }

// ARN of the user, path included.
func (u *User) ARN() string { return u.Account.ARN("user", u.Path, u.Name) }

// Profile is an instance profile.
type Profile struct {
	ARN, ID, Name, Path string
	Created             time.Time
	Role                *Role
}

// PutInline writes an inline policy, in place of one of the same name. Names of
// inline policies are compared with regard to case.
func (e *Entity) PutInline(p InlinePolicy) {
	at, found := slices.BinarySearchFunc(e.Inline, p.Name, byName)
	if found {
		e.Inline[at] = p
		return
	}
	e.Inline = slices.Insert(e.Inline, at, p)
}

// FindInline gives an inline policy by name.
func (e *Entity) FindInline(name string) (InlinePolicy, bool) {
	at, found := slices.BinarySearchFunc(e.Inline, name, byName)
	if !found {
		return InlinePolicy{}, false
	}
	return e.Inline[at], true
}

// RemoveInline drops an inline policy and tells whether there was one.
func (e *Entity) RemoveInline(name string) bool {
	at, found := slices.BinarySearchFunc(e.Inline, name, byName)
	if found {
		e.Inline = slices.Delete(slices.Clone(e.Inline), at, at+1)
	}
	return found
}

func byName(p InlinePolicy, name string) int { return strings.Compare(p.Name, name) }

// PutTag writes a tag; a key that differs in case only is the same key, and the
// new writing of it stays.
func (e *Entity) PutTag(t Tag) {
	for i, old := range e.Tags {
		if strings.EqualFold(old.Key, t.Key) {
			e.Tags[i] = t
			return
		}
	}
	e.Tags = append(e.Tags, t)
}

// RemoveTag drops a tag; a missing key is no error.
func (e *Entity) RemoveTag(key string) {
	e.Tags = slices.DeleteFunc(slices.Clone(e.Tags), func(t Tag) bool { return strings.EqualFold(t.Key, key) })
}

// TagMap gives the tags as condition keys see them.
func (e *Entity) TagMap() map[string]string {
	tags := make(map[string]string, len(e.Tags))
	for _, t := range e.Tags {
		tags[t.Key] = t.Value
	}
	return tags
}
