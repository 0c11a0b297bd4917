package acctest

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// whole strikes every call of every run in every way, for make faults; otherwise it is a sample.
var whole = flag.Bool("whole", false, "strike every call in every way")

// blow is what happens to a run of terraform at one of its calls.
type blow struct {
	name string
	// kills tells that a process dies of it.
	kills bool
	fault func(p *place) awssim.Fault
}

var blows = []blow{
	{"the provider is killed before AWS acts", true, func(p *place) awssim.Fault {
		return awssim.Fault{Before: p.killProvider, DropBefore: true}
	}},
	{"the provider is killed after AWS acted", true, func(p *place) awssim.Fault {
		return awssim.Fault{After: p.killProvider, DropAfter: true}
	}},
	{"all is killed before AWS acts", true, func(p *place) awssim.Fault {
		return awssim.Fault{Before: p.killAll, DropBefore: true}
	}},
	{"all is killed after AWS acted", true, func(p *place) awssim.Fault {
		return awssim.Fault{After: p.killAll, DropAfter: true}
	}},
	{"denied", false, func(*place) awssim.Fault { return awssim.Fault{Error: denied()} }},
	{"the answer is lost", false, func(*place) awssim.Fault { return awssim.Fault{DropAfter: true} }},
	{"the answer is cut", false, func(*place) awssim.Fault { return awssim.Fault{Truncate: true} }},
}

// run is an apply that is struck: from one configuration to another; empty means no share.
type run struct{ name, from, to string }

var runs = []run{
	{"create", "", first},
	{"update", first, second},
	{"destroy", first, ""},
}

const (
	first = `  consumer = {
    account_id      = "222222222222"
    principals      = ["arn:aws:iam::222222222222:role/etl"]
    attach_to_roles = ["etl"]
  }
  prefixes    = ["reports/"]
  description = "first"`
	second = `  consumer = {
    account_id      = "222222222222"
    principals      = ["arn:aws:iam::222222222222:role/team/other"]
    attach_to_roles = ["other"]
  }
  access               = ["read", "write"]
  prefixes             = ["exports/"]
  description          = "second"
  max_session_duration = 7200
  tags                 = { Team = "data" }`
	others = `{"Version":"2008-10-17","Id":"theirs","Statement":[` +
		`{"Sid":"Deny insecure","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::acme-data","arn:aws:s3:::acme-data/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`
)

// Whatever happens to the provider or to terraform at any call, the next apply makes everything right, from whatever state
// terraform has kept.
func TestNextApplyGoesOnAfterAnyBlow(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	mirror, cli := built(t)
	for number, r := range runs {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, mirror, cli)
			for nth, call := range p.calls(t, r) {
				for which, b := range blows {
					if !*whole && !isSample(number, nth, which) {
						continue
					}
					t.Run(fmt.Sprintf("call %d, %s, %s", nth+1, call.Name(), b.name), func(t *testing.T) {
						if b.kills && !canKill {
							t.Skip("on this system nothing tells which process is the provider that terraform started")
						}
						p.strike(t, r, b, nth+1)
					})
				}
			}
		})
	}
}

// isSample chooses some calls of each run, and another blow for each of them.
func isSample(number, nth, which int) bool { return nth%4 == 3 && (nth/4+number*2)%len(blows) == which }

// place is a workspace in which one run after the other is struck.
type place struct {
	*workspace.Workspace
	// running is the process of terraform once it has started.
	running atomic.Pointer[chan *exec.Cmd]
}

func newPlace(t *testing.T, mirror workspace.Mirror, cli string) *place {
	t.Helper()
	return newPlaceIn(t, emptyWorkspace(t, mirror, cli))
}

func newPlaceIn(t *testing.T, in *workspace.Workspace) *place {
	t.Helper()
	p := &place{Workspace: in}
	p.write(t, required)
	if result := p.run(t, "init"); result.Code != 0 {
		t.Fatalf("terraform init: %s", result.Stderr)
	}
	return p
}

func (p *place) write(t *testing.T, config string) {
	t.Helper()
	if err := p.Write("main.tf", config); err != nil {
		t.Fatal(err)
	}
}

// run runs terraform to its end, whatever that is.
func (p *place) run(t *testing.T, arguments ...string) workspace.Result {
	t.Helper()
	command := p.Command(t.Context(), append(arguments, "-no-color")...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	running := make(chan *exec.Cmd, 1)
	p.running.Store(&running)
	if err := command.Start(); err != nil {
		t.Fatalf("starting terraform: %v", err)
	}
	running <- command
	// How it ended, the exit status tells; -1 is that of a process that was killed.
	_ = command.Wait()
	return workspace.Result{Stdout: stdout.String(), Stderr: stderr.String(), Code: command.ProcessState.ExitCode()}
}

// killProvider kills the provider that calls right now.
func (p *place) killProvider() { p.endProvider(kill) }

func (p *place) endProvider(end func(pid int)) {
	command := <-*p.running.Load()
	for _, child := range childrenOf(command.Process.Pid) {
		end(child)
	}
}

// killAll kills terraform first, so that it cannot write what the provider's death means.
func (p *place) killAll() {
	command := <-*p.running.Load()
	children := childrenOf(command.Process.Pid)
	for _, pid := range append([]int{command.Process.Pid}, children...) {
		kill(pid)
	}
}

// reach makes a world in which the run can begin.
func (p *place) reach(t *testing.T, r run) *World {
	t.Helper()
	for _, file := range []string{"terraform.tfstate", "terraform.tfstate.backup", ".terraform.tfstate.lock.info"} {
		if err := os.Remove(filepath.Join(p.Dir, file)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	w := NewWorld(t, awssim.Options{})
	w.PutBucketPolicy(t, others)
	if r.from != "" {
		p.write(t, w.whole(r.from))
		p.mustRun(t, "apply", "-auto-approve")
	}
	p.write(t, w.whole(r.to))
	return w
}

// whole is a configuration with or without the share.
func (w *World) whole(share string) string {
	config := required + w.Provider(w.ConsumerConnection())
	if share == "" {
		return config
	}
	return config + Share(share)
}

func (p *place) mustRun(t *testing.T, arguments ...string) {
	t.Helper()
	if result := p.run(t, arguments...); result.Code != 0 {
		t.Fatalf("terraform %s ended with %d:\n%s%s", strings.Join(arguments, " "), result.Code, result.Stdout, result.Stderr)
	}
}

// calls makes the run with nothing in its way and gives its calls.
func (p *place) calls(t *testing.T, r run) []awssim.Call {
	t.Helper()
	w := p.reach(t, r)
	w.Sim.ResetCalls()
	p.mustRun(t, "apply", "-auto-approve")
	return w.Sim.Calls()
}

// strike makes the run with a blow at a call, and then once more without.
func (p *place) strike(t *testing.T, r run, b blow, nth int) {
	t.Helper()
	w := p.reach(t, r)
	before, _ := w.letIn(t)
	fault := b.fault(p)
	fault.Nth = nth
	w.Sim.ResetCalls()
	w.Sim.Inject(fault)
	result := p.run(t, "apply", "-auto-approve")
	w.Sim.ClearFaults()
	mid, role := w.letIn(t)
	known := slices.Concat(before, mid)
	w.judge(t, b, result, known)
	p.mustRun(t, "apply", "-auto-approve")
	if again := p.run(t, "plan", "-detailed-exitcode"); again.Code != 0 {
		t.Errorf("the next plan is not empty:\n%s%s", again.Stdout, again.Stderr)
	}
	if r.to != "" {
		after, roleAfter := w.letIn(t)
		if len(known) > 0 && (len(after) != 1 || after[0] != known[0]) {
			t.Error("the external ID changed")
		}
		if role != "" && role != roleAfter {
			t.Error("the role was replaced")
		}
		if roles := w.Owner.RoleNames(); len(roles) != 1 {
			t.Errorf("the owner has the roles %q", roles)
		}
		p.mustRun(t, "destroy", "-auto-approve")
	}
	w.mustBeEmpty(t)
	if err := keeps(others, w.BucketPolicy(t)); err != nil {
		t.Error(err)
	}
}

// letIn gives those that the role accepts, and the role's unique ID; none when there is no role.
func (w *World) letIn(t *testing.T) (ids []string, role string) {
	t.Helper()
	if len(w.Owner.RoleNames()) == 0 {
		return nil, ""
	}
	role, id := w.identity(t)
	return []string{id}, role
}

// judge holds what a struck run said: of which share, and no external ID.
func (w *World) judge(t *testing.T, b blow, result workspace.Result, ids []string) {
	t.Helper()
	said := result.Stdout + result.Stderr
	for _, id := range ids {
		if strings.Contains(said, id) {
			t.Error("terraform printed the external ID")
		}
	}
	if b.kills && result.Code == 0 {
		t.Error("a run whose provider was killed ended well")
	}
	if !b.kills && result.Code != 0 && !strings.Contains(said, "hare acme-data/etl-reports") && !strings.Contains(said, "whose credentials these are") {
		t.Errorf("the message does not name the share:\n%s", said)
	}
}
