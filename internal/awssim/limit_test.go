// This file tests limits: so many calls in a time, and no more.
package awssim_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
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
