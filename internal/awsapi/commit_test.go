package awsapi

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// These tests run on the clock of testing/synctest: time passes when everybody waits for it, and takes none.

const (
	here, there share.Bucket = "acme-data", "acme-logs"
	// writing is how long a round takes.
	writing = 150 * time.Millisecond
)

// pass lets time pass on the clock of the test.
func pass(d time.Duration) { _ = Sleep(background(), d) }

// rounds is a committer whose writes take a while and are noted.
type rounds struct {
	*committer
	// refuse, where set, answers the write of these shares.
	refuse func(names []share.Name) error

	mu      sync.Mutex
	written [][]share.Name
}

func newRounds() *rounds {
	r := &rounds{}
	r.committer = newCommitter(func(ctx context.Context, _ share.Bucket, edits []edit) error {
		names := namesOf(edits)
		r.mu.Lock()
		r.written = append(r.written, names)
		r.mu.Unlock()
		if err := Sleep(ctx, writing); err != nil {
			return err
		}
		if r.refuse != nil {
			return r.refuse(names)
		}
		return nil
	})
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

// bring commits an edit of a share.
func (r *rounds) bring(ctx context.Context, bucket share.Bucket, name share.Name) error {
	return r.commit(ctx, bucket, edit{spec: share.Spec{Name: name}})
}

// operation is one share's: it joins, takes a while before its edit and a while after it.
type operation struct {
	bucket        share.Bucket
	before, after time.Duration
}

func (r *rounds) operate(t *testing.T, name share.Name, o operation) {
	t.Helper()
	defer r.join()()
	pass(o.before)
	if err := r.bring(background(), o.bucket, name); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	pass(o.after)
}

// terraform runs operations, so many at a time, as Terraform does: a moment after one is over, the next one begins.
func (r *rounds) terraform(t *testing.T, parallelism int, all []operation) {
	t.Helper()
	next := make(chan int)
	var workers sync.WaitGroup
	for range parallelism {
		workers.Go(func() {
			for i := range next {
				pass(time.Duration(i%7) * time.Millisecond)
				r.operate(t, share.Name(fmt.Sprintf("share-%d", i)), all[i])
			}
		})
	}
	for i := range all {
		next <- i
	}
	close(next)
	workers.Wait()
}

func TestCommitsShareRounds(t *testing.T) {
	t.Parallel()
	const call = 50 * time.Millisecond
	uneven := func(i int) time.Duration { return time.Duration(i*37%100) * time.Millisecond }
	tests := map[string]struct {
		parallelism, shares int
		one                 func(i int) operation
		want                int
	}{
		"creates, whose edit comes last":            {10, 200, func(int) operation { return operation{here, 2 * call, 0} }, 20},
		"deletes, whose edit comes first":           {10, 200, func(int) operation { return operation{here, 0, 2 * call} }, 20},
		"creates of uneven length":                  {10, 200, func(i int) operation { return operation{here, uneven(i), 0} }, 20},
		"deletes of uneven length":                  {10, 200, func(i int) operation { return operation{here, 0, uneven(i)} }, 20},
		"no latency at all":                         {10, 200, func(int) operation { return operation{here, 0, 0} }, 20},
		"a rest that fills no round":                {10, 23, func(i int) operation { return operation{here, 0, uneven(i)} }, 3},
		"one at a time":                             {1, 20, func(int) operation { return operation{here, call, call} }, 20},
		"fifty at a time":                           {50, 200, func(i int) operation { return operation{here, 0, uneven(i)} }, 4},
		"two buckets, each in every round":          {10, 100, func(i int) operation { return operation{[]share.Bucket{here, there}[i%2], 0, uneven(i)} }, 20},
		"four buckets, of which each has its round": {8, 80, func(i int) operation { return operation{share.Bucket(fmt.Sprintf("b-%d", i%4)), call, call} }, 40},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRounds()
				var all []operation
				for i := range test.shares {
					all = append(all, test.one(i))
				}
				r.terraform(t, test.parallelism, all)
				if got := len(r.written); got != test.want {
					t.Errorf("%d shares took %d rounds, want %d: %v", test.shares, got, test.want, r.written)
				}
			})
		})
	}
}

// What waits for company must not wait for long where none comes.
func TestCommitsDoNotWaitInVain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		parallelism, shares int
		want                time.Duration
	}{
		"a single share":             {1, 1, startTime + writing},
		"one at a time":              {1, 20, startTime + 20*writing},
		"fewer than before, at last": {10, 13, startTime + 2*writing + turnTime},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRounds()
				all := make([]operation, test.shares)
				for i := range all {
					all[i].bucket = here
				}
				begin := time.Now()
				r.terraform(t, test.parallelism, all)
				const starting = 7 * time.Millisecond // each, in terraform
				if took := time.Since(begin); took > test.want+time.Duration(test.shares)*starting {
					t.Errorf("%d shares took %s, want about %s", test.shares, took, test.want)
				}
			})
		})
	}
}

func TestCommitExpectsFewerOnceNoneCame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRounds()
		ten := slices.Repeat([]operation{{bucket: here}}, 10)
		r.terraform(t, 10, ten)
		begin := time.Now()
		r.terraform(t, 2, ten)
		if took, most := time.Since(begin), turnTime+5*writing+100*time.Millisecond; took > most {
			t.Errorf("five rounds of two took %s, want %s at most", took, most)
		}
	})
}

func TestCommitDoesNotWaitLongerThanTheWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRounds()
		slow := r.join()
		defer slow()
		begin := time.Now()
		r.operate(t, "quick", operation{bucket: here})
		if took := time.Since(begin); took != commitWindow+writing {
			t.Errorf("waited %s for an operation that brings nothing", took)
		}
	})
}

// An edit that comes while a round runs is in the next one, however many come behind it.
func TestCommitIsFair(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRounds()
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() {
				pass(time.Duration(i) * 40 * time.Millisecond)
				begin := time.Now()
				r.operate(t, share.Name(fmt.Sprintf("share-%02d", i)), operation{bucket: here})
				if took := time.Since(begin); took > commitWindow+2*writing {
					t.Errorf("share %d waited %s", i, took)
				}
			})
		}
		all.Wait()
		if names := slices.Concat(r.written...); len(names) != 50 || !slices.IsSorted(names) {
			t.Errorf("written %v, want each once in the order in which they came", r.written)
		}
	})
}

func TestCommitsOnTwoBucketsDoNotWaitForOneAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRounds()
		r.refuse = func(names []share.Name) error {
			if names[0] == "stuck" {
				pass(time.Hour)
			}
			return nil
		}
		var all sync.WaitGroup
		all.Go(func() { r.operate(t, "stuck", operation{bucket: there}) })
		pass(time.Second)
		begin := time.Now()
		r.operate(t, "quick", operation{bucket: here})
		if took := time.Since(begin); took > turnTime+writing {
			t.Errorf("waited %s for another bucket", took)
		}
		all.Wait()
	})
}
