package changes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// describeTrust says what another trust policy means for who can assume the role. It names everything that opened
// first; where nothing opened, somebody who should come in may be refused.
func describeTrust(desired share.Desired, have policy.Document) (sentence string, widens bool) {
	t := trustReader{spec: desired.Spec, desired: desired.Trust}
	for _, statement := range have.Statements() {
		t.read(statement)
	}
	if len(t.opened) > 0 {
		return strings.Join(t.opened, "; "), true
	}
	if len(t.narrowed) > 0 {
		return strings.Join(t.narrowed, "; "), false
	}
	return "differs from the share's: principals of the share may be refused", false
}

type trustReader struct {
	spec     share.Spec
	desired  policy.Document
	opened   []string
	narrowed []string
}

func (t *trustReader) open(format string, values ...any) {
	t.opened = append(t.opened, fmt.Sprintf(format, values...))
}

func (t *trustReader) read(statement policy.Statement) {
	for _, ours := range t.desired.Statements() {
		if ours.Equal(statement) {
			return
		}
	}
	switch {
	case statement.Err() != nil:
		t.open("has a statement that cannot be understood: it may let anybody in")
	case statement.Effect == policy.Deny:
		t.narrowed = append(t.narrowed, "has a Deny statement of somebody else's: principals of the share may be refused")
	case !mentionsAssumeRole(statement):
		t.open("has a statement of somebody else's that allows %s", strings.Join(slices.Concat(statement.Action, statement.NotAction), ", "))
	default:
		t.readPrincipals(statement)
		t.readConditions(statement)
	}
}

// mentionsAssumeRole tells that a statement can allow sts:AssumeRole.
func mentionsAssumeRole(statement policy.Statement) bool {
	if len(statement.NotAction) > 0 {
		return true
	}
	return slices.ContainsFunc(statement.Action, func(pattern string) bool {
		return policy.MatchPattern(strings.ToLower(pattern), "sts:assumerole")
	})
}

// readPrincipals tells of principals outside the consumer account.
func (t *trustReader) readPrincipals(statement policy.Statement) {
	if statement.Principal == nil || statement.Principal.Any || slices.Contains(statement.Principal.AWS, "*") {
		t.open("trusts every AWS account: %s", t.strangers(statement))
		return
	}
	for _, name := range statement.Principal.AWS {
		switch account := accountOf(name); {
		case strings.HasPrefix(name, "AROA"), strings.HasPrefix(name, "AIDA"):
			t.narrowed = append(t.narrowed, fmt.Sprintf("names %s, a principal that was deleted: it is refused, and so is one made again under its name", name))
		case account != t.spec.Consumer.AccountID:
			t.open("trusts %s, which is not of the consumer account %s", name, t.spec.Consumer.AccountID)
		}
	}
	for _, name := range statement.Principal.Service {
		t.open("trusts the AWS service %s", name)
	}
	for _, name := range statement.Principal.Federated {
		t.open("trusts the identity provider %s", name)
	}
}

func (t *trustReader) strangers(statement policy.Statement) string {
	if len(conditionValues(statement.Condition, "sts:externalid")) > 0 {
		return "whoever knows the external ID can assume the role"
	}
	return "anybody can assume the role"
}

// accountOf gives the account of a principal as policies write it, an ID or an ARN.
func accountOf(principal string) string {
	if fields := strings.SplitN(principal, ":", 6); len(fields) == 6 {
		return fields[4]
	}
	return principal
}

// readConditions tells which of our conditions went missing or weak.
func (t *trustReader) readConditions(statement policy.Statement) {
	who := t.spec.WhoCanAssume()
	ids := conditionsOn(statement.Condition, "sts:externalid")
	switch {
	case len(ids) == 0:
		t.open("the external ID condition was removed: %s can assume the role", who)
	case !sameCondition(ids, conditionsOn(t.desired.Statements()[0].Condition, "sts:externalid")):
		t.readExternalID(ids, who)
	}
	for _, ours := range t.desired.Statements() {
		for _, key := range guardKeys {
			wanted := conditionsOn(ours.Condition, key.key)
			if len(wanted) == 0 {
				continue
			}
			if have := conditionsOn(statement.Condition, key.key); len(have) == 0 {
				t.open("the condition on %s was removed: %s", key.key, key.meaning(t.spec))
			} else if !sameCondition(have, wanted) {
				t.open("the condition on %s was changed: it may let others in", key.key)
			}
		}
	}
}

func (t *trustReader) readExternalID(have map[string]policy.Values, who string) {
	for _, operator := range operatorsOf(have) {
		switch {
		case strings.HasSuffix(operator, "IfExists"):
			t.open("the external ID is checked only when one is sent (%s): %s can assume the role without it", operator, who)
		case strings.Contains(operator, "Like") && slices.ContainsFunc(have[operator], hasWildcard):
			t.open("the external ID is compared by %s with a wildcard: other IDs are accepted", operator)
		case strings.Contains(operator, "Not"), operator == "Null":
			t.open("the external ID is compared by %s: other IDs, or none, are accepted", operator)
		default:
			t.open("another external ID is accepted than the share's")
		}
	}
}

func hasWildcard(value string) bool { return strings.ContainsAny(value, "*?") }

// guard is a condition of the trust policy and what its absence means.
type guard struct {
	key     string
	meaning func(share.Spec) string
}

var guardKeys = []guard{
	{"aws:principalarn", func(s share.Spec) string {
		return fmt.Sprintf("every principal of account %s that its administrators allow can assume the role", s.Consumer.AccountID)
	}},
	{"aws:principalorgid", func(share.Spec) string { return "callers outside the organization can assume the role" }},
	{"aws:currenttime", func(share.Spec) string { return "the role can be assumed after expires_at" }},
	{"aws:sourceip", func(share.Spec) string { return "the role can be assumed from any address" }},
	{"aws:sourcevpce", func(share.Spec) string { return "the role can be assumed through any network" }},
}

// conditionsOn gives the conditions on one key, by operator. Keys are compared without case.
func conditionsOn(conditions policy.Condition, key string) map[string]policy.Values {
	found := map[string]policy.Values{}
	for operator, keys := range conditions {
		for name, values := range keys {
			if strings.EqualFold(name, key) {
				found[operator] = values
			}
		}
	}
	return found
}

func conditionValues(conditions policy.Condition, key string) []string {
	var all []string
	for _, values := range conditionsOn(conditions, key) {
		all = append(all, values...)
	}
	return all
}

func sameCondition(a, b map[string]policy.Values) bool {
	if len(a) != len(b) {
		return false
	}
	for operator, values := range a {
		if !values.Equal(b[operator]) {
			return false
		}
	}
	return true
}

func operatorsOf(conditions map[string]policy.Values) []string {
	operators := make([]string, 0, len(conditions))
	for operator := range conditions {
		operators = append(operators, operator)
	}
	slices.Sort(operators)
	return operators
}
