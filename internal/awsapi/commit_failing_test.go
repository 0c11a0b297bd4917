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

// This file holds rounds that fail, and callers who give up.

func TestCommitOfOneBadStatementFailsAlone(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"MalformedPolicy", "PolicyTooLarge"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				malformed := &smithy.GenericAPIError{Code: code, Message: "not like this"}
				r := newRounds()
				r.refuse = func(names []share.Name) error {
					if slices.Contains(names, "bad") {
						return malformed
					}
					return nil
				}
				var all sync.WaitGroup
				for _, name := range []share.Name{"a", "bad", "c"} {
					all.Go(func() {
						defer r.join()()
						if err := r.bring(background(), here, name); errors.Is(err, malformed) != (name == "bad") {
							t.Errorf("%s ended with %v", name, err)
						}
					})
				}
				all.Wait()
				if len(r.written) != 4 {
					t.Errorf("written %v, want all together and then each alone", r.written)
				}
			})
		})
	}
}

func TestCommitThatIsDeniedFailsAllAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		denied := &smithy.GenericAPIError{Code: "AccessDenied"}
		r := newRounds()
		r.refuse = func([]share.Name) error { return denied }
		var all sync.WaitGroup
		for _, name := range []share.Name{"a", "b"} {
			all.Go(func() {
				defer r.join()()
				if err := r.bring(background(), here, name); !errors.Is(err, denied) {
					t.Errorf("%s ended with %v", name, err)
				}
			})
		}
		all.Wait()
		if len(r.written) != 1 {
			t.Errorf("written %v, want one round", r.written)
		}
	})
}

func TestCommitIsDroppedWhenItsCallerGivesUpInTime(t *testing.T) {
	t.Parallel()
	stop := errors.New("the user pressed Ctrl-C")
	interrupted, interrupt := context.WithCancelCause(background())
	interrupt(stop)
	late, cancel := context.WithDeadline(background(), time.Unix(0, 0))
	t.Cleanup(cancel)
	for name, test := range map[string]struct {
		ctx  context.Context
		want error
	}{"interrupted": {interrupted, stop}, "too late": {late, context.DeadlineExceeded}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRounds()
				var all sync.WaitGroup
				all.Go(func() { r.operate(t, "kept", operation{bucket: here, before: time.Second}) })
				all.Go(func() {
					defer r.join()()
					if err := r.bring(test.ctx, here, "dropped"); !errors.Is(err, test.want) {
						t.Errorf("ended with %v, want %v", err, test.want)
					}
				})
				all.Wait()
				if names := slices.Concat(r.written...); !slices.Equal(names, []share.Name{"kept"}) {
					t.Errorf("written %v", r.written)
				}
			})
		})
	}
}

func TestCommitRunsOnWhileOneCallerIsPatient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRounds()
		ctx, cancel := context.WithCancel(background())
		time.AfterFunc(startTime+writing/2, cancel)
		var all sync.WaitGroup
		all.Go(func() { r.operate(t, "patient", operation{bucket: here}) })
		all.Go(func() {
			defer r.join()()
			// It was written, and the caller is told so.
			if err := r.bring(ctx, here, "impatient"); err != nil {
				t.Errorf("ended with %v", err)
			}
		})
		all.Wait()
		if len(r.written) != 1 || len(r.written[0]) != 2 {
			t.Errorf("written %v", r.written)
		}
	})
}

func TestCommitEndsWhenEverybodyGaveUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stop := errors.New("the user pressed Ctrl-C")
		r := newRounds()
		ctx, cancel := context.WithCancelCause(background())
		time.AfterFunc(startTime+writing/2, func() { cancel(stop) })
		begin := time.Now()
		leave := r.join()
		if err := r.bring(ctx, here, "a"); !errors.Is(err, stop) {
			t.Errorf("ended with %v", err)
		}
		leave()
		if took := time.Since(begin); took != startTime+writing/2 {
			t.Errorf("ended after %s", took)
		}
		r.operate(t, "b", operation{bucket: here}) // the queue is usable again
	})
}

func TestLeavingTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	r := newRounds()
	leave, other := r.join(), r.join()
	leave()
	leave()
	if r.active != 1 {
		t.Errorf("%d operations are there, want 1", r.active)
	}
	other()
}
