package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// scripted is an Access Analyzer that answers each check by its document; a check without an answer does not end.
type scripted struct {
	answers map[string][]awsapi.AnalyzerFinding
	asked   []string
	sent    []string
}

func (s *scripted) answer(ctx context.Context, question string, documents ...string) ([]awsapi.AnalyzerFinding, error) {
	s.asked, s.sent = append(s.asked, question), append(s.sent, documents...)
	if answer, known := s.answers[question]; known || s.answers == nil {
		return answer, nil
	}
	<-ctx.Done()
	return nil, ctx.Err()
}

func (s *scripted) ValidatePolicy(ctx context.Context, _ share.Spec, kind awsapi.DocumentKind, document string) ([]awsapi.AnalyzerFinding, error) {
	return s.answer(ctx, "validate "+string(kind), document)
}

func (s *scripted) CheckNoPublicAccess(ctx context.Context, _ share.Spec, kind awsapi.DocumentKind, document string) ([]awsapi.AnalyzerFinding, error) {
	return s.answer(ctx, "public "+string(kind), document)
}

func (s *scripted) CheckNoNewAccess(ctx context.Context, _ share.Spec, kind awsapi.DocumentKind, documents awsapi.Documents) ([]awsapi.AnalyzerFinding, error) {
	return s.answer(ctx, "new "+string(kind), documents.Existing, documents.Next)
}

func TestWhatIsJudged(t *testing.T) {
	t.Parallel()
	share1 := growing("a", share.OwnStatements)
	wider := share1.Spec
	wider.Access = []share.Word{share.Read, share.List}
	more := share.Render(wider)
	otherwise := share1.Spec
	otherwise.Consumer.AccountID = "333333333333"
	moved := share.Render(otherwise)
	everything := Checks{Validate: true, NoPublic: true, NoNewAccess: true}
	cases := map[string]struct {
		checks Checks
		judged Judged
		asked  []string
	}{
		"a new share": {everything, Judged{Next: share1}, []string{
			"validate trust policy", "public trust policy", "validate permissions policy", "validate bucket policy", "public bucket policy"}},
		"a share that stays": {everything, Judged{Next: share1, Prior: &share1}, nil},
		"a share that gives more": {everything, Judged{Next: more, Prior: &share1}, []string{
			"validate permissions policy", "new permissions policy", "validate bucket policy", "public bucket policy", "new bucket policy"}},
		"a share for another account": {everything, Judged{Next: moved, Prior: &share1}, []string{
			"validate trust policy", "public trust policy", "new trust policy"}},
		"nothing wanted":        {Checks{}, Judged{Next: share1}, nil},
		"one wanted":            {Checks{NoNewAccess: true}, Judged{Next: more, Prior: &share1}, []string{"new permissions policy", "new bucket policy"}},
		"nothing in the bucket": {Checks{NoPublic: true}, Judged{Next: growing("a", share.OutputOnly)}, []string{"public trust policy"}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			analyzer := &scripted{}
			if remarks := NewAnalysis(analyzer, time.Minute).Judge(t.Context(), test.checks, test.judged); len(remarks) > 0 {
				t.Errorf("remarks: %+v", remarks)
			}
			if !slices.Equal(analyzer.asked, test.asked) {
				t.Errorf("asked %q, want %q", analyzer.asked, test.asked)
			}
		})
	}
}

// Whether everybody is let in depends on the whole bucket policy; what is validated is the share's own.
func TestDocumentsThatAreJudged(t *testing.T) {
	t.Parallel()
	id, err := share.ParseExternalID("example-external-id")
	if err != nil {
		t.Fatal(err)
	}
	spec := growing("a", share.OwnStatements).Spec
	spec.ExternalIDs = []share.ExternalID{id}
	theirs, err := policy.Parse(`{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	judged := Judged{Next: share.Render(spec), Bucket: share.BucketPolicy{State: share.BucketHasPolicy, Document: theirs}}
	for checks, want := range map[Checks]bool{{Validate: true}: false, {NoPublic: true}: true} {
		analyzer := &scripted{}
		NewAnalysis(analyzer, time.Minute).Judge(t.Context(), checks, judged)
		all := strings.Join(analyzer.sent, "\n")
		if strings.Contains(all, "Theirs") != want {
			t.Errorf("%+v sent %s", checks, all)
		}
		if strings.Contains(all, id.Reveal()) || !strings.Contains(all, share.Masked) {
			t.Errorf("%+v sent the external ID: %s", checks, all)
		}
	}
}

func TestRemarksOnDocuments(t *testing.T) {
	t.Parallel()
	analyzer := &scripted{answers: map[string][]awsapi.AnalyzerFinding{
		"validate trust policy": {
			{Severity: awsapi.GraveFinding, Code: "E", Words: "wrong"}, {Severity: awsapi.OpenFinding, Code: "S", Words: "open"},
			{Severity: awsapi.WarningFinding, Code: "W", Words: "odd"}},
		"validate permissions policy": nil,
	}}
	remarks := NewAnalysis(analyzer, time.Millisecond).Judge(t.Context(), Checks{Validate: true}, Judged{Next: growing("a", share.OwnStatements)})
	var got []string
	for _, one := range remarks {
		got = append(got, fmt.Sprintf("%s %s %s grave=%v late=%v", one.Document, one.Code, one.Words, one.IsGrave, errors.Is(one.Err, context.DeadlineExceeded)))
	}
	want := []string{
		"trust policy E wrong grave=true late=false", "trust policy S open grave=true late=false", "trust policy W odd grave=false late=false",
		"bucket policy   grave=false late=true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
