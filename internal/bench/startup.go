package main

import (
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
	turns = 9
)

// startup is how long a no-op plan of one resource takes.
type startup struct{ own, empty time.Duration }

func (s startup) ratio() float64 { return s.own.Seconds() / s.empty.Seconds() }

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
	var plans [2]func() (time.Duration, error)
	nothing := subject{mirror: mirror, configuration: required("empty", emptySource) + emptyConfiguration}
	folder := b.folder
	for i, s := range []subject{b.subject, nothing} {
		b.subject, b.folder = s, filepath.Join(folder, fmt.Sprint("startup-", i))
		terraform, err := b.newWorkspace(sim, key)
		if err != nil {
			return startup{}, err
		}
		for _, step := range [][]string{{"init"}, {"apply", "-auto-approve"}} {
			if err := b.terraform(ctx, terraform, "", step...); err != nil {
				return startup{}, err
			}
		}
		plans[i] = func() (time.Duration, error) {
			begin := time.Now()
			err := b.terraform(ctx, terraform, "No changes.", arguments[noop]...)
			return time.Since(begin), err
		}
	}
	var took [2][]time.Duration
	for range turns {
		for i, plan := range plans {
			wall, err := plan()
			if err != nil {
				return startup{}, err
			}
			took[i] = append(took[i], wall)
		}
	}
	for _, walls := range took {
		slices.Sort(walls)
	}
	return startup{own: took[0][turns/2], empty: took[1][turns/2]}, nil
}
