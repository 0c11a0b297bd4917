// This file answers GetAccountAuthorizationDetails: every role, user and
// managed policy of the account in one paged sweep.
package iamsim

import (
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

// roleDetail has inline documents and tags, but neither the description nor the
// longest session (API reference, RoleDetail).
type roleDetail struct {
	Path, RoleName           string
	RoleID                   string `xml:"RoleId"`
	ARN                      string `xml:"Arn"`
	CreateDate               string
	AssumeRolePolicyDocument string
	InstanceProfileList      query.List[profileShape]
	RolePolicyList           query.List[inlineShape]
	AttachedManagedPolicies  query.List[attachedShape]
	PermissionsBoundary      *boundaryShape `xml:",omitempty"`
	Tags                     query.List[query.Tag]
	RoleLastUsed             *lastUsedShape
}

type inlineShape struct{ PolicyName, PolicyDocument string }

type userDetail struct {
	Path, UserName          string
	UserID                  string `xml:"UserId"`
	ARN                     string `xml:"Arn"`
	CreateDate              string
	UserPolicyList          query.List[inlineShape]
	GroupList               query.List[string]
	AttachedManagedPolicies query.List[attachedShape]
	PermissionsBoundary     *boundaryShape `xml:",omitempty"`
	Tags                    query.List[query.Tag]
}

type policyDetail struct {
	policyShape
	PolicyVersionList query.List[versionShape]
}

// detail is one entity of the sweep; exactly one of its fields is set.
type detail struct {
	key    string
	role   *directory.Role
	user   *directory.User
	policy *directory.ManagedPolicy
}

type sweepAnswer struct {
	UserDetailList  query.List[userDetail]
	GroupDetailList query.List[string]
	RoleDetailList  query.List[roleDetail]
	Policies        query.List[policyDetail]
	paging
}

func (s *Service) getAccountAuthorizationDetails(c *query.Call) (any, error) {
	if err := s.authorize(c, "*", nil); err != nil {
		return nil, err
	}
	filter := c.Params.List("Filter")
	wanted := func(kind string) bool { return len(filter) == 0 || slices.Contains(filter, kind) }
	var all []detail
	if wanted("User") {
		for _, u := range c.Caller.Account.Users {
			all = append(all, detail{key: "1" + u.Name, user: u})
		}
	}
	if wanted("Role") {
		for _, r := range c.Caller.Account.Roles {
			if s.dir.Ask(r) {
				all = append(all, detail{key: "2" + r.Name, role: r})
			}
		}
	}
	if wanted("LocalManagedPolicy") {
		for _, p := range c.Caller.Account.Policies {
			all = append(all, detail{key: "3" + p.Name, policy: p})
		}
	}
	all, more, err := page(s, c, all, func(d detail) string { return d.key })
	if err != nil {
		return nil, err
	}
	answer := &sweepAnswer{paging: more}
	for _, d := range all {
		if err := s.addDetail(answer, c.Caller.Account, d); err != nil {
			return nil, err
		}
	}
	return answer, nil
}

func (s *Service) addDetail(answer *sweepAnswer, a *directory.Account, d detail) error {
	switch {
	case d.role != nil:
		shape, err := s.roleDetail(d.role)
		answer.RoleDetailList.Member = append(answer.RoleDetailList.Member, shape)
		return err
	case d.user != nil:
		answer.UserDetailList.Member = append(answer.UserDetailList.Member, userDetail{
			Path: d.user.Path, UserName: d.user.Name, UserID: d.user.ID, ARN: d.user.ARN(), CreateDate: date(d.user.Created),
			UserPolicyList: inlineOf(&d.user.Entity), AttachedManagedPolicies: query.ListOf(attachedOf(&d.user.Entity)),
			PermissionsBoundary: boundaryOf(&d.user.Entity), Tags: query.ListOf(wireTags(d.user.Tags)),
		})
	default:
		shape := policyDetail{policyShape: listedPolicy(a, d.policy)}
		for _, v := range d.policy.Versions {
			version := listedVersion(d.policy, v)
			version.Document = encode(v.Text)
			shape.PolicyVersionList.Member = append(shape.PolicyVersionList.Member, version)
		}
		answer.Policies.Member = append(answer.Policies.Member, shape)
	}
	return nil
}

func (s *Service) roleDetail(r *directory.Role) (roleDetail, error) {
	role, err := s.listedRole(r)
	if err != nil {
		return roleDetail{}, err
	}
	profiles, err := s.profilesOf(r)
	return roleDetail{
		Path: role.Path, RoleName: role.RoleName, RoleID: role.RoleID, ARN: role.ARN, CreateDate: role.CreateDate,
		AssumeRolePolicyDocument: role.AssumeRolePolicyDocument, InstanceProfileList: query.ListOf(profiles),
		RolePolicyList: inlineOf(&r.Entity), AttachedManagedPolicies: query.ListOf(attachedOf(&r.Entity)),
		PermissionsBoundary: boundaryOf(&r.Entity), Tags: query.ListOf(wireTags(r.Tags)), RoleLastUsed: lastUsed(r),
	}, err
}

func inlineOf(e *directory.Entity) query.List[inlineShape] {
	var list query.List[inlineShape]
	for _, p := range e.Inline {
		list.Member = append(list.Member, inlineShape{p.Name, encode(p.Text)})
	}
	return list
}
