package foresight

import (
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file says conditions in plain English.

// phrase is how an operator reads, and whether it is true when what it says is not.
type phrase struct {
	says    string
	negated bool
}

var phrases = map[string]phrase{
	"StringEquals":              {says: "is"},
	"StringNotEquals":           {"is", true},
	"StringEqualsIgnoreCase":    {says: "is, in any case,"},
	"StringNotEqualsIgnoreCase": {"is, in any case,", true},
	"StringLike":                {says: "is like"},
	"StringNotLike":             {"is like", true},
	"NumericEquals":             {says: "is"},
	"NumericNotEquals":          {"is", true},
	"NumericLessThan":           {says: "is less than"},
	"NumericLessThanEquals":     {says: "is at most"},
	"NumericGreaterThan":        {says: "is more than"},
	"NumericGreaterThanEquals":  {says: "is at least"},
	"DateEquals":                {says: "is"},
	"DateNotEquals":             {"is", true},
	"DateLessThan":              {says: "is before"},
	"DateLessThanEquals":        {says: "is not after"},
	"DateGreaterThan":           {says: "is after"},
	"DateGreaterThanEquals":     {says: "is not before"},
	"Bool":                      {says: "is"},
	"BinaryEquals":              {says: "is"},
	"IpAddress":                 {says: "is in"},
	"NotIpAddress":              {"is in", true},
	"ArnEquals":                 {says: "is"},
	"ArnLike":                   {says: "is like"},
	"ArnNotEquals":              {"is", true},
	"ArnNotLike":                {"is like", true},
}

// said is a condition in words: what must be so, or what must not be so.
type said struct {
	text    string
	negated bool
}

func say(t verdict.Test) said {
	key := t.Key
	switch strings.ToLower(key) {
	case "aws:currenttime", "aws:epochtime":
		key = "the time"
	case "aws:tokenissuetime":
		key = "the start of the session"
	}
	operator, ifExists := strings.CutSuffix(t.Operator, "IfExists")
	set, base, hasSet := strings.Cut(operator, ":")
	if !hasSet {
		base = operator
	}
	if base == "Null" && !hasSet {
		if len(t.Values) == 1 && strings.EqualFold(t.Values[0], "true") {
			return said{text: key + " is absent"}
		}
		return said{text: key + " is there"}
	}
	known, isKnown := phrases[base]
	if !isKnown {
		return said{text: key + " meets " + t.Operator + " " + share.Joined(t.Values, "or")}
	}
	values := share.Joined(quoteEmpty(t.Values), "or")
	switch {
	case set == "ForAllValues" && known.negated:
		return said{text: "no value of " + key + " " + known.says + " " + values}
	case set == "ForAllValues":
		return said{text: "every value of " + key + " " + known.says + " " + values}
	case set == "ForAnyValue" && known.negated:
		return said{text: "some value of " + key + " is none of " + values}
	case set == "ForAnyValue":
		return said{text: "some value of " + key + " " + known.says + " " + values}
	case known.negated:
		return said{text: key + " " + known.says + " " + values, negated: true}
	case ifExists:
		return said{text: key + " " + known.says + " " + values + " or absent"}
	}
	return said{text: key + " " + known.says + " " + values}
}

func quoteEmpty(values []string) []string {
	texts := make([]string, 0, len(values))
	for _, value := range values {
		if value == "" {
			value = `""`
		}
		texts = append(texts, value)
	}
	return texts
}

// refusing says when a statement refuses: unless something is so, or when all of it is so.
func refusing(tests []verdict.Test) string {
	if len(tests) == 0 {
		return ""
	}
	var exceptions []string
	for _, test := range tests {
		if one := say(test); one.negated {
			exceptions = append(exceptions, one.text)
		}
	}
	if len(exceptions) == len(tests) {
		return " unless " + share.Joined(exceptions, "or")
	}
	return " when " + allOf(tests)
}

// allowing says when a statement allows.
func allowing(tests []verdict.Test) string {
	if len(tests) == 0 {
		return ""
	}
	return " if " + allOf(tests)
}

func allOf(tests []verdict.Test) string {
	var all []string
	for _, test := range tests {
		one := say(test)
		if one.negated {
			one.text = strings.Replace(one.text, " is", " is not", 1)
		}
		all = append(all, one.text)
	}
	return share.Joined(all, "and")
}
