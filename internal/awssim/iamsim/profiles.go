// This file keeps instance profiles, which stand in the way of deleting a role.
package iamsim

import (
	"net/http"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

func (s *Service) profileOperations() map[string]query.Operation {
	return map[string]query.Operation{
		"CreateInstanceProfile": s.createInstanceProfile, "GetInstanceProfile": s.getInstanceProfile, "DeleteInstanceProfile": s.deleteInstanceProfile,
		"AddRoleToInstanceProfile": s.addRoleToInstanceProfile, "RemoveRoleFromInstanceProfile": s.removeRoleFromInstanceProfile,
		"ListInstanceProfilesForRole": s.listInstanceProfilesForRole,
	}
}

type profileShape struct {
	Path, InstanceProfileName string
	ID                        string `xml:"InstanceProfileId"`
	ARN                       string `xml:"Arn"`
	CreateDate                string
	Roles                     query.List[roleShape]
}

func (s *Service) profileShape(p *directory.Profile) (profileShape, error) {
	shape := profileShape{Path: p.Path, InstanceProfileName: p.Name, ID: p.ID, ARN: p.ARN, CreateDate: date(p.Created)}
	if p.Role == nil {
		return shape, nil
	}
	role, err := s.listedRole(p.Role)
	shape.Roles = query.ListOf([]roleShape{role})
	return shape, err
}

func (s *Service) createInstanceProfile(c *query.Call) (any, error) {
	var check query.Constraints
	p := &directory.Profile{Path: "/", Created: s.dir.Now()}
	p.Name = check.Required(profileName, c.Params, "InstanceProfileName")
	if c.Params.Has("Path") {
		p.Path = check.Optional(pathRule, c.Params, "Path")
	}
	if err := check.Err(); err != nil {
		return nil, err
	}
	a := c.Caller.Account
	p.ARN = a.ARN("instance-profile", p.Path, p.Name)
	if err := s.authorize(c, p.ARN, nil); err != nil {
		return nil, err
	}
	if a.Profiles[directory.Fold(p.Name)] != nil {
		return nil, query.Errorf("EntityAlreadyExists", http.StatusConflict, "Instance Profile %s already exists.", p.Name)
	}
	p.ID = s.dir.NewID("AIPA")
	a.Profiles[directory.Fold(p.Name)] = p
	shape, err := s.profileShape(p)
	return struct{ InstanceProfile profileShape }{shape}, err
}

// profile finds the instance profile that a call names.
func (s *Service) profile(c *query.Call) (*directory.Profile, error) {
	var check query.Constraints
	name := check.Required(profileName, c.Params, "InstanceProfileName")
	if err := check.Err(); err != nil {
		return nil, err
	}
	a := c.Caller.Account
	p := a.Profiles[directory.Fold(name)]
	arn := a.ARN("instance-profile", "/", name)
	if p != nil {
		arn = p.ARN
	}
	if err := s.authorize(c, arn, nil); err != nil {
		return nil, err
	}
	if p == nil {
		return nil, noSuchEntity("Instance Profile %s cannot be found.", name)
	}
	return p, nil
}

func (s *Service) getInstanceProfile(c *query.Call) (any, error) {
	p, err := s.profile(c)
	if err != nil {
		return nil, err
	}
	shape, err := s.profileShape(p)
	return struct{ InstanceProfile profileShape }{shape}, err
}

func (s *Service) deleteInstanceProfile(c *query.Call) (any, error) {
	p, err := s.profile(c)
	if err != nil {
		return nil, err
	}
	if p.Role != nil {
		return nil, deleteConflict("must remove roles from instance profile first.")
	}
	delete(c.Caller.Account.Profiles, directory.Fold(p.Name))
	return nil, nil
}

func (s *Service) addRoleToInstanceProfile(c *query.Call) (any, error) {
	p, err := s.profile(c)
	if err != nil {
		return nil, err
	}
	r := c.Caller.Account.Roles[directory.Fold(c.Params.Get("RoleName"))]
	if r == nil {
		return nil, noSuchEntity("The role with name %s cannot be found.", c.Params.Get("RoleName"))
	}
	if p.Role != nil {
		return nil, limitExceeded("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
	}
	p.Role = r
	return nil, nil
}

func (s *Service) removeRoleFromInstanceProfile(c *query.Call) (any, error) {
	p, err := s.profile(c)
	if err != nil {
		return nil, err
	}
	if p.Role == nil || directory.Fold(p.Role.Name) != directory.Fold(c.Params.Get("RoleName")) {
		return nil, noSuchEntity("The role with name %s cannot be found.", c.Params.Get("RoleName"))
	}
	p.Role = nil
	return nil, nil
}

func (s *Service) listInstanceProfilesForRole(c *query.Call) (any, error) {
	r, err := s.role(c, &query.Constraints{}, nil)
	if err != nil {
		return nil, err
	}
	profiles, err := s.profilesOf(r)
	if err != nil {
		return nil, err
	}
	profiles, more, err := page(s, c, profiles, func(p profileShape) string { return p.InstanceProfileName })
	return struct {
		InstanceProfiles query.List[profileShape]
		paging
	}{query.ListOf(profiles), more}, err
}

func (s *Service) profilesOf(r *directory.Role) ([]profileShape, error) {
	var shapes []profileShape
	for _, p := range directory.Sorted(r.Account.Profiles) {
		if p.Role != r {
			continue
		}
		shape, err := s.profileShape(p)
		if err != nil {
			return nil, err
		}
		shapes = append(shapes, shape)
	}
	return shapes, nil
}
