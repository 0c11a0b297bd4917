package share

import (
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// This file holds a caller, as sts:GetCallerIdentity names it, against the principals of a share.

// Membership tells whether a caller is one of those whom a share lets assume its role.
type Membership string

// What an ARN of a caller can tell.
const (
	// Member: the caller is one of the principals.
	Member Membership = "member"
	// PossibleMember: a session's ARN has no path (IAM User Guide, "IAM identifiers"), and only the path is left to decide.
	PossibleMember Membership = "possible member"
	// Stranger: the caller is certainly none of the principals.
	Stranger Membership = "stranger"
)

// Caller is who calls, by the ARN that sts:GetCallerIdentity gives.
type Caller string

var (
	callerAccount = newPattern(`^arn:[a-z0-9-]+:(?:iam|sts)::([0-9]{12}):`)
	callerRole    = newPattern(`^arn:([a-z0-9-]+):sts::([0-9]{12}):assumed-role/([^/]+)/`)
)

// AccountID gives the account of the caller, empty when the ARN has none.
func (c Caller) AccountID() string {
	if match := callerAccount.FindStringSubmatch(string(c)); len(match) > 0 {
		return match[1]
	}
	return ""
}

// RoleName gives the name of the role whose session the caller is, empty for all other callers.
func (c Caller) RoleName() string {
	if match := callerRole.FindStringSubmatch(string(c)); len(match) > 0 {
		return match[3]
	}
	return ""
}

// IsRootUser tells that the caller is the root user of an account, whom STS lets assume no role (STS API reference,
// AssumeRole).
func (c Caller) IsRootUser() bool { return strings.HasSuffix(string(c), ":root") }

// Membership tells whether the share lets a caller in as far as the consumer's principals decide it. The root user of the
// account can assume no role, but calls S3 like everybody of the account.
func (s Spec) Membership(caller Caller) Membership {
	if s.IsDirect() && len(s.Consumer.Principals) == 0 && caller.IsRootUser() && caller.AccountID() == s.Consumer.AccountID {
		return Member
	}
	return s.Consumer.Membership(caller)
}

// Membership tells whether a caller may assume the share's role as far as the consumer's principals decide it.
func (c Consumer) Membership(caller Caller) Membership {
	switch {
	case caller.AccountID() != c.AccountID || caller.IsRootUser():
		return Stranger
	case len(c.Principals) == 0:
		return Member
	case caller.RoleName() != "":
		return c.sessionMembership(caller)
	case slices.ContainsFunc(c.Principals, func(p Principal) bool { return policy.MatchPattern(p.String(), string(caller)) }):
		return Member
	}
	return Stranger
}

// mayBe tells that a pattern of the ARNs of principals, as policies have them, may mean the caller.
func (c Caller) mayBe(pattern string) bool {
	match := callerRole.FindStringSubmatch(string(c))
	if match == nil {
		return policy.MatchPattern(pattern, string(c))
	}
	roles := "arn:" + match[1] + ":iam::" + match[2] + ":role/"
	return meetsPattern(pattern, roles+match[3]) || meetsPattern(pattern, roles+"*/"+match[3])
}

// sessionMembership judges a session, of whose role the name is known and not the path.
func (c Consumer) sessionMembership(caller Caller) Membership {
	match := callerRole.FindStringSubmatch(string(caller))
	roles := "arn:" + match[1] + ":iam::" + match[2] + ":role/"
	found := Stranger
	for _, principal := range c.Principals {
		switch pattern := principal.String(); {
		case pattern == roles+"*":
			return Member
		case caller.mayBe(pattern):
			found = PossibleMember
		}
	}
	return found
}
