package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// place is where and with what the figures were found.
type place struct {
	date              time.Time
	cores             int
	platform          string
	golang, terraform string
	// binaryBytes is the size of the provider, stripped as a release is.
	binaryBytes int64
	// took is how long all of it took.
	took time.Duration
}

func describe(ctx context.Context, mirror workspace.Mirror, cli string) (place, error) {
	p := place{date: time.Now(), cores: runtime.NumCPU(), platform: runtime.GOOS + "/" + runtime.GOARCH, golang: runtime.Version()}
	binary, err := os.Stat(mirror.Binary)
	if err != nil {
		return p, fmt.Errorf("measuring the binary: %w", err)
	}
	p.binaryBytes = binary.Size()
	output, err := exec.CommandContext(ctx, cli, "version", "-json").Output()
	if err != nil {
		return p, fmt.Errorf("asking terraform for its version: %w", err)
	}
	var told struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal(output, &told); err != nil {
		return p, fmt.Errorf("reading the version of terraform: %w", err)
	}
	p.terraform = told.Version
	return p, nil
}
