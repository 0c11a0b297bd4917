package changes

import (
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file reads whom a statement of the trust policy names.

// readPrincipals tells of principals that the share does not let in. whole tells that the statement names accounts or
// everybody, so that its conditions alone tell single principals apart.
func (t *trustReader) readPrincipals(ours, statement policy.Statement) (whole bool) {
	named := statement.Principal
	changed := t.fateOf("aws:principalarn")
	guarded := byKey(ours.Condition)["aws:principalarn"] != nil && (changed == "" || changed == tightened)
	t.who = t.whoever(ours, statement, guarded)
	switch {
	case statement.NotPrincipal != nil || named == nil:
		t.open("%strusts everybody but those whom it names", t.lead)
		return true
	case isEverybody(*named) && guarded:
		t.open("%strusts every AWS account: only the condition on aws:PrincipalArn keeps others out", t.lead)
		return true
	case isEverybody(*named):
		t.open("%strusts every AWS account: %s can assume the role", t.lead, t.strangers(statement))
		return true
	}
	for _, name := range named.AWS {
		whole = t.readNamed(name, guarded) || whole
	}
	t.readOtherKinds(*named)
	if t.lead == "" {
		t.readUnnamed(ours.Principal.AWS, named.AWS)
	}
	return whole
}

// readNamed reads one value of Principal.AWS. guarded tells that the share's condition on aws:PrincipalArn holds.
func (t *trustReader) readNamed(name string, guarded bool) (whole bool) {
	consumer := t.spec.Consumer
	account, isAccount := policy.AccountID(name)
	switch {
	case isUniqueID(name):
		t.narrow("%snames %s, a principal that was deleted: one made again under its name is refused", t.lead, name)
	case isAccount && account != consumer.AccountID:
		t.open("%strusts account %s, which is not the consumer", t.lead, account)
	case isAccount && consumer.Trust == share.TrustPinned:
		t.open("%strusts the whole account %s and not single principals: anyone in it who meets the conditions can assume the role",
			t.lead, account)
	case isAccount:
	case policy.AccountOf(name) != consumer.AccountID:
		t.open("%strusts %s, which is not in the consumer account %s", t.lead, name, consumer.AccountID)
	case !consumer.Includes(name) && !guarded:
		t.open("%strusts %s, which the share does not name", t.lead, name)
	}
	return isAccount
}

func (t *trustReader) readOtherKinds(named policy.Principal) {
	for _, name := range named.Service {
		t.open("%strusts the AWS service %s", t.lead, name)
	}
	for _, name := range named.Federated {
		t.open("%strusts the identity provider %s", t.lead, name)
	}
	for _, name := range named.CanonicalUser {
		t.open("%strusts the canonical user %s", t.lead, name)
	}
	if len(named.Other) > 0 {
		t.open("%strusts principals of a kind that is not known here", t.lead)
	}
}

// readUnnamed tells of those whom the share names and the statement that took its place does not.
func (t *trustReader) readUnnamed(wanted, have policy.Values) {
	for _, name := range wanted {
		same := func(other string) bool {
			return policy.Principal{AWS: policy.Values{name}}.Equal(policy.Principal{AWS: policy.Values{other}})
		}
		account, isAccount := policy.AccountID(name)
		inAccount := func(other string) bool { return policy.AccountOf(other) == account }
		switch {
		case slices.ContainsFunc(have, same):
		case !isAccount:
			t.narrow("no longer trusts %s: it is refused", name)
		case slices.ContainsFunc(have, inAccount):
			t.narrow("names principals of account %s and not the account: every other one is refused, and so is one made again under its name", account)
		default:
			t.narrow("no longer trusts account %s: whoever is in it is refused", account)
		}
	}
}

// strangers says who comes in where every account is trusted.
func (t *trustReader) strangers(statement policy.Statement) string {
	changed := t.fateOf("sts:externalid")
	switch {
	case changed == "" || changed == tightened:
		return "whoever knows the external ID"
	case len(statement.Condition) == 0:
		return "anybody"
	}
	return "anybody who meets its conditions"
}

// whoever names those whom a statement lets in as far as its principals and the condition on them go.
func (t *trustReader) whoever(ours, statement policy.Statement, guarded bool) string {
	named := statement.Principal
	switch {
	case guarded, named != nil && ours.Principal.Equal(*named) && byKey(ours.Condition)["aws:principalarn"] == nil:
		return t.spec.WhoCanAssume()
	case named == nil || isEverybody(*named):
		return "anybody"
	}
	var accounts []string
	for _, name := range named.AWS {
		if id, ok := policy.AccountID(name); ok {
			accounts = append(accounts, "account "+id)
		}
	}
	if len(accounts) == 0 {
		return strings.Join(listed(*named), ", ")
	}
	return "anyone in " + strings.Join(accounts, " or ")
}

func isEverybody(named policy.Principal) bool { return named.Any || slices.Contains(named.AWS, "*") }

// listed gives the names of all principals.
func listed(named policy.Principal) []string {
	return slices.Concat(named.AWS, named.Service, named.Federated, named.CanonicalUser)
}

// isUniqueID tells the ID of a role or user, which policies show in place of the ARN once the principal was deleted
// (IAM User Guide, "AWS JSON policy elements: Principal").
func isUniqueID(name string) bool {
	return strings.HasPrefix(name, "AROA") || strings.HasPrefix(name, "AIDA")
}
