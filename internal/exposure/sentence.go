package exposure

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file says conditions in plain English.

// sentencesOf says what must be true for conditions to hold, one sentence for each test, in alphabetical order of the
// keys. External IDs are never shown.
func sentencesOf(conditions policy.Condition) []string {
	type test struct {
		key, operator string
		values        policy.Values
	}
	var tests []test
	for operator, keys := range conditions {
		for key, values := range keys {
			tests = append(tests, test{key, operator, values})
		}
	}
	slices.SortFunc(tests, func(a, b test) int {
		return strings.Compare(strings.ToLower(a.key)+" "+a.operator, strings.ToLower(b.key)+" "+b.operator)
	})
	var sentences []string
	for _, t := range tests {
		sentences = append(sentences, sentenceOf(t.key, t.operator, t.values))
	}
	return sentences
}

// plain are the sentences of common tests, by key in lower case and operator; what follows are the values.
var plain = map[string]string{
	"aws:principalorgid StringEquals":   "the caller must be in organization ",
	"aws:sourceip IpAddress":            "calls must come from ",
	"aws:sourceip NotIpAddress":         "calls must not come from ",
	"aws:sourcevpce StringEquals":       "calls must come through VPC endpoint ",
	"aws:sourcevpc StringEquals":        "calls must come from VPC ",
	"aws:currenttime DateLessThan":      "only before ",
	"aws:currenttime DateGreaterThan":   "only after ",
	"aws:principalarn ArnLike":          "the caller must be ",
	"aws:principalarn ArnEquals":        "the caller must be ",
	"aws:principalarn StringEquals":     "the caller must be ",
	"aws:principalarn StringLike":       "the caller must be ",
	"aws:principalaccount StringEquals": "the caller must be in account ",
	"s3:prefix StringLike":              "listings must ask for the prefix ",
	"s3:prefix StringEquals":            "listings must ask for the prefix ",
}

func sentenceOf(key, operator string, values policy.Values) string {
	folded := strings.ToLower(key)
	if folded == "sts:externalid" {
		if operator == "StringEquals" {
			return "AssumeRole must carry the external ID"
		}
		return "AssumeRole is held against the external ID by " + operator
	}
	if folded == "aws:securetransport" && operator == "Bool" && isOnly(values, "true") {
		return "calls must use TLS"
	}
	if folded == "aws:multifactorauthpresent" && operator == "Bool" && isOnly(values, "true") {
		return "the caller must have signed in with MFA"
	}
	if lead, known := plain[folded+" "+operator]; known {
		return lead + share.Joined(values, "or")
	}
	return key + " must meet " + operator + " " + share.Joined(values, "or")
}

// denial says when a Deny statement refuses what was allowed.
func denial(deny policy.Statement, conditions policy.Condition, what string) string {
	if len(conditions) == 1 {
		for key, values := range conditions["Bool"] {
			if strings.EqualFold(key, "aws:SecureTransport") && len(conditions["Bool"]) == 1 && isOnly(values, "false") {
				return "calls must use TLS"
			}
		}
	}
	name := "a statement"
	if deny.Sid != "" {
		name = "statement " + deny.Sid
	}
	sentence := name + " denies " + what
	var tests []string
	for _, operator := range slices.Sorted(maps.Keys(conditions)) {
		for _, key := range slices.Sorted(maps.Keys(conditions[operator])) {
			values := share.Joined(conditions[operator][key], "or")
			if strings.EqualFold(key, "sts:ExternalId") {
				values = "a certain value"
			}
			tests = append(tests, key+" meets "+operator+" "+values)
		}
	}
	if len(tests) > 0 {
		sentence += " when " + strings.Join(tests, " and ")
	}
	return sentence
}

// endOf is the time at which conditions stop to hold, zero when they never do.
func endOf(conditions policy.Condition) time.Time {
	for key, values := range conditions["DateLessThan"] {
		if !strings.EqualFold(key, "aws:CurrentTime") || len(values) != 1 {
			continue
		}
		if at, err := time.Parse(time.RFC3339, values[0]); err == nil {
			return at
		}
	}
	return time.Time{}
}

func isOnly(values policy.Values, wanted string) bool { return len(values) == 1 && values[0] == wanted }

// Sentence says the entry in one sentence.
func (e Entry) Sentence(bucket share.Bucket) string {
	who := e.Principal
	switch {
	case who == "*":
		who = "everybody"
	case who == "":
		who = "somebody"
	case strings.HasSuffix(who, ":root") && e.AccountID != "":
		who = "account " + e.AccountID
	}
	var may []string
	for _, word := range e.Access {
		may = append(may, word.Verb())
	}
	if len(may) == 0 {
		may = e.Actions
	}
	if len(may) == 0 {
		may = []string{"do something that is not known in"}
	}
	places := []string{fmt.Sprintf("s3://%s/*", bucket)}
	if len(e.Prefixes) > 0 {
		places = nil
	}
	for _, prefix := range e.Prefixes {
		places = append(places, fmt.Sprintf("s3://%s/%s", bucket, starred(prefix)))
	}
	sentence := fmt.Sprintf("%s may %s %s", who, share.Joined(may, "and"), share.Joined(places, "and"))
	if e.RoleARN != "" {
		sentence += " through " + e.RoleARN
	}
	return sentence
}

func starred(prefix string) string {
	if strings.ContainsAny(prefix, "*?") {
		return prefix
	}
	return prefix + "*"
}
