package changes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// describeGrants says how the statements that allow calls to S3 differ: what they allow too much, else what they lack.
func describeGrants(want, have []policy.Statement) (sentence string, widens bool) {
	var extra, missing []string
	for _, statement := range have {
		if statement.Err() != nil {
			extra = append(extra, "has a statement that cannot be understood")
			continue
		}
		extra = append(extra, beyond(statement, want)...)
	}
	for _, statement := range want {
		missing = append(missing, lacking(statement, have)...)
	}
	extra, missing = unique(extra), unique(missing)
	switch {
	case len(extra) > 0:
		return strings.Join(extra, "; "), true
	case len(missing) > 0:
		return strings.Join(missing, "; "), false
	}
	return "is written differently than the share's", true
}

// beyond lists what a statement allows and the wanted ones do not.
func beyond(statement policy.Statement, want []policy.Statement) []string {
	if statement.Effect == policy.Deny || slices.ContainsFunc(want, statement.Equal) {
		return nil
	}
	if len(statement.NotAction) > 0 || len(statement.NotResource) > 0 || statement.NotPrincipal != nil {
		return []string{"allows everything but what it names"}
	}
	var found []string
	for _, action := range statement.Action {
		for _, resource := range statement.Resource {
			if !slices.ContainsFunc(want, func(w policy.Statement) bool { return covers(w, action, resource) }) {
				found = append(found, fmt.Sprintf("also allows %s on %s", action, resource))
			}
		}
	}
	if len(found) > 0 {
		return found
	}
	for _, wanted := range want {
		if overlaps(wanted, statement) && !wanted.Condition.Equal(statement.Condition) {
			return []string{fmt.Sprintf("the conditions on %s were changed", strings.Join(statement.Action, ", "))}
		}
	}
	return nil
}

// lacking lists what a wanted statement allows and those that are there do not.
func lacking(wanted policy.Statement, have []policy.Statement) []string {
	var found []string
	for _, statement := range have {
		if statement.Effect == policy.Deny {
			found = append(found, "has a Deny statement of somebody else's")
		}
	}
	for _, action := range wanted.Action {
		for _, resource := range wanted.Resource {
			allowed := func(s policy.Statement) bool { return s.Effect == policy.Allow && covers(s, action, resource) }
			if !slices.ContainsFunc(have, allowed) {
				found = append(found, fmt.Sprintf("no longer allows %s on %s", action, resource))
			}
		}
	}
	return found
}

// covers tells that a statement names an action and a resource, by itself or by a pattern.
func covers(statement policy.Statement, action, resource string) bool {
	actionNamed := slices.ContainsFunc(statement.Action, func(pattern string) bool {
		return policy.MatchPattern(strings.ToLower(pattern), strings.ToLower(action))
	})
	resourceNamed := slices.ContainsFunc(statement.Resource, func(pattern string) bool {
		return policy.MatchPattern(pattern, resource)
	})
	return actionNamed && resourceNamed
}

// overlaps tells that two statements name an action in common.
func overlaps(a, b policy.Statement) bool {
	return slices.ContainsFunc(a.Action, func(action string) bool {
		return slices.ContainsFunc(b.Action, func(other string) bool { return strings.EqualFold(action, other) })
	})
}

func unique(sentences []string) []string {
	var kept []string
	for _, sentence := range sentences {
		if !slices.Contains(kept, sentence) {
			kept = append(kept, sentence)
		}
	}
	return kept
}
