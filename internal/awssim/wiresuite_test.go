// This file holds the answers of the simulator to those of AWS, case by case.
package awssim_test

import (
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

var update = flag.Bool("update", false, "write the answers of the wire suite and the list of differences to moto anew")

// wireFile has what AWS answers to each call of the suite, as far as is known.
const wireFile = "testdata/wire.golden"

// wireCases are the suite: what each case does on an empty server.
func wireCases() map[string]func(*wire) {
	all := map[string]func(*wire){"refused new roles": wireNewRoles}
	for _, some := range []map[string]func(*wire){
		wireRoles, wirePolicies, wireUsers, wireBuckets, wireBucketPolicies, wireObjects, wirePoints, wireKeys,
	} {
		maps.Copy(all, some)
	}
	return all
}

// runWire runs the suite, each case on an empty server, and gives the answers by case.
func runWire(t *testing.T, empty func() (url string, key awssim.Credentials)) map[string][]answered {
	t.Helper()
	given := map[string][]answered{}
	for name, run := range wireCases() {
		url, key := empty()
		w := newWire(t, url, key)
		run(w)
		given[name] = w.answers
	}
	return given
}

func runWireOnSimulator(t *testing.T) map[string][]answered {
	t.Helper()
	return runWire(t, func() (string, awssim.Credentials) {
		w := newWorld(t)
		return w.sim.URL(), w.owner.AdminKey()
	})
}

func TestAnswersOnTheWire(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	given := runWireOnSimulator(t)
	for _, name := range slices.Sorted(maps.Keys(given)) {
		all.WriteString("# " + name + "\n")
		for _, a := range given[name] {
			all.WriteString(a.step + ": " + a.String() + "\n")
		}
		all.WriteString("\n")
	}
	holdTo(t, wireFile, all.String())
}

// holdTo fails the test unless a file has the text; with -update it writes it.
func holdTo(t *testing.T, file, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(text, "\n")); diff != "" {
		t.Errorf("%s does not say what is answered (-file +answered); -update writes it anew:\n%s", file, diff)
	}
}
