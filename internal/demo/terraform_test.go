package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const output = `Refreshing

  # a will be created
  + resource "a" {
      + name = "n"
      + size = (known after apply)
    }

Plan: 1 to add, 0 to change, 0 to destroy.

Changes to Outputs:
  + name = "n"
`

func TestView(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		view view
		want string
	}{
		"everything": {view: view{}, want: output},
		"resource": {
			view: planned,
			want: "…\n  # a will be created\n  + resource \"a\" {\n      + name = \"n\"\n      + size = (known after apply)\n    }\n\n" +
				"Plan: 1 to add, 0 to change, 0 to destroy.\n",
		},
		"some lines": {view: view{only: []string{"Plan:"}}, want: "…\nPlan: 1 to add, 0 to change, 0 to destroy.\n…\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, test.view.of(output)); diff != "" {
				t.Errorf("shown lines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAllKnown(t *testing.T) {
	t.Parallel()
	if err := allKnown(output, "name"); err != nil {
		t.Error(err)
	}
	err := allKnown(output, "name", "size", "color")
	if err == nil || err.Error() != "the plan does not show the value of size, color" {
		t.Errorf("error is %v", err)
	}
}

func TestSays(t *testing.T) {
	t.Parallel()
	if err := says("Plan: 1 to\n  add", "Plan: 1 to add"); err != nil {
		t.Error(err)
	}
	if says("Plan: 1 to add", "Plan: 2 to add") == nil {
		t.Error("terraform says something else")
	}
}
