package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

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

// compare measures both providers and writes figures and ratios.
func compare(ctx context.Context, b bench, mirror workspace.Mirror, found comparison) error {
	began := time.Now()
	peer, err := mirror.Add(peerSource, found.settings.peer)
	if err != nil {
		return err
	}
	folder := b.folder
	for _, run := range found.settings.runs() {
		if run.layout != ownStatements {
			continue // hashicorp/aws has nothing like it
		}
		b.size, b.latency, b.folder = run.shares, run.latency, filepath.Join(folder, fmt.Sprintf("%d-%s", run.shares, run.latency))
		own, other, err := b.beside(ctx, ours(mirror, ownStatements), peers(peer))
		if err != nil {
			return err
		}
		fmt.Printf("%s, %d ms\n  this provider: %s\n  hashicorp/aws: %s\n", run.column, run.latency.Milliseconds(), own, other)
		found.pairs = append(found.pairs, pair{own, other})
	}
	if found.place, err = describe(ctx, mirror, b.cli); err != nil {
		return err
	}
	found.place.took = time.Since(began)
	text := found.markdown()
	fmt.Println("\n" + text)
	return write(found.settings.out, text)
}

// beside measures two subjects, one after the other.
func (b bench) beside(ctx context.Context, own, other subject) (a, z life, err error) {
	folder := b.folder
	b.subject, b.folder = own, filepath.Join(folder, "own")
	if a, err = b.measure(ctx); err != nil {
		return a, z, fmt.Errorf("measuring this provider: %w", err)
	}
	b.subject, b.folder = other, filepath.Join(folder, "peer")
	if z, err = b.measure(ctx); err != nil {
		return a, z, fmt.Errorf("measuring the peer: %w", err)
	}
	return a, z, nil
}

// pair is one life as both providers led it.
type pair struct{ own, other life }

// comparison is all that was found of both providers.
type comparison struct {
	place    place
	settings settings
	startup  startup
	pairs    []pair
}

func (c comparison) markdown() string {
	p := c.place
	peerBytes := size(c.settings.peer)
	return fmt.Sprintf(`# Beside hashicorp/aws

Written by `+"`make bench-peer PEER=path`"+` on %s: %d cores, %s, %s, Terraform %s. It took %s. The peer is
`+"`%s`"+`.

Both providers do the same work, which [RESULTS.md](RESULTS.md) describes, in the same run against the same simulated AWS: this one as N
shares, hashicorp/aws as N roles, N inline policies and one policy for each bucket, with the same documents in them. What hashicorp/aws
would ask of the machine beside that work is turned off (skip_metadata_api_check, skip_region_validation, skip_credentials_validation).

Each cell has this provider, hashicorp/aws, and how many times as much that is.

This provider's binary has %.1f MB, that of hashicorp/aws %.1f (%s). %s.
`, p.date.Format(time.DateOnly), p.cores, p.platform, p.golang, p.terraform, p.took.Round(time.Second), filepath.Base(c.settings.peer),
		float64(p.binaryBytes)/1e6, peerBytes/1e6, times(peerBytes, float64(p.binaryBytes)), capital(c.startup.String())) +
		"\n## AWS calls\n\n" + c.byPhase(func(own, other figures) string { return ratio(float64(own.total()), float64(other.total()), "%.0f", 1) }) +
		"\n## Wall time of the terraform run, in seconds\n\n" +
		c.byPhase(func(own, other figures) string { return ratio(own.wall.Seconds(), other.wall.Seconds(), "%.1f", 1) }) +
		"\n## CPU time of terraform and its providers, in seconds\n\n" +
		c.byPhase(func(own, other figures) string { return ratio(own.cpu.Seconds(), other.cpu.Seconds(), "%.1f", 1) }) +
		"\n## Memory of the largest process of the provider, in MiB\n\n" +
		c.byPhase(func(own, other figures) string {
			return ratio(float64(own.provider.memory), float64(other.provider.memory), "%.0f", 1<<20)
		})
}

// byPhase is a table with a row for each phase and latency and a column for each number of shares.
func (c comparison) byPhase(cell func(own, other figures) string) string {
	var columns []string
	for _, shares := range c.settings.sizes {
		columns = append(columns, column{ownStatements, shares}.String())
	}
	return c.settings.byPhase(columns, func(p phase, latency time.Duration) []string {
		row := label(p, latency)
		for _, both := range c.pairs {
			if both.own.latency == latency {
				row = append(row, cell(both.own.phases[p], both.other.phases[p]))
			}
		}
		return row
	})
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

func capital(sentence string) string { return strings.ToUpper(sentence[:1]) + sentence[1:] }
