package awsapi

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/smithy-go"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// rounds is a committer whose writes are noted and answered by the test.
type rounds struct {
	committer
	// window is what a test sends to when the window is over.
	over chan time.Time
	// begun tells each round's names and waits for the test to answer it.
	begun  chan []share.Name
	answer chan error

	mu      sync.Mutex
	windows int
}

func newRounds() *rounds {
	r := &rounds{over: make(chan time.Time), begun: make(chan []share.Name), answer: make(chan error)}
	r.committer = committer{
		window: commitWindow,
		after: func(time.Duration) <-chan time.Time {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.windows++
			return r.over
		},
		write: func(ctx context.Context, _ share.Bucket, edits []edit) error {
			r.begun <- namesOf(edits)
			select {
			case err := <-r.answer:
				return err
			case <-ctx.Done():
				return ctx.Err()
			}
		},
	}
	return r
}

func namesOf(edits []edit) []share.Name {
	var names []share.Name
	for _, e := range edits {
		names = append(names, e.spec.Name)
	}
	slices.Sort(names)
	return names
}

// bring commits in the background; the channel gives how it ended.
func (r *rounds) bring(ctx context.Context, bucket share.Bucket, name share.Name) <-chan error {
	done := make(chan error, 1)
	go func() { done <- r.commit(ctx, bucket, edit{spec: share.Spec{Name: name}}) }()
	return done
}

// waitFor returns when so many edits wait for the bucket.
func (r *rounds) waitFor(bucket share.Bucket, count int) {
	for {
		r.committer.mu.Lock()
		q := r.queue(bucket)
		waiting, changed := len(q.waiting), q.changed
		r.committer.mu.Unlock()
		if waiting == count {
			return
		}
		<-changed
	}
}

func (r *rounds) expect(t *testing.T, want ...share.Name) {
	t.Helper()
	if got := <-r.begun; !slices.Equal(got, want) {
		t.Errorf("the round has %v, want %v", got, want)
	}
}

func mustEnd(t *testing.T, done <-chan error, want error) {
	t.Helper()
	if err := <-done; !errors.Is(err, want) {
		t.Errorf("ended with %v, want %v", err, want)
	}
}

const here, there share.Bucket = "acme-data", "acme-logs"

func TestCommitWaitsForAllThatJoined(t *testing.T) {
	t.Parallel()
	r := newRounds()
	leave := []func(){r.join(here), r.join(here), r.join(here)}
	first := r.bring(background(), here, "a")
	r.waitFor(here, 1)
	second := r.bring(background(), here, "b")
	r.waitFor(here, 2)
	leave[2]() // has nothing to write
	r.expect(t, "a", "b")
	r.answer <- nil
	mustEnd(t, first, nil)
	mustEnd(t, second, nil)
}

func TestCommitDoesNotWaitLongerThanTheWindow(t *testing.T) {
	t.Parallel()
	r := newRounds()
	for range 3 {
		r.join(here)
	}
	first := r.bring(background(), here, "a")
	r.waitFor(here, 1)
	r.over <- time.Time{}
	r.expect(t, "a")
	// What comes while a round runs waits for the next one.
	second, third := r.bring(background(), here, "b"), r.bring(background(), here, "c")
	r.waitFor(here, 2)
	r.answer <- nil
	mustEnd(t, first, nil)
	r.over <- time.Time{}
	r.expect(t, "b", "c")
	r.answer <- nil
	mustEnd(t, second, nil)
	mustEnd(t, third, nil)
	if r.windows != 2 {
		t.Errorf("%d windows were opened, want one for each round", r.windows)
	}
}

func TestCommitsOnTwoBucketsDoNotWaitForOneAnother(t *testing.T) {
	t.Parallel()
	r := newRounds()
	stuck := r.bring(background(), here, "a")
	r.expect(t, "a") // is not answered yet
	other := r.bring(background(), there, "b")
	r.expect(t, "b")
	r.answer <- nil // either of the two: the write func does not tell them apart
	r.answer <- nil
	mustEnd(t, other, nil)
	mustEnd(t, stuck, nil)
}

func TestCommitOfOneBadStatementFailsAlone(t *testing.T) {
	t.Parallel()
	malformed := &smithy.GenericAPIError{Code: "MalformedPolicy", Message: "Invalid principal in policy"}
	r := newRounds()
	leave := []func(){r.join(here), r.join(here)}
	defer leave[0]()
	defer leave[1]()
	good := r.bring(background(), here, "a")
	r.waitFor(here, 1)
	bad := r.bring(background(), here, "b")
	r.expect(t, "a", "b")
	r.answer <- malformed
	r.expect(t, "a")
	r.answer <- nil
	r.expect(t, "b")
	r.answer <- malformed
	mustEnd(t, good, nil)
	mustEnd(t, bad, malformed)
}

func TestCommitThatIsDeniedFailsAllAtOnce(t *testing.T) {
	t.Parallel()
	denied := &smithy.GenericAPIError{Code: "AccessDenied"}
	r := newRounds()
	leave := []func(){r.join(here), r.join(here)}
	defer leave[0]()
	defer leave[1]()
	first := r.bring(background(), here, "a")
	r.waitFor(here, 1)
	second := r.bring(background(), here, "b")
	r.expect(t, "a", "b")
	r.answer <- denied
	mustEnd(t, first, denied)
	mustEnd(t, second, denied)
}

func TestCommitIsDroppedWhenItsCallerGivesUpInTime(t *testing.T) {
	t.Parallel()
	r := newRounds()
	leave := []func(){r.join(here), r.join(here)}
	ctx, cancel := context.WithCancel(background())
	dropped := r.bring(ctx, here, "a")
	r.waitFor(here, 1)
	cancel()
	mustEnd(t, dropped, context.Canceled)
	leave[0]()
	kept := r.bring(background(), here, "b")
	r.expect(t, "b")
	r.answer <- nil
	mustEnd(t, kept, nil)
	leave[1]()
}

func TestCommitRunsOnWhileOneCallerIsPatient(t *testing.T) {
	t.Parallel()
	r := newRounds()
	leave := []func(){r.join(here), r.join(here)}
	defer leave[0]()
	defer leave[1]()
	ctx, cancel := context.WithCancel(background())
	impatient := r.bring(ctx, here, "a")
	r.waitFor(here, 1)
	patient := r.bring(background(), here, "b")
	r.expect(t, "a", "b")
	cancel()
	r.answer <- nil
	mustEnd(t, impatient, nil) // it was written, and the caller is told so
	mustEnd(t, patient, nil)
}

func TestRoundLivesUntilTheLastCallerGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		impatient, giveUp := context.WithCancel(background())
		patient, giveUpLast := context.WithCancel(background())
		ctx, end := roundContext([]*ticket{{ctx: impatient}, {ctx: patient}})
		defer end()
		giveUp()
		synctest.Wait()
		if ctx.Err() != nil {
			t.Error("the round ended although one caller waits")
		}
		giveUpLast()
		synctest.Wait()
		if ctx.Err() == nil {
			t.Error("the round goes on for nobody")
		}
	})
}

func TestCommitEndsWhenEverybodyGaveUp(t *testing.T) {
	t.Parallel()
	stop := errors.New("the user pressed Ctrl-C")
	r := newRounds()
	ctx, cancel := context.WithCancelCause(background())
	done := r.bring(ctx, here, "a")
	r.expect(t, "a")
	cancel(stop)
	mustEnd(t, done, stop)
	// The queue is usable again.
	next := r.bring(background(), here, "b")
	r.expect(t, "b")
	r.answer <- nil
	mustEnd(t, next, nil)
}

func TestCommitTellsThatADeadlinePassed(t *testing.T) {
	t.Parallel()
	r := newRounds()
	defer r.join(here)()
	defer r.join(here)()
	ctx, cancel := context.WithDeadline(background(), time.Unix(0, 0))
	defer cancel()
	mustEnd(t, r.bring(ctx, here, "a"), context.DeadlineExceeded)
}

func TestLeavingTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	r := newRounds()
	leave, other := r.join(here), r.join(here)
	leave()
	leave()
	if expected := r.queue(here).expected; expected != 1 {
		t.Errorf("%d operations are expected, want 1", expected)
	}
	other()
}
