// This file tells public bucket policies from others (S3 User Guide, "Blocking public access to your Amazon S3
// storage", section "The meaning of public").
package s3sim

import (
	"net/netip"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// isPublic tells whether S3 takes a policy for public: it presumes so unless every Allow is limited to fixed values of a
// principal or of one of a few condition keys. One public statement makes the whole policy public.
func isPublic(document *policy.Document) bool {
	if document == nil {
		return false
	}
	for _, s := range document.Statements() {
		if s.Effect == policy.Allow && openToAll(s) && !limited(s.Condition) {
			return true
		}
	}
	return false
}

func openToAll(s policy.Statement) bool {
	if s.NotPrincipal != nil || s.Principal == nil || s.Principal.Any {
		return true
	}
	for _, value := range s.Principal.AWS {
		if strings.ContainsAny(value, "*") {
			return true
		}
	}
	return false
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

func limited(condition policy.Condition) bool {
	for operator, keys := range condition {
		if !limitingOperators[strings.ToLower(operator)] {
			continue
		}
		for key, values := range keys {
			if fixed := limitingKeys[strings.ToLower(key)]; fixed != nil && len(values) > 0 && all(values, fixed) {
				return true
			}
		}
	}
	return false
}

func all(values policy.Values, fixed func(string) bool) bool {
	for _, value := range values {
		if !fixed(value) {
			return false
		}
	}
	return true
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
