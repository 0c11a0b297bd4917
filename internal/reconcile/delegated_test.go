package reconcile_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// delegated is the n-th of many shares on one bucket.
func delegated(n int) share.Spec {
	spec := etlReports()
	spec.Name, spec.BucketPolicyMode = share.Name(fmt.Sprintf("partner-%d", n)), share.Delegated
	spec.Prefixes, spec.Consumer.AttachToRoles = []share.Prefix{share.Prefix(fmt.Sprintf("partners/%d/", n))}, nil
	return spec
}

// many carries out an operation on shares, ten at a time as Terraform does.
func many(t *testing.T, all []share.Spec, operation func(share.Spec) error) {
	t.Helper()
	var wait sync.WaitGroup
	turns := make(chan struct{}, 10)
	for _, spec := range all {
		turns <- struct{}{}
		wait.Go(func() {
			defer func() { <-turns }()
			if err := operation(spec); err != nil {
				t.Errorf("share %s: %v", spec.Name, err)
			}
		})
	}
	wait.Wait()
}

// A thousand shares do not fit into a bucket policy of 20 KB one by one. Delegated they do, and the last one takes along
// what they have in common.
func TestAThousandSharesOnOneBucket(t *testing.T) {
	t.Parallel()
	const count = 1000
	w := newWorld(t)
	w.putPolicy(t, foreign)
	var all []share.Spec
	for n := range count {
		all = append(all, delegated(n))
	}
	process := w.start(t)
	made := make(map[share.Name]reconcile.Outcome, count)
	var mu sync.Mutex
	many(t, all, func(spec share.Spec) error {
		outcome, err := process.Create(t.Context(), spec)
		mu.Lock()
		defer mu.Unlock()
		made[spec.Name] = outcome
		return err
	})
	if calls := len(w.sim.Calls()); calls > 2*count+3*count/10+6 {
		t.Errorf("making them took %d calls", calls)
	}
	if have := w.statements(t); len(have) != 4 {
		t.Fatalf("the bucket policy has %d statements, want 2 of somebody else and 2 in common", len(have))
	}
	w.mustKeepForeign(t)
	reader := w.start(t)
	many(t, all, func(spec share.Spec) error {
		reader.ExpectRead()
		reading, err := reader.Read(t.Context(), share.Render(made[spec.Name].Spec))
		if err == nil && len(reading.Drift) > 0 {
			err = fmt.Errorf("it drifts: %v", changes.Sentences(reading.Drift))
		}
		return err
	})
	remover := w.start(t)
	many(t, all, func(spec share.Spec) error {
		_, err := remover.Delete(t.Context(), reconcile.Prior{Spec: made[spec.Name].Spec, RoleUniqueID: made[spec.Name].RoleUniqueID})
		return err
	})
	if have := w.statements(t); len(have) != 2 {
		t.Errorf("the bucket policy has %d statements, want the 2 of somebody else", len(have))
	}
	w.mustKeepForeign(t)
}

// What is common stays as long as one share on the bucket needs it; shares on other buckets and roles of somebody else do
// not count.
func TestTheLastShareTakesTheDelegationAlong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	elsewhere := delegated(3)
	elsewhere.Bucket = "acme-more"
	w.owner.AddBucket("acme-more", awssim.BucketOptions{Region: region})
	w.owner.AddRole("/crossaccount/", "of-somebody-else")
	specs := []share.Spec{delegated(1), delegated(2), elsewhere}
	outcomes := make([]reconcile.Outcome, len(specs))
	for i, spec := range specs {
		var err error
		if outcomes[i], err = w.start(t).Create(t.Context(), spec); err != nil {
			t.Fatalf("creating: %v", err)
		}
	}
	common := func() int {
		return len(slices.DeleteFunc(w.statements(t), delegated(1).OwnsDelegation))
	}
	if total := len(w.statements(t)); total != 2 || common() != 0 {
		t.Fatalf("the bucket policy has %d statements", total)
	}
	remove := func(i int) error {
		_, err := w.start(t).Delete(t.Context(), reconcile.Prior{Spec: outcomes[i].Spec, RoleUniqueID: outcomes[i].RoleUniqueID})
		return err
	}
	if err := remove(0); err != nil || len(w.statements(t)) != 2 {
		t.Errorf("after the first one is removed, %d statements are left: %v", len(w.statements(t)), err)
	}
	if err := errors.Join(remove(1)); err != nil || w.statements(t) != nil {
		t.Errorf("after the last one is removed, %d statements are left: %v", len(w.statements(t)), err)
	}
	if reading, err := w.start(t).Read(t.Context(), share.Render(outcomes[2].Spec)); err != nil || len(reading.Drift) > 0 {
		t.Errorf("the share on the other bucket drifts: %v, %v", changes.Sentences(reading.Drift), err)
	}
}
