package policy_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

func TestPatternsRelate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		a, b          string
		covers, meets bool
	}{
		"the same text":                   {"reports/a", "reports/a", true, true},
		"other text":                      {"reports/a", "reports/b", false, false},
		"a prefix and what is below it":   {"reports/*", "reports/2024/*", true, true},
		"what is below a prefix":          {"reports/2024/*", "reports/*", false, true},
		"prefixes apart":                  {"reports/*", "logs/*", false, false},
		"an ending and a prefix":          {"*.csv", "reports/*", false, true},
		"a question mark and a star":      {"a?c", "a*c", false, true},
		"a star and a question mark":      {"a*c", "a?c", true, true},
		"a question mark and a character": {"a?c", "äbc", false, false},
		"one character of two bytes":      {"?bc", "äbc", true, true},
		"the empty text":                  {"*", "", true, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, b := policy.Wildcards(test.a), policy.Wildcards(test.b)
			if covers, meets := a.Covers(b), a.Meets(b); covers != test.covers || meets != test.meets {
				t.Errorf("%q covers %q: %v, meets it: %v", test.a, test.b, covers, meets)
			}
		})
	}
}

func TestPatternsRelateAsTheTextsThatTheyMatch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.StringMatching(`[ab*?]{0,5}`)
		a, b := draw.Draw(t, "a"), draw.Draw(t, "b")
		fill := strings.NewReplacer("*", rapid.StringMatching(`[ab]{0,3}`).Draw(t, "star"), "?", rapid.SampledFrom([]string{"a", "b"}).Draw(t, "mark"))
		text := fill.Replace(b)
		outer, inner := policy.Wildcards(a), policy.Wildcards(b)
		switch {
		case outer.Covers(inner) && !outer.Match(text):
			t.Fatalf("%q covers %q, which matches %q", a, b, text)
		case outer.Match(text) && !outer.Meets(inner):
			t.Fatalf("%q and %q both match %q and are said not to meet", a, b, text)
		case outer.Covers(inner) && !outer.Meets(inner):
			t.Fatalf("%q covers %q and does not meet it", a, b)
		}
	})
}
