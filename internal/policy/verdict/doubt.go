package verdict

// This file lets a call be asked about of which not everything is known.

import (
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// Open is what is not known of a call.
type Open struct {
	// Like are keys that the request has with one value each, of which only a pattern is known.
	Like map[string]string
	// Unknown tells whether a key, in lower case, may be absent or have any values; nil for none. What the request and
	// Like have is known.
	Unknown func(key string) bool
}

// truth is what is known of a statement that may be true.
type truth int

const (
	no truth = iota
	maybe
	yes
)

// truths are those of what is known.
var truths = map[bool]truth{false: no, true: yes}

// opposite keeps maybe.
func (t truth) opposite() truth { return yes - t }

// doubt is how a call is judged of which not everything is known.
type doubt struct {
	like    map[string]string // keys in lower case
	unknown func(key string) bool
	// hopeful tells that every doubt is decided for the caller.
	hopeful bool
}

func (o Open) doubt() *doubt {
	d := &doubt{like: map[string]string{}, unknown: o.Unknown}
	for key, pattern := range o.Like {
		d.like[strings.ToLower(key)] = pattern
	}
	return d
}

// isOpen tells that the value of a key, in lower case, is not known.
func (c call) isOpen(key string) bool {
	if _, known := c.keys[key]; known || c.doubt == nil {
		return false
	}
	return c.isLike(key) || c.doubt.unknown != nil && c.doubt.unknown(key)
}

func (c call) isLike(key string) bool {
	if c.doubt == nil {
		return false
	}
	_, like := c.doubt.like[key]
	return like
}

// settle gives the reach of a statement for the side that the doubt takes; without doubt there is one only.
func (c call) settle(s statement, l lean) reach {
	if c.doubt != nil && c.doubt.hopeful != s.denies {
		return l.most
	}
	return l.least
}

// lean tells how far a statement reaches to the caller at least and at most.
type lean struct {
	least, most reach
	tests       []condition // those that nobody can answer
	somewhere   bool        // it is about some of the resources only
	sessions    bool        // it is about some sessions of the role only
}

// lean tells how far the statement reaches to the caller: nobody when it does not speak about the call.
func (s statement) lean(c call) (lean, error) {
	l := s.whom.lean(c)
	if l.most == nobody || !s.aboutAction(c) {
		return lean{}, nil
	}
	where, err := s.where(c)
	if err != nil || where == no {
		return lean{}, err
	}
	l.somewhere = where == maybe
	holds := yes
	for _, one := range s.conditions {
		truth, err := one.truth(c)
		if err != nil {
			return lean{}, err
		}
		if truth == maybe {
			l.tests = append(l.tests, one)
		}
		holds = min(holds, truth)
	}
	switch min(holds, where) {
	case no:
		return lean{}, nil
	case maybe:
		l.least = nobody
	}
	return l, nil
}

// anySession ends the ARN of a session whose name is not known.
const anySession = "/*"

// lean tries the sessions that the statement names where the caller's is not known.
func (w whom) lean(c call) lean {
	one := w.reach(c)
	l := lean{least: one, most: one}
	role, open := strings.CutSuffix(c.principal.SessionARN, anySession)
	if c.doubt == nil || !open {
		return l
	}
	for _, name := range w.names.AWS {
		if strings.HasPrefix(name, role+"/") {
			named := c
			named.principal.SessionARN = name
			l.least, l.most = min(l.least, w.reach(named)), max(l.most, w.reach(named))
		}
	}
	l.sessions = l.least != l.most
	return l
}

// where tells whether the statement is about the resource or, in doubt, about all or some of those that it stands for.
func (s statement) where(c call) (truth, error) {
	if c.doubt == nil || s.everywhere {
		about, err := s.aboutResource(c)
		return truths[about], err
	}
	asked, found := policy.Wildcards(c.resource), no
	for _, resource := range s.resources {
		pattern, certain, err := resource.pattern(c)
		if err != nil {
			return no, err
		}
		switch {
		case pattern == nil || !pattern.Meets(asked):
		case certain && pattern.Covers(asked):
			found = yes
		default:
			found = max(found, maybe)
		}
	}
	if s.notTheirs {
		return found.opposite(), nil
	}
	return found, nil
}

// pattern is all that the template may stand for: nil for nothing, and not certain when a part of it is not known.
func (t template) pattern(c call) (pattern *policy.Pattern, certain bool, err error) {
	certain = true
	loose := template{}
	for _, one := range t.parts {
		if one.key != "" && c.isOpen(one.key) {
			one, certain = part{piece: piece{text: "*"}}, false
		}
		loose.parts = append(loose.parts, one)
	}
	expanded, known, err := loose.expand(c)
	if err != nil || !known {
		return nil, certain, err
	}
	whole := expanded.pattern()
	return &whole, certain, nil
}

// truth tells whether the condition holds.
func (o condition) truth(c call) (truth, error) {
	values, there := c.keys[o.key]
	switch {
	case there && len(values) > 0 && o.dependsOnOpen(c):
		return maybe, nil
	case !c.isOpen(o.key):
		holds, err := o.holds(c)
		return truths[holds], err
	case o.null && o.set != single:
		holds, err := o.holdsNull(nil, c)
		return truths[holds], err
	case c.isLike(o.key):
		return o.fits(policy.Wildcards(c.doubt.like[o.key]), c)
	}
	return maybe, nil
}

func (o condition) dependsOnOpen(c call) bool {
	return slices.ContainsFunc(o.templates, func(t template) bool {
		return slices.ContainsFunc(t.parts, func(p part) bool { return p.key != "" && c.isOpen(p.key) })
	})
}

// fits tells whether the condition holds for a key with one value that matches the pattern.
func (o condition) fits(like policy.Pattern, c call) (truth, error) {
	if like.Match("") {
		return maybe, nil // an empty value may be none
	}
	if o.null {
		return o.nullOf("false", c)
	}
	if !o.textual() {
		return maybe, nil
	}
	matched := no
	for i, t := range o.templates {
		pattern, certain, err := t.pattern(c)
		if err != nil {
			return no, err
		}
		if strings.Contains(o.operator, "Equals") && pattern != nil && certain {
			pattern = o.literal(i, c)
		}
		switch {
		case pattern == nil || !pattern.Meets(like):
		case certain && pattern.Covers(like):
			matched = yes
		default:
			matched = max(matched, maybe)
		}
	}
	if o.negated && len(o.templates) > 0 {
		return matched.opposite(), nil
	}
	return matched, nil
}

// literal is the i-th value as text without wildcards.
func (o condition) literal(i int, c call) *policy.Pattern {
	expanded, _, _ := o.templates[i].expand(c)
	text := policy.Literal(expanded.text())
	return &text
}

func (o condition) nullOf(state string, c call) (truth, error) {
	holds, err := o.meets(state, c)
	return truths[holds], err
}

// textual tells that the operator compares strings with regard to case.
func (o condition) textual() bool {
	base := strings.TrimSuffix(strings.TrimPrefix(o.operator, string(o.set)), "IfExists")
	return slices.Contains([]string{"StringEquals", "StringNotEquals", "StringLike", "StringNotLike"}, base)
}
