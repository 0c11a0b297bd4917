// This file checks the conditions of a bucket policy by themselves: known operators, known keys, values.
package s3sim

import (
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// operators are those of the IAM User Guide, "IAM JSON policy elements: Condition operators", in lower case; all but
// Null also exist as …IfExists.
var operators = []string{
	"stringequals", "stringnotequals", "stringequalsignorecase", "stringnotequalsignorecase", "stringlike", "stringnotlike",
	"numericequals", "numericnotequals", "numericlessthan", "numericlessthanequals", "numericgreaterthan", "numericgreaterthanequals",
	"dateequals", "datenotequals", "datelessthan", "datelessthanequals", "dategreaterthan", "dategreaterthanequals",
	"bool", "binaryequals", "ipaddress", "notipaddress", "arnequals", "arnlike", "arnnotequals", "arnnotlike",
}

func knownOperator(name string) bool {
	name = strings.ToLower(name)
	for _, quantifier := range []string{"forallvalues:", "foranyvalue:"} {
		if rest, ok := strings.CutPrefix(name, quantifier); ok {
			name = rest
			break
		}
	}
	return name == "null" || slices.Contains(operators, strings.TrimSuffix(name, "ifexists"))
}

func checkConditionShape(condition policy.Condition) error {
	for operator, keys := range condition {
		if !knownOperator(operator) {
			return malformedPolicy("Invalid Condition type : %s", operator)
		}
		for key, values := range keys {
			if !knownKey(key) {
				return malformedPolicy("Policy has an invalid condition key")
			}
			if len(values) == 0 {
				return malformedPolicy("Invalid policy syntax.")
			}
		}
	}
	return nil
}

// knownKey takes every global key, since AWS adds to them, and of S3's keys those of some action.
func knownKey(key string) bool {
	lower := strings.ToLower(key)
	if strings.HasPrefix(lower, "aws:") && len(lower) > len("aws:") {
		return true
	}
	name, ours := strings.CutPrefix(lower, "s3:")
	if !ours {
		return false
	}
	for _, a := range actions {
		if a.takes(name) {
			return true
		}
	}
	return false
}
