package verdict

// This file reads one statement strictly, and tells whether it speaks about the call.

import (
	"errors"
	"fmt"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// statement is one statement, fully parsed.
type statement struct {
	name       string // its Sid, or #2
	denies     bool
	whom       whom
	actions    []policy.Pattern // in lower case
	notActions bool
	resources  []template
	notTheirs  bool // Resource is NotResource
	everywhere bool // there is no Resource: it speaks about what the policy hangs on
	conditions []condition
	source     policy.Statement
}

// compile reads all statements of a document, and fails for the first that AWS would not have stored, or whose meaning
// is not documented. It looks at no value of the call but where the policy hangs.
func compile(d policy.Document, layer Layer, c call) ([]statement, error) {
	version := d.Version()
	switch version {
	case "", policy.Version2008, policy.Version2012:
	default:
		return nil, fmt.Errorf("version %q is not known", version)
	}
	var compiled []statement
	for i, s := range d.Statements() {
		one := statement{name: s.Sid, denies: s.Effect == policy.Deny, source: s}
		if one.name == "" {
			one.name = fmt.Sprintf("#%d", i+1)
		}
		if err := one.compile(s, layer, dialect{version: version, trust: layer == ResourceLayer && c.onRole}); err != nil {
			return nil, fmt.Errorf("statement %s: %w", one.name, err)
		}
		compiled = append(compiled, one)
	}
	return compiled, nil
}

// dialect is what the meaning of a statement depends on outside of it.
type dialect struct {
	version string // of the policy language
	trust   bool   // the policy is a role's trust policy
}

func (d dialect) hasVariables() bool { return d.version == policy.Version2012 }

func (s *statement) compile(from policy.Statement, layer Layer, d dialect) (err error) {
	if err = from.Err(); err != nil {
		return err
	}
	if from.Effect != policy.Allow && from.Effect != policy.Deny {
		return fmt.Errorf("effect %q is neither Allow nor Deny", from.Effect)
	}
	if s.whom, err = compileWhom(from, layer, d); err != nil {
		return err
	}
	if err = s.compileActions(from); err != nil {
		return err
	}
	if err = s.compileResources(from, layer, d); err != nil {
		return err
	}
	s.conditions, err = compileConditions(from.Condition, d)
	return err
}

func (s *statement) compileActions(from policy.Statement) error {
	values, err := either(from.Action, from.NotAction, "Action")
	if err != nil {
		return err
	}
	s.notActions = from.NotAction != nil
	for _, value := range values {
		// IAM User Guide, "IAM JSON policy elements: Action": a namespace, a colon and a name, or all actions.
		if service, _, ok := strings.Cut(value, ":"); value != "*" && (!ok || service == "") {
			return fmt.Errorf("action %q has no service", value)
		}
		s.actions = append(s.actions, policy.Wildcards(strings.ToLower(value)))
	}
	return nil
}

func (s *statement) compileResources(from policy.Statement, layer Layer, d dialect) error {
	absent := from.Resource == nil && from.NotResource == nil
	switch {
	case d.trust && !absent:
		return errors.New("a role's trust policy has no Resource")
	case absent && layer == ResourceLayer:
		s.everywhere = true
		return nil
	}
	values, err := either(from.Resource, from.NotResource, "Resource")
	if err != nil {
		return err
	}
	s.notTheirs = from.NotResource != nil
	for _, value := range values {
		read, err := parseTemplate(value, d)
		if err != nil {
			return fmt.Errorf("resource %q: %w", value, err)
		}
		// IAM User Guide, "IAM policy elements: Variables and tags": only after the fifth colon.
		if read.hasVariable() && strings.Count(read.beforeVariables(), ":") < 5 {
			return fmt.Errorf("resource %q has a policy variable before the fifth colon", value)
		}
		s.resources = append(s.resources, read)
	}
	return nil
}

// either gives the one of two members that is there. An empty list in the negated one would mean everything, which no
// guide says.
func either(plain, negated policy.Values, name string) (policy.Values, error) {
	switch {
	case plain != nil && negated != nil:
		return nil, fmt.Errorf("it has both %s and Not%s", name, name)
	case plain == nil && negated == nil:
		return nil, fmt.Errorf("it has neither %s nor Not%s", name, name)
	case negated != nil && len(negated) == 0:
		return nil, fmt.Errorf("its Not%s is empty", name)
	case negated != nil:
		return negated, nil
	}
	return plain, nil
}

func (s statement) aboutAction(c call) bool {
	for _, pattern := range s.actions {
		if pattern.Match(c.action) {
			return !s.notActions
		}
	}
	return s.notActions
}

// aboutResource: a resource with a variable that has no value matches nothing, in NotResource too (IAM User Guide, "IAM
// policy elements: Variables and tags", policy variables with no value).
func (s statement) aboutResource(c call) (bool, error) {
	if s.everywhere {
		return true, nil
	}
	found := false
	for _, resource := range s.resources {
		pieces, known, err := resource.expand(c)
		if err != nil {
			return false, err
		}
		found = found || known && pieces.pattern().Match(c.resource)
	}
	return found != s.notTheirs, nil
}
