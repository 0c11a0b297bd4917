package verdict

// This file lists the condition operators of the IAM User Guide ("IAM JSON policy elements: Condition operators") and
// reads their values.

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"strings"
	"time"
)

// operator is a condition operator without set operator and IfExists.
type operator struct {
	negated bool // it is true when no value matches
	read    func(value string, d dialect) (test, error)
}

var operators = map[string]operator{
	"StringEquals":              {false, readText(func(p pieces, s string) bool { return p.text() == s })},
	"StringNotEquals":           {true, readText(func(p pieces, s string) bool { return p.text() == s })},
	"StringEqualsIgnoreCase":    {false, readText(func(p pieces, s string) bool { return strings.EqualFold(p.text(), s) })},
	"StringNotEqualsIgnoreCase": {true, readText(func(p pieces, s string) bool { return strings.EqualFold(p.text(), s) })},
	"StringLike":                {false, readText(func(p pieces, s string) bool { return p.pattern().Match(s) })},
	"StringNotLike":             {true, readText(func(p pieces, s string) bool { return p.pattern().Match(s) })},
	"NumericEquals":             {false, typed(parseNumber, (*big.Rat).Cmp, is(0))},
	"NumericNotEquals":          {true, typed(parseNumber, (*big.Rat).Cmp, is(0))},
	"NumericLessThan":           {false, typed(parseNumber, (*big.Rat).Cmp, is(-1))},
	"NumericLessThanEquals":     {false, typed(parseNumber, (*big.Rat).Cmp, is(-1, 0))},
	"NumericGreaterThan":        {false, typed(parseNumber, (*big.Rat).Cmp, is(1))},
	"NumericGreaterThanEquals":  {false, typed(parseNumber, (*big.Rat).Cmp, is(1, 0))},
	"DateEquals":                {false, typed(parseDate, time.Time.Compare, is(0))},
	"DateNotEquals":             {true, typed(parseDate, time.Time.Compare, is(0))},
	"DateLessThan":              {false, typed(parseDate, time.Time.Compare, is(-1))},
	"DateLessThanEquals":        {false, typed(parseDate, time.Time.Compare, is(-1, 0))},
	"DateGreaterThan":           {false, typed(parseDate, time.Time.Compare, is(1))},
	"DateGreaterThanEquals":     {false, typed(parseDate, time.Time.Compare, is(1, 0))},
	"Bool":                      {false, typed(parseBool, strings.Compare, is(0))},
	"Null":                      {false, typed(parseBool, strings.Compare, is(0))},
	"BinaryEquals":              {false, typed(parseBinary, bytes.Compare, is(0))},
	"IpAddress":                 {false, readNetwork},
	"NotIpAddress":              {true, readNetwork},
	"ArnEquals":                 {false, readARN},
	"ArnLike":                   {false, readARN},
	"ArnNotEquals":              {true, readARN},
	"ArnNotLike":                {true, readARN},
}

// readText reads the value of a string operator, in which policy variables are replaced.
func readText(matches func(pieces, string) bool) func(string, dialect) (test, error) {
	return func(value string, d dialect) (test, error) {
		read, err := parseTemplate(value, d)
		if err != nil {
			return nil, err
		}
		return func(value string, c call) (bool, error) {
			expanded, known, err := read.expand(c)
			return known && matches(expanded, value), err
		}, nil
	}
}

// readARN reads the value of an ARN operator: each of the six fields has its own wildcards. ArnEquals is ArnLike.
func readARN(value string, d dialect) (test, error) {
	read, err := parseTemplate(value, d)
	if err != nil {
		return nil, err
	}
	if !read.hasVariable() && strings.Count(read.beforeVariables(), ":") < 5 {
		return nil, fmt.Errorf("%q is not an ARN", value)
	}
	return func(value string, c call) (bool, error) {
		expanded, known, err := read.expand(c)
		wanted, fields := expanded.fields(), strings.SplitN(value, ":", 6)
		if !known || err != nil || len(wanted) < 6 || len(fields) < 6 {
			return false, err
		}
		for i := range fields {
			if !wanted[i].pattern().Match(fields[i]) {
				return false, nil
			}
		}
		return true, nil
	}, nil
}

// typed makes an operator that compares values of one type. Empty text in the request is a value that is not there.
func typed[T any](
	parse func(string) (T, error), compare func(T, T) int, holds func(int) bool,
) func(string, dialect) (test, error) {
	return func(value string, _ dialect) (test, error) {
		wanted, err := parse(value)
		if err != nil {
			return nil, err
		}
		return func(value string, _ call) (bool, error) {
			if value == "" {
				return false, nil
			}
			given, err := parse(value)
			if err != nil {
				return false, fmt.Errorf("reading the value of the request: %w", err)
			}
			return holds(compare(given, wanted)), nil
		}, nil
	}
}

func is(orders ...int) func(int) bool {
	return func(order int) bool {
		for _, one := range orders {
			if one == order {
				return true
			}
		}
		return false
	}
}

// parseNumber reads an integer or a decimal number.
func parseNumber(text string) (*big.Rat, error) {
	digits := strings.TrimPrefix(strings.TrimPrefix(text, "+"), "-")
	whole, fraction, isDecimal := strings.Cut(digits, ".")
	if areDigits(whole) && (!isDecimal || areDigits(fraction)) {
		if number, ok := new(big.Rat).SetString(text); ok {
			return number, nil
		}
	}
	return nil, fmt.Errorf("%q is not a number", text)
}

func areDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// dateLayouts are the W3C forms of ISO 8601 dates; the one with a fraction of a second is read by the last but one, too.
var dateLayouts = []string{"2006-01", "2006-01-02", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z07:00"}

// parseDate reads a W3C date or seconds since 1970. Four digits are a year in the one form and a second in the other, so
// they are not read.
func parseDate(text string) (time.Time, error) {
	for _, layout := range dateLayouts {
		if date, err := time.Parse(layout, text); err == nil {
			return date, nil
		}
	}
	if areDigits(text) && len(text) != 4 {
		if seconds, ok := new(big.Int).SetString(text, 10); ok && seconds.IsInt64() && seconds.Int64() < 1<<40 {
			return time.Unix(seconds.Int64(), 0), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is neither a W3C date nor seconds since 1970", text)
}

func parseBool(text string) (string, error) {
	switch lower := strings.ToLower(text); lower {
	case "true", "false":
		return lower, nil
	}
	return "", fmt.Errorf("%q is neither true nor false", text)
}

func parseBinary(text string) ([]byte, error) {
	decoded, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("the value is not base64")
	}
	return decoded, nil
}

// readNetwork reads an address or a CIDR block; an address is a block of its own.
func readNetwork(value string, _ dialect) (test, error) {
	network, err := netip.ParsePrefix(value)
	if err != nil {
		address, err := parseAddress(value)
		if err != nil {
			return nil, fmt.Errorf("%q is neither an address nor a CIDR block", value)
		}
		network = netip.PrefixFrom(address, address.BitLen())
	}
	return func(value string, _ call) (bool, error) {
		if value == "" {
			return false, nil
		}
		address, err := parseAddress(value)
		if err != nil {
			return false, fmt.Errorf("reading the value of the request: %w", err)
		}
		return network.Contains(address), nil
	}, nil
}

func parseAddress(text string) (netip.Addr, error) {
	address, err := netip.ParseAddr(text)
	if err != nil || address.Zone() != "" {
		return netip.Addr{}, fmt.Errorf("%q is not an IP address", text)
	}
	return address.Unmap(), nil
}
