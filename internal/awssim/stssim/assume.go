// This file starts sessions of roles: the caller's policies and the role's trust
// policy are judged together, then the limits of the session.
package stssim

import (
	"errors"
	"net/http"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/grammar"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
)

type assumed struct {
	AssumedRoleUser  assumedUser
	Credentials      credentials
	PackedPolicySize int    `xml:",omitempty"`
	SourceIdentity   string `xml:",omitempty"`
}

type assumedUser struct {
	ID  string `xml:"AssumedRoleId"`
	ARN string `xml:"Arn"`
}

type credentials struct {
	AccessKeyID     string `xml:"AccessKeyId"`
	SecretAccessKey string
	SessionToken    string
	Expiration      string
}

func (s *Service) assumeRole(c *query.Call) (any, error) {
	w, err := readWish(c)
	if err != nil {
		return nil, err
	}
	if c.Caller.User == nil && c.Caller.Session == nil {
		return nil, query.Errorf("AccessDenied", http.StatusForbidden, "Roles may not be assumed by root accounts.")
	}
	role, err := s.admit(c.Caller, w)
	if err != nil {
		return nil, err
	}
	if err := checkDuration(c.Caller, role, w); err != nil {
		return nil, err
	}
	policies, packed, err := s.sessionPolicies(role, w)
	if err != nil {
		return nil, err
	}
	key := s.dir.StartSession(directory.Session{
		Role: role, Name: w.sessionName, Policies: policies, Tags: w.allTags(),
		TransitiveTags: w.transitiveTags(), SourceIdentity: w.sourceIdentity,
	}, c.Caller.Key, w.duration)
	return assumed{
		AssumedRoleUser:  assumedUser{role.ID + ":" + w.sessionName, role.SessionARN(w.sessionName)},
		Credentials:      credentials{key.ID, key.Secret, key.Token, key.Expires.UTC().Format(time.RFC3339)},
		PackedPolicySize: packed, SourceIdentity: w.sourceIdentity,
	}, nil
}

// admit finds the role and judges the caller. A role that does not exist, a
// trust policy that does not match and a missing permission all give the same
// answer, so that nobody can probe an account.
func (s *Service) admit(c *directory.Caller, w *wish) (*directory.Role, error) {
	refused := &directory.Denial{Caller: c.ARN(), Action: "sts:AssumeRole", Resource: w.roleARN, CrossAccount: c.Account.ID != w.account}
	role := s.dir.FindRole(w.roleARN)
	if role == nil || !s.dir.IsAssumable(role) || role.Account.Partition != c.Account.Partition {
		return nil, refused
	}
	document, err := policy.Parse(role.Trust)
	if err != nil {
		return nil, err
	}
	trust := &verdict.Policy{Name: "trust policy of role " + role.Name, Document: document}
	actions := []string{"sts:AssumeRole"}
	if len(w.tags) > 0 || len(w.inherited) > 0 {
		actions = append(actions, "sts:TagSession")
	}
	if w.sourceIdentity != "" {
		actions = append(actions, "sts:SetSourceIdentity")
	}
	// A session cannot give up the source identity that it has.
	if own := c.SourceIdentity(); own != "" && own != w.sourceIdentity {
		refused.Action = "sts:SetSourceIdentity"
		return nil, refused
	}
	for _, action := range actions {
		err := s.dir.Authorize(c, directory.Request{
			Action: action, Resource: w.roleARN, ResourceAccount: role.Account.ID, Keys: w.keys(role),
			Policy: trust, ResourceMustAllow: true,
		})
		var denial *directory.Denial
		if errors.As(err, &denial) {
			refused.Action = action
			return nil, refused
		}
		if err != nil {
			return nil, err
		}
	}
	return role, nil
}

// checkDuration checks the role's limit first, then that of chained roles.
func checkDuration(c *directory.Caller, role *directory.Role, w *wish) error {
	if w.duration > role.MaxSession {
		return query.Errorf("ValidationError", http.StatusBadRequest, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	}
	if c.Session != nil && w.duration > maxChainDuration*time.Second {
		return query.Errorf("ValidationError", http.StatusBadRequest, "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
	}
	return nil
}

// packedLimit stands in for AWS's unpublished packed binary format: so many
// characters of policies and tags fill it.
const packedLimit = 2048

// sessionPolicies gives the session policies of a wish, and how full they and
// the tags make the packed format, in percent.
func (s *Service) sessionPolicies(role *directory.Role, w *wish) (texts []string, packed int, err error) {
	size := 0
	if w.policy != "" {
		if err := grammar.CheckIdentity(w.policy); err != nil {
			return nil, 0, query.Errorf("MalformedPolicyDocument", http.StatusBadRequest, "%s", err)
		}
		texts, size = append(texts, w.policy), grammar.Size(w.policy)
	}
	for _, arn := range w.policyARNs {
		p := s.dir.FindPolicy(role.Account, arn)
		if p == nil {
			return nil, 0, query.Errorf("ValidationError", http.StatusBadRequest, "Policy %s does not exist or is not attachable.", arn)
		}
		texts, size = append(texts, p.Text()), size+len(arn)
	}
	for key, value := range w.allTags() {
		size += len(key) + len(value)
	}
	packed = (size*100 + packedLimit - 1) / packedLimit
	if packed > 100 {
		return nil, 0, query.Errorf("PackedPolicyTooLarge", http.StatusBadRequest, "Packed size of session policies and tags consumes %d%% of allotted space.", packed)
	}
	return texts, packed, nil
}
