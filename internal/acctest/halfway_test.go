package acctest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// A change of the way to the bucket dies at one call: the provider alone, or terraform as well. What terraform keeps of it
// is enough to go back to the way that was, or to destroy all.
func TestTurningBackAfterADeathHalfWay(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	if !canKill {
		t.Skip("on this system nothing tells which process is the provider that terraform started")
	}
	mirror, cli := built(t)
	ways := map[string]string{"a role": "", "an access point": viaPoint, "direct": direct}
	for name, c := range map[string]struct{ from, to, call string }{
		"the access point is there":                       {"a role", "an access point", "CreateAccessPoint"},
		"the role of a direct share has its access point": {"direct", "an access point", "PutAccessPointPolicy"},
		"the key lets the consumer in":                    {"a role", "direct", "PutKeyPolicy"},
		"the role is gone":                                {"a role", "direct", "DeleteRole"},
		"the access point is gone":                        {"an access point", "a role", "DeleteAccessPoint"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, mirror, cli)
			for which, dies := range []func(){p.killProvider, p.killAll} {
				w := p.reach(t, run{})
				key := w.Owner.AddKey(awssim.KeyOptions{Region: Region})
				config := func(way string) string {
					return w.whole(strings.Join([]string{ways[way], `kms_key_arns = ["` + key + `"]`, etlAttached}, "\n"))
				}
				p.write(t, config(c.from))
				p.mustRun(t, "apply", "-auto-approve")
				p.write(t, config(c.to))
				w.Sim.Inject(awssim.Fault{Operation: c.call, After: dies, DropAfter: true})
				if result := p.run(t, "apply", "-auto-approve"); result.Code == 0 {
					t.Fatal("a run whose provider was killed ended well")
				}
				w.Sim.ClearFaults()
				if which == 0 {
					p.write(t, config(c.from))
					p.mustRun(t, "apply", "-auto-approve")
					if again := p.run(t, "plan", "-detailed-exitcode"); again.Code != 0 {
						t.Errorf("the next plan is not empty:\n%s%s", again.Stdout, again.Stderr)
					}
					if left := len(w.Owner.AccessPointNames(Region)); left != strings.Count(ways[c.from], "access_point") {
						t.Errorf("%d access points are there", left)
					}
				}
				p.mustRun(t, "destroy", "-auto-approve")
				w.mustHaveNothingLeft(t, key)
			}
		})
	}
}

// mustHaveNothingLeft wants nothing of a share in the account of the owner, and nothing else to be missing.
func (w *World) mustHaveNothingLeft(t *testing.T, key string) {
	t.Helper()
	w.mustBeEmpty(t)
	if points := w.Owner.AccessPointNames(Region); len(points) > 0 {
		t.Errorf("the access points %q are left", points)
	}
	if err := w.mustHaveOwnKeyPolicy(t, key); err != nil {
		t.Error(err)
	}
	if err := keeps(others, w.BucketPolicy(t)); err != nil {
		t.Error(err)
	}
}

// AWS is out of reach from CreateRole on. The state that terraform keeps leads to the role, for whoever goes on as for
// whoever gives up.
func TestAWSOutOfReachFromCreateRoleOn(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	mirror, cli := built(t)
	p := newPlace(t, mirror, cli)
	for _, goesOn := range []bool{true, false} {
		for made, fault := range map[string]awssim.Fault{"made": {DropAfter: true}, "not made": {DropBefore: true}} {
			t.Run(fmt.Sprintf("the role was %s, and the user goes on: %t", made, goesOn), func(t *testing.T) {
				w := p.reach(t, run{})
				p.write(t, strings.ReplaceAll(w.whole(first), "max_retries       = 3", "max_retries = 0"))
				for _, operation := range []string{"CreateRole", "GetRole"} {
					fault.Operation, fault.Times = operation, awssim.Always
					w.Sim.Inject(fault)
				}
				result := p.run(t, "apply", "-auto-approve")
				w.Sim.ClearFaults()
				said := strings.Join(strings.Fields(result.Stderr), " ")
				if result.Code == 0 || !strings.Contains(said, "It is not known whether share acme-data/etl-reports was begun") || !strings.Contains(said, "so that nothing is forgotten") {
					t.Errorf("it ended with %d and said %s", result.Code, result.Stderr)
				}
				before, role := w.letIn(t)
				if !goesOn {
					p.write(t, w.whole(""))
				}
				p.mustRun(t, "apply", "-auto-approve")
				if goesOn {
					after, roleAfter := w.letIn(t)
					if made == "made" && (role != roleAfter || len(before) != 1 || before[0] != after[0]) {
						t.Error("the role or its external ID changed")
					}
					p.mustRun(t, "destroy", "-auto-approve")
				}
				w.mustBeEmpty(t)
			})
		}
	}
}

// A direct share gets a role, and the apply fails when the role is there. The next one keeps the external ID that was drawn:
// the consumer may have been told.
func TestARoleKeepsTheExternalIDOfItsFirstAttempt(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	mirror, cli := built(t)
	p := newPlace(t, mirror, cli)
	w := p.reach(t, run{to: direct + "\n" + WholeAccount})
	p.mustRun(t, "apply", "-auto-approve")
	p.write(t, w.whole(WholeAccount))
	w.Sim.Inject(awssim.Fault{Operation: "PutRolePolicy", Error: denied()})
	if result := p.run(t, "apply", "-auto-approve"); result.Code == 0 {
		t.Fatal("the apply did not fail")
	}
	before, role := w.letIn(t)
	p.mustRun(t, "apply", "-auto-approve")
	after, same := w.letIn(t)
	if len(before) != 1 || len(after) != 1 || before[0] != after[0] || role != same {
		t.Error("the role or its external ID changed")
	}
	if shown := p.run(t, "state", "pull"); !strings.Contains(shown.Stdout, after[0]) {
		t.Error("the state has another external ID than the role")
	}
	p.mustRun(t, "destroy", "-auto-approve")
	w.mustBeEmpty(t)
}

// An access point is refused half-way: the apply says what could not be changed, the consumer goes on by the old name, and
// the plan with the old configuration names what is left of the other way.
func TestAnAccessPointIsRefusedHalfWay(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	mirror, cli := built(t)
	p := newPlace(t, mirror, cli)
	w := p.reach(t, run{to: etlAttached})
	w.Put(t, "reports/q1.csv", "q1")
	p.mustRun(t, "apply", "-auto-approve")
	p.write(t, w.whole(viaPoint+"\n"+etlAttached))
	w.Sim.Inject(awssim.Fault{Operation: "PutAccessPointPolicy", Error: denied()})
	refusal := p.run(t, "apply", "-auto-approve")
	if refusal.Code == 0 || !strings.Contains(refusal.Stderr, "was not changed completely: its access point could not be changed") {
		t.Errorf("it ended with %d and said %s", refusal.Code, refusal.Stderr)
	}
	if err := w.readsSomeWay(t); err != nil {
		t.Errorf("the consumer is refused: %v", err)
	}
	p.write(t, w.whole(etlAttached))
	back := p.run(t, "plan")
	for _, says := range []string{
		`tags: \"crossaccount:via\" notes that a change of the way to the bucket stopped half-way`,
		"access point: is not needed any more: the share has another way to the bucket",
		"bucket delegation: is not needed any more: the share has another way to the bucket",
	} {
		if !strings.Contains(back.Stdout, says) {
			t.Errorf("the plan does not say %q:\n%s", says, back.Stdout)
		}
	}
	p.mustRun(t, "apply", "-auto-approve")
	if again := p.run(t, "plan", "-detailed-exitcode"); again.Code != 0 || len(w.Owner.AccessPointNames(Region)) > 0 {
		t.Errorf("the next plan is not empty, or an access point is left:\n%s%s", again.Stdout, again.Stderr)
	}
	p.mustRun(t, "destroy", "-auto-approve")
	w.mustBeEmpty(t)
}
