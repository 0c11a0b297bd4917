package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// This file lets the shares live once and measures each run of terraform.

// bench is one life of shares to be measured.
type bench struct {
	subject
	cli     string
	folder  string
	size    int
	latency time.Duration
	// parallelism is how many operations Terraform runs at a time; 0 means what it does by itself, 10.
	parallelism int
	// before, where set, prepares the simulator for each phase, such as by faults.
	before func(*awssim.Server, phase)
}

// phase is one run of terraform.
type phase string

// The phases, in the order of a life.
const (
	create  phase = "create"
	noop    phase = "no-op plan"
	change  phase = "change one"
	destroy phase = "destroy"
)

var phases = []phase{create, noop, change, destroy}

// arguments are what terraform is run with. Each phase is a whole run: it refreshes, plans and applies.
var arguments = map[phase][]string{
	create:  {"apply", "-auto-approve"},
	noop:    {"plan", "-detailed-exitcode"},
	change:  {"apply", "-auto-approve", "-var=changed=true"},
	destroy: {"destroy", "-auto-approve", "-var=changed=true"},
}

// outcome is what terraform must say at the end of a phase.
func (b bench) outcome(p phase) string {
	made := b.resources(b)
	switch p {
	case create:
		return fmt.Sprintf("Resources: %d added, 0 changed, 0 destroyed.", made)
	case change:
		return fmt.Sprintf("Resources: 0 added, %d changed, 0 destroyed.", b.changed)
	case destroy:
		return fmt.Sprintf("Resources: %d destroyed.", made)
	}
	return "No changes."
}

// figures are those of one phase.
type figures struct {
	// calls counts AWS calls by service:Operation, failed and repeated ones too.
	calls map[string]int
	// repeated are those of them that the SDK sent again.
	repeated map[string]int
	wall     time.Duration
	// cpu is what terraform and its providers have computed together.
	cpu      time.Duration
	provider use
}

// use is what the provider took; nothing where the system does not tell.
type use struct {
	// memory is the peak resident set of the largest process in bytes.
	memory int64
	// cpu is that of all processes.
	cpu time.Duration
}

func (f figures) total() int {
	total := 0
	for _, count := range f.calls {
		total += count
	}
	return total
}

// life is what was found for one number of shares at one latency.
type life struct {
	layout      layout
	size        int
	latency     time.Duration
	parallelism int
	phases      map[phase]figures
	// policyBytes is the size of the largest bucket policy while all shares were there.
	policyBytes int
}

// String tells the life in one line, for progress.
func (l life) String() string {
	var told []string
	for _, p := range phases {
		f := l.phases[p]
		told = append(told, fmt.Sprintf("%s %d calls %.1f s %d MiB", p, f.total(), f.wall.Seconds(), f.provider.memory>>20))
	}
	return strings.Join(told, ", ")
}

// measure lets the shares live once.
func (b bench) measure(ctx context.Context) (life, error) {
	sim, key := b.newWorld()
	defer sim.Close()
	terraform, err := b.newWorkspace(sim, key)
	if err != nil {
		return life{}, err
	}
	found := life{layout: b.layout, size: b.size, latency: b.latency, parallelism: b.parallelism, phases: map[phase]figures{}}
	if _, err := b.terraform(ctx, terraform, "", "init"); err != nil {
		return found, err
	}
	for _, p := range phases {
		if b.before != nil {
			b.before(sim, p)
		}
		if found.phases[p], err = b.phase(ctx, sim, terraform, p); err != nil {
			return found, fmt.Errorf("%s: %w", p, err)
		}
		if p == create {
			found.policyBytes = largestPolicy(sim, b.layout.buckets(b.size))
		}
	}
	return found, nil
}

func (b bench) phase(ctx context.Context, sim *awssim.Server, terraform *workspace.Workspace, p phase) (figures, error) {
	sim.ResetCalls()
	arguments := arguments[p]
	if b.parallelism > 0 {
		arguments = append(slices.Clone(arguments), fmt.Sprintf("-parallelism=%d", b.parallelism))
	}
	provider := watch(b.mirror.Binary)
	begin := time.Now()
	cpu, err := b.terraform(ctx, terraform, b.outcome(p), arguments...)
	return figures{
		wall: time.Since(begin), cpu: cpu, provider: provider(), calls: byOperation(sim.Calls()), repeated: repeats(sim.Calls()),
	}, err
}

// terraform runs terraform, which must end well and say the outcome, and tells what it has computed with its providers.
func (b bench) terraform(
	ctx context.Context, terraform *workspace.Workspace, outcome string, arguments ...string,
) (cpu time.Duration, err error) {
	result, err := terraform.Terraform(ctx, nil, arguments...)
	if err != nil {
		return 0, err
	}
	if result.Code != 0 || !strings.Contains(result.Stdout, outcome) {
		return 0, fmt.Errorf("terraform %s ended with status %d and did not say %q:\n%s%s",
			strings.Join(arguments, " "), result.Code, outcome, result.Stdout, result.Stderr)
	}
	return result.CPU, nil
}

func byOperation(calls []awssim.Call) map[string]int {
	counts := map[string]int{}
	for _, call := range calls {
		counts[call.Name()]++
	}
	return counts
}

func repeats(calls []awssim.Call) map[string]int {
	return byOperation(slices.DeleteFunc(calls, func(c awssim.Call) bool { return c.Attempt <= 1 }))
}

func largestPolicy(sim *awssim.Server, buckets int) int {
	largest := 0
	for i := range buckets {
		largest = max(largest, len(sim.S3().Bucket(fmt.Sprintf("bench-%d", i)).Policy()))
	}
	return largest
}

// operations lists those that were called in any of the lives, sorted.
func operations(lives []life, p phase) []string {
	seen := map[string]bool{}
	for _, l := range lives {
		for name := range l.phases[p].calls {
			seen[name] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
