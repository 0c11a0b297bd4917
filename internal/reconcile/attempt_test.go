package reconcile_test

import (
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// AWS is out of reach from CreateRole on, and the user gives up. Whether or not the role was made, destroying what the state
// has leaves nothing behind, and never what somebody else has made under the name since.
func TestGivingUpACreateThatNobodyAnswered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault     awssim.Fault
		meanwhile bool
		refreshes bool
	}{
		"the role was made":                                   {awssim.Fault{DropAfter: true}, false, true},
		"the role was made, without a refresh":                {awssim.Fault{DropAfter: true}, false, false},
		"the role was not made":                               {awssim.Fault{DropBefore: true}, false, true},
		"the role was not made, without a refresh":            {awssim.Fault{DropBefore: true}, false, false},
		"somebody else made a role since":                     {awssim.Fault{DropBefore: true}, true, true},
		"somebody else made a role since, without a refresh,": {awssim.Fault{DropBefore: true}, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newSwitchWorld(t)
			for _, operation := range []string{"CreateRole", "GetRole"} {
				fault := c.fault
				fault.Operation, fault.Times = operation, awssim.Always
				w.sim.Inject(fault)
			}
			struck, err := w.apply(t.Context(), t, kept{}, etlReports())
			w.sim.ClearFaults()
			if err == nil || !struck.exists || !struck.unsure || struck.unfinished {
				t.Fatalf("the state has %+v after %v", struck, err)
			}
			var theirs kept
			if c.meanwhile {
				theirs = w.mustApply(t, etlReports())
			}
			if c.refreshes {
				_, err = w.destroy(t.Context(), t, struck)
			} else {
				_, err = w.start(t).Delete(t.Context(), struck.prior())
			}
			if err != nil {
				t.Fatalf("giving up: %v", err)
			}
			if !c.meanwhile {
				w.mustHoldNothing(t, journey{}, w.othersStatements(t, nil))
				return
			}
			if _, drift, err := theirs.refresh(t.Context(), w.start(t)); err != nil || len(drift) > 0 {
				t.Errorf("the share of somebody else has the drift %v, %v", drift, err)
			}
		})
	}
}
