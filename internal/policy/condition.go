package policy

// This file holds the condition element.

import (
	"fmt"
	"maps"
)

// Condition is operator → key → values. Numbers and booleans are read as the text that stands there.
type Condition map[string]map[string]Values

func (c Condition) clone() Condition {
	fresh := maps.Clone(c)
	for operator, keys := range fresh {
		fresh[operator] = maps.Clone(keys)
		for key, values := range fresh[operator] {
			fresh[operator][key] = values.clone()
		}
	}
	return fresh
}

func decodeCondition(raw string) (Condition, error) {
	operators, ok := cutObject(raw)
	if !ok {
		return nil, errObject
	}
	condition := Condition{}
	var fault error
	for _, operator := range operators {
		keys, err := decodeKeys(operator.value)
		if err == nil && condition[operator.name] != nil {
			err = errTwice
		}
		condition[operator.name] = keys
		if err != nil && fault == nil {
			fault = fmt.Errorf("reading operator %q: %w", operator.name, err)
		}
	}
	return condition, fault
}

func decodeKeys(raw string) (map[string]Values, error) {
	members, ok := cutObject(raw)
	if !ok {
		return map[string]Values{}, errObject
	}
	keys := map[string]Values{}
	var fault error
	for _, m := range members {
		values, err := decodeValues(m.value, scalar)
		if err == nil && keys[m.name] != nil {
			err = errTwice
		}
		keys[m.name] = values
		if err != nil && fault == nil {
			fault = fmt.Errorf("reading key %q: %w", m.name, err)
		}
	}
	return keys, fault
}
