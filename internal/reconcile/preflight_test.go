package reconcile

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

func TestAskedOnce(t *testing.T) {
	t.Parallel()
	var a asked[int]
	var questions atomic.Int32
	var together sync.WaitGroup
	for range 20 {
		together.Go(func() {
			got, err := a.get(context.Background(), "x", func() (int, error) { questions.Add(1); return 7, nil })
			if got != 7 || err != nil {
				t.Errorf("got %d, %v", got, err)
			}
		})
	}
	together.Wait()
	if questions.Load() != 1 {
		t.Errorf("asked %d times", questions.Load())
	}
	if _, err := a.get(context.Background(), "y", func() (int, error) { return 0, errors.New("the network is away") }); err == nil {
		t.Error("an error was swallowed")
	}
	if got, err := a.get(context.Background(), "y", func() (int, error) { return 8, nil }); got != 8 || err != nil {
		t.Errorf("after an error: %d, %v", got, err)
	}
}

func TestWhoWaitsMayGiveUp(t *testing.T) {
	t.Parallel()
	var a asked[int]
	begun, end := make(chan struct{}), make(chan struct{})
	var asking sync.WaitGroup
	asking.Go(func() {
		_, _ = a.get(context.Background(), "x", func() (int, error) { close(begun); <-end; return 7, nil })
	})
	<-begun
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := a.get(ctx, "x", func() (int, error) { return 8, nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(end)
	asking.Wait()
}

// growing renders a share of acme-data.
func growing(name share.Name, mode share.BucketPolicyMode) share.Desired {
	return share.Render(share.Spec{
		Owner: share.Account{ID: "111111111111", Partition: "aws"}, Name: name, Bucket: "acme-data", Path: "/crossaccount/",
		Consumer: share.Consumer{AccountID: "222222222222", Trust: share.TrustAccount}, Access: []share.Word{share.Read},
		ExternalIDs: []share.ExternalID{share.PlannedExternalID()}, BucketPolicyMode: mode,
	})
}

func TestGrowthOfABucketPolicy(t *testing.T) {
	t.Parallel()
	a, b := growing("a", share.OwnStatements), growing("b", share.OwnStatements)
	written := func(all ...share.Desired) share.BucketPolicy {
		document := policy.New()
		for _, one := range all {
			document = one.PutInto(document)
		}
		return share.BucketPolicy{State: share.BucketHasPolicy, Document: document}
	}
	size := func(all ...share.Desired) int { return written(all...).Document.Bytes() }
	d1, d2 := growing("d1", share.Delegated), growing("d2", share.Delegated)
	cases := map[string]struct {
		plan          func(*Preflight) Growth
		before, after int
		others        []string
	}{
		"one share": {func(p *Preflight) Growth { return p.Grow(a, written()) }, size(), size(a), nil},
		"two shares": {func(p *Preflight) Growth { p.Grow(a, written()); return p.Grow(b, written()) },
			size(), size(a, b), []string{"acme-data/a"}},
		"the same share twice": {func(p *Preflight) Growth { p.Grow(a, written()); return p.Grow(a, written()) }, size(), size(a), nil},
		"one that was written meanwhile": {func(p *Preflight) Growth { p.Grow(a, written()); return p.Grow(b, written(a)) },
			size(a), size(a, b), nil},
		"one in the place of another": {func(p *Preflight) Growth { p.Leaves(a.Spec); return p.Grow(b, written(a)) }, size(a), size(b), nil},
		"another bucket": {func(p *Preflight) Growth {
			elsewhere := a
			elsewhere.Spec.Bucket = "other-data"
			p.Grow(elsewhere, written())
			return p.Grow(b, written())
		}, size(), size(b), nil},
		"statements in common": {func(p *Preflight) Growth { p.Grow(d1, written()); return p.Grow(d2, written()) },
			size(), size(d1), []string{"acme-data/d1"}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := test.plan(NewPreflight(nil))
			if got.Before.Size != test.before || got.After.Size != test.after || !slices.Equal(got.Others, test.others) {
				t.Errorf("got %+v, want from %d to %d with %v", got, test.before, test.after, test.others)
			}
		})
	}
}
