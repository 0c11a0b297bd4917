package policy_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

func TestMatchPattern(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "a/b:c", true}, {"?", "", false}, {"?", "é", true}, {"?", "ab", false},
		{"a*c", "ac", true}, {"a*c", "abbc", true}, {"a*c", "abbcd", false}, {"*a*b*", "xxayybzz", true}, {"*a*b*", "ba", false},
		{"a**b", "ab", true}, {"?*", "", false}, {"*?", "a", true}, {"*ab", "aab", true}, {"*aab", "aaab", true},
		{"reports/*", "reports/", true}, {"reports/*", "reports", false}, {"reports/*", "reports-old/x", false},
		{"s3:Get*", "s3:getobject", false}, {"a?c", "a*c", true}, {"a*c", "a?c", true},
		{"?", "\xff", true}, {"\xff", "\xfe", false}, {"\xff", "\uFFFD", false}, {"?", "😀", true},
	} {
		if got := policy.MatchPattern(c.pattern, c.text); got != c.want {
			t.Errorf("%q on %q: %v", c.pattern, c.text, got)
		}
	}
}

func TestLiteralHasNoWildcards(t *testing.T) {
	t.Parallel()
	pattern := policy.Literal("a*?").Then(policy.Wildcards("*"))
	if !pattern.Match("a*?") || !pattern.Match("a*?x") || pattern.Match("abc") || !(policy.Pattern{}).Match("") || (policy.Pattern{}).Match("a") {
		t.Error("a literal star matched something else than a star")
	}
}

// TestMatchAgreesWithRegexp holds the matcher against package regexp.
func TestMatchAgreesWithRegexp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		pattern := rapid.StringOfN(rapid.SampledFrom([]rune("ab/?*é")), 0, 9, -1).Draw(rt, "pattern")
		text := rapid.StringOfN(rapid.SampledFrom([]rune("ab/é*?\n")), 0, 9, -1).Draw(rt, "text")
		expression := strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(pattern))
		if want := regexp.MustCompile(`(?s)^` + expression + `$`).MatchString(text); policy.MatchPattern(pattern, text) != want {
			rt.Fatalf("%q on %q: want %v", pattern, text, want)
		}
	})
}

// TestMatchTakesNoExponentialTime would run until the deadline of go test if every star were tried at every place.
func TestMatchTakesNoExponentialTime(t *testing.T) {
	t.Parallel()
	if policy.MatchPattern(strings.Repeat("*a", 500)+"b", strings.Repeat("a", 5000)) {
		t.Error("matched")
	}
}
