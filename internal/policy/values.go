package policy

// This file holds the scalar-or-list values of policy JSON.

import (
	"errors"
	"slices"
	"strings"
)

var (
	errUnknown = errors.New("no such member is known here")
	errEffect  = errors.New("it is neither Allow nor Deny")
	errText    = errors.New("it is not a string")
	errTexts   = errors.New("it is neither a string nor a list of strings")
	errObject  = errors.New("it is not an object")
	errTwice   = errors.New("it has the same name twice")
)

// Values is what JSON policies write as one string or as a list of strings. nil is an absent member, an empty list is
// an empty list. One value is written as a scalar.
type Values []string

func (v Values) clone() Values { return slices.Clone(v) }

// decodeValues reads one value or a list; each value is read by one.
func decodeValues(raw string, one func(string) (string, bool)) (Values, error) {
	elements, ok := cutArray(raw)
	if !ok {
		elements = []string{raw}
	}
	values := make(Values, 0, len(elements))
	for _, element := range elements {
		value, ok := one(element)
		if !ok {
			return values, errTexts
		}
		values = append(values, value)
	}
	return values, nil
}

func decodeText(raw string) (string, error) {
	value, ok := asText(raw)
	if !ok {
		return "", errText
	}
	return value, nil
}

// scalar reads a string, and a number or boolean as the text that stands there, as AWS does in conditions.
func scalar(raw string) (string, bool) {
	if raw == "null" || strings.HasPrefix(raw, "{") || strings.HasPrefix(raw, "[") {
		return "", false
	}
	if strings.HasPrefix(raw, `"`) {
		return asText(raw)
	}
	return raw, true
}
