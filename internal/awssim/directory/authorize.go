// This file gathers the policies that have a say in a call and puts the call
// before the judge.
package directory

import (
	"fmt"
	"maps"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
)

// Request is what a caller wants to do.
type Request struct {
	Action          string // s3:GetObject
	Resource        string // ARN, or *
	ResourceAccount string // the account that owns the resource
	Keys            Keys   // what the call itself says, beyond what every call has
	// Policy is the policy of the resource, nil where it has none.
	Policy *verdict.Policy
	// ResourceMustAllow is true for trust policies and key policies.
	ResourceMustAllow bool
	// Grants are those of the KMS key that is the resource.
	Grants []verdict.Grant
	// ViaService is the service that calls for the caller, such as
	// s3.us-east-1.amazonaws.com; empty for what the caller calls itself.
	ViaService string
	// Through is the access point that the call goes through, nil for none.
	Through *AccessPoint
}

// AccessPoint is what a call through an access point is about there.
type AccessPoint struct {
	Resource string // ARN of the access point, or of an object behind it
	Account  string // that has the access point
	Policy   *verdict.Policy
}

// Denial is a call that policies do not allow, in AWS's words.
type Denial struct {
	Caller, Action, Resource string
	// CrossAccount tells that caller and resource belong to different accounts.
	CrossAccount bool
	// Layer is the kind of policy that refuses.
	Layer verdict.Layer
	// Reason is AWS's subordinate clause, "because no … policy allows the …
	// action" or "with an explicit deny in …"; "" where the service keeps silent.
	Reason string
}

// Error gives AWS's sentence. S3 puts the ARN of the resource in quotes, IAM
// and STS do not.
func (d *Denial) Error() string {
	resource := d.Resource
	if strings.HasPrefix(d.Action, "s3:") {
		resource = `"` + resource + `"`
	}
	sentence := fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s", d.Caller, d.Action, resource)
	if d.Reason == "" {
		return sentence
	}
	return sentence + " " + d.Reason
}

// Authorize judges a call. It gives nil when the call is allowed, a *Denial when
// it is not, and another error when it cannot be judged. A nil caller is
// anonymous.
func (d *Directory) Authorize(c *Caller, r Request) error {
	policies, err := c.policies()
	if err != nil {
		return err
	}
	policies.Resource, policies.ResourceMustAllow, policies.Grants = r.Policy, r.ResourceMustAllow, r.Grants
	request := verdict.Request{
		Principal: c.principal(), Action: r.Action, Resource: r.Resource, ResourceAccount: r.ResourceAccount,
		Keys: d.allKeys(c, r),
	}
	named := r.Resource
	if r.Through != nil {
		named = r.Through.Resource
		request.AccessPoint, request.AccessPointAccount, policies.AccessPoint = named, r.Through.Account, r.Through.Policy
	}
	v, err := verdict.Judge(request, policies)
	if err != nil {
		return fmt.Errorf("judging %s on %s: %w", r.Action, r.Resource, err)
	}
	if v.Outcome == verdict.Allowed {
		return nil
	}
	return &Denial{
		Caller: c.ARN(), Action: r.Action, Resource: named, Reason: reason(r.Action, v), Layer: v.Layer,
		CrossAccount: c == nil || c.Account.ID != r.ResourceAccount,
	}
}

func (d *Directory) allKeys(c *Caller, r Request) Keys {
	keys := c.keys(d.Now())
	if r.ViaService != "" {
		comeByService(keys)
	}
	if r.ResourceAccount != "" {
		keys["aws:ResourceAccount"] = []string{r.ResourceAccount}
	}
	if a := d.accounts[r.ResourceAccount]; a != nil && a.OrgID != "" {
		keys["aws:ResourceOrgID"] = []string{a.OrgID}
	}
	maps.Copy(keys, r.Keys)
	return keys
}

// comeByService leaves out where a call comes from: it comes from the service
// (IAM User Guide, "AWS global condition context keys", aws:ViaAWSService and
// aws:SourceIp).
func comeByService(keys Keys) {
	keys["aws:ViaAWSService"], keys["aws:SecureTransport"] = []string{"true"}, []string{"true"}
	for _, network := range []string{"aws:SourceIp", "aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp"} {
		delete(keys, network)
	}
}

// reason words a verdict as AWS does (IAM User Guide, "Troubleshoot access
// denied error messages").
func reason(action string, v verdict.Verdict) string {
	if v.Outcome == verdict.ExplicitDeny {
		article := "a"
		if v.Layer == verdict.IdentityLayer {
			article = "an"
		}
		return fmt.Sprintf("with an explicit deny in %s %s", article, v.Layer)
	}
	return fmt.Sprintf("because no %s allows the %s action", v.Layer, action)
}

// policies are those that the caller brings along.
func (c *Caller) policies() (verdict.Policies, error) {
	switch {
	case c == nil:
		return verdict.Policies{}, nil
	case c.Session != nil:
		return c.Session.policies()
	case c.User != nil:
		return c.User.policies("user " + c.User.Name)
	}
	return verdict.Policies{}, nil
}

func (s *Session) policies() (verdict.Policies, error) {
	all, err := s.Role.policies("role " + s.Role.Name)
	if err != nil {
		return all, err
	}
	for i, text := range s.Policies {
		p, err := read(fmt.Sprintf("session policy %d", i+1), text)
		if err != nil {
			return all, err
		}
		all.Session = append(all.Session, p)
	}
	return all, nil
}

func (e *Entity) policies(shown string) (verdict.Policies, error) {
	var all verdict.Policies
	for _, inline := range e.Inline {
		p, err := read(fmt.Sprintf("inline policy %q of %s", inline.Name, shown), inline.Text)
		if err != nil {
			return all, err
		}
		all.Identity = append(all.Identity, p)
	}
	for _, managed := range e.Attached {
		p, err := read("managed policy "+managed.ARN, managed.Text())
		if err != nil {
			return all, err
		}
		all.Identity = append(all.Identity, p)
	}
	if e.Boundary == nil {
		return all, nil
	}
	boundary, err := read("permissions boundary "+e.Boundary.ARN, e.Boundary.Text())
	all.Boundary = &boundary
	return all, err
}

func read(name, text string) (verdict.Policy, error) {
	document, err := policy.Parse(text)
	if err != nil {
		return verdict.Policy{}, fmt.Errorf("reading %s: %w", name, err)
	}
	return verdict.Policy{Name: name, Document: document}, nil
}
