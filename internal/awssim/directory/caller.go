// This file holds who makes a call, and what condition keys say of them and of
// where they call from.
package directory

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
)

// Keys are condition keys with their values.
type Keys = verdict.Keys

// Caller is who makes one call: a user, a role session, or, with neither, the
// root user of the account. A nil *Caller is an anonymous call.
type Caller struct {
	Key     *Key
	Account *Account
	User    *User
	Session *Session

	// RemoteIP, Region and Insecure are what the request itself shows; the
	// network of the key takes precedence.
	RemoteIP string
	Region   string
	Insecure bool // aws:SecureTransport is false
}

// ARN is the caller as GetCallerIdentity and denials show it.
func (c *Caller) ARN() string {
	switch {
	case c == nil:
		return "anonymous"
	case c.Session != nil:
		return c.Session.Role.SessionARN(c.Session.Name)
	case c.User != nil:
		return c.User.ARN()
	}
	return c.Account.RootARN()
}

// UserID is aws:userid: AIDA…, AROA…:SESSION, or the ID of root's account (IAM
// User Guide, "AWS global condition context keys").
func (c *Caller) UserID() string {
	switch {
	case c.Session != nil:
		return c.Session.Role.ID + ":" + c.Session.Name
	case c.User != nil:
		return c.User.ID
	}
	return c.Account.ID
}

// SourceIdentity is that of the caller's session, "" where it has none.
func (c *Caller) SourceIdentity() string {
	if c.Session == nil {
		return ""
	}
	return c.Session.SourceIdentity
}

// principal is the caller as the judge sees it.
func (c *Caller) principal() verdict.Principal {
	if c == nil {
		return verdict.Principal{Kind: verdict.Anonymous}
	}
	p := verdict.Principal{Kind: verdict.Root, Account: c.Account.ID, ARN: c.Account.RootARN()}
	switch {
	case c.Session != nil:
		p.Kind, p.ARN, p.UniqueID = verdict.RoleSession, c.Session.Role.ARN(), c.Session.Role.ID
		p.SessionARN = c.ARN()
	case c.User != nil:
		p.Kind, p.ARN, p.UniqueID = verdict.User, c.User.ARN(), c.User.ID
	}
	return p
}

// keys are the condition keys that every call has (IAM User Guide, "AWS global
// condition context keys").
func (c *Caller) keys(now time.Time) Keys {
	keys := Keys{
		"aws:CurrentTime": {now.Format(time.RFC3339)}, "aws:EpochTime": {strconv.FormatInt(now.Unix(), 10)},
		"aws:PrincipalIsAWSService": {"false"}, "aws:ViaAWSService": {"false"},
	}
	if c == nil {
		keys["aws:PrincipalType"] = []string{"Anonymous"}
		return keys
	}
	maps.Copy(keys, c.networkKeys())
	maps.Copy(keys, c.principalKeys())
	if c.Region != "" {
		keys["aws:RequestedRegion"] = []string{c.Region}
	}
	return keys
}

func (c *Caller) networkKeys() Keys {
	from := c.Key.From()
	keys := Keys{"aws:SecureTransport": {strconv.FormatBool(!c.Insecure && !from.Insecure)}}
	ip := c.RemoteIP
	if from.SourceIP != "" {
		ip = from.SourceIP
	}
	if from.SourceVPC != "" {
		keys["aws:SourceVpc"] = []string{from.SourceVPC}
	}
	if from.SourceVPCE == "" {
		keys["aws:SourceIp"] = []string{ip}
		return keys
	}
	// A call through a VPC endpoint has no aws:SourceIp.
	keys["aws:SourceVpce"], keys["aws:VpcSourceIp"] = []string{from.SourceVPCE}, []string{ip}
	return keys
}

func (c *Caller) principalKeys() Keys {
	keys := Keys{
		"aws:PrincipalAccount": {c.Account.ID}, "aws:userid": {c.UserID()},
		"aws:PrincipalArn": {c.principal().ARN}, "aws:PrincipalType": {"Account"},
	}
	if c.Account.OrgID != "" {
		keys["aws:PrincipalOrgID"] = []string{c.Account.OrgID}
	}
	var tags map[string]string
	switch {
	case c.Session != nil:
		keys["aws:PrincipalType"] = []string{"AssumedRole"}
		keys["aws:TokenIssueTime"] = []string{c.Session.Issued.UTC().Format(time.RFC3339)}
		// Only temporary credentials carry the key.
		keys["aws:MultiFactorAuthPresent"] = []string{"false"}
		if c.Session.SourceIdentity != "" {
			keys["aws:SourceIdentity"] = []string{c.Session.SourceIdentity}
		}
		tags = c.Session.allTags()
	case c.User != nil:
		keys["aws:PrincipalType"], keys["aws:username"] = []string{"User"}, []string{c.User.Name}
		tags = c.User.TagMap()
	}
	for key, value := range tags {
		keys["aws:PrincipalTag/"+key] = []string{value}
	}
	return keys
}

// allTags are the tags of the role, each overridden by a session tag of that key
// in whatever case (IAM User Guide, "Pass session tags in AWS STS").
func (s *Session) allTags() map[string]string {
	tags := Entity{Tags: slices.Clone(s.Role.Tags)}
	for key, value := range s.Tags {
		tags.PutTag(Tag{Key: key, Value: value})
	}
	return tags.TagMap()
}
