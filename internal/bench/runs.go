package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// This file says which lives are measured, and measures them one after the other.

// column is one number of shares in one layout.
type column struct {
	layout layout
	shares int
}

// String heads the column of a table.
func (c column) String() string {
	switch buckets := c.layout.buckets(c.shares); {
	case c.layout == delegated:
		return fmt.Sprintf("N = %d, delegated", c.shares)
	case buckets > 1:
		return fmt.Sprintf("N = %d, %d buckets", c.shares, buckets)
	}
	return fmt.Sprintf("N = %d", c.shares)
}

// columns are all numbers of shares.
func (s settings) columns() []column {
	var found []column
	for _, shares := range s.sizes {
		found = append(found, column{ownStatements, shares})
	}
	for _, shares := range s.delegated {
		found = append(found, column{delegated, shares})
	}
	return found
}

// once is one life to be measured.
type once struct {
	column
	latency     time.Duration
	parallelism int
}

// runs are all numbers of shares at all latencies.
func (s settings) runs() []once {
	var found []once
	for _, latency := range s.latencies {
		for _, c := range s.columns() {
			found = append(found, once{column: c, latency: latency})
		}
	}
	return found
}

// parallelShares is how many shares live at each number of operations at a time: all that one bucket takes.
const parallelShares = 50

// inParallel are the numbers of operations at a time, at the last latency.
func (s settings) inParallel() []once {
	var found []once
	for _, operations := range s.parallelism {
		found = append(found, once{column{ownStatements, parallelShares}, s.latencies[len(s.latencies)-1], operations})
	}
	return found
}

// each measures lives of this provider one after the other.
func (b bench) each(ctx context.Context, mirror workspace.Mirror, runs []once) ([]life, error) {
	var all []life
	folder := b.folder
	for _, one := range runs {
		b.subject, b.size, b.latency, b.parallelism = ours(mirror, one.layout), one.shares, one.latency, one.parallelism
		b.folder = filepath.Join(folder, fmt.Sprintf("%s-%d-%s-%d", one.layout.mode, one.shares, one.latency, one.parallelism))
		found, err := b.measure(ctx)
		if err != nil {
			return nil, fmt.Errorf("measuring %s at %s: %w", one.column, one.latency, err)
		}
		fmt.Printf("%s, %d ms: %s\n", one.column, one.latency.Milliseconds(), found)
		all = append(all, found)
	}
	return all, nil
}
