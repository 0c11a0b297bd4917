package awsapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// foreign is a policy of somebody else, in a form that no encoder would write: what is not ours stays as it is.
const (
	foreignStatement = `{ "Effect":"Deny", "Sid":"tls only!", "Principal":"*","Action":["s3:*"],
    "Resource":["arn:aws:s3:::acme-data/*","arn:aws:s3:::acme-data"],"Condition":{"Bool":{"aws:SecureTransport":false}} }`
	foreignPolicy = `{"Id":"old","Version":"2008-10-17","Statement":[` + foreignStatement + `]}`
)

func TestEditKeepsForeignStatementsByteForByte(t *testing.T) {
	t.Parallel()
	server := newBucketServer(t, foreignPolicy)
	edits := []edit{ours("etl"), ours("feed")}
	if _, err := server.editor(t, &pauses{}).apply(background(), edits); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{foreignStatement, `"Version":"2008-10-17"`, `"Id":"old"`, edits[0].json(t), edits[1].json(t)} {
		if !strings.Contains(server.policy, want) {
			t.Errorf("the policy lacks %s:\n%s", want, server.policy)
		}
	}
	if calls := callsOf(server); calls != "GET PUT GET" {
		t.Errorf("two edits took the calls %s, want GET PUT GET", calls)
	}
	for _, name := range []share.Name{"etl", "feed"} {
		if _, err := server.editor(t, &pauses{}).apply(background(), []edit{{spec: share.Spec{Name: name}}}); err != nil {
			t.Fatal(err)
		}
	}
	if server.policy != foreignPolicy {
		t.Errorf("after our statements went the policy is\n%s\nwant\n%s", server.policy, foreignPolicy)
	}
}

func TestEditOfBucketWithoutPolicyLeavesNoneBehind(t *testing.T) {
	t.Parallel()
	server := newBucketServer(t, "")
	if _, err := server.editor(t, &pauses{}).apply(background(), []edit{ours("etl")}); err != nil {
		t.Fatal(err)
	}
	if _, err := server.editor(t, &pauses{}).apply(background(), []edit{{spec: share.Spec{Name: "etl"}}}); err != nil {
		t.Fatal(err)
	}
	if calls := callsOf(server); server.policy != "" || calls != "GET PUT GET GET DELETE GET" {
		t.Errorf("the policy is %q after the calls %s", server.policy, calls)
	}
}

func TestEditWritesNothingWhenNothingIsToDo(t *testing.T) {
	t.Parallel()
	there, err := policy.Parse(foreignPolicy)
	if err != nil {
		t.Fatal(err)
	}
	etl := ours("etl")
	server := newBucketServer(t, there.Replace(etl.owns, etl.statements...).JSON())
	if _, err := server.editor(t, &pauses{}).apply(background(), []edit{etl, {spec: share.Spec{Name: "gone"}}}); err != nil {
		t.Fatal(err)
	}
	if calls := callsOf(server); calls != "GET" {
		t.Errorf("calls are %s, want GET", calls)
	}
}

func TestEditIsRedoneWhenSomebodyElseOverwritesIt(t *testing.T) {
	t.Parallel()
	server := newBucketServer(t, "")
	server.after = func(call string, nth int) {
		if call == http.MethodPut && nth == 1 {
			server.policy = foreignPolicy // from a document that was read before our write
		}
	}
	waited := &pauses{}
	if _, err := server.editor(t, waited).apply(background(), []edit{ours("etl")}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(server.policy, foreignStatement) || !strings.Contains(server.policy, ours("etl").json(t)) {
		t.Errorf("one of the two writers lost:\n%s", server.policy)
	}
	if len(waited.asked) != 1 || callsOf(server) != "GET PUT GET GET PUT GET" {
		t.Errorf("paused %v, calls %s", waited.asked, callsOf(server))
	}
}

func TestEditIsNotWrittenTwiceWhenOnlyTheReadBackIsStale(t *testing.T) {
	t.Parallel()
	server := newBucketServer(t, "")
	server.script = func(call string, nth int, w http.ResponseWriter) bool {
		stale := call == http.MethodGet && nth == 2
		if stale {
			refuse(w, http.StatusNotFound, "NoSuchBucketPolicy", "The bucket policy does not exist")
		}
		return stale
	}
	if _, err := server.editor(t, &pauses{}).apply(background(), []edit{ours("etl")}); err != nil {
		t.Fatal(err)
	}
	if calls := callsOf(server); calls != "GET PUT GET GET" {
		t.Errorf("calls are %s, want one PUT", calls)
	}
}

// A write that fails and heals is not repeated as it was: somebody else wrote in the meantime.
func TestEditBeginsWithAReadAfterAFailedWrite(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fail func(server *bucketServer, w http.ResponseWriter)
		puts int
	}{
		"another write is going on": {func(_ *bucketServer, w http.ResponseWriter) {
			refuse(w, http.StatusConflict, "OperationAborted", "A conflicting conditional operation is currently in progress")
		}, 2},
		"S3 is busy": {func(_ *bucketServer, w http.ResponseWriter) {
			refuse(w, http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate.")
		}, 2},
		"the connection breaks before anything is done": {func(*bucketServer, http.ResponseWriter) { panic(http.ErrAbortHandler) }, 2},
	}
	for situation, test := range tests {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			server := newBucketServer(t, "")
			server.script = func(call string, nth int, w http.ResponseWriter) bool {
				if call != http.MethodPut || nth > 1 {
					return false
				}
				server.policy = foreignPolicy
				test.fail(server, w)
				return true
			}
			if _, err := server.editor(t, &pauses{}).apply(background(), []edit{ours("etl")}); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(server.policy, foreignStatement) || !strings.Contains(server.policy, ours("etl").json(t)) {
				t.Errorf("one of the two writers lost:\n%s", server.policy)
			}
			if puts := server.count(http.MethodPut); puts != test.puts {
				t.Errorf("wrote %d times, want %d", puts, test.puts)
			}
		})
	}
}

func TestEditWhoseAnswerIsLostIsFoundDone(t *testing.T) {
	t.Parallel()
	server := newBucketServer(t, "")
	server.after = func(call string, nth int) {
		if call == http.MethodPut {
			panic(http.ErrAbortHandler)
		}
	}
	if _, err := server.editor(t, &pauses{}).apply(background(), []edit{ours("etl")}); err != nil {
		t.Fatal(err)
	}
	if calls := callsOf(server); calls != "GET PUT GET" {
		t.Errorf("calls are %s, want one PUT", calls)
	}
}

func TestEditEnds(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		script func(call string, nth int, w http.ResponseWriter) bool
		after  func(server *bucketServer, call string)
		puts   int
		is     func(error) bool
	}{
		"somebody else overwrites every time": {
			after: func(server *bucketServer, call string) {
				if call == http.MethodPut {
					server.policy = foreignPolicy
				}
			},
			puts: editRounds,
			is: func(err error) bool {
				var overwritten *OverwrittenError
				return errors.As(err, &overwritten)
			},
		},
		"S3 aborts every time": {
			script: answerTo(http.MethodPut, http.StatusConflict, "OperationAborted"), puts: editRounds,
			is: func(err error) bool { return code(err) == "OperationAborted" },
		},
		"the bucket is missing": {
			script: answerTo("", http.StatusNotFound, "NoSuchBucket"), puts: 1, is: IsBucketMissing,
		},
		"the document is malformed": {
			script: answerTo(http.MethodPut, http.StatusBadRequest, "MalformedPolicy"), puts: 1, is: isMalformed,
		},
		"the caller may not write": {
			script: answerTo(http.MethodPut, http.StatusForbidden, "AccessDenied"), puts: 1, is: IsDenied,
		},
		"the caller may not read": {
			script: answerTo(http.MethodGet, http.StatusForbidden, "AccessDenied"), puts: 0, is: IsDenied,
		},
		"the policy is not JSON": {
			script: func(_ string, _ int, w http.ResponseWriter) bool {
				_, err := w.Write([]byte("{"))
				return err == nil
			},
			puts: 0, is: func(err error) bool { return strings.Contains(err.Error(), "reading the policy of bucket acme-data") },
		},
	}
	for situation, test := range tests {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			server := newBucketServer(t, "")
			server.script = test.script
			if test.after != nil {
				server.after = func(call string, _ int) { test.after(server, call) }
			}
			_, err := server.editor(t, &pauses{}).apply(background(), []edit{ours("etl")})
			if err == nil || !test.is(err) {
				t.Errorf("got the error %v", err)
			}
			if puts := server.count(http.MethodPut); puts != test.puts {
				t.Errorf("wrote %d times, want %d", puts, test.puts)
			}
		})
	}
}

// answerTo refuses every call of that name; all calls when it is empty.
func answerTo(call string, status int, code string) func(string, int, http.ResponseWriter) bool {
	return func(made string, _ int, w http.ResponseWriter) bool {
		if call != "" && call != made {
			return false
		}
		refuse(w, status, code, "words of S3")
		return true
	}
}

func TestEditOfAMissingBucketWaitsForItAndTakesOutNothing(t *testing.T) {
	t.Parallel()
	server := newBucketServer(t, "")
	server.script = func(call string, nth int, w http.ResponseWriter) bool {
		young := call == http.MethodGet && nth <= 2
		if young {
			refuse(w, http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist")
		}
		return young
	}
	if _, err := server.editor(t, &pauses{}).apply(background(), []edit{ours("etl")}); err != nil {
		t.Errorf("a bucket that appears at the third look: %v", err)
	}
	gone := newBucketServer(t, "")
	gone.script = answerTo("", http.StatusNotFound, "NoSuchBucket")
	if _, err := gone.editor(t, &pauses{}).apply(background(), []edit{{spec: share.Spec{Name: "etl"}}}); err != nil || callsOf(gone) != "GET" {
		t.Errorf("taking a share out of a bucket that is gone: %v, calls %s", err, callsOf(gone))
	}
}

func TestEditStopsWithItsContext(t *testing.T) {
	t.Parallel()
	server := newBucketServer(t, "")
	ctx, cancel := context.WithCancel(background())
	server.after = func(call string, _ int) {
		if call == http.MethodPut {
			server.policy = ""
			cancel()
		}
	}
	_, err := server.editor(t, &pauses{}).apply(ctx, []edit{ours("etl")})
	if !errors.Is(err, context.Canceled) || server.count(http.MethodPut) != 1 {
		t.Errorf("got %v after the calls %s", err, callsOf(server))
	}
}
