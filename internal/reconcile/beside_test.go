package reconcile_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// The refresh of one share waits for AWS twice: for the role and the bucket policy, and for all that hangs on the role.
func TestReadAsksSideBySide(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.several(t, 1)[0]
	together := [][]string{
		{"GetRole", "GetBucketPolicy"},
		{"ListRolePolicies", "GetRolePolicy", "ListAttachedRolePolicies"},
	}
	w.sim.ResetCalls()
	for _, operations := range together {
		arrived := make(chan string, len(operations))
		all := make(chan struct{})
		go func() {
			for range operations {
				<-arrived
			}
			close(all)
		}()
		for _, operation := range operations {
			w.sim.Inject(awssim.Fault{Operation: operation, Before: func() {
				arrived <- operation
				select {
				case <-all:
				case <-time.After(time.Minute):
					t.Errorf("%s was asked alone, and not beside %s", operation, strings.Join(operations, ", "))
				}
			}})
		}
	}
	reading, err := w.start(t).Read(t.Context(), share.Render(made.Spec))
	if err != nil || len(reading.Drift) > 0 || !reading.Exists {
		t.Errorf("found %+v, %v", reading.Drift, err)
	}
	if calls := len(w.sim.Calls()); calls != 5 {
		t.Errorf("%d calls were made", calls)
	}
}

// Whichever of the calls is refused, the read says so, and none is taken for an answer that nothing is there.
func TestReadFailsWithAnyOfItsCalls(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"iam:GetRole", "s3:GetBucketPolicy", "iam:ListRolePolicies", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies"} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			made := w.several(t, 1)[0]
			_, name, _ := strings.Cut(operation, ":")
			w.sim.Inject(awssim.Fault{Operation: name, Times: awssim.Always, Error: denied()})
			reading, err := w.start(t).Read(t.Context(), share.Render(made.Spec))
			answer, ok := reconcile.AnswerOf(err)
			if !ok || answer.Call != operation || answer.Meaning != reconcile.Denied {
				t.Errorf("found %+v and ended with %v", reading, err)
			}
		})
	}
}

// A read that fails at the role does not wait for a bucket policy that does not come.
func TestReadGivesUpTheBucketWithTheRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.several(t, 1)[0]
	asked, over := make(chan struct{}), make(chan struct{})
	defer close(over)
	w.sim.Inject(awssim.Fault{Operation: "GetBucketPolicy", Before: sync.OnceFunc(func() { close(asked); <-over })})
	w.sim.Inject(awssim.Fault{Operation: "GetRole", Before: func() { <-asked }, Error: denied()})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err := w.start(t).Read(ctx, share.Render(made.Spec))
	if answer, ok := reconcile.AnswerOf(err); !ok || answer.Call != "iam:GetRole" || ctx.Err() != nil {
		t.Errorf("ended with %v", err)
	}
}
