package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		arguments []string
		want      settings
		wantErr   string
	}{
		"nothing": {want: settings{
			sizes: []int{1, 10, 50, 200, 1000}, latencies: []time.Duration{0, 50 * time.Millisecond}, out: filepath.Join("internal", "bench", "RESULTS.md"),
		}},
		"everything": {
			arguments: []string{"-n", "3", "-latency", "1s", "-out", "x"},
			want:      settings{sizes: []int{3}, latencies: []time.Duration{time.Second}, out: "x"},
		},
		"no shares":        {arguments: []string{"-n", "0"}, wantErr: `reading -n: "0" is no number of shares`},
		"no number":        {arguments: []string{"-n", "1,many"}, wantErr: `reading -n: "many" is no number of shares`},
		"negative latency": {arguments: []string{"-latency", "-1s"}, wantErr: `reading -latency: "-1s" is no duration such as 50ms`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parse(test.arguments)
			if test.wantErr != "" {
				if err == nil || err.Error() != test.wantErr {
					t.Errorf("error is %v, want %s", err, test.wantErr)
				}
				return
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(settings{})); diff != "" || err != nil {
				t.Errorf("error %v; settings (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestMemoryIsWatched(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells the peak memory of another process")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	stopSelf, stopOther := watchMemory(self), watchMemory(filepath.Join(t.TempDir(), "other"))
	if seen := stopSelf(); seen < 1<<20 || seen > 1<<40 {
		t.Errorf("the test has a peak of %d bytes", seen)
	}
	if seen := stopOther(); seen != 0 {
		t.Errorf("a binary that does not run has a peak of %d bytes", seen)
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	const fast, slow = 0, 50 * time.Millisecond
	lives := []life{}
	for _, latency := range []time.Duration{fast, slow} {
		for _, size := range []int{1, 10} {
			l := life{size: size, latency: latency, policyBytes: 100 + 300*size, phases: map[phase]figures{}}
			for _, p := range phases {
				l.phases[p] = figures{
					calls: map[string]int{"iam:GetRole": size, "s3:GetBucketPolicy": 2}, wall: time.Second + latency*time.Duration(size), memory: 30 << 20,
				}
			}
			lives = append(lives, l)
		}
	}
	delete(lives[2].phases[create].calls, "iam:GetRole")
	r := report{
		place: place{date: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), cores: 2, platform: "linux/amd64", golang: "go1", terraform: "1.2.3", binaryBytes: 3 << 20},
		lives: lives, startup: startup{own: 260 * time.Millisecond, empty: 200 * time.Millisecond}, settings: settings{sizes: []int{1, 10}, latencies: []time.Duration{fast, slow}},
	}
	got := r.markdown()
	for _, want := range []string{
		"on 2026-01-02: 2 cores, linux/amd64, go1, Terraform 1.2.3.",
		"a share has about 310 bytes",
		"binary, stripped, has 3.1 MB (3.0 MiB)",
		"of one share at no latency takes 0.260 s",
		"calls nobody 0.200 s: × 1.30.",
		"|  | latency | N = 1 | N = 10 |\n| --- | ---: | ---: | ---: |\n| create | 0 ms | 3 | 12 |\n| create | 50 ms | 2 | 12 |\n",
		"| destroy | 50 ms | 1.1 | 1.5 |\n",
		"| destroy | 50 ms | 30 | 30 |\n",
		"| 1 → 10, × 10 | create | × 6 | × 1.4 | × 1 |\n",
		"| create | N = 1 | N = 10 |\n| --- | ---: | ---: |\n| iam:GetRole | 0 | 10 |\n| s3:GetBucketPolicy | 2 | 2 |\n",
		"as given in issue 6, not measured here",
		"| create | 7N + 3 | 10 | 73 |\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the results lack %q:\n%s", want, got)
		}
	}
}
