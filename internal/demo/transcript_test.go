package main

import (
	"bytes"
	"errors"
	"testing"

	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
)

func TestRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err  error
		want string
	}{
		"refused": {
			err:  &smithy.GenericAPIError{Code: "AccessDenied", Message: "no"},
			want: "    AccessDenied: no\n  ✓ refused: a write\n",
		},
		"let through": {want: "  ✗ refused: a write\n    AWS let it through\n"},
		"another error": {
			err:  &smithy.GenericAPIError{Code: "NoSuchBucket", Message: "none"},
			want: "    NoSuchBucket: none\n  ✗ refused: a write\n    AWS was expected to answer AccessDenied\n",
		},
		"no answer": {
			err:  errors.New("connection refused"),
			want: "    connection refused\n  ✗ refused: a write\n    AWS was expected to answer AccessDenied\n",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			(&transcript{out: &out}).refused("a write", test.err)
			if diff := cmp.Diff(test.want, out.String()); diff != "" {
				t.Errorf("transcript (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStep(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	told := &transcript{out: &out, secrets: []string{"s3cr3t"}}
	told.step("First", "A sentence that is longer than the line is wide is broken between two words and goes on, indented, in the next line.")
	told.command("terraform plan")
	told.output("one\n\n  two s3cr3t")
	want := `
1. First
  A sentence that is longer than the line is wide is broken between two words and goes on,
  indented, in the next line.

  $ terraform plan
    one

      two (sensitive)
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("transcript (-want +got):\n%s", diff)
	}
}
