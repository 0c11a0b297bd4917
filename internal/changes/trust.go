package changes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file says what another trust policy than the share's means for who can assume the role.

// describeTrust compares a trust policy with the desired one. Each of the desired statements is held against the
// observed one that took its place; what is left over was added.
func describeTrust(desired share.Desired, have policy.Document) (sentence string, widens bool) {
	t := trustReader{spec: desired.Spec}
	observed := have.Statements()
	places := pair(desired.Trust.Statements(), observed, func(_, have policy.Statement) bool { return mentionsAssumeRole(have) })
	for _, place := range places {
		if place.have == nil {
			t.miss(place.want, !slices.ContainsFunc(observed, mentionsAssumeRole))
		} else {
			t.compare(place.want, *place.have)
		}
	}
	for _, statement := range leftOver(places, observed) {
		t.lead = "an added statement "
		t.readAdded(places[0].want, statement)
	}
	return t.sentence("is written differently than the share's and means the same")
}

type trustReader struct {
	findings
	spec share.Spec
	// lead begins clauses about an added statement; it is empty for one that took the place of the share's.
	lead string
	// lost are the changes of the conditions of the statement that is read, who are those whom it names.
	lost []conditionChange
	who  string
}

// miss tells of a statement of the share that has no counterpart.
func (t *trustReader) miss(statement policy.Statement, nobody bool) {
	switch gone := byKey(statement.Condition); {
	case nobody:
		t.narrow("no statement lets the consumer in: nobody in account %s can assume the role", t.spec.Consumer.AccountID)
	case gone["aws:sourceip"] != nil:
		t.narrow("the statement for source_ips is missing: AssumeRole from these addresses is refused")
	case gone["aws:sourcevpce"] != nil:
		t.narrow("the statement for source_vpce_ids is missing: AssumeRole through these endpoints is refused")
	default:
		t.narrow("the share's statement is missing: %s may be refused", t.spec.WhoCanAssume())
	}
}

// readAdded reads a statement that the share does not have.
func (t *trustReader) readAdded(ours, statement policy.Statement) {
	switch {
	case statement.Err() != nil:
		t.open("%scannot be understood: it may let anybody in", t.lead)
	case statement.Effect == policy.Deny:
		t.narrow("%sdenies: principals of the share may be refused", t.lead)
	case !mentionsAssumeRole(statement):
		t.open("%sallows %s", t.lead, strings.Join(statement.Action, ", "))
	default:
		t.compare(ours, statement)
	}
}

// compare reads a statement that allows AssumeRole.
func (t *trustReader) compare(ours, statement policy.Statement) {
	if ours.Equal(statement) {
		return
	}
	t.lost = compareConditions(ours.Condition, statement.Condition)
	t.readActions(statement)
	whole := t.readPrincipals(ours, statement)
	for _, change := range t.lost {
		if change.key == "aws:principalarn" && !whole && change.fate != added {
			continue // the statement names single principals itself
		}
		t.readCondition(change)
	}
}

// fateOf tells what happened to the condition on a key, "" if nothing did.
func (t *trustReader) fateOf(key string) fate {
	for _, change := range t.lost {
		if change.key == key {
			return change.fate
		}
	}
	return ""
}

func (t *trustReader) readActions(statement policy.Statement) {
	if len(statement.NotAction) > 0 {
		t.open("%sallows every action on the role but %s", t.lead, strings.Join(statement.NotAction, ", "))
	}
	for _, action := range statement.Action {
		if !strings.EqualFold(action, "sts:AssumeRole") {
			t.open("%salso allows %s", t.lead, action)
		}
	}
}

// mentionsAssumeRole tells that a statement can allow sts:AssumeRole.
func mentionsAssumeRole(statement policy.Statement) bool {
	if statement.Err() != nil || statement.Effect != policy.Allow {
		return false
	}
	named := func(pattern string) bool { return policy.MatchPattern(strings.ToLower(pattern), "sts:assumerole") }
	if statement.Action == nil {
		return !slices.ContainsFunc(statement.NotAction, named)
	}
	return slices.ContainsFunc(statement.Action, named)
}

// readCondition says what the change of one condition lets in or keeps out.
func (t *trustReader) readCondition(change conditionChange) {
	if change.key == "sts:externalid" {
		t.readExternalID(change)
		return
	}
	name, meaning := t.guard(change)
	switch change.fate {
	case removed:
		t.open("%s: %s", t.gone(name), meaning)
	case loosened:
		t.open("%s%s is now %s: %s", t.inside(), name, change.shown(), meaning)
	case tightened:
		t.narrow("%s%s is now %s: whoever does not meet it is refused", t.inside(), name, change.shown())
	case added:
		t.narrow("%sthere is a further condition on %s: whoever does not meet it is refused", t.inside(), change.key)
	}
}

func (t *trustReader) gone(what string) string {
	if t.lead == "" {
		return what + " was removed"
	}
	return t.inside() + what + " is missing"
}

func (t *trustReader) inside() string {
	if t.lead == "" {
		return ""
	}
	return "in an added statement, "
}

// guard names the condition on a key and says what its absence means.
func (t *trustReader) guard(change conditionChange) (name, meaning string) {
	switch change.key {
	case "aws:principalarn":
		switch {
		case change.fate == loosened:
			meaning = "principals that the share does not name can assume the role"
		case t.fateOf("sts:externalid") == removed:
			meaning = t.who + " can assume the role"
		default:
			meaning = t.who + " who knows the external ID can assume the role"
		}
		return "the condition on aws:PrincipalArn", meaning
	case "aws:principalorgid":
		return "the condition on aws:PrincipalOrgID", fmt.Sprintf(
			"callers outside organization %s can assume the role", t.spec.Perimeter.PrincipalOrgID)
	case "aws:currenttime":
		return "the expiry", fmt.Sprintf("the role can be assumed after %s", t.spec.Expiry())
	case "aws:sourceip":
		return "the condition on aws:SourceIp", "the role can be assumed from other addresses"
	case "aws:sourcevpce":
		return "the condition on aws:SourceVpce", "the role can be assumed from outside the endpoints"
	}
	return "the condition on " + change.key, "others may be let in"
}

// readExternalID never shows a value.
func (t *trustReader) readExternalID(change conditionChange) {
	switch {
	case change.fate == removed:
		t.open("%s: %s can assume the role", t.gone("the external ID condition"), t.who)
	case change.fate == tightened:
		t.narrow("%sfewer external IDs are accepted than the share's: whoever sends another is refused", t.inside())
	default:
		t.readWeakID(change)
	}
}

// readWeakID tells how the condition fails to demand one of the share's IDs.
func (t *trustReader) readWeakID(change conditionChange) {
	for _, operator := range slices.Sorted(maps.Keys(change.have)) {
		values := change.have[operator]
		switch base := strings.TrimPrefix(operator, "ForAnyValue:"); {
		case strings.HasSuffix(base, "IfExists"), strings.HasPrefix(base, "ForAllValues:"):
			t.open("%sthe external ID is checked only when one is sent (%s): %s can assume the role without it", t.inside(), operator, t.who)
		case strings.Contains(base, "Not"), base == "Null":
			t.open("%sthe external ID is compared by %s: %s can assume the role with another one, or with none", t.inside(), operator, t.who)
		case strings.Contains(base, "Like") && slices.ContainsFunc(values, hasWildcard):
			t.open("%sthe external ID is compared by %s with a wildcard: other IDs than the share's are accepted", t.inside(), operator)
		case base == "StringEqualsIgnoreCase":
			t.open("%sthe external ID is compared without regard to case: other spellings than the share's are accepted", t.inside())
		default:
			t.readOtherID(change, test{operator, values})
		}
	}
}

// readOtherID tells of IDs that are accepted and not the share's, and of the share's that are not.
func (t *trustReader) readOtherID(change conditionChange, have test) {
	ours := change.want["StringEquals"]
	same := func(value, wanted string) bool { return value == wanted }
	pending := policy.Values{}
	for _, id := range t.spec.PendingIDs {
		pending = append(pending, id.Reveal())
	}
	switch {
	case everyValue(have.values, ours, same):
	case everyValue(have.values, slices.Concat(ours, pending), same):
		t.narrow("%sa new external ID is accepted already: a change of it was begun and did not come to its end", t.inside())
	default:
		t.open("%san external ID is accepted that is not the share's", t.inside())
	}
	if !everyValue(ours, have.values, same) {
		t.narrow("%sthe share's external ID is not accepted: whoever sends it is refused", t.inside())
	}
}
