package main

import (
	"fmt"
	"strings"
	"time"
)

// This file writes the figures down as Markdown.

type report struct {
	place    place
	settings settings
	lives    []life
	startup  startup
}

func (r report) markdown() string {
	sections := []string{r.head(), r.totals(), r.times(), r.start(), r.memory(), r.growth(), r.detail(), r.peer()}
	return strings.Join(sections, "\n")
}

func (r report) head() string {
	p := r.place
	return fmt.Sprintf(`# Benchmark

Written by `+"`make bench`"+` on %s: %d cores, %s, %s, Terraform %s.
Run it again on a quiet machine; it takes a few minutes. Flags choose numbers of shares, latencies and the file to write:
`+"`go run ./internal/bench -n 1,10 -latency 0,50ms -out file`"+`.

Each share is a role that reads one prefix for one role of another account, all of them in one resource with `+"`count`"+`.
S3 allows 20 KB of policy on one bucket, so at most %d shares are on one bucket; a share has about %d bytes there.
Each phase is a whole run of the terraform CLI with its default of 10 operations at a time: create is `+"`apply`"+` on an
empty state, no-op plan is `+"`plan`"+` right after it, change one is `+"`apply`"+` with another prefix for one share, destroy is
`+"`destroy`"+`; all but create read every share first. AWS is simulated on the same machine: the latency is added to every
call; there is no throttling and no delay until a change is seen. The simulator counts the calls, failed and repeated
ones too.

The provider's binary, stripped, has %.1f MB (%.1f MiB).
`, p.date.Format(time.DateOnly), p.cores, p.platform, p.golang, p.terraform, perBucket, r.bytesPerShare(), float64(p.binaryBytes)/1e6, float64(p.binaryBytes)/(1<<20))
}

// bytesPerShare is taken from the life with the most shares on a bucket.
func (r report) bytesPerShare() int {
	most, per := 0, 0
	for _, l := range r.lives {
		if on := min(l.size, perBucket); on > most {
			most, per = on, l.policyBytes/on
		}
	}
	return per
}

func (r report) totals() string {
	return "## AWS calls\n\n" + r.byPhase(func(f figures) string { return fmt.Sprint(f.total()) }) +
		"\nShares that wait for one bucket at the same moment are written together, so the calls on bucket policies vary from run\n" +
		"to run; those on roles do not.\n"
}

func (r report) times() string {
	return "## Wall time of the terraform run, in seconds\n\n" +
		r.byPhase(func(f figures) string { return fmt.Sprintf("%.1f", f.wall.Seconds()) })
}

func (r report) start() string {
	return fmt.Sprintf("## Start-up\n\nA whole no-op `terraform plan` of one share at no latency takes %.3f s, one of a provider with one resource that does\n"+
		"nothing and calls nobody %.3f s: × %.2f. Medians of %d plans each, taken in turns.\n",
		r.startup.own.Seconds(), r.startup.empty.Seconds(), r.startup.ratio(), turns)
}

func (r report) memory() string {
	return "## Memory of the provider, in MiB\n\nThe peak resident set (VmHWM in /proc, looked at every 20 ms) of the largest provider process of the run.\n\n" +
		r.byPhase(func(f figures) string { return fmt.Sprintf("%.0f", float64(f.memory)/(1<<20)) })
}

// byPhase is a table with a row for each phase and latency and a column for each number of shares.
func (r report) byPhase(cell func(figures) string) string {
	t := table{head: append([]string{"", "latency"}, r.columns()...)}
	for _, p := range phases {
		for _, latency := range r.settings.latencies {
			row := []string{string(p), fmt.Sprintf("%d ms", latency.Milliseconds())}
			for _, l := range r.at(latency) {
				row = append(row, cell(l.phases[p]))
			}
			t.rows = append(t.rows, row)
		}
	}
	return t.markdown()
}

func (r report) columns() []string {
	var names []string
	for _, size := range r.settings.sizes {
		names = append(names, fmt.Sprintf("N = %d", size))
	}
	return names
}

func (r report) at(latency time.Duration) []life {
	var found []life
	for _, l := range r.lives {
		if l.latency == latency {
			found = append(found, l)
		}
	}
	return found
}

// growth shows how many times each figure grows from one number of shares to the next.
func (r report) growth() string {
	latency := r.settings.latencies[len(r.settings.latencies)-1]
	lives := r.at(latency)
	t := table{head: []string{"shares", "", "calls", "time", "memory"}}
	for i := 1; i < len(lives); i++ {
		before, after := lives[i-1], lives[i]
		for _, p := range phases {
			b, a := before.phases[p], after.phases[p]
			t.rows = append(t.rows, []string{
				fmt.Sprintf("%d → %d, %s", before.size, after.size, times(float64(after.size), float64(before.size))), string(p),
				times(float64(a.total()), float64(b.total())), times(a.wall.Seconds(), b.wall.Seconds()), times(float64(a.memory), float64(b.memory)),
			})
		}
	}
	return fmt.Sprintf("## Growth at %d ms\n\n", latency.Milliseconds()) + t.markdown()
}

func times(after, before float64) string {
	if before == 0 {
		return "–"
	}
	return fmt.Sprintf("× %.2g", after/before)
}

// detail has the calls by operation, at the last latency.
func (r report) detail() string {
	latency := r.settings.latencies[len(r.settings.latencies)-1]
	lives := r.at(latency)
	var text strings.Builder
	fmt.Fprintf(&text, "## AWS calls by operation at %d ms\n", latency.Milliseconds())
	for _, p := range phases {
		t := table{head: append([]string{string(p)}, r.columns()...)}
		for _, operation := range operations(lives, p) {
			row := []string{operation}
			for _, l := range lives {
				row = append(row, fmt.Sprint(l.phases[p].calls[operation]))
			}
			t.rows = append(t.rows, row)
		}
		text.WriteString("\n" + t.markdown())
	}
	return text.String()
}

// peer quotes the figures of hashicorp/aws.
func (r report) peer() string {
	formulas := []struct {
		phase   phase
		formula string
		calls   func(n int) int
	}{
		{create, "7N + 3", func(n int) int { return 7*n + 3 }},
		{noop, "5N + 1", func(n int) int { return 5*n + 1 }},
		{destroy, "9N + 12", func(n int) int { return 9*n + 12 }},
	}
	t := table{head: append([]string{"calls", "formula"}, r.columns()...)}
	for _, f := range formulas {
		row := []string{string(f.phase), f.formula}
		for _, size := range r.settings.sizes {
			row = append(row, fmt.Sprint(f.calls(size)))
		}
		t.rows = append(t.rows, row)
	}
	return "## hashicorp/aws 6.x: as given in issue 6, not measured here\n\n" +
		"The same work as N roles, N inline policies and one bucket policy.\n\n" + t.markdown() + `
Change one prefix at N = 50: 255 calls. At N = 200 and 50 ms: apply 38 s, no-op plan 13 s, destroy 48 s. Memory: 480 to
520 MiB in each of 3 to 5 processes. Binary: 904 MB. No-op plan at N = 1: 5.4 s.
`
}
