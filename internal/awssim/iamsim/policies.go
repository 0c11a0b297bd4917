// This file keeps managed policies and their versions.
package iamsim

import (
	"net/http"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/grammar"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

// maxVersions is how many versions a managed policy can have at once.
const maxVersions = 5

func (s *Service) policyOperations() map[string]query.Operation {
	return map[string]query.Operation{
		"CreatePolicy": s.createPolicy, "GetPolicy": s.getPolicy, "DeletePolicy": s.deletePolicy, "ListPolicies": s.listPolicies,
		"CreatePolicyVersion": s.createPolicyVersion, "GetPolicyVersion": s.getPolicyVersion,
		"DeletePolicyVersion": s.deletePolicyVersion, "ListPolicyVersions": s.listPolicyVersions,
	}
}

type policyShape struct {
	PolicyName                    string
	PolicyID                      string `xml:"PolicyId"`
	ARN                           string `xml:"Arn"`
	Path                          string
	DefaultVersionID              string `xml:"DefaultVersionId"`
	AttachmentCount               int
	PermissionsBoundaryUsageCount int
	IsAttachable                  bool
	CreateDate, UpdateDate        string
	Description                   string                 `xml:",omitempty"`
	Tags                          *query.List[query.Tag] `xml:",omitempty"`
}

type versionShape struct {
	Document         string `xml:",omitempty"`
	VersionID        string `xml:"VersionId"`
	IsDefaultVersion bool
	CreateDate       string
}

// listedPolicy is what ListPolicies shows: neither description nor tags.
func listedPolicy(a *directory.Account, p *directory.ManagedPolicy) policyShape {
	attached, boundaries := a.Attachments(p)
	return policyShape{
		PolicyName: p.Name, PolicyID: p.ID, ARN: p.ARN, Path: p.Path, DefaultVersionID: p.Default,
		AttachmentCount: attached, PermissionsBoundaryUsageCount: boundaries, IsAttachable: true,
		CreateDate: date(p.Created), UpdateDate: date(p.Versions[len(p.Versions)-1].Created),
	}
}

func (s *Service) createPolicy(c *query.Call) (any, error) {
	var check query.Constraints
	p := &directory.ManagedPolicy{Path: "/", Created: s.dir.Now(), Default: "v1"}
	p.Name = check.Required(policyName, c.Params, "PolicyName")
	text := check.Required(policyRule, c.Params, "PolicyDocument")
	p.Description = check.Optional(description, c.Params, "Description")
	if c.Params.Has("Path") {
		p.Path = check.Optional(pathRule, c.Params, "Path")
	}
	tags := c.Params.Tags("Tags")
	if err := checkTags(&check, tags); err != nil {
		return nil, err
	}
	if err := check.Err(); err != nil {
		return nil, err
	}
	a := c.Caller.Account
	p.Tags, p.ARN = storedTags(tags), a.ARN("policy", p.Path, p.Name)
	if err := s.authorize(c, p.ARN, requestTags(tags)); err != nil {
		return nil, err
	}
	for _, other := range a.Policies {
		if strings.EqualFold(other.Name, p.Name) {
			return nil, query.Errorf("EntityAlreadyExists", http.StatusConflict, "A policy called %s already exists. Duplicate names are not allowed.", p.Name)
		}
	}
	if err := s.addVersion(a, p, text); err != nil {
		return nil, err
	}
	p.ID = s.dir.NewID("ANPA")
	a.Policies[p.ARN] = p
	shape := listedPolicy(a, p)
	shape.Tags = tagsOf(p.Tags)
	return struct{ Policy policyShape }{shape}, nil
}

func (s *Service) addVersion(a *directory.Account, p *directory.ManagedPolicy, text string) error {
	if err := grammar.CheckIdentity(text); err != nil {
		return malformed(err)
	}
	if limit := a.Quotas.ManagedPolicySize; grammar.Size(text) > limit {
		return limitExceeded("Cannot exceed quota for PolicySize: %d", limit)
	}
	if len(p.Versions) >= maxVersions {
		return limitExceeded("A managed policy can have up to %d versions. Before you create a new version, you must delete an existing version.", maxVersions)
	}
	p.Versions = append(p.Versions, directory.PolicyVersion{ID: p.NextVersion(), Text: text, Created: s.dir.Now()})
	return nil
}

// policy finds the managed policy that a call names.
func (s *Service) policy(c *query.Call, check *query.Constraints) (*directory.ManagedPolicy, error) {
	arn := check.Required(arnRule, c.Params, "PolicyArn")
	if err := check.Err(); err != nil {
		return nil, err
	}
	if err := s.authorize(c, arn, nil); err != nil {
		return nil, err
	}
	p := s.dir.FindPolicy(c.Caller.Account, arn)
	if p == nil {
		return nil, noSuchEntity("Policy %s was not found.", arn)
	}
	return p, nil
}

func (s *Service) getPolicy(c *query.Call) (any, error) {
	p, err := s.policy(c, &query.Constraints{})
	if err != nil {
		return nil, err
	}
	shape := listedPolicy(c.Caller.Account, p)
	shape.Description, shape.Tags = p.Description, tagsOf(p.Tags)
	return struct{ Policy policyShape }{shape}, nil
}

func (s *Service) deletePolicy(c *query.Call) (any, error) {
	p, err := s.policy(c, &query.Constraints{})
	if err != nil {
		return nil, err
	}
	a := c.Caller.Account
	if attached, boundaries := a.Attachments(p); attached+boundaries > 0 {
		return nil, query.Errorf("DeleteConflict", http.StatusConflict, "Cannot delete a policy attached to entities.")
	}
	if len(p.Versions) > 1 {
		return nil, query.Errorf("DeleteConflict", http.StatusConflict, "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.")
	}
	delete(a.Policies, p.ARN)
	return nil, nil
}

func (s *Service) createPolicyVersion(c *query.Call) (any, error) {
	var check query.Constraints
	text := check.Required(policyRule, c.Params, "PolicyDocument")
	p, err := s.policy(c, &check)
	if err != nil {
		return nil, err
	}
	if err := s.addVersion(c.Caller.Account, p, text); err != nil {
		return nil, err
	}
	v := p.Versions[len(p.Versions)-1]
	if c.Params.Get("SetAsDefault") == "true" {
		p.Default = v.ID
	}
	return struct{ PolicyVersion versionShape }{listedVersion(p, v)}, nil
}

func listedVersion(p *directory.ManagedPolicy, v directory.PolicyVersion) versionShape {
	return versionShape{VersionID: v.ID, IsDefaultVersion: v.ID == p.Default, CreateDate: date(v.Created)}
}

func (s *Service) getPolicyVersion(c *query.Call) (any, error) {
	p, err := s.policy(c, &query.Constraints{})
	if err != nil {
		return nil, err
	}
	v, found := p.Version(c.Params.Get("VersionId"))
	if !found {
		return nil, noSuchEntity("Policy %s version %s does not exist or is not attachable.", p.ARN, c.Params.Get("VersionId"))
	}
	shape := listedVersion(p, v)
	shape.Document = encode(v.Text)
	return struct{ PolicyVersion versionShape }{shape}, nil
}

func (s *Service) deletePolicyVersion(c *query.Call) (any, error) {
	p, err := s.policy(c, &query.Constraints{})
	if err != nil {
		return nil, err
	}
	id := c.Params.Get("VersionId")
	if id == p.Default {
		return nil, query.Errorf("DeleteConflict", http.StatusConflict, "Cannot delete the default version of a policy.")
	}
	if _, found := p.Version(id); !found {
		return nil, noSuchEntity("Policy %s version %s does not exist or is not attachable.", p.ARN, id)
	}
	p.Versions = slices.DeleteFunc(slices.Clone(p.Versions), func(v directory.PolicyVersion) bool { return v.ID == id })
	return nil, nil
}

func (s *Service) listPolicyVersions(c *query.Call) (any, error) {
	p, err := s.policy(c, &query.Constraints{})
	if err != nil {
		return nil, err
	}
	var versions []versionShape
	for _, v := range p.Versions {
		versions = append(versions, listedVersion(p, v))
	}
	versions, more, err := page(s, c, versions, func(v versionShape) string { return v.VersionID })
	return struct {
		Versions query.List[versionShape]
		paging
	}{query.ListOf(versions), more}, err
}
