package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// root is the project's folder, seen from this package.
const root = "../.."

func TestReadmeShowsTheFilesThatAreTested(t *testing.T) {
	t.Parallel()
	readme := content(t, "README.md")
	for _, file := range []string{"internal/docsgen/before.tf", "examples/from-five-resources/main.tf"} {
		if !strings.Contains(readme, "```terraform\n"+content(t, file)+"```\n") {
			t.Errorf("README.md does not have %s as it is", file)
		}
	}
}

func TestReadmeLinksToFilesThatExist(t *testing.T) {
	t.Parallel()
	links := 0
	for _, part := range strings.Split(content(t, "README.md"), "](")[1:] {
		link, _, _ := strings.Cut(part, ")")
		if strings.Contains(link, "://") {
			continue
		}
		links++
		if _, err := os.Stat(filepath.Join(root, link)); err != nil {
			t.Errorf("README.md links to %s: %v", link, err)
		}
	}
	if links == 0 {
		t.Error("README.md has no links that were looked at")
	}
}

func content(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
