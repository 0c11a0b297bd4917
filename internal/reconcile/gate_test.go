package reconcile_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// gate stands between the provider and AWS. It counts the provider's calls, stops the provider at one of them, and lets
// somebody look after each that has written.
type gate struct {
	sim *awssim.Server

	mu      sync.Mutex
	arrived []awssim.Call
	// at is the number of the call at which the provider is stopped, from 1; 0 for none.
	at   int
	how  stop
	over bool
	// giveUp ends the context of the run.
	giveUp context.CancelFunc
	look   func(call awssim.Call)
}

// stop is a way in which a run ends at a call and at all after it.
type stop struct {
	name string
	// acts tells that AWS still carries the call out.
	acts bool
	// killed tells that the process is gone, so that the state stays as it was before.
	killed bool
}

var stops = []stop{
	{name: "killed before AWS acts", killed: true},
	{name: "killed after AWS acted", killed: true, acts: true},
	{name: "denied from here on"},
}

// gated puts a gate before a copy of the world, for the provider alone: the tests' own calls go by it.
func (w *world) gated(t *testing.T) (*world, *gate) {
	t.Helper()
	g := &gate{sim: w.sim}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	through := *w
	through.url = server.URL
	return &through, g
}

// ServeHTTP lets one call after the other through.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.arrived)+1 == g.at {
		g.over = true
	}
	if g.over && (!g.how.acts || len(g.arrived)+1 > g.at) {
		g.refuse(w)
		return
	}
	answer := httptest.NewRecorder()
	g.sim.ServeHTTP(answer, r)
	made := g.sim.Calls()
	call := made[len(made)-1]
	g.arrived = append(g.arrived, call)
	if g.look != nil && wrote(call) {
		g.look(call)
	}
	if g.over {
		g.refuse(w)
		return
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// refuse answers as the stop says: not at all, or with a refusal that every service understands.
func (g *gate) refuse(w http.ResponseWriter) {
	if g.how.killed {
		g.giveUp()
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("X-Amzn-Errortype", "AccessDenied")
	w.WriteHeader(http.StatusForbidden)
	_, _ = w.Write([]byte("<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"))
}

// wrote tells that a call wrote something.
func wrote(call awssim.Call) bool {
	return call.Code == "" && slices.ContainsFunc([]string{"Put", "Create", "Delete", "Update", "Tag", "Untag", "Detach", "Revoke"}, func(verb string) bool {
		return strings.HasPrefix(call.Operation, verb)
	})
}
