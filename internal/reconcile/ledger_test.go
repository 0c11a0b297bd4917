package reconcile_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// ledger stands before the simulator and lets calls on bucket policies act one after the other, so that their order in it
// is the order in which they acted.
type ledger struct {
	sim *awssim.Server

	mu      sync.Mutex
	entries []entry
}

// entry is one call on a bucket policy, by whose access key.
type entry struct {
	key    string
	writes bool
	// began is when it arrived, ended when it was answered.
	began, ended time.Time
}

// front puts a ledger before a world's simulator; the provider is connected to it from then on.
func (w *world) front(t *testing.T) *ledger {
	t.Helper()
	l := &ledger{sim: w.sim}
	server := httptest.NewUnstartedServer(l)
	server.Config.SetKeepAlivesEnabled(false) // hundreds of rounds, each with clients of its own, would keep too many files open
	server.Start()
	t.Cleanup(server.Close)
	w.url = server.URL
	return l
}

func (l *ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !r.URL.Query().Has("policy") {
		l.sim.ServeHTTP(w, r)
		return
	}
	began := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sim.ServeHTTP(w, r)
	l.entries = append(l.entries, entry{keyOf(r), r.Method != http.MethodGet, began, time.Now()})
}

// keyOf finds the access key in a signature, Credential=KEY/….
func keyOf(r *http.Request) string {
	_, rest, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	key, _, _ := strings.Cut(rest, "/")
	return key
}

// take gives what happened since the last take.
func (l *ledger) take() []entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := l.entries
	l.entries = nil
	return taken
}

// isResidue tells that what one writer was sure of may have been overwritten where S3 gives no means against it: somebody
// else read the policy before this writer's last call and wrote after it.
func isResidue(entries []entry, victim string) bool {
	last := -1
	for i, e := range entries {
		if e.key == victim {
			last = i
		}
	}
	read := map[string]int{}
	for i, e := range entries {
		switch {
		case !e.writes:
			read[e.key] = i
		case i > last && read[e.key] < last:
			return true
		}
	}
	return false
}

// windows are how long the policy could change unseen: from the answer of each read to the arrival of the write that
// followed it.
func windows(entries []entry, key string) []time.Duration {
	var found []time.Duration
	var read *entry
	for i, e := range entries {
		switch {
		case e.key != key:
		case !e.writes:
			read = &entries[i]
		case read != nil:
			found = append(found, e.began.Sub(read.ended))
			read = nil
		}
	}
	return found
}
