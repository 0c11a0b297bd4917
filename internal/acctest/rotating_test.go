package acctest

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// rotating is a world whose AWS and provider go by one clock, and whose consumer assumes the role all the time under the
// ID that was published to it last.
type rotating struct {
	*World
	clock     *awssim.Clock
	published atomic.Value // made
	refusals  atomic.Int64
	tries     atomic.Int64
}

func newRotating(t *testing.T) *rotating {
	w := &rotating{clock: awssim.NewClock(time.Date(2028, 2, 1, 12, 0, 0, 0, time.UTC))}
	w.World = NewWorld(t, awssim.Options{Now: w.clock.Now})
	w.Sim.Inject(awssim.Fault{AccessKeyID: w.OwnerKey.AccessKeyID, Times: awssim.Always, Before: w.use, After: w.use})
	return w
}

// use is the consumer at work: before and after every call that the provider makes.
func (w *rotating) use() {
	known, ok := w.published.Load().(made)
	if !ok || known.role == "" {
		return
	}
	w.tries.Add(1)
	if _, err := w.Assume(context.Background(), w.Consumer.RoleSession("other", "i-1"), known.role, known.id); err != nil {
		w.refusals.Add(1)
	}
}

// publish hands the consumer the ID that the state has.
func (w *rotating) publish(state *terraform.State) error {
	w.published.Store(theShare(state, "test"))
	return nil
}

// rest ends the consumer's work, before all is destroyed.
func (w *rotating) rest(*terraform.State) error {
	w.published.Store(made{})
	return nil
}

// mustNeverBeRefused tells whether the consumer was at work all the time and let in every time.
func (w *rotating) mustNeverBeRefused(t *testing.T) {
	t.Helper()
	if w.tries.Load() < 20 {
		t.Errorf("the consumer tried only %d times", w.tries.Load())
	}
	if refusals := w.refusals.Load(); refusals > 0 {
		t.Errorf("the consumer was refused %d times of %d", refusals, w.tries.Load())
	}
}

// accepts tries an ID of the past.
func (w *rotating) accepts(t *testing.T, old made, code string) error {
	t.Helper()
	return w.assumes(t, old, attempt{"an ID of the past", w.Consumer.RoleSession("other", "i-1"), code})
}

// after moves the clock before a step.
func (w *rotating) after(by time.Duration) func() { return func() { w.clock.Advance(by) } }

// moves is a check of a plan that moves the clock, between a plan and its apply.
type moves struct{ step func() }

// CheckPlan implements plancheck.PlanCheck.
func (m moves) CheckPlan(context.Context, plancheck.CheckPlanRequest, *plancheck.CheckPlanResponse) {
	m.step()
}
