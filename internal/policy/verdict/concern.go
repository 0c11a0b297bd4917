package verdict

// This file tells from the caller alone that a statement is about others.

import (
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

const principalARN = "aws:principalarn"

// onlyThese are the operators that leave out every caller whose aws:PrincipalArn they do not list.
var onlyThese = []string{"ArnEquals", "ArnLike", "StringEquals", "StringLike"}

// MayConcern tells whether a statement of a resource policy may be about calls of the caller, in whatever session where
// the session's name is not known. It looks at whom the statement names and at its conditions on aws:PrincipalArn, which
// is taken to be the caller's. It is true of a statement that cannot be read.
func MayConcern(from policy.Statement, caller Principal) bool {
	d := dialect{version: policy.Version2012}
	names, err := compileWhom(from, ResourceLayer, d)
	if err != nil || from.Err() != nil {
		return true
	}
	// NotPrincipal spares nobody who has a boundary.
	c := call{principal: caller, bounded: true, doubt: &doubt{}, keys: Keys{principalARN: {caller.ARN}}}
	if names.lean(c).most == nobody {
		return false
	}
	for _, operator := range onlyThese {
		for key, values := range from.Condition[operator] {
			if strings.EqualFold(key, principalARN) && caller.ARN != "" && !meetsSome(c, operator, values) {
				return false
			}
		}
	}
	return true
}

func meetsSome(c call, operator string, values policy.Values) bool {
	if slices.ContainsFunc(values, func(value string) bool { return strings.Contains(value, "$") }) {
		return true // a policy variable: who the caller is says nothing
	}
	one, err := compileCondition(operator, values, dialect{version: policy.Version2012})
	if err != nil {
		return true
	}
	meets, err := one.meets(c.keys[principalARN][0], c)
	return err != nil || meets
}
