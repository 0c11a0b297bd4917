// Package archtest_test enforces the lines of the design: who may import whom, and the size and names of files.
package archtest_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// source is one Go file of the module; tests are left out.
type source struct {
	folder, name string // below the root, with slashes
	imports      []string
	lines        int
}

// sources reads every Go file that is built into something. Folders that begin with a dot or an underscore, testdata and
// modules of their own are no part of this module.
func sources(t *testing.T) []source {
	t.Helper()
	var found []source
	err := filepath.WalkDir(root, func(at string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			_, ownModule := os.Stat(filepath.Join(at, "go.mod"))
			if at != root && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" || ownModule == nil) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		read, err := readSource(at)
		found = append(found, read)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 50 {
		t.Fatalf("only %d files were found: the walk is wrong", len(found))
	}
	return found
}

func readSource(at string) (source, error) {
	text, err := os.ReadFile(at)
	if err != nil {
		return source{}, err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), at, text, parser.ImportsOnly)
	if err != nil {
		return source{}, err
	}
	below, err := filepath.Rel(root, at)
	if err != nil {
		return source{}, err
	}
	read := source{lines: strings.Count(string(text), "\n")}
	read.folder, read.name = path.Split(filepath.ToSlash(below))
	read.folder = path.Clean(read.folder)
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return source{}, err
		}
		read.imports = append(read.imports, imported)
	}
	return read, nil
}

func ruleOf(folder string) (rule, bool) {
	at := slices.IndexFunc(rules, func(r rule) bool { return r.folder == folder })
	if at < 0 {
		return rule{}, false
	}
	return rules[at], true
}

// target turns an import into what the table calls it: a folder of the module, a world, or the import itself. standard
// tells that it is of the standard library and everybody may have it.
func target(imported string) (to string, standard bool) {
	if below, ok := strings.CutPrefix(imported, module+"/"); ok {
		return below, false
	}
	for _, world := range []string{waiting, terraform, tooling, aws, proxies, storage, locks} {
		if imported == world || world != waiting && strings.HasPrefix(imported, world) {
			return world, false
		}
	}
	first, _, _ := strings.Cut(imported, "/")
	return imported, !strings.Contains(first, ".")
}

// breach says what is wrong with an import, "" if nothing is.
func breach(folder, imported string) string {
	r, known := ruleOf(folder)
	if !known {
		return "no rule is known for " + folder + ": say in rules_test.go what it owns and what it may import"
	}
	to, standard := target(imported)
	if standard || slices.ContainsFunc(r.edges, func(e edge) bool { return e.to == to }) {
		return ""
	}
	return folder + " (" + r.owns + ") may not import " + imported
}

func TestImports(t *testing.T) {
	t.Parallel()
	unknown := map[string]bool{}
	for _, file := range sources(t) {
		if _, known := ruleOf(file.folder); !known {
			if !unknown[file.folder] {
				t.Error(breach(file.folder, ""))
			}
			unknown[file.folder] = true
			continue
		}
		for _, imported := range file.imports {
			if wrong := breach(file.folder, imported); wrong != "" {
				t.Errorf("%s/%s: %s", file.folder, file.name, wrong)
			}
		}
	}
}

// TestRulesRefuse is the twin of TestImports: the lines that matter most are lines.
func TestRulesRefuse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ folder, imported string }{
		{"internal/policy", "context"},
		{"internal/policy", module + "/internal/share"},
		{"internal/policy", module + "/internal/policy/verdict"},
		{"internal/policy/verdict", "github.com/aws/aws-sdk-go-v2/aws"},
		{"internal/share", module + "/internal/changes"},
		{"internal/share", "github.com/hashicorp/terraform-plugin-framework/types"},
		{"internal/changes", "context"},
		{"internal/changes", module + "/internal/awsapi"},
		{"internal/awsapi", module + "/internal/reconcile"},
		{"internal/awsapi", "github.com/hashicorp/terraform-plugin-log/tflog"},
		{"internal/reconcile", "github.com/aws/smithy-go"},
		{"internal/reconcile", module + "/internal/policy"},
		{"internal/provider/s3share", "github.com/aws/aws-sdk-go-v2/service/iam"},
		{"internal/provider/s3share", module + "/internal/policy"},
		{"internal/provider", "github.com/aws/aws-sdk-go-v2/config"},
		{"internal/exposure", "context"},
		{"internal/exit", module + "/internal/reconcile"},
		{".", module + "/internal/awsapi"},
		{"internal/awssim", "github.com/aws/aws-sdk-go-v2/service/s3"},
		{"internal/nowhere", "fmt"},
		{"internal/share", "example.com/anything"},
	} {
		if breach(c.folder, c.imported) == "" {
			t.Errorf("%s may import %s", c.folder, c.imported)
		}
	}
	for _, folder := range []string{".", "internal/policy", "internal/policy/verdict", "internal/share", "internal/changes", "internal/awsapi", "internal/reconcile", "internal/provider", "internal/provider/s3share"} {
		if breach(folder, module+"/internal/awssim") == "" {
			t.Errorf("%s may import the simulator", folder)
		}
	}
}

// TestRulesAreTidy keeps the table true: no rule for what is gone, no edge without a reason, no circle.
func TestRulesAreTidy(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range rules {
		if seen[r.folder] {
			t.Errorf("%s has two rules", r.folder)
		}
		seen[r.folder] = true
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(r.folder))); err != nil {
			t.Errorf("there is a rule for %s and no such folder", r.folder)
		}
		for _, e := range r.edges {
			if e.reason == "" || r.owns == "" {
				t.Errorf("%s → %s has no reason", r.folder, e.to)
			}
			if reaches(e.to, r.folder, len(rules)) {
				t.Errorf("%s → %s closes a circle", r.folder, e.to)
			}
		}
	}
}

func reaches(from, to string, steps int) bool {
	if from == to {
		return true
	}
	r, _ := ruleOf(from)
	return steps > 0 && slices.ContainsFunc(r.edges, func(e edge) bool { return reaches(e.to, to, steps-1) })
}

// TestFiles holds files to the size and the names of the house.
func TestFiles(t *testing.T) {
	t.Parallel()
	for _, file := range sources(t) {
		if file.lines > 300 {
			t.Errorf("%s/%s has %d lines: a file states one job in at most 300", file.folder, file.name, file.lines)
		}
		for _, word := range append(strings.Split(file.folder, "/"), strings.FieldsFunc(strings.TrimSuffix(file.name, ".go"), func(r rune) bool { return r == '_' })...) {
			if nameless[word] {
				t.Errorf("%s/%s: %q names no job", file.folder, file.name, word)
			}
		}
	}
}

// nameless are words that say nothing about what is in a file or folder.
var nameless = map[string]bool{
	"util": true, "utils": true, "common": true, "helper": true, "helpers": true, "shared": true, "misc": true, "base": true,
}
