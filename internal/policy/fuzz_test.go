package policy_test

import (
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

func FuzzParse(f *testing.F) {
	for _, text := range corpus(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		document, err := policy.Parse(text)
		if err != nil {
			return
		}
		if document.JSON() != text {
			t.Fatalf("%q became %q", text, document.JSON())
		}
		// Laying out deep nesting takes the square of its depth.
		if len(text) < 4096 && !document.Equal(parse(t, document.Indented())) {
			t.Fatalf("indenting %q changed its meaning", text)
		}
	})
}

func FuzzReplace(f *testing.F) {
	for _, text := range corpus(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := policy.Parse(text); err == nil {
			checkKept(t, text)
		}
	})
}
