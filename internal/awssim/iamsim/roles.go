// This file makes, shows, changes and deletes roles.
package iamsim

import (
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/grammar"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

func (s *Service) roleOperations() map[string]query.Operation {
	return map[string]query.Operation{
		"CreateRole": s.createRole, "GetRole": s.getRole, "UpdateRole": s.updateRole, "DeleteRole": s.deleteRole,
		"UpdateAssumeRolePolicy": s.updateAssumeRolePolicy, "UpdateRoleDescription": s.updateRoleDescription, "ListRoles": s.listRoles,
		"PutRolePolicy": s.putRolePolicy, "GetRolePolicy": s.getRolePolicy, "DeleteRolePolicy": s.deleteRolePolicy, "ListRolePolicies": s.listRolePolicies,
		"AttachRolePolicy": s.attachRolePolicy, "DetachRolePolicy": s.detachRolePolicy, "ListAttachedRolePolicies": s.listAttachedRolePolicies,
		"PutRolePermissionsBoundary": s.putRolePermissionsBoundary, "DeleteRolePermissionsBoundary": s.deleteRolePermissionsBoundary,
		"TagRole": s.tagRole, "UntagRole": s.untagRole, "ListRoleTags": s.listRoleTags,
		"GetAccountAuthorizationDetails": s.getAccountAuthorizationDetails,
	}
}

// role finds the role that a call names, once its parameters hold and the
// caller may do this to it. A role that does not exist is judged under the ARN
// without a path, so that a caller whose rights are limited to a path learns
// nothing about it.
func (s *Service) role(c *query.Call, check *query.Constraints, keys directory.Keys) (*directory.Role, error) {
	name := check.Required(roleName, c.Params, "RoleName")
	if err := check.Err(); err != nil {
		return nil, err
	}
	account := c.Caller.Account
	r := account.Roles[directory.Fold(name)]
	if r != nil && !s.dir.Ask(r) {
		r = nil
	}
	arn, about := account.ARN("role", "/", name), directory.Keys{}
	if r != nil {
		arn, about = r.ARN(), resourceKeys(&r.Entity)
	}
	maps.Copy(about, keys)
	if err := s.authorize(c, arn, about); err != nil {
		return nil, err
	}
	if r == nil {
		return nil, noSuchEntity("The role with name %s cannot be found.", name)
	}
	return r, nil
}

// changeable is role for operations that only AWS may do to its own roles.
func (s *Service) changeable(c *query.Call, check *query.Constraints, keys directory.Keys) (*directory.Role, error) {
	r, err := s.role(c, check, keys)
	if err == nil && r.ServiceLinked() {
		return nil, query.Errorf("UnmodifiableEntity", http.StatusBadRequest, "Cannot perform the operation on the protected role '%s' - this role is only modifiable by AWS", r.Name)
	}
	return r, err
}

func (s *Service) createRole(c *query.Call) (any, error) {
	wanted, trust, err := s.readNewRole(c)
	if err != nil {
		return nil, err
	}
	account := c.Caller.Account
	keys := requestTags(c.Params.Tags("Tags"))
	if arn := c.Params.Get("PermissionsBoundary"); arn != "" {
		keys["iam:PermissionsBoundary"] = []string{arn}
	}
	if err := s.authorize(c, wanted.ARN(), keys); err != nil {
		return nil, err
	}
	if account.Roles[directory.Fold(wanted.Name)] != nil {
		return nil, query.Errorf("EntityAlreadyExists", http.StatusConflict, "Role with name %s already exists.", wanted.Name)
	}
	if strings.HasPrefix(wanted.Path, "/aws-service-role/") {
		return nil, query.Errorf("ValidationError", http.StatusBadRequest, "The path for this role is reserved for service-linked roles.")
	}
	if len(account.Roles) >= account.Quotas.Roles {
		return nil, limitExceeded("Cannot exceed quota for RolesPerAccount: %d", account.Quotas.Roles)
	}
	if wanted.Trust, err = s.storeTrust(account, trust); err != nil {
		return nil, err
	}
	if wanted.Boundary, err = s.boundary(c); err != nil {
		return nil, err
	}
	wanted.ID, wanted.Created = s.dir.NewID("AROA"), s.dir.Now()
	account.Roles[directory.Fold(wanted.Name)] = wanted
	shape, err := s.fullRole(wanted)
	// CreateRole shows less than GetRole.
	shape.MaxSessionDuration, shape.RoleLastUsed = 0, nil
	return struct{ Role roleShape }{shape}, err
}

// readNewRole checks the parameters of CreateRole.
func (s *Service) readNewRole(c *query.Call) (*directory.Role, string, error) {
	var check query.Constraints
	r := &directory.Role{Entity: directory.Entity{Account: c.Caller.Account, Path: "/"}}
	r.Name = check.Required(roleName, c.Params, "RoleName")
	if c.Params.Has("Path") {
		r.Path = check.Optional(pathRule, c.Params, "Path")
	}
	r.Description = check.Optional(description, c.Params, "Description")
	trust := check.Required(trustRule, c.Params, "AssumeRolePolicyDocument")
	check.Optional(boundaryArn, c.Params, "PermissionsBoundary")
	seconds, err := c.Params.Int("MaxSessionDuration", session.Min)
	if err != nil {
		return nil, "", err
	}
	check.Range(session, seconds)
	r.MaxSession = time.Duration(seconds) * time.Second
	tags := c.Params.Tags("Tags")
	if err := checkTags(&check, tags); err != nil {
		return nil, "", err
	}
	r.Tags = storedTags(tags)
	return r, trust, check.Err()
}

// storeTrust checks a trust policy and gives the form in which it is kept.
func (s *Service) storeTrust(a *directory.Account, text string) (string, error) {
	stored, err := s.dir.StoreTrust(a, text)
	if err != nil {
		return "", malformed(err)
	}
	if limit := a.Quotas.TrustPolicySize; grammar.Size(text) > limit {
		return "", limitExceeded("Cannot exceed quota for ACLSizePerRole: %d", limit)
	}
	return stored, nil
}

func (s *Service) getRole(c *query.Call) (any, error) {
	r, err := s.role(c, &query.Constraints{}, nil)
	if err != nil {
		return nil, err
	}
	shape, err := s.fullRole(r)
	shape.ARN = s.dir.ShownARN(r)
	return struct{ Role roleShape }{shape}, err
}

func (s *Service) updateRole(c *query.Call) (any, error) {
	var check query.Constraints
	check.Optional(description, c.Params, "Description")
	seconds, err := c.Params.Int("MaxSessionDuration", session.Min)
	if err != nil {
		return nil, err
	}
	check.Range(session, seconds)
	r, err := s.changeable(c, &check, nil)
	if err != nil {
		return nil, err
	}
	// What is left out stays as it is (API reference, UpdateRole).
	if c.Params.Has("Description") {
		r.Description = c.Params.Get("Description")
	}
	if c.Params.Has("MaxSessionDuration") {
		r.MaxSession = time.Duration(seconds) * time.Second
	}
	return struct{}{}, nil
}

func (s *Service) updateRoleDescription(c *query.Call) (any, error) {
	var check query.Constraints
	check.Required(description, c.Params, "Description")
	r, err := s.changeable(c, &check, nil)
	if err != nil {
		return nil, err
	}
	r.Description = c.Params.Get("Description")
	shape, err := s.fullRole(r)
	return struct{ Role roleShape }{shape}, err
}

func (s *Service) updateAssumeRolePolicy(c *query.Call) (any, error) {
	var check query.Constraints
	rule := trustRule
	rule.Field = policyRule.Field
	text := check.Required(rule, c.Params, "PolicyDocument")
	r, err := s.changeable(c, &check, nil)
	if err != nil {
		return nil, err
	}
	stored, err := s.storeTrust(r.Account, text)
	if err != nil {
		return nil, err
	}
	r.Trust = stored
	return nil, nil
}

func (s *Service) deleteRole(c *query.Call) (any, error) {
	r, err := s.changeable(c, &query.Constraints{}, nil)
	if err != nil {
		return nil, err
	}
	// Unlike the console, the API deletes nothing on the way.
	for _, p := range r.Account.Profiles {
		if p.Role == r {
			return nil, deleteConflict("must remove roles from instance profile first.")
		}
	}
	if len(r.Attached) > 0 {
		return nil, deleteConflict("must detach all policies first.")
	}
	if len(r.Inline) > 0 {
		return nil, deleteConflict("must delete policies first.")
	}
	r.Deleted = true
	delete(r.Account.Roles, directory.Fold(r.Name))
	return nil, nil
}
