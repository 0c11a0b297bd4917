package share

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// Principal is a role or user of the consumer, as its ARN. The name part may hold * and ?.
type Principal struct {
	Partition string
	AccountID string
	Kind      string // "role" or "user"
	Path      string // begins and ends with a slash
	Name      string
}

var (
	principalARN = newPattern(`^arn:([a-z-]+[a-z0-9-]*):iam::([0-9]{12}):(role|user)(/|/[\x21-\x7E]+/)([\w+=,.@*?-]{1,64})$`)
	sessionARN   = newPattern(`^arn:([a-z-]+[a-z0-9-]*):sts::([0-9]{12}):assumed-role/([^/]+)(?:/|$)`)
	accountARN   = newPattern(`^(?:arn:[a-z0-9-]+:iam::)?([0-9]{12})(?::root)?$`)
)

// ParsePrincipal accepts the ARN of a role or user, path included. Wildcards are allowed in the name alone, because
// it is matched by ArnLike on aws:PrincipalArn and not by the Principal element, which takes no wildcards
// (IAM User Guide, "AWS JSON policy elements: Principal").
func ParsePrincipal(text string) (Principal, error) {
	if text == "*" {
		return Principal{}, fmt.Errorf(`"*" would let principals of every AWS account in: leave consumer.principals out to mean the whole consumer account, or give ARNs of roles and users`)
	}
	if match := sessionARN.FindStringSubmatch(text); match != nil {
		return Principal{}, fmt.Errorf("%q is a session of a role: give the role itself, arn:%s:iam::%s:role/%s, with its path between role/ and the name if it has one", text, match[1], match[2], match[3])
	}
	if match := accountARN.FindStringSubmatch(text); match != nil {
		return Principal{}, fmt.Errorf("%q stands for an account, and in a condition for its root user alone: leave consumer.principals out to mean the whole account %s", text, match[1])
	}
	match := principalARN.FindStringSubmatch(text)
	if match == nil {
		return Principal{}, fmt.Errorf("%q is not the ARN of a role or user: it is written arn:aws:iam::<account ID>:role/<path>/<name> (or user/); * and ? are allowed in the name only", text)
	}
	if wildcardPattern.MatchString(match[4]) {
		return Principal{}, fmt.Errorf("%q has a wildcard or a policy variable in its path: * and ? are allowed in the name only", text)
	}
	if len(match[4]) > 512 {
		return Principal{}, fmt.Errorf("%q has a path of %d characters: IAM allows 512", text, len(match[4]))
	}
	return Principal{Partition: match[1], AccountID: match[2], Kind: match[3], Path: match[4], Name: match[5]}, nil
}

// String gives the ARN.
func (p Principal) String() string {
	return fmt.Sprintf("arn:%s:iam::%s:%s%s%s", p.Partition, p.AccountID, p.Kind, p.Path, p.Name)
}

// HasWildcard tells that the principal stands for more than one role or user.
func (p Principal) HasWildcard() bool { return strings.ContainsAny(p.Name, "*?") }

// described gives the principal the way a sentence names it: role etl.
func (p Principal) described() string {
	return p.Kind + " " + strings.TrimPrefix(p.Path, "/") + p.Name
}

// Consumer is the other side of a share.
type Consumer struct {
	AccountID string
	// Principals narrows the share to these; empty means the whole account.
	Principals []Principal
	// AttachToRoles are roles of the consumer that get the consumer policy.
	AttachToRoles []string
	// Trust tells how principals are named in the trust policy.
	Trust TrustMode
}

// Includes tells that a role or user, given by its ARN, is one of the consumer's principals.
func (c Consumer) Includes(arn string) bool {
	if len(c.Principals) == 0 {
		return strings.Contains(arn, ":"+c.AccountID+":")
	}
	return slices.ContainsFunc(c.Principals, func(p Principal) bool { return policy.MatchPattern(p.String(), arn) })
}

// TrustMode tells how the trust policy names the consumer's principals.
type TrustMode string

const (
	// TrustAccount names the account and narrows it by aws:PrincipalArn: principals may be made later and may be
	// made again under the same name.
	TrustAccount TrustMode = "account"
	// TrustPinned names the principals themselves: IAM binds them to their unique IDs when the policy is written.
	TrustPinned TrustMode = "pinned"
)

// check tells what is wrong with the consumer beside an owner.
func (c Consumer) check(owner Account) error {
	if owner.ID != "" && c.AccountID == owner.ID {
		return fmt.Errorf("the consumer is account %s, which owns the bucket: a share is for another account, and roles of this one need no share", c.AccountID)
	}
	for _, principal := range c.Principals {
		switch {
		case principal.AccountID != c.AccountID:
			return fmt.Errorf("%s belongs to account %s, but the consumer is account %s: make one share for each consumer account", principal, principal.AccountID, c.AccountID)
		case owner.Partition != "" && principal.Partition != owner.Partition:
			return fmt.Errorf("%s is in partition %s, the bucket is in %s: AWS has no access across partitions", principal, principal.Partition, owner.Partition)
		case c.Trust == TrustPinned && principal.HasWildcard():
			return fmt.Errorf("%s has a wildcard, and pin_principals binds the trust to single principals: write them out or set pin_principals = false", principal)
		}
	}
	if c.Trust == TrustPinned && len(c.Principals) == 0 {
		return fmt.Errorf("pin_principals binds the trust to single principals, and consumer.principals names none")
	}
	return nil
}

// sortPrincipals orders principals by their ARN and drops doubles.
func sortPrincipals(principals []Principal) []Principal {
	sorted := slices.Clone(principals)
	slices.SortFunc(sorted, func(a, b Principal) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(sorted)
}
