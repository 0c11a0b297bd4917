package awsapi

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// S3 and KMS refuse a policy that would lock its writer out, unless the writer waives it. Nothing here ever does.
func TestNoWriteWaivesTheCheckForLockOuts(t *testing.T) {
	t.Parallel()
	var waived []string
	writes := 0
	recorder := func(inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			if r.Method != http.MethodGet {
				writes++
			}
			for name, values := range r.Header {
				if said := strings.ToLower(name); strings.Contains(said, "confirm-remove") || strings.Contains(said, "bypass") {
					waived = append(waived, name+": "+strings.Join(values, ","))
				}
			}
			if strings.Contains(strings.ToLower(string(body)), "bypass") {
				waived = append(waived, string(body))
			}
			inner.ServeHTTP(w, r)
		})
	}
	s := &bucketServer{policy: `{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Deny","Principal":"*","Action":"s3:PutBucketPolicy",` +
		`"Resource":"arn:aws:s3:::acme-data"}]}`}
	server := httptest.NewServer(recorder(s))
	t.Cleanup(server.Close)
	account := mustConnect(t, connectionTo(server.URL, testKeys))
	e := editor{calls: bucketCalls{account: account, bucket: "acme-data", owner: "111111111111"}, pause: (&pauses{}).pause}
	gone := edit{spec: share.Spec{Name: "etl"}}
	for _, one := range []edit{ours("etl"), gone} {
		if _, err := e.apply(background(), []edit{one}); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.calls.delete(background()); err != nil {
		t.Fatal(err)
	}
	cloud := NewCloud(account, nil, (&pauses{}).pause)
	const key = "arn:aws:kms:eu-central-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef"
	if err := cloud.PutKeyPolicy(background(), key, ours("etl").document()); err != nil {
		t.Fatal(err)
	}
	if writes != 4 {
		t.Errorf("%d writes were seen, want two of the policy, its deletion and that of the key policy", writes)
	}
	if len(waived) > 0 {
		t.Errorf("sent: %v", waived)
	}
}
