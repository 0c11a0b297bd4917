package terraformcli

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestFind(t *testing.T) {
	t.Parallel()
	offline := errors.New("no route to host")
	tests := map[string]struct {
		environment string
		onPath      string
		cached      bool
		installErr  error
		// want is relative to the project when it does not begin with a slash.
		want      string
		installed bool
		wantErr   error
	}{
		"the environment names one":              {environment: "/opt/terraform", onPath: "/usr/bin/terraform", want: "/opt/terraform"},
		"one is on PATH":                         {onPath: "/usr/bin/terraform", cached: true, want: "/usr/bin/terraform"},
		"one was fetched before":                 {cached: true, want: ".cache/terraform/1.11.4/terraform"},
		"there is none: it is fetched":           {want: ".cache/terraform/1.11.4/terraform", installed: true},
		"there is none and it cannot be fetched": {installErr: offline, wantErr: offline, installed: true},
	}
	for situation, test := range tests {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			project := newProject(t)
			cli := filepath.Join(project, ".cache", "terraform", Version, "terraform")
			if test.cached {
				write(t, cli)
			}
			installed := false
			f := finder{
				environment: func(string) string { return test.environment },
				lookPath: func(string) (string, error) {
					if test.onPath == "" {
						return "", exec.ErrNotFound
					}
					return test.onPath, nil
				},
				install: func(_ context.Context, folder string) error {
					installed = true
					if test.installErr == nil {
						write(t, filepath.Join(folder, "terraform"))
					}
					return test.installErr
				},
			}
			got, err := f.find(t.Context(), filepath.Join(project, "internal"))
			if !errors.Is(err, test.wantErr) {
				t.Fatalf("error is %v, want %v", err, test.wantErr)
			}
			want := test.want
			if want != "" && !filepath.IsAbs(want) {
				want = filepath.Join(project, want)
			}
			if got != want || installed != test.installed {
				t.Errorf("found %q (installed: %t), want %q (installed: %t)", got, installed, want, test.installed)
			}
			if left, err := filepath.Glob(filepath.Join(project, ".cache", "terraform", "fetching-*")); err != nil || len(left) > 0 {
				t.Errorf("folders are left behind: %v, %v", left, err)
			}
		})
	}
}

func TestFindKeepsWhatAnotherProcessFetched(t *testing.T) {
	t.Parallel()
	project := newProject(t)
	cli := filepath.Join(project, ".cache", "terraform", Version, "terraform")
	f := finder{
		environment: func(string) string { return "" },
		lookPath:    func(string) (string, error) { return "", exec.ErrNotFound },
		install: func(_ context.Context, folder string) error {
			write(t, cli)
			write(t, filepath.Join(folder, "terraform"))
			return nil
		},
	}
	got, err := f.find(t.Context(), project)
	if err != nil || got != cli {
		t.Errorf("found %q, %v; want %q", got, err, cli)
	}
}

func TestFindOutsideAProject(t *testing.T) {
	t.Parallel()
	f := finder{
		environment: func(string) string { return "" },
		lookPath:    func(string) (string, error) { return "", exec.ErrNotFound },
	}
	if got, err := f.find(t.Context(), t.TempDir()); err == nil {
		t.Errorf("found %q without a project to keep it in", got)
	}
}

// newProject makes a folder with a go.mod and a folder internal.
func newProject(t *testing.T) string {
	t.Helper()
	project := t.TempDir()
	write(t, filepath.Join(project, "go.mod"))
	if err := os.Mkdir(filepath.Join(project, "internal"), 0o755); err != nil {
		t.Fatal(err)
	}
	return project
}

func write(t *testing.T, file string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o755); err != nil {
		t.Fatal(err)
	}
}
