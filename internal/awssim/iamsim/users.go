// This file keeps users, their policies and their access keys.
package iamsim

import (
	"net/http"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

func (s *Service) userOperations() map[string]query.Operation {
	return map[string]query.Operation{
		"CreateUser": s.createUser, "GetUser": s.getUser, "DeleteUser": s.deleteUser, "ListUsers": s.listUsers,
		"PutUserPolicy": s.putUserPolicy, "GetUserPolicy": s.getUserPolicy, "DeleteUserPolicy": s.deleteUserPolicy, "ListUserPolicies": s.listUserPolicies,
		"AttachUserPolicy": s.attachUserPolicy, "DetachUserPolicy": s.detachUserPolicy, "ListAttachedUserPolicies": s.listAttachedUserPolicies,
		"CreateAccessKey": s.createAccessKey, "DeleteAccessKey": s.deleteAccessKey, "ListAccessKeys": s.listAccessKeys,
	}
}

type userShape struct {
	Path, UserName      string
	UserID              string `xml:"UserId"`
	ARN                 string `xml:"Arn"`
	CreateDate          string
	PermissionsBoundary *boundaryShape         `xml:",omitempty"`
	Tags                *query.List[query.Tag] `xml:",omitempty"`
}

func listedUser(u *directory.User) userShape {
	return userShape{Path: u.Path, UserName: u.Name, UserID: u.ID, ARN: u.ARN(), CreateDate: date(u.Created)}
}

// user finds the user that a call names; a call that names none means the
// caller itself.
func (s *Service) user(c *query.Call, check *query.Constraints, keys directory.Keys) (*directory.User, error) {
	name := check.Optional(userName, c.Params, "UserName")
	if err := check.Err(); err != nil {
		return nil, err
	}
	if name == "" {
		if c.Caller.User == nil {
			return nil, query.Errorf("ValidationError", http.StatusBadRequest, "Must specify userName when calling with non-User credentials")
		}
		name = c.Caller.User.Name
	}
	u := c.Caller.Account.Users[directory.Fold(name)]
	arn := c.Caller.Account.ARN("user", "/", name)
	if u != nil {
		arn = u.ARN()
	}
	if err := s.authorize(c, arn, keys); err != nil {
		return nil, err
	}
	if u == nil {
		return nil, noSuchEntity("The user with name %s cannot be found.", name)
	}
	return u, nil
}

func (s *Service) createUser(c *query.Call) (any, error) {
	var check query.Constraints
	u := &directory.User{Entity: directory.Entity{Account: c.Caller.Account, Path: "/"}}
	u.Name = check.Required(userName, c.Params, "UserName")
	if c.Params.Has("Path") {
		u.Path = check.Optional(pathRule, c.Params, "Path")
	}
	tags := c.Params.Tags("Tags")
	if err := checkTags(&check, tags); err != nil {
		return nil, err
	}
	if err := check.Err(); err != nil {
		return nil, err
	}
	if err := s.authorize(c, u.ARN(), requestTags(tags)); err != nil {
		return nil, err
	}
	if u.Account.Users[directory.Fold(u.Name)] != nil {
		return nil, query.Errorf("EntityAlreadyExists", http.StatusConflict, "User with name %s already exists.", u.Name)
	}
	boundary, err := s.boundary(c)
	if err != nil {
		return nil, err
	}
	u.Boundary, u.Tags, u.ID, u.Created = boundary, storedTags(tags), s.dir.NewID("AIDA"), s.dir.Now()
	u.Account.Users[directory.Fold(u.Name)] = u
	return struct{ User userShape }{fullUser(u)}, nil
}

func fullUser(u *directory.User) userShape {
	shape := listedUser(u)
	shape.Tags, shape.PermissionsBoundary = tagsOf(u.Tags), boundaryOf(&u.Entity)
	return shape
}

func (s *Service) getUser(c *query.Call) (any, error) {
	u, err := s.user(c, &query.Constraints{}, nil)
	if err != nil {
		return nil, err
	}
	return struct{ User userShape }{fullUser(u)}, nil
}

func (s *Service) deleteUser(c *query.Call) (any, error) {
	u, err := s.user(c, &query.Constraints{}, nil)
	if err != nil {
		return nil, err
	}
	switch {
	case len(s.dir.UserKeys(u)) > 0:
		return nil, deleteConflict("must delete access keys first.")
	case len(u.Attached) > 0:
		return nil, deleteConflict("must detach all policies first.")
	case len(u.Inline) > 0:
		return nil, deleteConflict("must delete policies first.")
	}
	u.Deleted = true
	delete(u.Account.Users, directory.Fold(u.Name))
	return nil, nil
}

func (s *Service) putUserPolicy(c *query.Call) (any, error) {
	var check query.Constraints
	name := check.Required(policyName, c.Params, "PolicyName")
	text := check.Required(policyRule, c.Params, "PolicyDocument")
	u, err := s.user(c, &check, nil)
	if err != nil {
		return nil, err
	}
	return nil, putInline(&u.Entity, "user "+u.Name, directory.InlinePolicy{Name: name, Text: text})
}

func (s *Service) getUserPolicy(c *query.Call) (any, error) {
	u, err := s.user(c, &query.Constraints{}, nil)
	if err != nil {
		return nil, err
	}
	p, found := u.FindInline(c.Params.Get("PolicyName"))
	if !found {
		return nil, noSuchEntity("The user policy with name %s cannot be found.", c.Params.Get("PolicyName"))
	}
	return struct{ UserName, PolicyName, PolicyDocument string }{u.Name, p.Name, encode(p.Text)}, nil
}

func (s *Service) deleteUserPolicy(c *query.Call) (any, error) {
	u, err := s.user(c, &query.Constraints{}, nil)
	if err != nil {
		return nil, err
	}
	if name := c.Params.Get("PolicyName"); !u.RemoveInline(name) {
		return nil, noSuchEntity("The user policy with name %s cannot be found.", name)
	}
	return nil, nil
}

func (s *Service) listUserPolicies(c *query.Call) (any, error) {
	u, err := s.user(c, &query.Constraints{}, nil)
	if err != nil {
		return nil, err
	}
	return s.inlineNames(c, &u.Entity)
}

func (s *Service) attachUserPolicy(c *query.Call) (any, error) {
	arn := c.Params.Get("PolicyArn")
	u, err := s.user(c, &query.Constraints{}, directory.Keys{"iam:PolicyARN": {arn}})
	if err != nil {
		return nil, err
	}
	return nil, s.attach(&u.Entity, arn)
}

func (s *Service) detachUserPolicy(c *query.Call) (any, error) {
	arn := c.Params.Get("PolicyArn")
	u, err := s.user(c, &query.Constraints{}, directory.Keys{"iam:PolicyARN": {arn}})
	if err != nil {
		return nil, err
	}
	return nil, detach(&u.Entity, arn)
}

func (s *Service) listAttachedUserPolicies(c *query.Call) (any, error) {
	u, err := s.user(c, &query.Constraints{}, nil)
	if err != nil {
		return nil, err
	}
	return s.attachedPage(c, &u.Entity)
}
