// This file tests limits: so many calls in a time, and no more.
package awssim_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

func TestLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.owner.AddRole("/", "app")
	w.sim.Inject(awssim.Fault{Service: "iam", Writes: true, Limit: &awssim.Limit{PerSecond: 2, Burst: 3}})
	passes := func(want int) {
		t.Helper()
		for i := range want {
			if err := touch(w); err != nil {
				t.Errorf("call %d of %d: %v", i+1, want, err)
			}
		}
		mustBe(t, touch(w), "Throttling", "Rate exceeded")
	}
	passes(3) // the burst
	w.clock.Advance(time.Second)
	passes(2)
	w.clock.Advance(250 * time.Millisecond)
	passes(0) // half a token
	w.clock.Advance(250 * time.Millisecond)
	passes(1) // a refused call has cost nothing
	w.clock.Advance(time.Hour)
	passes(3) // no more than the burst is saved up
	if _, err := iamOf(w.sim, w.owner.AdminKey()).GetRole(context.Background(), &iam.GetRoleInput{RoleName: aws.String("app")}); err != nil {
		t.Errorf("a read is limited, too: %v", err)
	}
}

func TestLimitWithAnErrorOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.owner.AddRole("/", "app")
	w.sim.Inject(awssim.Fault{Limit: &awssim.Limit{Burst: 1}, Error: awssim.ServiceFailure()})
	if err := touch(w); err != nil {
		t.Error(err)
	}
	mustBe(t, touch(w), "ServiceFailure", "")
}

func TestAttemptsOfTheSDKAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.owner.AddRole("/", "app")
	w.sim.Inject(awssim.Fault{Operation: "GetRole", Error: awssim.ServiceFailure()})
	patient := config(w.sim, w.owner.AdminKey())
	patient.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		})
	}
	if _, err := iam.NewFromConfig(patient).GetRole(context.Background(), &iam.GetRoleInput{RoleName: aws.String("app")}); err != nil {
		t.Fatal(err)
	}
	var attempts []int
	for _, call := range w.sim.Calls() {
		attempts = append(attempts, call.Attempt)
	}
	if !slices.Equal(attempts, []int{1, 2}) {
		t.Errorf("attempts are %v", attempts)
	}
}
