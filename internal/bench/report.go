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
	// parallel are lives of the same shares with several numbers of operations at a time.
	parallel []life
	startup  startup
}

func (r report) markdown() string {
	sections := []string{r.head(), r.totals(), r.times(), r.cpu(), r.start(), r.memory(), r.growth(), r.parallelism(), r.detail(), r.peer()}
	return strings.Join(sections, "\n")
}

func (r report) head() string {
	p := r.place
	return fmt.Sprintf(`# Benchmark

Written by `+"`make bench`"+` on %s: %d cores, %s, %s, Terraform %s. It took %s.
Run it again on a quiet machine. Flags choose numbers of shares, latencies and the file to write:
`+"`go run ./internal/bench -n 1,10 -delegated 200 -parallelism 1,50 -latency 0,50ms -out file`"+`.

Each share is a role that reads one prefix for one role of another account, all of them in one resource with `+"`count`"+`.
S3 allows 20 KB of policy on one bucket and a share has about %d bytes there, so at most %d shares are on one bucket. Those
called delegated have `+"`bucket_policy_mode = \"delegated\"`"+`, one pair of statements for all, and all are on one bucket.
Each phase is a whole run of the terraform CLI with its default of 10 operations at a time: create is `+"`apply`"+` on an
empty state, no-op plan is `+"`plan`"+` right after it, change one is `+"`apply`"+` with another prefix for one share, destroy is
`+"`destroy`"+`; all but create read every share first. AWS is simulated on the same machine: the latency is added to every
call; there is no throttling and no delay until a change is seen. The simulator counts the calls, failed and repeated
ones too.

The provider's binary, stripped, has %.1f MB (%.1f MiB).
`, p.date.Format(time.DateOnly), p.cores, p.platform, p.golang, p.terraform, p.took.Round(time.Second),
		r.bytesPerShare(), ownStatements.perBucket, float64(p.binaryBytes)/1e6, float64(p.binaryBytes)/(1<<20))
}

// bytesPerShare is taken from the life with the most statements on a bucket.
func (r report) bytesPerShare() int {
	most, per := 0, 0
	for _, l := range r.lives {
		if on := min(l.size, l.layout.perBucket); l.layout == ownStatements && on > most {
			most, per = on, l.policyBytes/on
		}
	}
	return per
}

// totals has the calls beside the most that they may be.
func (r report) totals() string {
	t := table{head: append([]string{"", "latency"}, r.columns()...)}
	for _, p := range phases {
		bounds := []string{string(p), "at most"}
		for _, c := range r.settings.columns() {
			bounds = append(bounds, fmt.Sprint(c.layout.most(c.shares, p)))
		}
		t.rows = append(t.rows, bounds)
		for _, latency := range r.settings.latencies {
			t.rows = append(t.rows, r.row(p, latency, func(l life) string {
				if total := l.phases[p].total(); total > l.layout.most(l.size, p) {
					return fmt.Sprintf("**%d**", total)
				}
				return fmt.Sprint(l.phases[p].total())
			}))
		}
	}
	return "## AWS calls\n\n" + t.markdown() + `
"At most" is the target for one bucket in an account with no other roles: create 2N + 3⌈N/10⌉ + 6, no-op plan
5 + 2⌈N/1000⌉ + 1 for each bucket and 6 for N = 1, change one 3 more than that, destroy 2N + 3⌈N/10⌉ + 10. Where there are more
buckets, 3⌈N/10⌉ counts for each, since the 10 operations that are under way may be about different ones. What is more is bold.
Shares that wait for one bucket at the same moment are written together, so the calls on bucket policies vary from run to
run; so do looks at roles, by whether the first share was read before a second was there and by how removals meet. A change of
one share alone is over its target by two looks that it does not go without, see decision 19.
`
}

func (r report) times() string {
	return "## Wall time of the terraform run, in seconds\n\n" +
		r.byPhase(func(f figures) string { return fmt.Sprintf("%.1f", f.wall.Seconds()) })
}

func (r report) cpu() string {
	return "## CPU time of terraform and of the provider, in seconds\n\n" + r.byPhase(func(f figures) string {
		if f.provider.cpu == 0 {
			return fmt.Sprintf("%.1f", f.cpu.Seconds())
		}
		return fmt.Sprintf("%.1f + %.1f", max(0, f.cpu-f.provider.cpu).Seconds(), f.provider.cpu.Seconds())
	}) + "\nThe system tells the sum of both exactly; what the provider computes in its last 20 ms counts for terraform.\n"
}

func (r report) start() string {
	return fmt.Sprintf("## Start-up\n\nWhole runs of `terraform plan` with nothing to do, at no latency, medians of %d each, taken in turns with those of a\n"+
		"provider with one resource that does nothing and calls nobody:\n%s.\n", turns, r.startup)
}

func (r report) memory() string {
	return "## Memory of the provider, in MiB\n\nThe peak resident set (VmHWM in /proc, looked at every 20 ms) of the largest provider process of the run. At most 60 are\n" +
		"allowed for N = 1000.\n\n" +
		r.byPhase(func(f figures) string { return fmt.Sprintf("%.0f", float64(f.provider.memory)/(1<<20)) })
}

// byPhase is a table with a row for each phase and latency and a column for each number of shares.
func (r report) byPhase(cell func(figures) string) string {
	return r.settings.byPhase(r.columns(), func(p phase, latency time.Duration) []string {
		return r.row(p, latency, func(l life) string { return cell(l.phases[p]) })
	})
}

// byPhase is a table with a row for each phase and latency.
func (s settings) byPhase(columns []string, row func(phase, time.Duration) []string) string {
	t := table{head: append([]string{"", "latency"}, columns...)}
	for _, p := range phases {
		for _, latency := range s.latencies {
			t.rows = append(t.rows, row(p, latency))
		}
	}
	return t.markdown()
}

// label begins the row of a phase at a latency.
func label(p phase, latency time.Duration) []string {
	return []string{string(p), fmt.Sprintf("%d ms", latency.Milliseconds())}
}

func (r report) row(p phase, latency time.Duration, cell func(life) string) []string {
	row := label(p, latency)
	for _, l := range r.at(latency) {
		row = append(row, cell(l))
	}
	return row
}

func (r report) columns() []string {
	var names []string
	for _, c := range r.settings.columns() {
		names = append(names, c.String())
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
	t := table{head: []string{"shares", "", "calls", "time", "CPU", "memory"}}
	for i := 1; i < len(lives); i++ {
		before, after := lives[i-1], lives[i]
		if before.layout != after.layout {
			continue
		}
		for _, p := range phases {
			b, a := before.phases[p], after.phases[p]
			t.rows = append(t.rows, []string{
				fmt.Sprintf("%d → %s, %s", before.size, strings.TrimPrefix(column{after.layout, after.size}.String(), "N = "), times(float64(after.size), float64(before.size))),
				string(p), times(float64(a.total()), float64(b.total())), times(a.wall.Seconds(), b.wall.Seconds()),
				times(a.cpu.Seconds(), b.cpu.Seconds()), times(float64(a.provider.memory), float64(b.provider.memory)),
			})
		}
	}
	return fmt.Sprintf("## Growth at %d ms\n\n", latency.Milliseconds()) + t.markdown()
}

// parallelism shows the same shares with several numbers of operations at a time.
func (r report) parallelism() string {
	t := table{head: []string{"operations at a time"}}
	for _, l := range r.parallel {
		t.head = append(t.head, fmt.Sprint(l.parallelism))
	}
	for _, p := range phases {
		row := []string{string(p)}
		for _, l := range r.parallel {
			row = append(row, fmt.Sprintf("%d calls, %.1f s", l.phases[p].total(), l.phases[p].wall.Seconds()))
		}
		t.rows = append(t.rows, row)
	}
	return fmt.Sprintf("## Operations at a time: %d shares on one bucket at %d ms\n\n",
		parallelShares, r.settings.latencies[len(r.settings.latencies)-1].Milliseconds()) + t.markdown()
}

func times(after, before float64) string {
	if before == 0 {
		return "–"
	}
	if ratio := after / before; ratio >= 100 {
		return fmt.Sprintf("× %.0f", ratio)
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

// peer tells where hashicorp/aws is beside these figures.
func (r report) peer() string {
	return "## hashicorp/aws\n\n[PEER.md](PEER.md) has the same work done by hashicorp/aws, in one run with this provider.\n"
}
