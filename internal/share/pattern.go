package share

import (
	"regexp"
	"sync"
)

// pattern is a regular expression that is compiled when it is first needed. Terraform starts three processes for a plan, two
// of which need none; compiling all took each of them a millisecond.
type pattern struct{ compiled func() *regexp.Regexp }

func newPattern(text string) pattern {
	return pattern{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })}
}

// MatchString is that of regexp.Regexp.
func (p pattern) MatchString(text string) bool { return p.compiled().MatchString(text) }

// FindStringSubmatch is that of regexp.Regexp.
func (p pattern) FindStringSubmatch(text string) []string {
	return p.compiled().FindStringSubmatch(text)
}
