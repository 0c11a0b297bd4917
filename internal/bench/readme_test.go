package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The README quotes some cells of PEER.md: the column of 50 shares at 50 ms.
func TestReadmeQuotesThePeer(t *testing.T) {
	t.Parallel()
	read := func(path ...string) string {
		text, err := os.ReadFile(filepath.Join(path...))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	readme, peer := read("..", "..", "README.md"), read("PEER.md")
	for quote, where := range map[string]struct {
		section string
		phase   phase
	}{
		"AWS calls of a plan that finds nothing to do": {"## AWS calls", noop},
		"AWS calls to change one prefix":               {"## AWS calls", change},
		"AWS calls to make them":                       {"## AWS calls", create},
		"seconds for the plan":                         {"## Wall time", noop},
		"memory of the provider, MiB":                  {"## Memory", noop},
	} {
		_, rest, _ := strings.Cut(peer, where.section)
		_, row, _ := strings.Cut(rest, "| "+string(where.phase)+" | 50 ms |")
		row, _, _ = strings.Cut(row, "\n")
		cells := strings.Split(row, "|")
		if len(cells) < 3 {
			t.Fatalf("PEER.md has no row of %s in %s", where.phase, where.section)
		}
		own, other, _ := strings.Cut(strings.TrimSpace(cells[2]), ", ")
		other, _, _ = strings.Cut(other, ",")
		if want := "| " + quote + " | " + own + " | " + other + " |"; !strings.Contains(readme, want) {
			t.Errorf("the README lacks %q", want)
		}
	}
}
