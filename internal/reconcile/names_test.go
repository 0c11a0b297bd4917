package reconcile_test

import (
	"slices"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file is about the two names by which a role reaches the bucket: the bucket's own, and that of the access point. A
// change between the two ends one and opens the other.

// To the access point, the bucket's name works until the last write of the apply, by which the access point's opens. To the
// role, the access point's name works until the write by which the bucket's opens; what follows only tidies up.
func TestOneNameOfTheBucketWorksAtEachMoment(t *testing.T) {
	t.Parallel()
	ways := forms(share.OwnStatements)
	role, point := ways[0], ways[1]
	for _, c := range []struct {
		switching
		ends, opens string
		// tidying are the writes after the one that changes the name.
		tidying []string
	}{
		{switching{role, point}, "role", "access point", nil},
		{switching{point, role}, "access point", "role", []string{
			"s3control:DeleteAccessPoint", "s3:PutBucketPolicy", "s3:PutBucketPolicy", "iam:UntagRole", "iam:TagRole",
		}},
	} {
		t.Run(c.name(), func(t *testing.T) {
			t.Parallel()
			w := newSwitchWorld(t)
			k := w.mustApply(t, c.from.spec)
			through, g := w.gated(t)
			var writes []string
			var states [][]string
			g.look = func(call awssim.Call) {
				open, _ := w.open(t)
				writes, states = append(writes, call.Name()), append(states, open)
			}
			k = through.mustGetTo(t, k, c.to.spec)
			changed := len(writes) - len(c.tidying) - 1
			if changed < 1 || writes[changed] != "iam:PutRolePolicy" || !slices.Equal(writes[changed+1:], c.tidying) {
				t.Fatalf("the writes are %q", writes)
			}
			for i, open := range states {
				want := c.ends
				if i >= changed {
					want = c.opens
				}
				if !slices.Equal(open, []string{want}) {
					t.Errorf("after %q the consumer gets in by %q, want %s", writes[:i+1], open, want)
				}
			}
			w.mustDestroy(t, k)
		})
	}
}

// What the bucket policy has for all access points stays while another share has one, wherever a change stops and turns back.
func TestTurningBackLeavesTheAccessPointsOfOthers(t *testing.T) {
	t.Parallel()
	role, point := forms(share.OwnStatements)[0], forms(share.OwnStatements)[1]
	other := point.spec
	other.Name, other.Consumer.AttachToRoles = "other", nil
	for _, operation := range []string{"PutAccessPointPolicy", "PutRolePolicy"} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			w := newSwitchWorld(t)
			theirs := w.mustApply(t, other)
			k := w.mustApply(t, role.spec)
			w.sim.Inject(awssim.Fault{Operation: operation, Times: awssim.Always, Error: &awssim.Error{Code: "AccessDenied", Status: 403, Message: "no"}})
			struck, err := w.apply(t.Context(), t, k, point.spec)
			w.sim.ClearFaults()
			if err == nil {
				t.Fatal("nothing went wrong")
			}
			back := w.mustGetTo(t, struck, role.spec)
			if _, drift, err := theirs.refresh(t.Context(), w.start(t)); err != nil || len(drift) > 0 {
				t.Errorf("the other share has the drift %v, %v", drift, err)
			}
			if points := w.owner.AccessPointNames(region); len(points) != 1 || points[0] != other.AccessPointName() {
				t.Errorf("the access points are %q", points)
			}
			for _, one := range []kept{back, theirs} {
				if _, err := w.destroy(t.Context(), t, one); err != nil {
					t.Fatal(err)
				}
			}
			w.mustHoldNothing(t, journey{}, w.othersStatements(t, nil))
			for _, statement := range w.statements(t) {
				if isCommon(statement) {
					t.Errorf("%s is left", statement.Sid)
				}
			}
		})
	}
}
