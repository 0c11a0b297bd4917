package awsapi

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// bucketServer is S3 with one bucket and nothing but its policy. Each call may be answered by a script instead, or let
// somebody else write before or after it.
type bucketServer struct {
	mu     sync.Mutex
	policy string
	calls  []string
	// script is asked before each call, by its name and how often it came; a true answer means that it has answered.
	script func(call string, nth int, w http.ResponseWriter) bool
	// after runs when a call is done.
	after func(call string, nth int)
	url   string
}

func newBucketServer(t *testing.T, document string) *bucketServer {
	t.Helper()
	s := &bucketServer{policy: document}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *bucketServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, r.Method)
	nth := s.count(r.Method)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if s.script != nil && s.script(r.Method, nth, w) {
		return
	}
	switch r.Method {
	case http.MethodGet:
		if s.policy == "" {
			refuse(w, http.StatusNotFound, "NoSuchBucketPolicy", "The bucket policy does not exist")
			return
		}
		_, _ = io.WriteString(w, s.policy)
	case http.MethodPut:
		s.policy = string(body)
		w.WriteHeader(http.StatusNoContent)
	case http.MethodDelete:
		s.policy = ""
		w.WriteHeader(http.StatusNoContent)
	}
	if s.after != nil {
		s.after(r.Method, nth)
	}
}

func (s *bucketServer) count(call string) int {
	n := 0
	for _, made := range s.calls {
		if made == call {
			n++
		}
	}
	return n
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("X-Amz-Request-Id", "REQUEST1")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, message)
}

func (s *bucketServer) editor(t *testing.T, waited *pauses) editor {
	t.Helper()
	account := mustConnect(t, connectionTo(s.url, testKeys))
	return editor{calls: bucketCalls{account: account, bucket: "acme-data", owner: "111111111111"}, pause: waited.pause}
}

// ours is an edit of the share of that name with one statement.
func ours(name share.Name) edit {
	return edit{spec: share.Spec{Name: name}, statements: []policy.Statement{{
		Sid: share.SidBase(name) + "Objects", Effect: policy.Allow, Principal: &policy.Principal{AWS: policy.Values{"arn:aws:iam::111111111111:root"}},
		Action: policy.Values{"s3:GetObject"}, Resource: policy.Values{"arn:aws:s3:::acme-data/*"},
	}}}
}

func (e edit) json(t *testing.T) string {
	t.Helper()
	if len(e.statements) != 1 {
		t.Fatalf("the edit has %d statements, want 1", len(e.statements))
	}
	return e.statements[0].JSON()
}

func callsOf(s *bucketServer) string { return strings.Join(s.calls, " ") }

func background() context.Context { return context.Background() }

func (e edit) document() policy.Document { return policy.New(e.statements...) }
