package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDemo(t *testing.T) {
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set: the demo drives the real terraform CLI; make test sets it")
	}
	t.Parallel()
	var out bytes.Buffer
	told := &transcript{out: &out}
	if err := run(t.Context(), told); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, line := range []string{
		"12. Destroy: the bucket policy is what it was",
		"  $ terraform apply share.tfplan",
		"    Plan: 1 to add, 0 to change, 0 to destroy.",
		"    Warning: Share acme-data/etl-reports is wider than declared",
		"  ✓ refused: a wrong external ID",
		"  ✓ the bucket policy is what it was, and of the share no role and no policy is left",
	} {
		if !strings.Contains(out.String(), line+"\n") {
			t.Errorf("the transcript lacks the line %q", line)
		}
	}
	if lines := strings.Split(strings.TrimSpace(out.String()), "\n"); !regexp.MustCompile(`^demo: \d\d expectations held$`).MatchString(lines[len(lines)-1]) {
		t.Errorf("the last line is %q", lines[len(lines)-1])
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Error("there are escape sequences in it, though it goes to no terminal")
	}
	if t.Failed() {
		t.Log(out.String())
	}
}

func TestRunCleansUp(t *testing.T) {
	// The folder for temporary files is the test's own, so this test runs by itself.
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(ctx, &transcript{out: &bytes.Buffer{}}); err == nil {
		t.Error("an interrupted demo ends without an error")
	}
	if left, err := filepath.Glob(filepath.Join(temporary, "crossaccount-demo-*")); err != nil || len(left) > 0 {
		t.Errorf("folders are left behind: %v, %v", left, err)
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		results map[string]error
		want    string
		wantErr bool
	}{
		"all held":   {results: map[string]error{"it rains": nil}, want: "  ✓ it rains\n\ndemo: 1 expectations held\n"},
		"one failed": {results: map[string]error{"it snows": errors.New("it is June")}, wantErr: true, want: "  ✗ it snows\n    it is June\n\ndemo: 1 of 1 expectations failed:\n  ✗ it snows\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			told := &transcript{out: &out}
			for expectation, err := range test.results {
				told.expect(expectation, err)
			}
			err := told.close()
			if diff := cmp.Diff(test.want, out.String()); diff != "" || (err != nil) != test.wantErr {
				t.Errorf("error %v; transcript (-want +got):\n%s", err, diff)
			}
		})
	}
}
