package verdict_test

// This file judges the cases of testdata, which say what AWS's documentation says.

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
)

// testCase is one call, the policies around it, and what must come out: a verdict or an error.
type testCase struct {
	Name   string
	Source string // which guide says so
	Call   struct {
		By                string // one of cast.json
		Action, On, Owner string
		Keys              verdict.Keys

		AccessPoint, AccessPointOwner string
	}
	Identity          []json.RawMessage
	Boundary          json.RawMessage
	Session           []json.RawMessage
	Resource          json.RawMessage
	ResourceMustAllow bool
	Grants            []verdict.Grant
	AccessPoint       json.RawMessage
	Want              *want
	Error             string // a part of the error
}

type want struct {
	Outcome verdict.Outcome
	Layer   verdict.Layer
	Sid     string
}

func TestJudgeAgreesWithTheGuides(t *testing.T) {
	t.Parallel()
	cast := readCast(t)
	for file, cases := range readCases(t) {
		for _, one := range cases {
			t.Run(file+"/"+one.Name, func(t *testing.T) {
				t.Parallel()
				request, policies := one.parse(t, cast)
				got, err := verdict.Judge(request, policies)
				one.check(t, got, err)
			})
		}
	}
}

func (c testCase) check(t *testing.T, got verdict.Verdict, err error) {
	t.Helper()
	if c.Error != "" {
		if err == nil || !strings.Contains(err.Error(), c.Error) {
			t.Fatalf("verdict %+v, error %v; want an error that says %q", got, err, c.Error)
		}
		if got != (verdict.Verdict{}) {
			t.Fatalf("an error comes with the verdict %+v", got)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(*c.Want, want{got.Outcome, got.Layer, got.Sid}); diff != "" {
		t.Fatalf("verdict of %q (-want +got):\n%s%s", got.By, diff, c.Source)
	}
}

func (c testCase) parse(t *testing.T, cast map[string]verdict.Principal) (verdict.Request, verdict.Policies) {
	t.Helper()
	by, ok := cast[c.Call.By]
	if !ok {
		t.Fatalf("nobody is called %q", c.Call.By)
	}
	request := verdict.Request{
		Principal: by, Action: c.Call.Action, Resource: c.Call.On, ResourceAccount: c.Call.Owner, Keys: c.Call.Keys,
		AccessPoint: c.Call.AccessPoint, AccessPointAccount: c.Call.AccessPointOwner,
	}
	policies := verdict.Policies{ResourceMustAllow: c.ResourceMustAllow, Grants: c.Grants}
	read := func(name string, raw json.RawMessage) verdict.Policy {
		document, err := policy.Parse(string(raw))
		if err != nil {
			t.Fatal(err)
		}
		return verdict.Policy{Name: name, Document: document}
	}
	for _, raw := range c.Identity {
		policies.Identity = append(policies.Identity, read("inline policy", raw))
	}
	for _, raw := range c.Session {
		policies.Session = append(policies.Session, read("session policy", raw))
	}
	if c.Boundary != nil {
		boundary := read("boundary", c.Boundary)
		policies.Boundary = &boundary
	}
	if c.Resource != nil {
		resource := read("resource policy", c.Resource)
		policies.Resource = &resource
	}
	if c.AccessPoint != nil {
		point := read("access point policy", c.AccessPoint)
		policies.AccessPoint = &point
	}
	return request, policies
}

func readCast(t testing.TB) (cast map[string]verdict.Principal) {
	t.Helper()
	readJSON(t, filepath.Join("testdata", "cast.json"), &cast)
	return cast
}

// readCases gives the cases by the path of their file without its ending.
func readCases(t testing.TB) map[string][]testCase {
	t.Helper()
	files := map[string][]testCase{}
	err := filepath.WalkDir("testdata", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".json" || entry.Name() == "cast.json" {
			return err
		}
		var cases []testCase
		readJSON(t, path, &cases)
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(path), "testdata/"), ".json")
		files[name] = cases
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func readJSON(t testing.TB, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("reading %s: %v", path, err)
	}
}

func TestEveryCaseTellsItsSourceAndItsEnd(t *testing.T) {
	t.Parallel()
	count := 0
	for file, cases := range readCases(t) {
		names := map[string]bool{}
		for _, one := range cases {
			count++
			if one.Name == "" || names[one.Name] {
				t.Errorf("%s: a case has no name of its own: %q", file, one.Name)
			}
			names[one.Name] = true
			if one.Source == "" || (one.Want == nil) == (one.Error == "") {
				t.Errorf("%s/%s: it needs a source, and either a verdict or an error", file, one.Name)
			}
		}
	}
	if count < 150 {
		t.Errorf("only %d cases were found", count)
	}
}
