// This file checks parameters against the constraints of the API models and
// reports all violations at once, as AWS does.
package query

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Constraints collects what is wrong with the parameters of one call.
type Constraints struct{ violations []string }

// Rule is what the API model says about a text parameter. Lengths count
// characters.
type Rule struct {
	Field    string // as the answer names it: roleName
	Min, Max int
	Pattern  *regexp.Regexp // nil: any text
	Shown    string         // the pattern as AWS's answer shows it
}

// Text checks a value that was sent.
func (c *Constraints) Text(r Rule, value string) {
	n := utf8.RuneCountInString(value)
	if n < r.Min {
		c.add(value, r.Field, fmt.Sprintf("Member must have length greater than or equal to %d", r.Min))
	}
	if n > r.Max {
		c.add(value, r.Field, fmt.Sprintf("Member must have length less than or equal to %d", r.Max))
	}
	if r.Pattern != nil && !r.Pattern.MatchString(value) {
		c.add(value, r.Field, "Member must satisfy regular expression pattern: "+r.Shown)
	}
}

// Required checks a value that must be sent.
func (c *Constraints) Required(r Rule, p Params, name string) string {
	if !p.Has(name) {
		c.violations = append(c.violations, fmt.Sprintf("Value null at '%s' failed to satisfy constraint: Member must not be null", r.Field))
		return ""
	}
	c.Text(r, p.Get(name))
	return p.Get(name)
}

// Optional checks a value where it was sent.
func (c *Constraints) Optional(r Rule, p Params, name string) string {
	if p.Has(name) {
		c.Text(r, p.Get(name))
	}
	return p.Get(name)
}

// Range checks a number; Min and Max of the rule are its bounds.
func (c *Constraints) Range(r Rule, n int) {
	value := fmt.Sprint(n)
	if n < r.Min {
		c.add(value, r.Field, fmt.Sprintf("Member must have value greater than or equal to %d", r.Min))
	}
	if n > r.Max {
		c.add(value, r.Field, fmt.Sprintf("Member must have value less than or equal to %d", r.Max))
	}
}

func (c *Constraints) add(value, field, constraint string) {
	c.violations = append(c.violations, fmt.Sprintf("Value '%s' at '%s' failed to satisfy constraint: %s", value, field, constraint))
}

// Err gives a ValidationError naming every violation, or nil.
func (c *Constraints) Err() error {
	switch n := len(c.violations); n {
	case 0:
		return nil
	case 1:
		return Errorf("ValidationError", 400, "1 validation error detected: %s", c.violations[0])
	default:
		return Errorf("ValidationError", 400, "%d validation errors detected: %s", n, strings.Join(c.violations, "; "))
	}
}
