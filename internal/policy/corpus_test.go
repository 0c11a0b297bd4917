package policy_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// This file holds the package to documents in the style of AWS's guides: what nobody touches stays byte for byte.

var ours = policy.Statement{
	Sid: "Ours", Effect: policy.Allow, Principal: &policy.Principal{AWS: policy.Values{"arn:aws:iam::999988887777:root"}},
	Action: policy.Values{"s3:GetObject"}, Resource: policy.Values{"arn:aws:s3:::example-bucket/ours/*"},
	Condition: policy.Condition{"ArnEquals": {"aws:PrincipalArn": {"arn:aws:iam::999988887777:role/x"}}},
}

func isOurs(s policy.Statement) bool { return s.Sid == "Ours" }

// corpus gives the text of every document under testdata/corpus by its name.
func corpus(tb testing.TB) map[string]string {
	tb.Helper()
	paths, err := filepath.Glob("testdata/corpus/*.json")
	if err != nil || len(paths) < 40 {
		tb.Fatalf("%d documents, %v", len(paths), err)
	}
	texts := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		texts[strings.TrimSuffix(filepath.Base(path), ".json")] = string(text)
	}
	return texts
}

func TestCorpusIsKept(t *testing.T) {
	t.Parallel()
	for name, text := range corpus(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkKept(t, text)
		})
	}
}

// checkKept holds one document to every promise about what is not touched.
func checkKept(t interface {
	Helper()
	Fatalf(string, ...any)
}, text string) {
	t.Helper()
	document, err := policy.Parse(text)
	if err != nil {
		t.Fatalf("parsing: %v", err)
	}
	if document.JSON() != text {
		t.Fatalf("untouched text changed to %s", document.JSON())
	}
	for _, s := range document.Statements() {
		if isOurs(s) {
			return // a document that has our Sid already is not foreign
		}
	}
	added := parse(t, document.Replace(isOurs, ours).JSON())
	before, after := raws(document), raws(added)
	if len(after) != len(before)+1 || !equalTexts(before, after[:len(before)]) {
		t.Fatalf("foreign statements changed:\n%s\n%s", before, after)
	}
	if added.Version() != document.Version() || added.ID() != document.ID() {
		t.Fatalf("Version or Id changed: %q %q", added.Version(), added.ID())
	}
	if last := added.Statements()[len(before)]; !last.Equal(ours) || last.Err() != nil {
		t.Fatalf("ours was read back as %s", last.JSON())
	}
	if again := added.Replace(isOurs, ours); again.JSON() != added.JSON() {
		t.Fatalf("replacing twice is not replacing once:\n%s\n%s", added.JSON(), again.JSON())
	}
	removed := parse(t, added.Replace(isOurs).JSON())
	if !equalTexts(before, raws(removed)) || !removed.Equal(document) || !document.Equal(removed) {
		t.Fatalf("adding and removing left %s", removed.JSON())
	}
}

func parse(t interface {
	Helper()
	Fatalf(string, ...any)
}, text string) policy.Document {
	t.Helper()
	document, err := policy.Parse(text)
	if err != nil {
		t.Fatalf("parsing %s: %v", text, err)
	}
	return document
}

func raws(document policy.Document) []string {
	var texts []string
	for _, s := range document.Statements() {
		texts = append(texts, s.JSON())
	}
	return texts
}

func equalTexts(a, b []string) bool {
	return strings.Join(a, "\n\x00") == strings.Join(b, "\n\x00") && len(a) == len(b)
}

// TestReplaceKeepsSpelling looks for the very bytes of what Replace must not touch.
func TestReplaceKeepsSpelling(t *testing.T) {
	t.Parallel()
	texts := corpus(t)
	for name, kept := range map[string][]string{
		"duplicate_members":             {`"Version":"2012-10-17","Version":"2008-10-17"`, `"Effect":"Allow","Effect":"Deny"`, `"AWS":"111122223333","AWS":"444455556666"`},
		"unknown_members":               {`"Comment":"made by hand"`, `[1,{"b":null}]`, `["never",null,1.50,-0e-2]`},
		"unicode_escapes":               {`"\u0053tatement":[`, `"caf\u00e9 \ud83d\ude00"`, `example-bucket\/caf\u00e9\/\u003c`},
		"tls_deny_boolean_unquoted":     {`{"aws:SecureTransport":false}`},
		"mfa_age_numbers":               {`[3600, 1e4]`, `"Id":"123"`},
		"exotic_whitespace":             {"{ \"Effect\" :\"Deny\"\r,\"Principal\": \"*\"", "\"Action\":\t[ \"s3:PutObject\"\n,"},
		"raw_latin1_and_html":           {`"<&>"`, `café/<&>/*`},
		"version_2008_literal_variable": {`"Version":"2008-10-17"`, `${aws:username}`},
	} {
		text := parse(t, texts[name]).Replace(isOurs, ours).JSON()
		for _, want := range kept {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %s is not in %s", name, want, text)
			}
		}
	}
}
