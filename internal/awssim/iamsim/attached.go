// This file attaches managed policies to roles, and sets their permissions
// boundaries.
package iamsim

import (
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

func (s *Service) attachRolePolicy(c *query.Call) (any, error) {
	var check query.Constraints
	arn := check.Required(arnRule, c.Params, "PolicyArn")
	r, err := s.changeable(c, &check, directory.Keys{"iam:PolicyARN": {arn}})
	if err != nil {
		return nil, err
	}
	return nil, s.attach(&r.Entity, arn)
}

// attach adds a managed policy; one that is attached already changes nothing.
func (s *Service) attach(e *directory.Entity, arn string) error {
	p := s.dir.FindPolicy(e.Account, arn)
	if p == nil {
		return noSuchEntity("Policy %s does not exist or is not attachable.", arn)
	}
	if slices.Contains(e.Attached, p) {
		return nil
	}
	if limit := e.Account.Quotas.ManagedPoliciesCount; len(e.Attached) >= limit {
		return limitExceeded("Cannot exceed quota for PoliciesPerRole: %d", limit)
	}
	e.Attached = append(slices.Clone(e.Attached), p)
	return nil
}

func (s *Service) detachRolePolicy(c *query.Call) (any, error) {
	var check query.Constraints
	arn := check.Required(arnRule, c.Params, "PolicyArn")
	r, err := s.changeable(c, &check, directory.Keys{"iam:PolicyARN": {arn}})
	if err != nil {
		return nil, err
	}
	return nil, detach(&r.Entity, arn)
}

func detach(e *directory.Entity, arn string) error {
	at := slices.IndexFunc(e.Attached, func(p *directory.ManagedPolicy) bool { return p.ARN == arn })
	if at < 0 {
		return noSuchEntity("Policy %s was not found.", arn)
	}
	e.Attached = slices.Delete(slices.Clone(e.Attached), at, at+1)
	return nil
}

func (s *Service) listAttachedRolePolicies(c *query.Call) (any, error) {
	r, err := s.role(c, &query.Constraints{}, nil)
	if err != nil {
		return nil, err
	}
	return s.attachedPage(c, &r.Entity)
}

func (s *Service) attachedPage(c *query.Call, e *directory.Entity) (any, error) {
	list, more, err := page(s, c, attachedOf(e), func(p attachedShape) string { return p.PolicyName })
	return struct {
		AttachedPolicies query.List[attachedShape]
		paging
	}{query.ListOf(list), more}, err
}

func (s *Service) putRolePermissionsBoundary(c *query.Call) (any, error) {
	var check query.Constraints
	arn := check.Required(boundaryArn, c.Params, "PermissionsBoundary")
	r, err := s.changeable(c, &check, directory.Keys{"iam:PermissionsBoundary": {arn}})
	if err != nil {
		return nil, err
	}
	boundary, err := s.boundary(c)
	if err != nil {
		return nil, err
	}
	r.Boundary = boundary
	return nil, nil
}

func (s *Service) deleteRolePermissionsBoundary(c *query.Call) (any, error) {
	r, err := s.changeable(c, &query.Constraints{}, nil)
	if err != nil {
		return nil, err
	}
	if r.Boundary == nil {
		return nil, noSuchEntity("The role with name %s has no permissions boundary.", r.Name)
	}
	r.Boundary = nil
	return nil, nil
}

// boundary finds the policy that a call names as permissions boundary, nil
// where it names none.
func (s *Service) boundary(c *query.Call) (*directory.ManagedPolicy, error) {
	arn := c.Params.Get("PermissionsBoundary")
	if arn == "" {
		return nil, nil
	}
	p := s.dir.FindPolicy(c.Caller.Account, arn)
	if p == nil {
		return nil, noSuchEntity("Scope ARN: %s does not exist or is not attachable.", arn)
	}
	return p, nil
}
