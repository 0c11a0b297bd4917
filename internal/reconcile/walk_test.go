package reconcile_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// whole walks every fault at every call, for make faults; otherwise every third call of a journey meets one of the faults.
var whole = flag.Bool("whole", false, "walk every fault at every call")

// Every call of every run goes wrong in every way. The run after it must make everything right, at nobody's cost.
func TestEveryFaultAtEveryCall(t *testing.T) {
	t.Parallel()
	for number, j := range journeys(t) {
		t.Run(j.name, func(t *testing.T) {
			t.Parallel()
			calls := countCalls(t, j)
			for nth, call := range calls {
				for which, b := range blows {
					if !*whole && ((number+nth)%3 != 0 || (number+nth)%len(blows) != which) {
						continue
					}
					t.Run(fmt.Sprintf("call %d, %s, %s", nth+1, call.Name(), b.name), func(t *testing.T) {
						t.Parallel()
						walk{journey: j, blow: b, call: call, nth: nth + 1}.run(t)
					})
				}
			}
		})
	}
}

// countCalls makes the run without a fault and gives its calls.
func countCalls(t *testing.T, j journey) []awssim.Call {
	t.Helper()
	w := newWalkWorld(t)
	before := w.reach(t, j)
	w.sim.ResetCalls()
	after, err := w.travel(t.Context(), t, before, j)
	if err != nil {
		t.Fatalf("without a fault: %v", err)
	}
	calls := w.sim.Calls()
	w.mustHaveArrived(t, j, after)
	return calls
}

// newWalkWorld has one more role of the consumer and one of the third account.
func newWalkWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.account.AddRole("/", "loader")
	w.key = share.KeyARN(w.owner.AddKey(awssim.KeyOptions{Region: region}))
	w.putPolicy(t, foreign)
	return w
}

// reach brings the world to where a journey begins.
func (w *world) reach(t *testing.T, j journey) kept {
	t.Helper()
	if j.from == nil {
		return kept{}
	}
	k, err := w.apply(t.Context(), t, kept{}, *j.from)
	if err != nil {
		t.Fatalf("creating: %v", err)
	}
	if j.edit != "" {
		if err := edits[j.edit](t.Context(), w); err != nil {
			t.Fatalf("editing: %v", err)
		}
	}
	return k
}

func (w *world) travel(ctx context.Context, t *testing.T, k kept, j journey) (kept, error) {
	t.Helper()
	if j.to == nil {
		return w.destroy(ctx, t, k)
	}
	return w.apply(ctx, t, k, *j.to)
}

// walk is one journey with one fault.
type walk struct {
	journey
	blow
	call awssim.Call
	nth  int
}

func (k walk) run(t *testing.T) {
	t.Helper()
	w := newWalkWorld(t)
	before := w.reach(t, k.journey)
	theirs := w.othersStatements(t, k.from)
	ctx, giveUp := context.WithCancel(t.Context())
	defer giveUp()
	fault := k.fault(k.call, giveUp)
	fault.Nth = k.nth
	w.sim.ResetCalls()
	w.sim.Inject(fault)
	struck, err := w.travel(ctx, t, before, k.journey)
	w.sim.ClearFaults()
	if k.heals && err != nil {
		t.Errorf("the run ended with an error that passes by itself: %v", err)
	}
	k.judge(t, err, w.idsSeen(t, before, struck))
	left := w.leftRole(t)
	if left != nil && !struck.exists && k.to != nil {
		t.Error("a role was made, and the state does not know of it")
	}
	after, err := w.travel(t.Context(), t, struck, k.journey)
	if err != nil {
		t.Fatalf("the run after it: %v", err)
	}
	w.mustHaveArrived(t, k.journey, after)
	if struck.unsure && left == nil {
		struck.exists = false // no role ever had the ID of the state
	}
	mustKeepID(t, k.journey, before, struck, after)
	if k.from == nil && left != nil && left.UniqueID != after.roleID {
		t.Errorf("role %s was replaced by %s", left.UniqueID, after.roleID)
	}
	if have := w.othersStatements(t, k.to); !slices.Equal(have, theirs) {
		t.Errorf("somebody else's statements were\n%q\nand are\n%q", theirs, have)
	}
	if after.exists {
		if _, err := w.destroy(t.Context(), t, after); err != nil {
			t.Fatalf("destroying in the end: %v", err)
		}
	}
	w.mustHoldNothing(t, k.journey, theirs)
}

// judge holds what an error says: which step failed, what was done, and never an external ID.
func (k walk) judge(t *testing.T, err error, ids []share.ExternalID) {
	t.Helper()
	if err == nil {
		return
	}
	for _, id := range ids {
		if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), id.Reveal()) {
			t.Error("the error has an external ID")
		}
	}
	var step *reconcile.StepError
	if !errors.As(err, &step) {
		return
	}
	if k.blow.name == "denied" && !slices.Contains(partsOf(k.call), step.Failed.Part) {
		t.Errorf("%s was refused, and the error says that the %s failed", k.call.Name(), step.Failed.Part)
	}
}

// partsOf tells which parts a call may belong to.
func partsOf(call awssim.Call) []changes.Part {
	switch call.Operation {
	case "CreateRole", "DeleteRole":
		return []changes.Part{changes.Role}
	case "UpdateAssumeRolePolicy":
		return []changes.Part{changes.TrustPolicy}
	case "UpdateRole":
		return []changes.Part{changes.Settings}
	case "TagRole", "UntagRole":
		return []changes.Part{changes.Tags}
	case "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary":
		return []changes.Part{changes.Boundary}
	case "GetKeyPolicy", "PutKeyPolicy":
		return []changes.Part{changes.KeyStatement}
	case "CreateGrant", "ListGrants", "RevokeGrant":
		return []changes.Part{changes.KeyGrant}
	case "CreateAccessPoint", "DeleteAccessPoint", "GetAccessPoint":
		return []changes.Part{changes.AccessPoint}
	case "PutAccessPointPolicy":
		return []changes.Part{changes.AccessPointPolicy}
	case "ListRoles", "ListAccessPoints", "GetRole":
		return []changes.Part{changes.Delegation}
	case "DetachRolePolicy":
		return []changes.Part{changes.ManagedPolicy}
	case "PutRolePolicy", "DeleteRolePolicy":
		return []changes.Part{changes.PermissionsPolicy, changes.ConsumerPolicy, changes.InlinePolicy}
	}
	return []changes.Part{changes.BucketStatement, changes.Delegation}
}

// othersStatements gives the statements of the bucket policy that are not the share's, byte for byte.
func (w *world) othersStatements(t *testing.T, spec *share.Spec) []string {
	t.Helper()
	if spec == nil {
		empty := etlReports()
		spec = &empty
	}
	var theirs []string
	for _, statement := range w.statements(t) {
		if !spec.Owns(statement) && !isCommon(statement) {
			theirs = append(theirs, statement.JSON())
		}
	}
	return theirs
}

// idsSeen are all external IDs that an error could show.
func (w *world) idsSeen(t *testing.T, states ...kept) []share.ExternalID {
	t.Helper()
	var ids []share.ExternalID
	for _, k := range states {
		ids = append(ids, k.spec.ExternalIDs...)
	}
	if role := w.leftRole(t); role != nil {
		ids = append(ids, share.ExternalIDsOf(role.Trust)...)
	}
	return ids
}

func policyOf(t *testing.T, text string) policy.Document {
	t.Helper()
	document, err := policy.Parse(text)
	if err != nil {
		t.Fatalf("parsing a policy: %v", err)
	}
	return document
}
