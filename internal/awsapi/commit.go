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
// all. Operations that may edit a bucket join before and leave when they are over. Terraform runs a fixed number of
// operations at a time, which it does not tell, and begins another one when one is over. So a round begins when every
// operation of this process waits or is being written, and as many are there as there were before: what is on its way to
// its edit and what takes the place of what is over comes along.
type committer struct {
	mu      sync.Mutex
	buckets map[share.Bucket]*queue
	// active counts operations that joined and did not leave; of them, held have an edit that waits or is being written.
	active, held int
	// most is how many operations are expected to be there at the same time.
	most int
	// left tells that an operation is over, so that most counts: before, Terraform has only begun to start them.
	left bool
	// changed is closed and made anew whenever one of these numbers changes.
	changed chan struct{}

	after func(time.Duration) <-chan time.Time
	// write carries out the edits of one round.
	write func(ctx context.Context, bucket share.Bucket, edits []edit) error
}

const (
	// commitWindow bounds how long an edit waits for slower operations.
	commitWindow = 2 * time.Second
	// startTime is how long the first edits wait for operations that begin at the same moment.
	startTime = 50 * time.Millisecond
	// turnTime is how long edits wait for an operation in the place of one that is over. When none comes, fewer are expected
	// from then on, so that it is waited for in vain once and not in each round.
	turnTime = 250 * time.Millisecond
)

type queue struct {
	waiting []*ticket
	running bool
}

// ticket is one edit on its way.
type ticket struct {
	ctx  context.Context
	edit edit
	done chan error
}

func newCommitter(write func(context.Context, share.Bucket, []edit) error) *committer {
	return &committer{buckets: map[share.Bucket]*queue{}, changed: make(chan struct{}), after: time.After, write: write}
}

// queue gives what waits for a bucket; the lock is held.
func (c *committer) queue(bucket share.Bucket) *queue {
	if c.buckets[bucket] == nil {
		c.buckets[bucket] = &queue{}
	}
	return c.buckets[bucket]
}

// notify wakes those who wait for the numbers; the lock is held.
func (c *committer) notify() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// join announces an operation that may edit a bucket; the caller leaves when it is over. Leaving twice is harmless.
func (c *committer) join() (leave func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.active++
	c.most = max(c.most, c.active)
	c.notify()
	var once sync.Once
	return func() {
		once.Do(func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.active--
			c.left = true
			c.notify()
		})
	}
}

// atOnce is how many operations there have been at the same time.
func (c *committer) atOnce() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.most
}

// commit brings an edit and waits until it is written and read back. An edit whose caller gives up before its round
// begins is dropped; once its round runs the caller learns how it ended, because a write cannot be taken back. The round
// itself ends early only when all its callers have given up.
func (c *committer) commit(ctx context.Context, bucket share.Bucket, e edit) error {
	mine := &ticket{ctx: ctx, edit: e, done: make(chan error, 1)}
	c.mu.Lock()
	q := c.queue(bucket)
	q.waiting = append(q.waiting, mine)
	c.held++
	c.notify()
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
	c.held--
	c.notify()
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

// gather waits until a round may begin and takes all edits; none ends the run.
func (c *committer) gather(q *queue) []*ticket {
	var window <-chan time.Time
	for {
		c.mu.Lock()
		if len(q.waiting) == 0 {
			q.running = false
			c.mu.Unlock()
			return nil
		}
		here := c.held >= c.active
		if c.active == 0 || here && c.left && c.active >= c.most {
			return c.take(q)
		}
		changed, patience := c.changed, c.patience()
		c.mu.Unlock()
		var quiet <-chan time.Time
		if here {
			quiet = c.after(patience)
		}
		if window == nil {
			window = c.after(commitWindow)
		}
		select {
		case <-changed:
		case <-quiet:
			if c.isQuiet(changed) {
				return c.take(q)
			}
		case <-window:
			c.mu.Lock()
			return c.take(q)
		}
	}
}

// patience is how long more operations are waited for when all that are there wait.
func (c *committer) patience() time.Duration {
	if c.left {
		return turnTime
	}
	return startTime
}

// isQuiet tells that nothing has changed, and that no more operations are expected than there are. The lock is then held.
func (c *committer) isQuiet(changed chan struct{}) bool {
	c.mu.Lock()
	if c.changed != changed {
		c.mu.Unlock()
		return false
	}
	c.most = c.active
	return true
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
			c.finish(ticket, c.write(ctx, bucket, []edit{ticket.edit}))
		}
		return
	}
	for _, ticket := range round {
		c.finish(ticket, err)
	}
}

func (c *committer) finish(t *ticket, err error) {
	c.mu.Lock()
	c.held--
	c.notify()
	c.mu.Unlock()
	t.done <- err
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
