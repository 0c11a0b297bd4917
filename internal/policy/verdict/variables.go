package verdict

// This file replaces policy variables (IAM User Guide, "IAM policy elements: Variables and tags").

import (
	"errors"
	"fmt"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// template is a policy value in which some parts depend on the request.
type template struct{ parts []part }

type part struct {
	piece
	key      string  // of a variable, in lower case, "" for fixed text
	fallback *string // a variable's default value
}

// piece is text in which * and ? are wildcards, unless it is literal.
type piece struct {
	text    string
	literal bool
}

type pieces []piece

// parseTemplate reads ${key}, ${key, 'default'} and the escapes ${*}, ${?}, ${$}. In older versions of the policy
// language all of them are plain text.
func parseTemplate(text string, d dialect) (template, error) {
	var t template
	for d.hasVariables() {
		before, rest, found := strings.Cut(text, "${")
		if !found {
			break
		}
		if before != "" {
			t.parts = append(t.parts, part{piece: piece{text: before}})
		}
		one, after, err := parseVariable(rest)
		if err != nil {
			return t, err
		}
		t.parts = append(t.parts, one)
		text = after
	}
	if text != "" {
		t.parts = append(t.parts, part{piece: piece{text: text}})
	}
	return t, nil
}

// parseVariable reads what follows ${ up to the closing brace. Its refusals are those of Access Analyzer's policy
// checks (missing brace, missing quote, empty variable, space in variable).
func parseVariable(rest string) (one part, after string, err error) {
	if len(rest) >= 2 && rest[1] == '}' && strings.ContainsRune("*?$", rune(rest[0])) {
		return part{piece: piece{text: rest[:1], literal: true}}, rest[2:], nil
	}
	end := strings.IndexAny(rest, ",}")
	if end < 0 {
		return one, "", errors.New("a policy variable has no closing brace")
	}
	one.key, one.literal = strings.ToLower(rest[:end]), true
	if one.key == "" || strings.ContainsAny(one.key, " \t${'*?") {
		return one, "", fmt.Errorf("policy variable %q is not the name of a condition key", rest[:end])
	}
	if rest[end] == '}' {
		return one, rest[end+1:], nil
	}
	value, found := strings.CutPrefix(rest[end:], ", '")
	value, after, closed := strings.Cut(value, "'")
	after, braced := strings.CutPrefix(after, "}")
	if !found || !closed || !braced {
		return one, "", fmt.Errorf("the default value of policy variable %q is not written as , 'text'", rest[:end])
	}
	one.fallback = &value
	return one, after, nil
}

func (t template) hasVariable() bool {
	for _, one := range t.parts {
		if one.key != "" {
			return true
		}
	}
	return false
}

// beforeVariables is the text before the first variable.
func (t template) beforeVariables() string {
	var text strings.Builder
	for _, one := range t.parts {
		if one.key != "" {
			break
		}
		text.WriteString(one.text)
	}
	return text.String()
}

// expand puts in the values of the request; they are literal: a * from the request is no wildcard. known is false when a
// variable has neither a value nor a default: then nothing equals the template. An empty value is none.
func (t template) expand(c call) (expanded pieces, known bool, err error) {
	known = true
	for _, one := range t.parts {
		if one.key != "" {
			values := c.keys[one.key]
			switch {
			case len(values) > 1:
				// "You can't use a multivalued condition key as a variable", ibid.
				return nil, false, fmt.Errorf("policy variable %q has %d values in the request", one.key, len(values))
			case !isNull(values):
				one.text = values[0]
			case one.fallback != nil:
				one.text = *one.fallback
			default:
				known = false
			}
		}
		expanded = append(expanded, one.piece)
	}
	return expanded, known, nil
}

// isNull tells that a key has no value: it is absent, has an empty list or only empty text (IAM User Guide, "IAM JSON
// policy elements: Condition", the request context).
func isNull(values []string) bool {
	for _, value := range values {
		if value != "" {
			return false
		}
	}
	return true
}

func (p pieces) pattern() policy.Pattern {
	whole := policy.Literal("")
	for _, one := range p {
		if one.literal {
			whole = whole.Then(policy.Literal(one.text))
		} else {
			whole = whole.Then(policy.Wildcards(one.text))
		}
	}
	return whole
}

func (p pieces) text() string {
	var text strings.Builder
	for _, one := range p {
		text.WriteString(one.text)
	}
	return text.String()
}

// fields cuts the text at its first five colons, as an ARN is cut.
func (p pieces) fields() []pieces {
	fields := []pieces{nil}
	for _, one := range p {
		for len(fields) < 6 {
			before, after, found := strings.Cut(one.text, ":")
			if !found {
				break
			}
			fields[len(fields)-1] = append(fields[len(fields)-1], piece{before, one.literal})
			fields = append(fields, nil)
			one.text = after
		}
		fields[len(fields)-1] = append(fields[len(fields)-1], one)
	}
	return fields
}
