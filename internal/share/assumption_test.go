package share_test

import (
	"strings"
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

func TestAssumptionParsers(t *testing.T) {
	t.Parallel()
	longest := `{"Version":"` + strings.Repeat("x", 2048-len(`{"Version":""}`)) + `"}`
	for what, test := range map[string]struct {
		parse  parser
		accept []string
		// refuse has texts with words of the error.
		refuse map[string]string
	}{
		"session name": {
			textOf(share.ParseSessionName),
			[]string{"ab", "ci@example.com", strings.Repeat("a", 64)},
			map[string]string{"": "2 to 64", "a": "2 to 64", "a b": "2 to 64", "a/b": "2 to 64", strings.Repeat("a", 65): "2 to 64"},
		},
		"session policy": {
			textOf(share.ParseSessionPolicy),
			[]string{`{}`, " {\n}", longest},
			map[string]string{
				"": "not a JSON object", "[]": "not a JSON object", "null": "not a JSON object", `{"Version":`: "not a JSON object", longest + " ": "has 2049 characters",
			},
		},
	} {
		for _, text := range test.accept {
			if got, err := test.parse(text); err != nil || got != text {
				t.Errorf("%s %q: got %q, %v", what, text, got, err)
			}
		}
		for text, words := range test.refuse {
			if _, err := test.parse(text); err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("%s %q: got %v, want …%s…", what, text, err, words)
			}
		}
	}
}

func TestAssumedDuration(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[int64]time.Duration{900: 15 * time.Minute, 43200: 12 * time.Hour} {
		if got, err := share.ParseAssumedDuration(seconds); err != nil || got != want {
			t.Errorf("%d: got %v, %v", seconds, got, err)
		}
	}
	for _, seconds := range []int64{-1, 0, 899, 43201, 1 << 62} {
		if got, err := share.ParseAssumedDuration(seconds); err == nil {
			t.Errorf("%d was taken as %v", seconds, got)
		}
	}
}
