package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// This file measures hashicorp/aws beside this provider, at the same work, in the same run.

// findPeer checks the path of a provider binary as it is in a plugin cache: terraform-provider-aws_v6.1.0_x5.
func findPeer(path string) (string, error) {
	binary, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", fmt.Errorf("looking for the peer: %w", err)
	}
	if binary, err = filepath.Abs(binary); err != nil {
		return "", fmt.Errorf("looking for the peer: %w", err)
	}
	found, err := os.Stat(binary)
	if err != nil {
		return "", fmt.Errorf("looking for the peer: %w", err)
	}
	if !found.Mode().IsRegular() || found.Mode()&0o111 == 0 {
		return "", fmt.Errorf("looking for the peer: %s is no program", path)
	}
	if !strings.HasPrefix(filepath.Base(path), "terraform-provider-aws") {
		return "", fmt.Errorf("looking for the peer: %s is not named terraform-provider-aws…", path)
	}
	return binary, nil
}

// compare measures both providers and prints figures and ratios.
func compare(ctx context.Context, b bench, mirror workspace.Mirror, wanted settings) error {
	peer, err := mirror.Add(peerSource, wanted.peer)
	if err != nil {
		return err
	}
	fmt.Printf("\nbinary: %s\n", ratio(size(mirror.Binary), size(peer.Binary), "%.1f MiB", 1<<20))
	for _, latency := range wanted.latencies {
		for _, size := range wanted.sizes {
			b.size, b.latency = size, latency
			own, other, err := b.beside(ctx, ours(mirror, ownStatements), peers(peer))
			if err != nil {
				return err
			}
			fmt.Printf("\n%d shares, %d ms (this provider, hashicorp/aws, how many times as much)\n\n%s", size, latency.Milliseconds(), ratios(own, other).markdown())
		}
	}
	return nil
}

// beside measures two subjects, one after the other.
func (b bench) beside(ctx context.Context, own, other subject) (a, z life, err error) {
	folder := b.folder
	b.subject, b.folder = own, filepath.Join(folder, fmt.Sprintf("own-%d-%s", b.size, b.latency))
	if a, err = b.measure(ctx); err != nil {
		return a, z, fmt.Errorf("measuring this provider: %w", err)
	}
	b.subject, b.folder = other, filepath.Join(folder, fmt.Sprintf("peer-%d-%s", b.size, b.latency))
	if z, err = b.measure(ctx); err != nil {
		return a, z, fmt.Errorf("measuring the peer: %w", err)
	}
	return a, z, nil
}

func ratios(own, other life) table {
	t := table{head: []string{"", "calls", "seconds", "MiB"}}
	for _, p := range phases {
		a, z := own.phases[p], other.phases[p]
		t.rows = append(t.rows, []string{
			string(p), ratio(float64(a.total()), float64(z.total()), "%.0f", 1),
			ratio(a.wall.Seconds(), z.wall.Seconds(), "%.1f", 1), ratio(float64(a.provider.memory), float64(z.provider.memory), "%.0f", 1<<20),
		})
	}
	return t
}

// ratio shows two figures and how many times the first the second is.
func ratio(own, other float64, form string, unit float64) string {
	return fmt.Sprintf(form+", "+form+", %s", own/unit, other/unit, times(other, own))
}

func size(path string) float64 {
	found, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return float64(found.Size())
}
