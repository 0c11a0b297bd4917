// Package turns lets the processes of one machine take turns at documents that AWS only replaces as a whole. Terraform runs a
// provider once for each of its aliases, so that one apply alone has several writers.
package turns

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

const (
	// patience bounds how long a turn is waited for. Whoever waited in vain goes on without, and does not wait for that document
	// again: turns spare the writers a race, and each finds out by itself when it lost one.
	patience = 2 * time.Minute
	// interval is how often it is tried.
	interval = 5 * time.Millisecond
)

// Turns are files in a folder, one for each document, locked by whoever has the turn. The system gives the turn of a
// process that dies to the next one. The files are empty and stay: to delete one would let two processes lock two files of
// one name.
type Turns struct {
	folder   string
	patience time.Duration

	mu sync.Mutex
	// inVain has the documents whose turn did not come: who has it may be stopped for long.
	inVain map[string]bool
}

// Ours are the turns of the current user on this machine. A user without a home has none, and nobody waits: a folder that
// others may write could lead anywhere.
func Ours() *Turns {
	folder, err := os.UserCacheDir()
	if err != nil {
		return In("")
	}
	return In(filepath.Join(folder, "terraform-provider-crossaccount", "turns"))
}

// In are turns by files in a folder, which is made when the first is taken.
func In(folder string) *Turns {
	return &Turns{folder: folder, patience: patience, inVain: map[string]bool{}}
}

// Take waits for the turn at a document that its names tell from others, and gives what ends it. It returns without a turn
// when ctx ends, when it waited long, and when the files cannot be written.
func (t *Turns) Take(ctx context.Context, names ...string) (end func()) {
	nothing := func() {}
	if err := os.MkdirAll(t.folder, 0o700); err != nil { //nolint:gosec // the user says where caches are
		return nothing
	}
	digest := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	document := hex.EncodeToString(digest[:16])
	file := flock.New(filepath.Join(t.folder, document), flock.SetPermissions(0o600))
	waiting, cancel := context.WithTimeout(ctx, t.patienceFor(document))
	defer cancel()
	taken, err := file.TryLockContext(waiting, interval)
	t.note(document, err != nil && waiting.Err() != nil && ctx.Err() == nil)
	if err != nil || !taken {
		return nothing
	}
	return func() { _ = file.Close() } // with the file, the turn ends in any case
}

// patienceFor is how long the turn at a document is waited for.
func (t *Turns) patienceFor(document string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.inVain[document] {
		return interval
	}
	return t.patience
}

// note keeps whether the turn at a document was waited for in vain.
func (t *Turns) note(document string, inVain bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.inVain[document] = inVain
}
