// This file keeps access keys: the long-lived ones of users and root, the
// temporary ones of role sessions.
package directory

import (
	"maps"
	"time"
)

// Key is an access key and whom it stands for: a user, a role session, or, with
// neither, the root user of the account.
type Key struct {
	ID, Secret string
	Token      string    // temporary keys only
	Expires    time.Time // temporary keys only
	Account    *Account
	User       *User
	Session    *Session
	// Parent is the key that asked for this session; the network of a session
	// is that of whoever started it.
	Parent  *Key
	Network *Network
	Created time.Time
}

// Session is one session of a role.
type Session struct {
	Role           *Role
	Name           string
	Issued         time.Time
	Policies       []string // session policies, as JSON
	Tags           map[string]string
	TransitiveTags map[string]string
	SourceIdentity string
}

// Network is where calls made with a key come from, as condition keys see it.
// Empty fields leave the value of the connection itself.
type Network struct {
	SourceIP   string
	SourceVPCE string
	SourceVPC  string
	Insecure   bool // aws:SecureTransport is false
}

// Expired tells whether a temporary key is past its time.
func (k *Key) Expired(now time.Time) bool { return !k.Expires.IsZero() && !now.Before(k.Expires) }

// Dead tells whether the user or the role behind the key was deleted.
func (k *Key) Dead() bool {
	if k.Session != nil {
		return k.Session.Role.Deleted
	}
	return k.User != nil && k.User.Deleted
}

// From gives the network of a key: its own, else that of the key that started
// the session.
func (k *Key) From() Network {
	for ; k != nil; k = k.Parent {
		if k.Network != nil {
			return *k.Network
		}
	}
	return Network{}
}

// FindKey finds a key by its ID, nil where there is none.
func (d *Directory) FindKey(id string) *Key { return d.keys[id] }

// AddUserKey deals a long-lived key of a user.
func (d *Directory) AddUserKey(u *User) *Key {
	k := d.newKey("AKIA")
	k.Account, k.User, k.Created = u.Account, u, d.Now()
	d.keys[k.ID] = k
	return k
}

// AddRootKey deals a key of the root user of an account.
func (d *Directory) AddRootKey(a *Account) *Key {
	k := d.newKey("AKIA")
	k.Account, k.Created = a, d.Now()
	d.keys[k.ID] = k
	return k
}

// StartSession deals the temporary key of a role session, asked for with the
// key parent, which is nil for a service of AWS such as EC2.
func (d *Directory) StartSession(s Session, parent *Key, lasts time.Duration) *Key {
	k := d.newKey("ASIA")
	s.Issued = d.Now().Truncate(time.Second)
	s.Tags = maps.Clone(s.Tags)
	k.Token = "IQoJb3JpZ2luX2Vj" + d.ids.text(letters, 240)
	k.Account, k.Session, k.Parent = s.Role.Account, &s, parent
	k.Created, k.Expires = s.Issued, s.Issued.Add(lasts)
	d.keys[k.ID] = k
	return k
}

// StartedSessions gives the keys of sessions that were asked for with another key, in the order of their IDs.
func (d *Directory) StartedSessions() []*Key {
	var keys []*Key
	for _, k := range Sorted(d.keys) {
		if k.Parent != nil {
			keys = append(keys, k)
		}
	}
	return keys
}

// RemoveKey forgets a key.
func (d *Directory) RemoveKey(id string) { delete(d.keys, id) }

// UserKeys gives the keys of a user in the order of their IDs.
func (d *Directory) UserKeys(u *User) []*Key {
	var keys []*Key
	for _, k := range Sorted(d.keys) {
		if k.User == u {
			keys = append(keys, k)
		}
	}
	return keys
}
