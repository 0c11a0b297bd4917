// This file checks conditions: known operators, keys with a prefix, values that
// are scalars or lists of scalars.
package grammar

import (
	"slices"
	"strings"
)

// operators are those of the IAM User Guide, "IAM JSON policy elements:
// Condition operators"; all but Null also exist as …IfExists.
var operators = []string{
	"stringequals", "stringnotequals", "stringequalsignorecase", "stringnotequalsignorecase", "stringlike", "stringnotlike",
	"numericequals", "numericnotequals", "numericlessthan", "numericlessthanequals", "numericgreaterthan", "numericgreaterthanequals",
	"dateequals", "datenotequals", "datelessthan", "datelessthanequals", "dategreaterthan", "dategreaterthanequals",
	"bool", "binaryequals", "ipaddress", "notipaddress", "arnequals", "arnlike", "arnnotequals", "arnnotlike",
}

func knownOperator(name string) bool {
	name = strings.ToLower(name)
	if rest, ok := strings.CutPrefix(name, "forallvalues:"); ok {
		name = rest
	} else if rest, ok := strings.CutPrefix(name, "foranyvalue:"); ok {
		name = rest
	}
	return name == "null" || slices.Contains(operators, strings.TrimSuffix(name, "ifexists"))
}

func checkCondition(condition *node) error {
	if condition == nil {
		return nil
	}
	if !condition.object {
		return errSyntax
	}
	for _, operator := range condition.members {
		if !knownOperator(operator.name) {
			return malformed("Invalid Condition type : %s.", operator.name)
		}
		if !operator.value.object {
			return errSyntax
		}
		for _, key := range operator.value.members {
			if !strings.Contains(key.name, ":") {
				return malformed("Condition keys must begin with either a service namespace or aws:")
			}
			for _, value := range key.value.list() {
				if value.object || value.array || value.scalar == nil {
					return errSyntax
				}
			}
		}
	}
	return nil
}
