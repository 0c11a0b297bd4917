package acctest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/terraformcli"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// This file builds the provider for the tests that drive the binary: once for all of them.

// buildFolder is where the provider is built; TestMain makes and removes it.
var buildFolder string

var build = sync.OnceValues(func() (workspace.Mirror, error) { return workspace.Build(context.Background(), buildFolder) })

// built gives the mirror that terraform finds the provider in, and the terraform CLI.
func built(t *testing.T) (mirror workspace.Mirror, cli string) {
	t.Helper()
	mirror, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return mirror, os.Getenv(terraformcli.PathVariable)
}

// runInFolder runs all tests with a folder to build in and gives the exit code.
func runInFolder(m *testing.M) int {
	folder, err := os.MkdirTemp("", "crossaccount-acctest-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "making a folder to build in:", err)
		return 1
	}
	defer os.RemoveAll(folder)
	buildFolder = folder
	os.Setenv("XDG_CACHE_HOME", filepath.Join(folder, "cache")) // where processes take turns
	return m.Run()
}
