package awsapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// signedFor tells the region in the scope of a request's signature.
func signedFor(r *http.Request) string {
	scope := strings.Split(r.Header.Get("Authorization"), "/")
	if len(scope) < 3 {
		return ""
	}
	return scope[2]
}

func TestBucketInAnotherRegionIsFoundOnceAndRemembered(t *testing.T) {
	t.Parallel()
	elsewhere := func(status int, code, header, message string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if header != "" {
				w.Header().Set("X-Amz-Bucket-Region", header)
			}
			w.Header().Set("Location", "http://127.0.0.1:1/nowhere")
			refuse(w, status, code, message)
		}
	}
	tests := map[string]http.HandlerFunc{
		"S3 moves for good":           elsewhere(http.StatusMovedPermanently, "PermanentRedirect", "us-west-2", "use the other endpoint"),
		"S3 moves for now":            elsewhere(http.StatusTemporaryRedirect, "TemporaryRedirect", "us-west-2", "use the other endpoint"),
		"S3 refuses the signature":    elsewhere(http.StatusBadRequest, "AuthorizationHeaderMalformed", "us-west-2", "wrong region"),
		"S3 says so in its words":     elsewhere(http.StatusBadRequest, "AuthorizationHeaderMalformed", "", "the region 'eu-central-1' is wrong; expecting 'us-west-2'"),
		"the region must be opted in": elsewhere(http.StatusBadRequest, "IllegalLocationConstraintException", "us-west-2", "incompatible"),
	}
	for situation, refusal := range tests {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			var asked []string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = append(asked, signedFor(r))
				if signedFor(r) != "us-west-2" {
					refusal(w, r)
					return
				}
				_, _ = fmt.Fprint(w, foreignPolicy)
			}))
			t.Cleanup(server.Close)
			account := mustConnect(t, connectionTo(server.URL, testKeys))
			for range 2 {
				found, err := bucketCalls{account: account, bucket: "acme-data", owner: "111111111111"}.find(background())
				if err != nil || found.State != share.BucketHasPolicy {
					t.Fatalf("found %+v, %v", found, err)
				}
			}
			if got := strings.Join(asked, " "); got != "eu-central-1 us-west-2 us-west-2" {
				t.Errorf("asked in the regions %s", got)
			}
		})
	}
}

func TestRedirectWithoutARegionIsAnError(t *testing.T) {
	t.Parallel()
	server := newBucketServer(t, "")
	server.script = answerTo("", http.StatusMovedPermanently, "PermanentRedirect")
	account := mustConnect(t, connectionTo(server.url, testKeys))
	_, err := bucketCalls{account: account, bucket: "acme-data", owner: "111111111111"}.find(background())
	if code(err) != "PermanentRedirect" || len(server.calls) != 1 {
		t.Errorf("got %v after %d calls", err, len(server.calls))
	}
}

func TestEveryBucketCallNamesTheOwnerItExpects(t *testing.T) {
	t.Parallel()
	named := map[string]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		named[r.Method] = r.Header.Get("X-Amz-Expected-Bucket-Owner")
		refuse(w, http.StatusForbidden, "AccessDenied", "Access Denied")
	}))
	t.Cleanup(server.Close)
	calls := bucketCalls{account: mustConnect(t, connectionTo(server.URL, testKeys)), bucket: "acme-data", owner: "111111111111"}
	_, errFind := calls.find(background())
	for _, err := range []error{errFind, calls.put(background(), ours("etl").document()), calls.delete(background())} {
		if !IsDenied(err) {
			t.Errorf("a bucket of somebody else: got %v, want a refusal", err)
		}
	}
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
		if named[method] != "111111111111" {
			t.Errorf("%s expects the owner %q", method, named[method])
		}
	}
}
