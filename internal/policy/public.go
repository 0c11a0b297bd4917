package policy

// This file tells public bucket policies from others (S3 User Guide, "Blocking public access to your Amazon S3 storage",
// section "The meaning of public").

import (
	"net/netip"
	"slices"
	"strings"
)

// Public gives the statements that S3 takes for public, each by its place, 0 for the first. S3 presumes an Allow to be
// public unless it is limited to fixed values of a principal or of one of a few condition keys, and one such statement
// makes the whole policy public.
func (d Document) Public() []int {
	var places []int
	for i, s := range d.statements {
		if s.Effect == Allow && openToAll(s) && !limited(s.Condition) {
			places = append(places, i)
		}
	}
	return places
}

func openToAll(s Statement) bool {
	if s.NotPrincipal != nil || s.Principal == nil || s.Principal.Any {
		return true
	}
	return slices.ContainsFunc(s.Principal.AWS, func(name string) bool { return strings.Contains(name, "*") })
}

// limitingKeys are those whose fixed values make a statement not public, in lower case.
var limitingKeys = map[string]func(string) bool{
	"aws:sourceip":          narrowRange,
	"aws:sourcearn":         fixedValue,
	"aws:sourcevpc":         fixedValue,
	"aws:sourcevpce":        fixedValue,
	"aws:sourceowner":       fixedValue,
	"aws:sourceaccount":     fixedValue,
	"aws:principalorgid":    fixedValue,
	"aws:principalarn":      fixedValue,
	"aws:principalaccount":  fixedValue,
	"aws:userid":            fixedUserID,
	"s3:dataaccesspointarn": fixedAccessPoint,
	"s3:x-amz-server-side-encryption-aws-kms-key-id": fixedValue,
	"s3:dataaccesspointaccount":                      fixedValue,
}

// limitingOperators are those that demand one of the values.
var limitingOperators = map[string]bool{
	"stringequals": true, "stringequalsignorecase": true, "stringlike": true, "arnequals": true, "arnlike": true, "ipaddress": true,
}

func limited(condition Condition) bool {
	for operator, keys := range condition {
		if !limitingOperators[strings.ToLower(operator)] {
			continue
		}
		for key, values := range keys {
			if fixed := limitingKeys[strings.ToLower(key)]; fixed != nil && len(values) > 0 && !slices.ContainsFunc(values, func(v string) bool { return !fixed(v) }) {
				return true
			}
		}
	}
	return false
}

func fixedValue(value string) bool {
	return !strings.ContainsAny(value, "*?") && !strings.Contains(value, "${")
}

// fixedUserID excludes sessions of roles, AROA…:*, as the guide does.
func fixedUserID(value string) bool { return fixedValue(value) && !strings.HasPrefix(value, "AROA") }

// fixedAccessPoint lets the name of the access point be a wildcard, not its account.
func fixedAccessPoint(value string) bool {
	fields := strings.SplitN(value, ":", 6)
	return len(fields) == 6 && fixedValue(fields[4]) && fields[4] != "" && !strings.Contains(value, "${")
}

// narrowRange takes ranges not broader than /8 for IPv4 and /32 for IPv6.
func narrowRange(value string) bool {
	if !strings.Contains(value, "/") {
		_, err := netip.ParseAddr(value)
		return err == nil
	}
	prefix, err := netip.ParsePrefix(value)
	if err != nil {
		return false
	}
	if prefix.Addr().Is4() {
		return prefix.Bits() >= 8
	}
	return prefix.Bits() >= 32
}
