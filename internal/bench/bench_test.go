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
			sizes: []int{1, 10, 50, 200}, delegated: []int{200, 1000}, parallelism: []int{1, 10, 50},
			latencies: []time.Duration{0, 50 * time.Millisecond}, out: filepath.Join("internal", "bench", "RESULTS.md"),
		}},
		"everything": {
			arguments: []string{"-n", "3", "-delegated", "", "-parallelism", "7,8", "-latency", "1s", "-out", "x"},
			want:      settings{sizes: []int{3}, parallelism: []int{7, 8}, latencies: []time.Duration{time.Second}, out: "x"},
		},
		"no shares":        {arguments: []string{"-n", "0"}, wantErr: `reading -n: "0" is no number from 1`},
		"no number":        {arguments: []string{"-delegated", "1,many"}, wantErr: `reading -delegated: "many" is no number from 1`},
		"no operations":    {arguments: []string{"-parallelism", "10,"}, wantErr: `reading -parallelism: "" is no number from 1`},
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

func TestProcessesAreWatched(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells of another process what is watched")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	stopSelf, stopOther := watch(self), watch(filepath.Join(t.TempDir(), "other"))
	for sum, end := 0, time.Now().Add(200*time.Millisecond); time.Now().Before(end); sum++ {
		_ = sum // something to count
	}
	if seen := stopSelf(); seen.memory < 1<<20 || seen.memory > 1<<40 || seen.cpu < 10*time.Millisecond || seen.cpu > time.Hour {
		t.Errorf("the test has a peak of %d bytes and computed %s", seen.memory, seen.cpu)
	}
	if seen := stopOther(); seen != (use{}) {
		t.Errorf("a binary that does not run has a peak of %d bytes and computed %s", seen.memory, seen.cpu)
	}
}

func TestMost(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		layout layout
		shares int
		want   map[phase]int
	}{
		"one share":                 {ownStatements, 1, map[phase]int{create: 11, noop: 6, change: 9, destroy: 15}},
		"one bucket":                {ownStatements, 50, map[phase]int{create: 121, noop: 8, change: 11, destroy: 125}},
		"four buckets":              {ownStatements, 200, map[phase]int{create: 646, noop: 11, change: 14, destroy: 650}},
		"a wave on two buckets":     {ownStatements, 51, map[phase]int{create: 144, noop: 9, change: 12, destroy: 148}},
		"one statement":             {delegated, 1000, map[phase]int{create: 2306, noop: 8, change: 11, destroy: 2310}},
		"more roles than on a page": {delegated, 1001, map[phase]int{create: 2311, noop: 10, change: 13, destroy: 2315}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for p, want := range test.want {
				if got := test.layout.most(test.shares, p); got != want {
					t.Errorf("%s of %d shares may take %d calls, want %d", p, test.shares, got, want)
				}
			}
		})
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	const fast, slow = 0, 50 * time.Millisecond
	wanted := settings{sizes: []int{1, 10}, delegated: []int{200}, latencies: []time.Duration{fast, slow}, parallelism: []int{1, 50}}
	r := report{
		place: place{
			date: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), cores: 2, platform: "linux/amd64", golang: "go1", terraform: "1.2.3",
			binaryBytes: 3 << 20, took: 90 * time.Second,
		},
		settings: wanted,
		startup: startup{
			own:   plan{wall: 260 * time.Millisecond, cpu: 300 * time.Millisecond},
			empty: plan{wall: 200 * time.Millisecond, cpu: 150 * time.Millisecond},
		},
	}
	for _, one := range wanted.runs() {
		r.lives = append(r.lives, invented(one))
	}
	for _, one := range wanted.inParallel() {
		r.parallel = append(r.parallel, invented(one))
	}
	delete(r.lives[3].phases[create].calls, "iam:GetRole")
	got := r.markdown()
	for _, want := range []string{
		"on 2026-01-02: 2 cores, linux/amd64, go1, Terraform 1.2.3. It took 1m30s.",
		"a share has about 310 bytes there, so at most 50",
		"binary, stripped, has 3.1 MB (3.0 MiB)",
		"0.260 s with one share and 0.200 s with an empty provider: × 1.30; CPU 0.300 s and 0.150 s: × 2.00.",
		"|  | latency | N = 1 | N = 10 | N = 200, delegated |\n| --- | ---: | ---: | ---: | ---: |\n" +
			"| create | at most | 11 | 29 | 466 |\n| create | 0 ms | 3 | 12 | 202 |\n| create | 50 ms | 2 | 12 | 202 |\n",
		"| no-op plan | 50 ms | 3 | **12** | **202** |\n",
		"| destroy | 50 ms | 1.1 | 1.5 | 11.0 |\n",
		"| destroy | 50 ms | 0.5 + 1.5 | 0.5 + 1.5 | 0.5 + 1.5 |\n",
		"| destroy | 50 ms | 30 | 30 | 30 |\n",
		"| 1 → 10, × 10 | create | × 6 | × 1.4 | × 1 | × 1 |\n",
		"50 shares on one bucket at 50 ms\n\n| operations at a time | 1 | 50 |\n| --- | ---: | ---: |\n| create | 52 calls, 3.5 s | 52 calls, 3.5 s |\n",
		"| create | N = 1 | N = 10 | N = 200, delegated |\n| --- | ---: | ---: | ---: |\n| iam:GetRole | 0 | 10 | 200 |\n| s3:GetBucketPolicy | 2 | 2 | 2 |\n",
		"[PEER.md](PEER.md)",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the results lack %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "10 → 200") {
		t.Errorf("the results compare shares on several buckets with shares on one:\n%s", got)
	}
}

// invented is a life with figures that nobody measured.
func invented(one once) life {
	l := life{
		layout: one.layout, size: one.shares, latency: one.latency, parallelism: one.parallelism,
		policyBytes: 100 + 300*one.shares, phases: map[phase]figures{},
	}
	for _, p := range phases {
		l.phases[p] = figures{
			calls: map[string]int{"iam:GetRole": one.shares, "s3:GetBucketPolicy": 2}, wall: time.Second + one.latency*time.Duration(one.shares),
			cpu: 2 * time.Second, provider: use{memory: 30 << 20, cpu: 1500 * time.Millisecond},
		}
	}
	return l
}
