package verdict

// This file tells whom a statement of a resource policy names (IAM User Guide, "AWS JSON policy elements: Principal" and
// "NotPrincipal").

import (
	"errors"
	"fmt"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// reach is how closely a statement names the caller. Inside one account it decides which other policies limit an allow:
// IAM User Guide, "Policy evaluation logic", table of resource-based policies and implicit denies.
type reach int

const (
	nobody    reach = iota
	delegated       // the caller's account is named: whether the caller may is up to the account's own policies
	asRole          // the role of a session is named: what limits the role limits the session
	direct          // the caller itself, or everybody
)

// whom is the Principal or NotPrincipal of a statement.
type whom struct {
	everybody bool // there is none: the policy hangs on the caller
	negated   bool
	names     policy.Principal
}

func compileWhom(from policy.Statement, layer Layer, d dialect) (whom, error) {
	w := whom{}
	switch {
	case layer != ResourceLayer && (from.Principal != nil || from.NotPrincipal != nil):
		return w, fmt.Errorf("a %s names no principals", layer)
	case layer != ResourceLayer:
		return whom{everybody: true}, nil
	case from.Principal != nil && from.NotPrincipal != nil:
		return w, errors.New("it has both Principal and NotPrincipal")
	case from.Principal != nil:
		w.names = *from.Principal
	case from.NotPrincipal == nil:
		return w, errors.New("it has neither Principal nor NotPrincipal")
	case d.trust:
		return w, errors.New("a role's trust policy has no NotPrincipal")
	case from.Effect == policy.Allow:
		return w, errors.New("NotPrincipal does not go with Allow")
	default:
		w.names, w.negated = *from.NotPrincipal, true
	}
	return w, w.check()
}

// check refuses what AWS does not store: types that it does not have, and wildcards inside a name.
func (w whom) check() error {
	for kind := range w.names.Other {
		return fmt.Errorf("principal type %q is not known", kind)
	}
	for _, name := range w.names.AWS {
		if name != "*" && strings.ContainsAny(name, "*?") {
			return fmt.Errorf("principal %q has a wildcard inside", name)
		}
	}
	for _, name := range w.names.Service {
		if strings.ContainsAny(name, "*?") {
			return fmt.Errorf("service principal %q has a wildcard", name)
		}
	}
	n := w.names
	if w.negated && !n.Any && len(n.AWS)+len(n.Service)+len(n.Federated)+len(n.CanonicalUser) == 0 {
		return errors.New("its NotPrincipal is empty")
	}
	return nil
}

// reach tells how closely the statement names the caller. The names that a NotPrincipal lists are exceptions from a
// Deny: AWS checks the account, the role and the session each on its own, so all three have to be listed, and it denies
// every caller who has a permissions boundary, whatever is listed.
func (w whom) reach(c call) reach {
	switch {
	case w.everybody:
		return direct
	case !w.negated:
		return w.closest(c.principal)
	case c.bounded:
		return direct
	}
	for _, names := range identitiesOf(c.principal) {
		if !w.lists(names) {
			return direct
		}
	}
	return nobody
}

func (w whom) closest(p Principal) reach {
	if w.isStar() {
		return direct
	}
	closest := nobody
	for step, names := range identitiesOf(p) {
		if !w.lists(names) {
			continue
		}
		closest = max(closest, reachOf(p.Kind, step))
	}
	return closest
}

// reachOf is the reach of a statement that names the step-th identity of a caller.
func reachOf(kind Kind, step int) reach {
	switch kind {
	case User:
		return [...]reach{delegated, direct}[step]
	case RoleSession:
		return [...]reach{delegated, asRole, direct}[step]
	}
	return direct
}

// identity is what one of the identities of a caller can be called in a policy.
type identity struct {
	account string
	aws     []string
	service string
}

// identitiesOf gives the identities of a caller from the widest to the narrowest. An anonymous caller has one without a
// name, which only * stands for.
func identitiesOf(p Principal) []identity {
	account := identity{account: p.Account}
	own := identity{aws: named(p.ARN, p.UniqueID)}
	switch p.Kind {
	case Root:
		return []identity{account}
	case User:
		return []identity{account, own}
	case RoleSession:
		return []identity{account, own, {aws: named(p.SessionARN)}}
	case Service:
		return []identity{{service: p.Service}}
	}
	return []identity{{}}
}

func named(names ...string) (known []string) {
	for _, name := range names {
		if name != "" {
			known = append(known, name)
		}
	}
	return known
}

func (w whom) isStar() bool {
	if w.names.Any {
		return true
	}
	for _, name := range w.names.AWS {
		if name == "*" {
			return true
		}
	}
	return false
}

func (w whom) lists(i identity) bool {
	if w.isStar() {
		return true
	}
	for _, name := range w.names.AWS {
		if account, ok := policy.AccountID(name); ok && account == i.account {
			return true
		}
		for _, own := range i.aws {
			if own == name {
				return true
			}
		}
	}
	for _, name := range w.names.Service {
		if i.service != "" && name == i.service {
			return true
		}
	}
	return false
}
