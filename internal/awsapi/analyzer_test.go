package awsapi

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// Findings of all pages are given, but for suggestions.
func TestFindingsOfThePolicy(t *testing.T) {
	t.Parallel()
	pages := []string{
		`{"findings":[{"findingType":"SUGGESTION","issueCode":"EMPTY_SID_VALUE","findingDetails":"Add a Sid."},` +
			`{"findingType":"ERROR","issueCode":"INVALID_ACTION","findingDetails":"No such action."}],"nextToken":"more"}`,
		`{"findings":[{"findingType":"SECURITY_WARNING","issueCode":"OPEN","findingDetails":"Everybody."},` +
			`{"findingType":"WARNING","issueCode":"MISSING_VERSION","findingDetails":"No version."}]}`,
	}
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if second := strings.Contains(r.URL.RawQuery+string(body), "more"); second != (asked == 1) {
			t.Errorf("question %d is %s %s", asked, r.URL, body)
		}
		_, _ = io.WriteString(w, pages[asked])
		asked++
	}))
	t.Cleanup(server.Close)
	cloud := NewCloud(mustConnect(t, connectionTo(server.URL, testKeys)), nil, (&pauses{}).pause)
	findings, err := cloud.ValidatePolicy(background(), plainSpec(t), TrustDocument, policy.New().JSON())
	if err != nil {
		t.Fatal(err)
	}
	want := []AnalyzerFinding{
		{GraveFinding, "INVALID_ACTION", "No such action."}, {OpenFinding, "OPEN", "Everybody."}, {WarningFinding, "MISSING_VERSION", "No version."},
	}
	if diff := cmp.Diff(want, findings); diff != "" {
		t.Error(diff)
	}
}

// A question is asked once: an answer that does not come is not waited for again.
func TestAnalyzerIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusInternalServerError)
	}))
	t.Cleanup(server.Close)
	cloud := NewCloud(mustConnect(t, connectionTo(server.URL, testKeys)), nil, (&pauses{}).pause)
	if _, err := cloud.CheckNoPublicAccess(background(), plainSpec(t), BucketDocument, policy.New().JSON()); err == nil || asked != 1 {
		t.Errorf("asked %d times, %v", asked, err)
	}
}
