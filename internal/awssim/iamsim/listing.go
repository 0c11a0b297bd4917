// This file lists roles, users and policies page by page.
package iamsim

import (
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

// listing checks PathPrefix and that the caller may list; the operations that
// list an account know no resource but * (Service Authorization Reference).
func (s *Service) listing(c *query.Call) (prefix string, err error) {
	prefix = "/"
	if c.Params.Has("PathPrefix") {
		prefix = c.Params.Get("PathPrefix")
	}
	var check query.Constraints
	check.Text(query.Rule{Field: "pathPrefix", Min: 1, Max: 512, Pattern: prefixes, Shown: prefixPattern}, prefix)
	if err := check.Err(); err != nil {
		return "", err
	}
	return prefix, s.authorize(c, "*", nil)
}

func (s *Service) listRoles(c *query.Call) (any, error) {
	prefix, err := s.listing(c)
	if err != nil {
		return nil, err
	}
	var roles []*directory.Role
	for _, r := range c.Caller.Account.Roles {
		if strings.HasPrefix(r.Path, prefix) && s.dir.Ask(r) {
			roles = append(roles, r)
		}
	}
	roles, more, err := page(s, c, roles, func(r *directory.Role) string { return r.Name })
	if err != nil {
		return nil, err
	}
	var shapes []roleShape
	for _, r := range roles {
		shape, err := s.listedRole(r)
		if err != nil {
			return nil, err
		}
		shapes = append(shapes, shape)
	}
	return struct {
		Roles query.List[roleShape]
		paging
	}{query.ListOf(shapes), more}, nil
}

func (s *Service) listUsers(c *query.Call) (any, error) {
	prefix, err := s.listing(c)
	if err != nil {
		return nil, err
	}
	var users []userShape
	for _, u := range c.Caller.Account.Users {
		if strings.HasPrefix(u.Path, prefix) {
			users = append(users, listedUser(u))
		}
	}
	users, more, err := page(s, c, users, func(u userShape) string { return u.UserName })
	return struct {
		Users query.List[userShape]
		paging
	}{query.ListOf(users), more}, err
}

func (s *Service) listPolicies(c *query.Call) (any, error) {
	prefix, err := s.listing(c)
	if err != nil {
		return nil, err
	}
	var policies []policyShape
	for _, p := range c.Caller.Account.Policies {
		if strings.HasPrefix(p.Path, prefix) {
			policies = append(policies, listedPolicy(c.Caller.Account, p))
		}
	}
	policies, more, err := page(s, c, policies, func(p policyShape) string { return p.PolicyName })
	return struct {
		Policies query.List[policyShape]
		paging
	}{query.ListOf(policies), more}, err
}
