package verdict

// This file holds the logic around the operators of conditions: set operators, IfExists, Null, absent keys, several
// values (IAM User Guide, "IAM JSON policy elements: Condition operators" and "Creating a condition with multiple keys or
// values").

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// condition is one operator on one key.
type condition struct {
	operator string // as written
	key      string // in lower case
	set      setOperator
	ifExists bool
	negated  bool
	null     bool // the operator is Null
	tests    []test
	// templates and values are what the policy compares with, as far as it is text with policy variables and as written.
	templates []template
	values    policy.Values
}

type setOperator string

const (
	single setOperator = ""
	forAll setOperator = "ForAllValues:"
	forAny setOperator = "ForAnyValue:"
)

// test compares a value of the request with one value of the policy.
type test func(value string, c call) (bool, error)

func compileConditions(from policy.Condition, d dialect) ([]condition, error) {
	var conditions []condition
	for _, operator := range slices.Sorted(maps.Keys(from)) {
		for _, key := range slices.Sorted(maps.Keys(from[operator])) {
			one, err := compileCondition(operator, from[operator][key], d)
			if err != nil {
				return nil, fmt.Errorf("condition %s on %s: %w", operator, key, err)
			}
			one.key = strings.ToLower(key)
			conditions = append(conditions, one)
		}
	}
	return conditions, nil
}

func compileCondition(name string, values policy.Values, d dialect) (condition, error) {
	one := condition{operator: name}
	base := name
	for _, set := range []setOperator{forAll, forAny} {
		if rest, found := strings.CutPrefix(base, string(set)); found {
			one.set, base = set, rest
			break
		}
	}
	base, one.ifExists = strings.CutSuffix(base, "IfExists")
	one.null = base == "Null"
	known, ok := operators[base]
	if !ok || one.null && one.ifExists {
		return one, errors.New("there is no such operator")
	}
	one.negated = known.negated
	// Access Analyzer's checks say what an empty list means with a set operator and with IfExists; they contradict
	// themselves on one without ("Suggestion – Empty array condition").
	if len(values) == 0 && (one.null || one.set == single && !one.ifExists) {
		return one, errors.New("it has no values")
	}
	one.values = values
	for _, value := range values {
		read, err := known.read(value, d)
		if err != nil {
			return one, err
		}
		one.tests = append(one.tests, read)
		if text, err := parseTemplate(value, d); err == nil {
			one.templates = append(one.templates, text)
		}
	}
	return one, nil
}

// holds tells whether the condition is true for the call.
func (o condition) holds(c call) (bool, error) {
	values, there := c.keys[o.key]
	switch {
	case o.null:
		return o.holdsNull(values, c)
	case !there && o.ifExists:
		return true, nil
	case o.set == forAll && isNull(values):
		return true, nil
	case o.set == forAny && isNull(values):
		return false, nil
	case len(values) == 0:
		return o.negated, nil
	case o.set == single && len(values) > 1:
		// "Multivalued condition keys require a set operator": what happens without one is not documented.
		return false, fmt.Errorf("condition %s: key %s has %d values in the request, which needs a set operator",
			o.operator, o.key, len(values))
	}
	some, all := false, true
	for _, value := range values {
		meets, err := o.meets(value, c)
		if err != nil {
			return false, fmt.Errorf("condition %s on %s: %w", o.operator, o.key, err)
		}
		some, all = some || meets, all && meets
	}
	if o.set == forAny {
		return some, nil
	}
	return all, nil
}

// meets compares one value of the request with all values of the policy: one of them has to match or, for a negated
// operator, none. An operator without values is never true of a value (Access Analyzer's checks, "Suggestion – Empty
// array condition ForAllValues" and "… IfExists").
func (o condition) meets(value string, c call) (bool, error) {
	if len(o.tests) == 0 {
		return false, nil
	}
	matched := false
	for _, compare := range o.tests {
		matches, err := compare(value, c)
		if err != nil {
			return false, err
		}
		matched = matched || matches
	}
	return matched != o.negated, nil
}

// holdsNull: with set operators Null is constant, see Access Analyzer's check "Suggestion – Null with qualifier".
func (o condition) holdsNull(values []string, c call) (bool, error) {
	switch o.set {
	case forAll:
		return true, nil
	case forAny:
		return false, nil
	}
	state := "false"
	if isNull(values) {
		state = "true"
	}
	return o.meets(state, c)
}
