package share_test

import (
	"strings"
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

func TestExpiryIsWrittenInUTC(t *testing.T) {
	t.Parallel()
	at, err := share.ParseExpiry("2027-01-31T02:30:00.9+02:00")
	if err != nil {
		t.Fatal(err)
	}
	// Parts of a second are cut off: access ends no later than was said.
	if got := (share.Spec{ExpiresAt: at}).Expiry(); got != "2027-01-31T00:30:00Z" {
		t.Errorf("got %s", got)
	}
}

func TestParseSessionDuration(t *testing.T) {
	t.Parallel()
	for seconds, ok := range map[int64]bool{3600: true, 43200: true, 7201: true, 3599: false, 43201: false, 100: false, 0: false, -1: false, 1 << 62: false} {
		duration, err := share.ParseSessionDuration(seconds)
		if ok != (err == nil) || ok && duration != time.Duration(seconds)*time.Second {
			t.Errorf("%d: %v, %v", seconds, duration, err)
		}
		if err != nil && !strings.Contains(err.Error(), "3600 (one hour) to 43200 (twelve hours)") {
			t.Errorf("%d: %v", seconds, err)
		}
	}
}

func TestCheckTag(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ key, value, want string }{
		{"Team", "data", ""}, {"a b_.:/=+-@", "", ""}, {"été", "日本", ""}, {strings.Repeat("k", 128), strings.Repeat("v", 256), ""},
		{"", "x", "1 to 128"}, {strings.Repeat("k", 129), "x", "1 to 128"}, {"k", strings.Repeat("v", 257), "IAM allows 256"},
		{"aws:x", "", "reserved"}, {"AWS:x", "", "reserved"}, {"crossaccount:bucket", "", "reserved"}, {"Crossaccount:Bucket", "", "reserved"},
		{"a*", "", "which"}, {"a", "b#c", "IAM refuses"}, {"a\n", "", "IAM refuses"},
	} {
		err := share.CheckTag(c.key, c.value)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), strings.Replace(c.want, "which", "IAM refuses", 1)) {
			t.Errorf("%q=%q: got %v, want %q", c.key, c.value, err, c.want)
		}
	}
}

func TestPrefixesApart(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct {
		texts []string
		want  string
	}{
		"none":               {nil, ""},
		"neighbours":         {[]string{"a/", "ab/", "b/a/"}, ""},
		"one within another": {[]string{"a/b/", "ab/", "a/"}, `prefix "a/" already covers "a/b/"`},
		"without a slash":    {[]string{"a", "ab/"}, `prefix "a" already covers "ab/"`},
		"twice":              {[]string{"a/", "b/", "a/"}, `prefix "a/" is given twice`},
	} {
		err := share.CheckPrefixTexts(c.texts)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", situation, err, c.want)
		}
	}
}

func TestSpecCheck(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct {
		change func(*share.Spec)
		want   string
	}{
		"valid":                     {func(*share.Spec) {}, ""},
		"no access":                 {func(s *share.Spec) { s.Access = nil }, "access is empty"},
		"overlapping prefixes":      {func(s *share.Spec) { s.Prefixes = []share.Prefix{"a/", "a/b/"} }, "already covers"},
		"shared with the owner":     {func(s *share.Spec) { s.Consumer.AccountID = s.Owner.ID }, "which owns the bucket"},
		"owner not known yet":       {func(s *share.Spec) { s.Owner = share.Account{} }, ""},
		"principal of a third":      {func(s *share.Spec) { s.Consumer.Principals = principals(t, "arn:aws:iam::333333333333:role/x") }, "make one share for each consumer account"},
		"principal of the consumer": {func(s *share.Spec) { s.Consumer.Principals = principals(t, "arn:aws:iam::222222222222:role/x") }, ""},
		"principal of elsewhere":    {func(s *share.Spec) { s.Consumer.Principals = principals(t, "arn:aws-cn:iam::222222222222:role/x") }, "no access across partitions"},
		"pinned":                    {func(s *share.Spec) { pin(t, s, "arn:aws:iam::222222222222:role/x") }, ""},
		"pinned wildcard":           {func(s *share.Spec) { pin(t, s, "arn:aws:iam::222222222222:role/x*") }, "set pin_principals = false"},
		"wildcard without pin":      {func(s *share.Spec) { s.Consumer.Principals = principals(t, "arn:aws:iam::222222222222:role/x*") }, ""},
		"pinned whole account":      {func(s *share.Spec) { pin(t, s) }, "names none"},
	} {
		spec := example()
		c.change(&spec)
		err := spec.Check()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", situation, err, c.want)
		}
	}
}
