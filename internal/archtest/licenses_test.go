package archtest_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// This file lists the licences of everything that is compiled, and refuses those that would bind users of the provider.

var update = flag.Bool("update", false, "write .github/licenses.md anew")

const licensesFile = "../../.github/licenses.md"

// license is one that is known by words that only it has.
type license struct {
	name string
	// words are in its text, white space aside.
	words string
	// refused tells why nothing under it may be compiled; empty when it may.
	refused string
}

// licenses in the order in which they are looked for: the BSD licence of two clauses is the beginning of that of three.
var licenses = []license{
	{"AGPL", "GNU AFFERO GENERAL PUBLIC LICENSE", "it reaches those who only run the program"},
	{"SSPL", "Server Side Public License", "it reaches those who only run the program"},
	{"LGPL", "GNU LESSER GENERAL PUBLIC LICENSE", "a Go program links statically"},
	{"GPL", "GNU GENERAL PUBLIC LICENSE", "it does not go with the Mozilla Public License of this repository in one program that is given away"},
	{"BUSL", "Business Source License", "it is not open source"},
	{"Apache-2.0", "Apache License Version 2.0", ""},
	{"MIT", "Permission is hereby granted, free of charge", ""},
	{"ISC", "Permission to use, copy, modify, and/or distribute this software", ""},
	{"BSD-3-Clause", "Neither the name of", ""},
	{"BSD-2-Clause", "Redistributions in binary form must reproduce", ""},
}

// titleEnd is how far into a text its title is looked for, behind lines of copyright.
const titleEnd = 200

// nameLicense tells which licence a text is.
func nameLicense(text string) (license, error) {
	squeezed := strings.ToLower(strings.Join(strings.Fields(text), " "))
	// The MPL names the GPL, the AGPL and the LGPL among its secondary licences; its own title comes first.
	if strings.Contains(squeezed[:min(len(squeezed), titleEnd)], "mozilla public license") {
		return license{name: "MPL-2.0"}, nil
	}
	for _, known := range licenses {
		if strings.Contains(squeezed, strings.ToLower(known.words)) {
			return known, nil
		}
	}
	return license{}, errors.New("no licence that is known here")
}

// goModule is a module as the go command tells of it.
type goModule struct{ Path, Version, Dir string }

// modulesOf gives the modules of all packages that the arguments of go list choose, without this one.
func modulesOf(t *testing.T, arguments ...string) map[string]goModule {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", append([]string{"list", "-deps", "-json=Module"}, arguments...)...)
	command.Dir = "../.."
	// What is compiled differs a little between systems; releases for linux stand for all.
	command.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	found := map[string]goModule{}
	decoder := json.NewDecoder(bytes.NewReader(output))
	for {
		var listed struct{ Module *goModule }
		if err := decoder.Decode(&listed); errors.Is(err, io.EOF) {
			return found
		} else if err != nil {
			t.Fatalf("reading what go list says: %v", err)
		}
		if listed.Module != nil && listed.Module.Path != module {
			found[listed.Module.Path] = *listed.Module
		}
	}
}

// licenseOf reads the licence in the folder of a module.
func licenseOf(m goModule) (license, error) {
	for _, pattern := range []string{"LICENSE*", "LICENCE*", "COPYING*", "license*"} {
		files, _ := filepath.Glob(filepath.Join(m.Dir, pattern)) // the patterns are well formed
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return license{}, err
			}
			return nameLicense(string(text))
		}
	}
	return license{}, errors.New("no file with a licence")
}

func TestLicensesOfEverythingThatIsCompiled(t *testing.T) {
	t.Parallel()
	shipped := modulesOf(t, ".")
	all := modulesOf(t, "-test", "./...")
	var list strings.Builder
	list.WriteString("# Licences\n\nWritten by `go test ./internal/archtest -run Licenses -update`; a test holds it to what is compiled.\n" +
		"The provider is made of the modules of the first table; those of the second are in tests and tools only.\n")
	for _, table := range []struct {
		title  string
		choose func(goModule) bool
	}{
		{"In the provider", func(m goModule) bool { return shipped[m.Path].Path != "" }},
		{"In tests and tools", func(m goModule) bool { return shipped[m.Path].Path == "" }},
	} {
		fmt.Fprintf(&list, "\n## %s\n\n| module | version | licence |\n|---|---|---|\n", table.title)
		for _, m := range sortedModules(all) {
			if !table.choose(m) {
				continue
			}
			found, err := licenseOf(m)
			if err != nil {
				t.Errorf("%s: %v", m.Path, err)
			}
			if found.refused != "" {
				t.Errorf("%s is under the %s: %s", m.Path, found.name, found.refused)
			}
			fmt.Fprintf(&list, "| %s | %s | %s |\n", m.Path, m.Version, found.name)
		}
	}
	if *update {
		if err := os.WriteFile(licensesFile, []byte(list.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(licensesFile); err != nil || string(have) != list.String() {
		t.Errorf(".github/licenses.md is out of date: run go test ./internal/archtest -run Licenses -update (%v)", err)
	}
}

func sortedModules(modules map[string]goModule) []goModule {
	sorted := make([]goModule, 0, len(modules))
	for _, m := range modules {
		sorted = append(sorted, m)
	}
	slices.SortFunc(sorted, func(a, b goModule) int { return cmp.Compare(a.Path, b.Path) })
	return sorted
}

// A licence that is refused is recognized, also where another one names it.
func TestRefusedLicensesAreRecognized(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"                    GNU AFFERO GENERAL PUBLIC LICENSE\n                       Version 3, 19 November 2007": "AGPL",
		"                    GNU GENERAL PUBLIC LICENSE\n                       Version 3":                          "GPL",
		"Server Side\nPublic License": "SSPL",
		"Mozilla Public License Version 2.0\n… \"Secondary License\" means the GNU Affero General Public License": "MPL-2.0",
		"Copyright (c) 2017 HashiCorp, Inc.\n\nMozilla Public License, version 2.0\n… GNU Affero":                 "MPL-2.0",
		"                                 Apache License\n                           Version 2.0, January 2004":   "Apache-2.0",
	} {
		if found, err := nameLicense(text); err != nil || found.name != want {
			t.Errorf("%q is taken for %q (%v), want %s", text, found.name, err, want)
		}
	}
	if _, err := nameLicense("All rights reserved."); err == nil {
		t.Error("a text that is no licence is taken for one")
	}
}
