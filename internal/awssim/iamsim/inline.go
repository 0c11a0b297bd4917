// This file keeps the inline policies of roles.
package iamsim

import (
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/grammar"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

func (s *Service) putRolePolicy(c *query.Call) (any, error) {
	var check query.Constraints
	name := check.Required(policyName, c.Params, "PolicyName")
	text := check.Required(policyRule, c.Params, "PolicyDocument")
	r, err := s.changeable(c, &check, nil)
	if err != nil {
		return nil, err
	}
	return nil, putInline(&r.Entity, "role "+r.Name, directory.InlinePolicy{Name: name, Text: text})
}

// putInline checks a document and writes it in place of one of the same name.
// The quota counts all inline policies of the entity together.
func putInline(e *directory.Entity, shown string, p directory.InlinePolicy) error {
	if err := grammar.CheckIdentity(p.Text); err != nil {
		return malformed(err)
	}
	size := grammar.Size(p.Text)
	for _, other := range e.Inline {
		if other.Name != p.Name {
			size += grammar.Size(other.Text)
		}
	}
	if limit := e.Account.Quotas.InlinePoliciesSize; size > limit {
		return limitExceeded("Maximum policy size of %d bytes exceeded for %s", limit, shown)
	}
	e.PutInline(p)
	return nil
}

func (s *Service) getRolePolicy(c *query.Call) (any, error) {
	var check query.Constraints
	name := check.Required(policyName, c.Params, "PolicyName")
	r, err := s.role(c, &check, nil)
	if err != nil {
		return nil, err
	}
	p, found := r.FindInline(name)
	if !found {
		return nil, noSuchEntity("The role policy with name %s cannot be found.", name)
	}
	return struct{ RoleName, PolicyName, PolicyDocument string }{r.Name, p.Name, encode(p.Text)}, nil
}

func (s *Service) deleteRolePolicy(c *query.Call) (any, error) {
	var check query.Constraints
	name := check.Required(policyName, c.Params, "PolicyName")
	r, err := s.changeable(c, &check, nil)
	if err != nil {
		return nil, err
	}
	if !r.RemoveInline(name) {
		return nil, noSuchEntity("The role policy with name %s cannot be found.", name)
	}
	return nil, nil
}

func (s *Service) listRolePolicies(c *query.Call) (any, error) {
	r, err := s.role(c, &query.Constraints{}, nil)
	if err != nil {
		return nil, err
	}
	return s.inlineNames(c, &r.Entity)
}

func (s *Service) inlineNames(c *query.Call, e *directory.Entity) (any, error) {
	var list []string
	for _, p := range e.Inline {
		list = append(list, p.Name)
	}
	list, more, err := page(s, c, list, func(name string) string { return name })
	return struct {
		PolicyNames query.List[string]
		paging
	}{query.ListOf(list), more}, err
}
