package exposure

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file tells who outside the account may assume a role.

// entrance is one outsider whom a trust policy lets in, and under which conditions.
type entrance struct {
	who        outsider
	conditions []string
	ends       time.Time
	findings   []Finding
}

// LetsOutsidersIn tells that the trust policy of a role lets somebody outside the owner account in, or cannot be
// understood.
func LetsOutsidersIn(owner share.Account, role Role) bool { return len(entrancesOf(owner, role)) > 0 }

// accountsLetIn are the accounts of which principals may assume the role.
func accountsLetIn(owner share.Account, role Role) []string {
	var accounts []string
	for _, entrance := range entrancesOf(owner, role) {
		if entrance.who.account != "" {
			accounts = append(accounts, entrance.who.account)
		}
	}
	slices.Sort(accounts)
	return slices.Compact(accounts)
}

func entrancesOf(owner share.Account, role Role) []entrance {
	if role.Parts.Role == nil {
		return nil
	}
	var entrances []entrance
	statements := role.Parts.Role.Trust.Statements()
	for _, statement := range statements {
		if statement.Err() != nil {
			if statement.Effect != policy.Deny {
				entrances = append(entrances, entrance{who: outsider{name: "?", kind: strange},
					findings: []Finding{{Unreadable, "a statement of the trust policy cannot be understood: it may let anybody in"}}})
			}
			continue
		}
		if statement.Effect != policy.Allow {
			continue
		}
		who, rest := outsidersIn(owner, statement)
		for _, one := range who {
			if found, ok := enter(one, statement, rest, statements); ok {
				entrances = append(entrances, found)
			}
		}
	}
	return entrances
}

// enter reads the entrance of one outsider; ok is false when it is none after all.
func enter(who outsider, statement policy.Statement, rest policy.Condition, all []policy.Statement) (found entrance, ok bool) {
	action := "sts:AssumeRole"
	if who.kind == federated {
		action = "sts:AssumeRoleWith*"
	}
	if !mentions(statement, action) {
		return found, false
	}
	if caller, known := who.caller(); known {
		holds, left := decide(caller, rest)
		if !holds {
			return found, false
		}
		rest = left
	}
	found = entrance{who: who, conditions: sentencesOf(rest), ends: endOf(rest)}
	for _, deny := range all {
		refused, applies := who.refusedBy(deny)
		switch {
		case !applies || !mentions(deny, action):
		case refused.outright():
			return found, false
		default:
			found.conditions = append(found.conditions, refused.sentence("assuming the role"))
		}
	}
	found.findings = who.findings(bySession, sentencesOf(rest))
	if who.kind != federated && who.kind != deleted {
		found.findings = append(found.findings, externalIDFindings(rest)...)
	}
	return found, true
}

// mentions tells that a statement speaks about an action, which may have a wildcard.
func mentions(statement policy.Statement, action string) bool {
	action = strings.ToLower(action)
	if statement.Action != nil {
		return slices.ContainsFunc(statement.Action, func(pattern string) bool { return share.PatternsMeet(strings.ToLower(pattern), action) })
	}
	return !slices.ContainsFunc(statement.NotAction, func(pattern string) bool { return share.PatternCovers(strings.ToLower(pattern), action) })
}

// externalIDFindings tells whether the external ID keeps confused deputies out.
func externalIDFindings(conditions policy.Condition) []Finding {
	weak := ""
	for _, operator := range slices.Sorted(maps.Keys(conditions)) {
		for key, values := range conditions[operator] {
			if !strings.EqualFold(key, "sts:ExternalId") {
				continue
			}
			switch base := strings.TrimPrefix(operator, "ForAnyValue:"); {
			case base == "StringEquals":
				return nil
			case base == "StringLike" && !slices.ContainsFunc(values, func(value string) bool { return strings.ContainsAny(value, "*?") }):
				return nil
			case base == "StringLike":
				weak = "the external ID is compared with a wildcard: others than the agreed one are accepted"
			case strings.HasSuffix(base, "IfExists"), strings.HasPrefix(base, "ForAllValues:"):
				weak = "the external ID is checked only when one is sent"
			default:
				weak = "the external ID is compared by " + operator + ", which does not demand one certain ID"
			}
		}
	}
	if weak != "" {
		return []Finding{{WeakExternalID, weak}}
	}
	return []Finding{{NoExternalID, "AssumeRole needs no external ID"}}
}
