package main

import (
	"cmp"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// This file measures what a single share costs beside the start of terraform and a provider at all: whole no-op plans,
// taken in turns with those of a provider that does nothing.

const (
	emptySource        = "crossaccount/empty"
	emptyPackage       = "github.com/crossaccount/terraform-provider-crossaccount/internal/bench/empty"
	emptyConfiguration = "\nresource \"empty_thing\" \"one\" {}\n"

	// turns is how many plans there are of each; the median counts.
	turns = 31
)

// startup is what a no-op plan of one resource takes.
type startup struct{ own, empty plan }

// plan is what one whole plan took.
type plan struct {
	wall time.Duration
	// cpu is what terraform and its providers have computed.
	cpu time.Duration
}

// String tells both with their ratios.
func (s startup) String() string {
	return fmt.Sprintf("a no-op plan takes %.3f s with one share and %.3f s with an empty provider: × %.2f; CPU %.3f s and %.3f s: × %.2f",
		s.own.wall.Seconds(), s.empty.wall.Seconds(), s.own.wall.Seconds()/s.empty.wall.Seconds(),
		s.own.cpu.Seconds(), s.empty.cpu.Seconds(), s.own.cpu.Seconds()/s.empty.cpu.Seconds())
}

// buildEmpty puts the empty provider into a mirror.
func buildEmpty(ctx context.Context, mirror workspace.Mirror, folder string) (workspace.Mirror, error) {
	binary := filepath.Join(folder, "terraform-provider-empty")
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-tags", "grpcnotrace", "-ldflags", "-s -w", "-o", binary, emptyPackage)
	if output, err := command.CombinedOutput(); err != nil {
		return mirror, fmt.Errorf("building the empty provider: %w\n%s", err, output)
	}
	return mirror.Add(emptySource, binary)
}

// measureStartup lets plans of one share and of one empty resource take turns.
func (b bench) measureStartup(ctx context.Context, mirror workspace.Mirror) (startup, error) {
	sim, key := b.newWorld()
	defer sim.Close()
	var plans [2]func() (plan, error)
	nothing := subject{mirror: mirror, layout: b.layout, configuration: required("empty", emptySource) + emptyConfiguration}
	folder := b.folder
	for i, s := range []subject{b.subject, nothing} {
		b.subject, b.folder = s, filepath.Join(folder, fmt.Sprint("startup-", i))
		terraform, err := b.newWorkspace(sim, key)
		if err != nil {
			return startup{}, err
		}
		for _, step := range [][]string{{"init"}, {"apply", "-auto-approve"}} {
			if _, err := b.terraform(ctx, terraform, "", step...); err != nil {
				return startup{}, err
			}
		}
		plans[i] = func() (plan, error) {
			begin := time.Now()
			cpu, err := b.terraform(ctx, terraform, "No changes.", arguments[noop]...)
			return plan{wall: time.Since(begin), cpu: cpu}, err
		}
	}
	var took [2][]plan
	for range turns {
		for i, once := range plans {
			one, err := once()
			if err != nil {
				return startup{}, err
			}
			took[i] = append(took[i], one)
		}
	}
	return startup{own: median(took[0]), empty: median(took[1])}, nil
}

// median is that of each figure for itself.
func median(plans []plan) plan {
	middle := len(plans) / 2
	slices.SortFunc(plans, func(a, b plan) int { return cmp.Compare(a.wall, b.wall) })
	found := plan{wall: plans[middle].wall}
	slices.SortFunc(plans, func(a, b plan) int { return cmp.Compare(a.cpu, b.cpu) })
	found.cpu = plans[middle].cpu
	return found
}
