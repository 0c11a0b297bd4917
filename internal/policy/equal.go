package policy

// This file tells whether two pieces of policy mean the same to AWS. Each piece is turned into a canonical text, so
// that Equal is an equivalence by construction.

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Equal compares as sets: order and repetition do not count, and nil is the empty set.
func (v Values) Equal(o Values) bool { return canonicalSet(v, verbatim) == canonicalSet(o, verbatim) }

// Equal compares what the principals stand for: an account ID is its root ARN, {"AWS":"*"} is "*".
func (p Principal) Equal(o Principal) bool { return p.canonical() == o.canonical() }

// Equal compares values as sets and keys without regard to case. Operators are compared as written.
func (c Condition) Equal(o Condition) bool { return c.canonical() == o.canonical() }

// Equal tells that both statements mean the same to AWS and have the same Sid. Order, repetition, scalar or list, the
// case of actions and condition keys, and the ways to write an account or everybody do not count. A statement with an
// Err equals only the very same JSON, white space aside.
func (s Statement) Equal(o Statement) bool { return s.canonical() == o.canonical() }

// Equal tells that both documents mean the same to AWS and have the same Id and Sids. The order of statements does not
// count; an absent Version is the older one.
func (d Document) Equal(o Document) bool { return d.canonical() == o.canonical() }

func (d Document) canonical() string {
	version := d.Version()
	if version == "" {
		version = Version2008
	}
	parts := []string{strconv.Quote(version), strconv.Quote(d.ID())}
	var others, statements []string
	for _, m := range d.members {
		if m.name != "Version" && m.name != "Id" && m.name != "Statement" {
			others = append(others, strconv.Quote(m.name)+compact(m.value))
		}
	}
	for _, s := range d.statements {
		statements = append(statements, s.canonical())
	}
	slices.Sort(others)
	slices.Sort(statements)
	parts = append(parts, list(others), list(statements))
	return list(parts)
}

func (s Statement) canonical() string {
	if s.fault != nil {
		return "unreadable " + compact(s.JSON())
	}
	return list([]string{
		strconv.Quote(s.Sid),
		strconv.Quote(string(s.Effect)),
		s.Principal.canonicalOrNone(),
		s.NotPrincipal.canonicalOrNone(),
		canonicalMember(s.Action, strings.ToLower),
		canonicalMember(s.NotAction, strings.ToLower),
		canonicalMember(s.Resource, verbatim),
		canonicalMember(s.NotResource, verbatim),
		s.Condition.canonical(),
	})
}

func (p *Principal) canonicalOrNone() string {
	if p == nil {
		return "none"
	}
	return p.canonical()
}

func (p Principal) canonical() string {
	if p.Any {
		p = Principal{AWS: Values{"*"}}
	}
	var kinds []string
	for kind, values := range p.kinds() {
		switch {
		case len(values) == 0:
			continue
		case kind == "AWS":
			kinds = append(kinds, strconv.Quote(kind)+canonicalSet(values, canonicalAccount))
		default:
			kinds = append(kinds, strconv.Quote(kind)+canonicalSet(values, verbatim))
		}
	}
	slices.Sort(kinds)
	return list(kinds)
}

// canonicalAccount drops the partition of a root ARN: a bare account ID has none, and AWS returns the one for the
// other. An account lives in one partition only.
func canonicalAccount(principal string) string {
	if id, ok := AccountID(principal); ok {
		return id
	}
	return principal
}

func (c Condition) canonical() string {
	var tests []string
	for operator, keys := range c {
		for key, values := range keys {
			key = strings.ToLower(key)
			tests = append(tests, strconv.Quote(operator)+strconv.Quote(key)+canonicalSet(values, verbatim))
		}
	}
	slices.Sort(tests)
	return list(tests)
}

// canonicalMember tells an absent member from an empty list.
func canonicalMember(values Values, normal func(string) string) string {
	if values == nil {
		return "none"
	}
	return canonicalSet(values, normal)
}

func canonicalSet(values Values, normal func(string) string) string {
	quoted := make([]string, 0, len(values))
	for _, value := range values {
		quoted = append(quoted, strconv.Quote(normal(value)))
	}
	slices.Sort(quoted)
	return list(slices.Compact(quoted))
}

func verbatim(value string) string { return value }

func compact(raw string) string {
	var compacted bytes.Buffer
	if err := json.Compact(&compacted, []byte(raw)); err != nil {
		return raw // cannot happen: the text is valid
	}
	return compacted.String()
}
