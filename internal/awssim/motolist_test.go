// This file compares the answers of moto with those of the simulator, and holds the differences to a list that explains each.
package awssim_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// motoFile lists the differences, for people too: first the reasons, then a table for each case.
const motoFile = "MOTO.md"

// difference is a step to which the two answer differently; of the fields it has those that differ.
type difference struct{ step, simulator, moto string }

// TestMotoAnswersAlike runs the suite on moto. A difference that is not listed fails it, and so does one that is listed and
// is none.
func TestMotoAnswersAlike(t *testing.T) {
	t.Parallel()
	url := startMoto(t)
	moto := runWire(t, func() (string, awssim.Credentials) {
		resetMoto(t, url)
		return url, awssim.Credentials{AccessKeyID: "any", SecretAccessKey: "any"}
	})
	differences := map[string][]difference{}
	for name, answers := range runWireOnSimulator(t) {
		differences[name] = compared(answers, moto[name])
	}
	list := readMotoList(t)
	holdTo(t, motoFile, list.preamble+written(differences, list.reasons))
	explain(t, differences, list)
}

// compared gives the differences of two runs of one case. A run may be shorter, where nothing was made to go on with.
func compared(simulator, moto []answered) (found []difference) {
	for i, s := range simulator {
		if i >= len(moto) {
			return append(found, difference{s.step, s.String(), "nothing, for the case ended"})
		}
		m := moto[i]
		if s.String() == m.String() {
			continue
		}
		if s.result == m.result {
			s.fields, m.fields = differing(s.fields, m.fields), differing(m.fields, s.fields)
		}
		found = append(found, difference{s.step, s.String(), m.String()})
	}
	return found
}

// differing gives the fields that are not among others.
func differing(fields, others []string) (left []string) {
	for _, field := range fields {
		if !slices.Contains(others, field) {
			left = append(left, field)
		}
	}
	return left
}

// motoList is what the file says.
type motoList struct {
	// preamble is all before the tables.
	preamble string
	// known are the reasons that it explains, by name.
	known map[string]bool
	// reasons are those of the differences, by case and step.
	reasons map[string]string
}

const tables = "## Differences\n"

var (
	explained = regexp.MustCompile(`(?m)^- \*\*([a-z-]+)\*\*: .+`)
	row       = regexp.MustCompile("^\\| (.+?) \\| `.*` \\| `.*` \\| (.*) \\|$")
)

func readMotoList(t *testing.T) motoList {
	t.Helper()
	text, err := os.ReadFile(motoFile)
	if err != nil {
		t.Fatal(err)
	}
	preamble, rest, there := strings.Cut(string(text), tables)
	if !there {
		t.Fatalf("%s has no %q", motoFile, tables)
	}
	list := motoList{preamble: preamble + tables, known: map[string]bool{}, reasons: map[string]string{}}
	for _, match := range explained.FindAllStringSubmatch(preamble, -1) {
		list.known[match[1]] = true
	}
	name := ""
	for line := range strings.Lines(rest) {
		line = strings.TrimSuffix(line, "\n")
		if title, is := strings.CutPrefix(line, "### "); is {
			name = title
		}
		if match := row.FindStringSubmatch(line); match != nil {
			list.reasons[name+"/"+match[1]] = match[2]
		}
	}
	return list
}

// written gives the tables.
func written(differences map[string][]difference, reasons map[string]string) string {
	var all strings.Builder
	for _, name := range slices.Sorted(maps.Keys(differences)) {
		if len(differences[name]) == 0 {
			continue
		}
		fmt.Fprintf(&all, "\n### %s\n\n| step | simulator | moto | reason |\n|---|---|---|---|\n", name)
		for _, d := range differences[name] {
			fmt.Fprintf(&all, "| %s | %s | %s | %s |\n", d.step, cell(d.simulator), cell(d.moto), reasons[name+"/"+d.step])
		}
	}
	return all.String()
}

func cell(answer string) string { return "`" + strings.ReplaceAll(answer, "|", `\|`) + "`" }

// explain fails the test unless each difference has a reason that is explained, and each reason a difference.
func explain(t *testing.T, differences map[string][]difference, list motoList) {
	t.Helper()
	used := map[string]bool{}
	for name, some := range differences {
		for _, d := range some {
			reason := list.reasons[name+"/"+d.step]
			used[reason] = true
			if !list.known[reason] {
				t.Errorf("%s, %s: %s does not explain %q\nsimulator: %s\nmoto: %s", name, d.step, motoFile, reason, d.simulator, d.moto)
			}
		}
	}
	for reason := range list.known {
		if !used[reason] {
			t.Errorf("%s explains %s, which is the reason of no difference", motoFile, reason)
		}
	}
}
