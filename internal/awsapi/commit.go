package awsapi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// committer gathers the edits that wait for one bucket and writes them together: one read, one write, one read-back for
// all. Operations that will edit a bucket join it first; a round begins when every operation that joined has brought
// its edit or left, or when the first edit has waited for the window.
type committer struct {
	mu      sync.Mutex
	buckets map[share.Bucket]*queue
	window  time.Duration
	after   func(time.Duration) <-chan time.Time
	// write carries out the edits of one round.
	write func(ctx context.Context, bucket share.Bucket, edits []edit) error
}

// commitWindow bounds how long a finished operation waits for slower ones.
const commitWindow = 2 * time.Second

type queue struct {
	expected int
	waiting  []*ticket
	running  bool
	// changed is closed and made anew whenever expected or waiting changes.
	changed chan struct{}
}

// ticket is one edit on its way.
type ticket struct {
	ctx  context.Context
	edit edit
	done chan error
}

func (c *committer) queue(bucket share.Bucket) *queue {
	if c.buckets == nil {
		c.buckets = map[share.Bucket]*queue{}
	}
	if c.buckets[bucket] == nil {
		c.buckets[bucket] = &queue{changed: make(chan struct{})}
	}
	return c.buckets[bucket]
}

func (q *queue) notify() {
	close(q.changed)
	q.changed = make(chan struct{})
}

// join announces an operation that may edit the bucket; the caller leaves when no edit will come any more. Leaving
// twice is harmless.
func (c *committer) join(bucket share.Bucket) (leave func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := c.queue(bucket)
	q.expected++
	var once sync.Once
	return func() {
		once.Do(func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			q.expected--
			q.notify()
		})
	}
}

// commit brings an edit and waits until it is written and read back. An edit whose caller gives up before its round
// begins is dropped; once its round runs the caller learns how it ended, because a write cannot be taken back. The round
// itself ends early only when all its callers have given up.
func (c *committer) commit(ctx context.Context, bucket share.Bucket, e edit) error {
	mine := &ticket{ctx: ctx, edit: e, done: make(chan error, 1)}
	c.mu.Lock()
	q := c.queue(bucket)
	q.waiting = append(q.waiting, mine)
	q.notify()
	if !q.running {
		q.running = true
		go c.run(bucket, q)
	}
	c.mu.Unlock()
	select {
	case err := <-mine.done:
		return err
	case <-ctx.Done():
	}
	// When everybody gave up, the round ends as cancelled; why this caller did, its own context knows.
	if !c.withdraw(q, mine) {
		if err := <-mine.done; !errors.Is(err, context.Canceled) {
			return err
		}
	}
	return fmt.Errorf("waiting for the policy of bucket %s: %w", bucket, context.Cause(ctx))
}

// withdraw takes back an edit whose round has not begun.
func (c *committer) withdraw(q *queue, mine *ticket) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	position := slices.Index(q.waiting, mine)
	if position < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, position, position+1)
	q.notify()
	return true
}

// run writes rounds until nobody waits.
func (c *committer) run(bucket share.Bucket, q *queue) {
	for {
		round := c.gather(q)
		if len(round) == 0 {
			return
		}
		c.writeRound(bucket, round)
	}
}

// gather waits for the operations that joined and takes all edits; none ends the run.
func (c *committer) gather(q *queue) []*ticket {
	var window <-chan time.Time
	for {
		c.mu.Lock()
		if len(q.waiting) == 0 {
			q.running = false
			c.mu.Unlock()
			return nil
		}
		if len(q.waiting) >= q.expected {
			return c.take(q)
		}
		changed := q.changed
		c.mu.Unlock()
		if window == nil {
			window = c.after(c.window)
		}
		select {
		case <-changed:
		case <-window:
			c.mu.Lock()
			return c.take(q)
		}
	}
}

// take empties the queue; the lock is held and given back.
func (c *committer) take(q *queue) []*ticket {
	round := q.waiting
	q.waiting = nil
	c.mu.Unlock()
	return round
}

// writeRound writes the edits together. When the document is refused for what it says, each edit is written alone, so
// that one bad statement fails only its own share.
func (c *committer) writeRound(bucket share.Bucket, round []*ticket) {
	ctx, cancel := roundContext(round)
	defer cancel()
	edits := make([]edit, 0, len(round))
	for _, ticket := range round {
		edits = append(edits, ticket.edit)
	}
	err := c.write(ctx, bucket, edits)
	if len(round) > 1 && isMalformed(err) {
		for _, ticket := range round {
			ticket.done <- c.write(ctx, bucket, []edit{ticket.edit})
		}
		return
	}
	for _, ticket := range round {
		ticket.done <- err
	}
}

// roundContext ends when every caller of the round has given up: as long as one waits, the write is carried through.
func roundContext(round []*ticket) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(round[0].ctx))
	var patient atomic.Int64
	patient.Store(int64(len(round)))
	stops := make([]func() bool, 0, len(round))
	for _, ticket := range round {
		stops = append(stops, context.AfterFunc(ticket.ctx, func() {
			if patient.Add(-1) == 0 {
				cancel()
			}
		}))
	}
	return ctx, func() {
		for _, stop := range stops {
			stop()
		}
		cancel()
	}
}
