package foresight_test

// This file holds forecasts to the situations of testdata, which say what comes of them.

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/foresight"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

var update = flag.Bool("update", false, "write the sentences anew")

// situation is one line of the table. What it leaves out is as in a plain share: read and list below reports/ for role etl.
type situation struct {
	Name       string
	Access     []share.Word
	Prefixes   []share.Prefix
	Principals []string
	Attached   []string
	Pinned     bool
	UniqueID   string
	Tags       map[string]string
	Perimeter  share.Perimeter
	Expires    string
	Revoked    string
	Mode       share.BucketPolicyMode
	Via        share.Via
	Unread     bool
	Version    string
	Statements []json.RawMessage
	Boundary   json.RawMessage
	KeyPolicy  json.RawMessage
	KeyUnread  bool
	KeyMissing bool
	KeyState   string // "unread", or Enabled when empty
	KeyAccess  bool   // the permissions policy allows the use of the key
	Key        share.KeyARN
	KMSAccess  share.KMSAccess
	Grants     *foresight.Grants
	Restricted *foresight.Restriction
	Now        string
	Want       map[string]verdict.Answer
}

const keyARN = "arn:aws:kms:eu-central-1:111111111111:key/1234"

func (s situation) situation(t testing.TB) foresight.Situation {
	t.Helper()
	spec := share.Spec{
		Owner: share.Account{ID: "111111111111", Partition: "aws"}, Name: "acme-etl", Bucket: "acme-data", Path: "/crossaccount/",
		Consumer: share.Consumer{AccountID: "222222222222", AttachToRoles: s.Attached, Trust: share.TrustAccount},
		Access:   s.Access, Prefixes: s.Prefixes, Perimeter: s.Perimeter, Tags: s.Tags, RoleUniqueID: s.UniqueID, Via: s.Via,
		ExternalIDs: []share.ExternalID{share.PlannedExternalID()}, MaxSessionDuration: time.Hour, BucketPolicyMode: s.Mode,
		KMSAccess: s.KMSAccess,
	}
	if s.Key != "" {
		spec.KMSKeys = []share.KeyARN{s.Key}
	}
	if spec.Access == nil {
		spec.Access = []share.Word{share.Read, share.List}
	}
	if spec.Prefixes == nil {
		spec.Prefixes = []share.Prefix{"reports/"}
	}
	if s.Principals == nil {
		s.Principals = []string{"arn:aws:iam::222222222222:role/etl"}
	}
	for _, text := range s.Principals {
		if text == "" {
			continue
		}
		principal, err := share.ParsePrincipal(text)
		if err != nil {
			t.Fatal(err)
		}
		spec.Consumer.Principals = append(spec.Consumer.Principals, principal)
	}
	if s.Pinned {
		spec.Consumer.Trust = share.TrustPinned
	}
	if s.Expires != "" {
		spec.ExpiresAt = at(t, s.Expires)
	}
	if s.Revoked != "" {
		spec.RevokedBefore = at(t, s.Revoked)
	}
	if s.Boundary != nil {
		spec.PermissionsBoundary = "arn:aws:iam::111111111111:policy/limit"
	}
	around := foresight.Situation{
		Desired: share.Render(spec), Bucket: share.BucketPolicy{State: share.BucketWithoutPolicy}, Restriction: s.Restricted,
	}
	s.surround(t, &around)
	return around
}

// surround puts in what is there beside the share.
func (s situation) surround(t testing.TB, around *foresight.Situation) {
	t.Helper()
	if len(s.Statements) > 0 {
		version := s.Version
		if version == "" {
			version = policy.Version2012
		}
		around.Bucket = share.BucketPolicy{State: share.BucketHasPolicy, Document: document(t, version, s.Statements...)}
	}
	if s.Unread {
		around.Bucket = share.BucketPolicy{}
	}
	if s.Boundary != nil && string(s.Boundary) != `"unread"` {
		boundary := document(t, policy.Version2012, s.Boundary)
		around.Boundary = &boundary
	}
	if s.Now != "" {
		around.Now = at(t, s.Now)
	}
	if s.KeyPolicy != nil {
		statements := []json.RawMessage{s.KeyPolicy}
		if s.KeyPolicy[0] == '[' {
			statements = nil
			if err := json.Unmarshal(s.KeyPolicy, &statements); err != nil {
				t.Fatal(err)
			}
		}
		key := document(t, policy.Version2012, statements...)
		around.Keys = []foresight.Key{{ARN: cmp.Or(string(s.Key), keyARN), State: cmp.Or(s.KeyState, "Enabled"), Policy: &key, Grants: s.Grants}}
	}
	if s.KeyUnread || s.KeyMissing {
		around.Keys = []foresight.Key{{ARN: cmp.Or(string(s.Key), keyARN), Missing: s.KeyMissing}}
	}
	if s.KeyState == "unread" {
		around.Keys[0].State = ""
	}
	if s.KeyAccess {
		around.Desired.Permissions = around.Desired.Permissions.Replace(func(policy.Statement) bool { return false }, policy.Statement{
			Sid: "Keys", Effect: policy.Allow, Action: policy.Values{"kms:Decrypt", "kms:GenerateDataKey"}, Resource: policy.Values{keyARN},
			Condition: policy.Condition{
				"StringEquals": {"kms:ViaService": {"s3.eu-central-1.amazonaws.com"}},
				"StringLike":   {"kms:EncryptionContext:aws:s3:arn": {"arn:aws:s3:::acme-data", "arn:aws:s3:::acme-data/reports/*"}},
			},
		})
	}
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func document(t testing.TB, version string, statements ...json.RawMessage) policy.Document {
	t.Helper()
	texts := make([]string, 0, len(statements))
	for _, raw := range statements {
		texts = append(texts, string(raw))
	}
	parsed, err := policy.Parse(fmt.Sprintf(`{"Version":%q,"Statement":[%s]}`, version, strings.Join(texts, ",")))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func situations(t testing.TB) (all []situation) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var found []situation
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&found); err != nil {
			t.Fatalf("reading %s: %v", file, err)
		}
		all = append(all, found...)
	}
	return all
}

func TestForecasts(t *testing.T) {
	t.Parallel()
	names, answers := map[string]bool{}, map[verdict.Answer]int{}
	for _, one := range situations(t) {
		if one.Name == "" || names[one.Name] {
			t.Errorf("a situation has no name of its own: %q", one.Name)
		}
		names[one.Name] = true
		for _, answer := range one.Want {
			answers[answer]++
		}
		t.Run(one.Name, func(t *testing.T) {
			t.Parallel()
			forecast := foresight.Foresee(one.situation(t))
			got := map[string]verdict.Answer{"assume": forecast.Assume.Answer}
			for _, finding := range forecast.Access {
				got[strings.TrimSpace(string(finding.Word)+" "+string(finding.Prefix))] = finding.Answer
			}
			want := map[string]verdict.Answer{"assume": verdict.Yes}
			if one.Via == share.ViaDirect {
				want["assume"] = ""
			}
			for what, answer := range one.Want {
				want[what] = answer
			}
			for what := range got {
				if _, told := want[what]; !told {
					want[what] = verdict.Yes
				}
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("answers (-want +got):\n%s%s", diff, strings.Join(forecast.Sentences(), "\n"))
			}
		})
	}
	if len(names) < 60 || answers[verdict.No] < 15 || answers[verdict.Depends] < 15 {
		t.Errorf("only %d situations, with answers %v", len(names), answers)
	}
}

// The sentences are read by people: each change of them shows in the golden file. Those of a plain share stand there once.
// ! begins what is told of what will not work, ? on what of somebody else's making the rest depends.
func TestSentencesOfForecasts(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	plain := foresight.Foresee(situation{}.situation(t)).Sentences()
	fmt.Fprintf(&text, "== nothing beside the share\n  %s\n\n", strings.Join(plain, "\n  "))
	for _, one := range situations(t) {
		forecast := foresight.Foresee(one.situation(t))
		refused, conditions := forecast.Refused(), forecast.Conditions()
		fmt.Fprintf(&text, "== %s\n", one.Name)
		for _, sentence := range forecast.Sentences() {
			mark := " "
			switch {
			case slices.Contains(refused, sentence):
				mark = "!"
			case slices.Contains(conditions, sentence):
				mark = "?"
			case slices.Contains(plain, sentence):
				continue
			}
			fmt.Fprintf(&text, "%s %s\n", mark, sentence)
		}
		fmt.Fprintln(&text)
	}
	golden := filepath.Join("testdata", "sentences.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), text.String()); diff != "" {
		t.Errorf("sentences differ (-want +got); write them anew with -update:\n%s", diff)
	}
}
