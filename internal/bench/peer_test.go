package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/terraformcli"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

func TestFindPeer(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name string, mode os.FileMode) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, nil, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	program := write("terraform-provider-aws_v6.1.0_x5", 0o700)
	link := filepath.Join(folder, "terraform-provider-aws")
	if err := os.Symlink(write("elsewhere", 0o700), link); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ path, wantErr string }{
		"a program":        {path: program},
		"a link to one":    {path: link},
		"nothing":          {path: filepath.Join(folder, "terraform-provider-aws_v1"), wantErr: "no such file"},
		"a folder":         {path: folder, wantErr: "is no program"},
		"a file":           {path: write("terraform-provider-aws_v2", 0o600), wantErr: "is no program"},
		"another provider": {path: write("terraform-provider-google_v2", 0o700), wantErr: "is not named terraform-provider-aws…"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := findPeer(test.path)
			if test.wantErr == "" {
				if err != nil || !filepath.IsAbs(found) || found == link {
					t.Errorf("found %q, %v", found, err)
				}
			} else if err == nil || !strings.Contains(err.Error(), test.wantErr) {
				t.Errorf("error is %v, want %s", err, test.wantErr)
			}
		})
	}
}

func TestComparison(t *testing.T) {
	t.Parallel()
	a, z := life{phases: map[phase]figures{}}, life{phases: map[phase]figures{}}
	for _, p := range phases {
		a.phases[p] = figures{calls: map[string]int{"iam:GetRole": 2}, wall: time.Second, cpu: time.Second, provider: use{memory: 40 << 20}}
		z.phases[p] = figures{calls: map[string]int{"iam:GetRole": 9, "iam:ListRoles": 1}, wall: 4 * time.Second, cpu: 3 * time.Second, provider: use{memory: 500 << 20}}
	}
	got := comparison{
		settings: settings{peer: "folder/terraform-provider-aws_v6.1.0_x5", sizes: []int{1}, latencies: []time.Duration{0}}, pairs: []pair{{a, z}},
	}.markdown()
	for _, part := range []string{
		"`terraform-provider-aws_v6.1.0_x5`", "|  | latency | N = 1 |\n| --- | ---: | ---: |\n| create | 0 ms | 2, 10, × 5 |\n| no-op plan | 0 ms | 2, 10, × 5 |\n",
		"| destroy | 0 ms | 1.0, 4.0, × 4 |", "| change one | 0 ms | 1.0, 3.0, × 3 |", "| create | 0 ms | 40, 500, × 12 |",
	} {
		if !strings.Contains(got, part) {
			t.Errorf("it lacks %q:\n%s", part, got)
		}
	}
}

// hashicorp/aws is not to be had in tests: this provider plays its part, under its name and out of the same mirror.
func TestPeerIsMeasuredBesideThisProvider(t *testing.T) {
	t.Parallel()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set: two providers are run by the real terraform CLI; make test sets it")
	}
	cli, err := terraformcli.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mirror, err := workspace.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), "terraform-provider-aws_v6.1.0_x5")
	if err := os.Link(mirror.Binary, binary); err != nil {
		t.Fatal(err)
	}
	peer, err := mirror.Add(peerSource, binary)
	if err != nil {
		t.Fatal(err)
	}
	other := ours(peer, ownStatements)
	other.configuration = strings.Replace(other.configuration, "crossaccount/crossaccount", peerSource, 1)
	b := bench{cli: cli, folder: t.TempDir(), size: 1}
	own, theirs, err := b.beside(t.Context(), ours(mirror, ownStatements), other)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range phases {
		if a, z := own.phases[p], theirs.phases[p]; a.total() != z.total() || z.total() == 0 {
			t.Errorf("%s: %d and %d calls, want the same", p, a.total(), z.total())
		}
	}
}

// What the peer is given must at least be HCL that Terraform reads; the types are known to hashicorp/aws alone.
func TestPeerConfigurationIsHCL(t *testing.T) {
	t.Parallel()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set: terraform fmt reads the configuration; make test sets it")
	}
	cli, err := terraformcli.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]subject{"own": ours(workspace.Mirror{}, ownStatements), "delegated": ours(workspace.Mirror{}, delegated), "peer": peers(workspace.Mirror{})} {
		w, err := workspace.New(workspace.Mirror{}, cli, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write("main.tf", s.configuration); err != nil {
			t.Fatal(err)
		}
		result, err := w.Terraform(t.Context(), nil, "fmt", "-check", "-diff")
		if err != nil || result.Code != 0 {
			t.Errorf("%s: %v\n%s%s", name, err, result.Stdout, result.Stderr)
		}
	}
}
