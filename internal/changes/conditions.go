package changes

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// This file compares the conditions of a statement with those that it should have.

// fate is what happened to the condition on one key.
type fate string

const (
	removed   fate = "removed"
	loosened  fate = "loosened" // it may hold for more requests than it should
	tightened fate = "tightened"
	added     fate = "added"
)

// conditionChange is the difference of the conditions on one key.
type conditionChange struct {
	key  string // in lower case
	fate fate
	have map[string]policy.Values // by operator; nil if removed
	want map[string]policy.Values
}

// shown writes the condition that is there: StringLike a, b.
func (c conditionChange) shown() string {
	var tests []string
	for _, operator := range slices.Sorted(maps.Keys(c.have)) {
		tests = append(tests, operator+" "+strings.Join(c.have[operator], ", "))
	}
	return strings.Join(tests, " and ")
}

// compareConditions lists the keys of which the conditions differ, in alphabetical order.
func compareConditions(want, have policy.Condition) []conditionChange {
	wanted, had := byKey(want), byKey(have)
	all := maps.Clone(wanted)
	maps.Copy(all, had)
	var found []conditionChange
	for _, key := range slices.Sorted(maps.Keys(all)) {
		change := conditionChange{key: key, have: had[key], want: wanted[key]}
		switch {
		case sameTests(change.want, change.have), implies(change.have, change.want) && implies(change.want, change.have):
			continue // the same, or as good as the same
		case len(change.have) == 0:
			change.fate = removed
		case len(change.want) == 0:
			change.fate = added
		case implies(change.have, change.want):
			change.fate = tightened
		default:
			change.fate = loosened
		}
		found = append(found, change)
	}
	return found
}

// byKey turns operator → key into key → operator. Keys are compared without case. Of two spellings of one key under one
// operator the first counts: both must hold, so that the other can only tighten.
func byKey(conditions policy.Condition) map[string]map[string]policy.Values {
	found := map[string]map[string]policy.Values{}
	for _, operator := range slices.Sorted(maps.Keys(conditions)) {
		for _, spelled := range slices.Sorted(maps.Keys(conditions[operator])) {
			key := strings.ToLower(spelled)
			if found[key] == nil {
				found[key] = map[string]policy.Values{}
			}
			if _, there := found[key][operator]; !there {
				found[key][operator] = conditions[operator][spelled]
			}
		}
	}
	return found
}

func sameTests(a, b map[string]policy.Values) bool {
	return maps.EqualFunc(a, b, func(left, right policy.Values) bool { return left.Equal(right) })
}

// implies tells that whatever meets the conditions have also meets the conditions want. It is sure of what it affirms:
// operators that it does not know imply nothing.
func implies(have, want map[string]policy.Values) bool {
	for operator, values := range want {
		met := false
		for other, others := range have {
			met = met || testImplies(test{other, others}, test{operator, values})
		}
		if !met {
			return false
		}
	}
	return true
}

// test is one operator with its values for one key.
type test struct {
	operator string
	values   policy.Values
}

func testImplies(have, want test) bool {
	// ForAnyValue, like no qualifier, does not hold for an absent key; ForAllValues and IfExists do (IAM User Guide,
	// "IAM JSON policy elements: Condition operators").
	operator := strings.TrimPrefix(have.operator, "ForAnyValue:")
	want.operator = strings.TrimPrefix(want.operator, "ForAnyValue:")
	if len(have.values) == 0 {
		return false // whether an empty list holds for nothing is not documented
	}
	switch want.operator {
	case "StringEquals", "StringLike", "ArnEquals", "ArnLike":
		exact := operator == "StringEquals"
		like := operator == "StringLike" || operator == "ArnLike" || operator == "ArnEquals"
		if !exact && !like {
			return false
		}
		return everyValue(have.values, want.values, func(value, wanted string) bool {
			return value == wanted && (exact || want.operator != "StringEquals" || !hasWildcard(value)) ||
				want.operator != "StringEquals" && !strings.Contains(wanted, "?") && policy.MatchPattern(wanted, value)
		})
	case "DateLessThan":
		return operator == "DateLessThan" && everyValue(have.values, want.values, notLater)
	}
	return operator == want.operator && everyValue(have.values, want.values, func(value, wanted string) bool { return value == wanted })
}

// everyValue tells that each value stands for no more than one of the wanted ones.
func everyValue(values, wanted policy.Values, inside func(value, wanted string) bool) bool {
	return !slices.ContainsFunc(values, func(value string) bool {
		return !slices.ContainsFunc(wanted, func(w string) bool { return inside(value, w) })
	})
}

func notLater(value, wanted string) bool {
	at, err := time.Parse(time.RFC3339, value)
	limit, wantedErr := time.Parse(time.RFC3339, wanted)
	return err == nil && wantedErr == nil && !at.After(limit)
}

func hasWildcard(value string) bool { return strings.ContainsAny(value, "*?") }
