package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// This file runs terraform and shows of its output what belongs to the story.

// run runs terraform, shows what view keeps of its output and gives all of it.
func (t *teller) run(ctx context.Context, view view, arguments ...string) (string, error) {
	t.command("terraform " + strings.Join(arguments, " "))
	result, err := t.terraform.Terraform(ctx, nil, arguments...)
	if err != nil {
		return "", err
	}
	if result.Code != 0 {
		t.output(result.Stdout + result.Stderr)
		return "", fmt.Errorf("terraform %s ended with status %d", arguments[0], result.Code)
	}
	t.output(view.of(result.Stdout))
	return result.Stdout, nil
}

// value gives an output without showing it.
func (t *teller) value(ctx context.Context, name string) (string, error) {
	result, err := t.terraform.Terraform(ctx, nil, "output", "-raw", name)
	if err == nil && result.Code != 0 {
		err = errors.New(result.Stderr)
	}
	if err != nil {
		return "", fmt.Errorf("reading output %s: %w", name, err)
	}
	return result.Stdout, nil
}

// view says which lines of terraform's output are shown.
type view struct {
	// from and to begin the lines before which, and from which on, nothing is shown; empty for no limit.
	from, to string
	// only begins the lines that are shown; all are when there is none.
	only []string
}

var (
	// initialized leaves out the advice on lock files, which is about the mirror that the provider comes from here.
	initialized = view{only: []string{"- Installed", "Terraform has been successfully initialized"}}
	// planned begins with the first resource and ends before the outputs, which repeat it.
	planned = view{from: "  # ", to: "Changes to Outputs:"}
	applied = view{to: "Outputs:"}
	// warned begins with the sentences below the changes; completed leaves out those that the plan said already.
	warned    = view{from: "Plan:", to: "─"}
	completed = view{only: []string{"crossaccount_s3_share.", "Apply complete!"}}
	settled   = view{only: []string{"No changes."}}
	// destroyed leaves out the resource: it is the plan of the create once more, with minus signs.
	destroyed = view{only: []string{"Plan:", "crossaccount_s3_share.", "Destroy complete!"}}
)

// of gives the lines that are shown, with … for each run of lines that are not.
func (v view) of(output string) string {
	var shown []string
	inside := v.from == ""
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\n")
		inside = inside || strings.HasPrefix(line, v.from)
		if v.to != "" && strings.HasPrefix(line, v.to) {
			break
		}
		switch blank := line == ""; {
		case inside && !blank && v.keeps(line):
			shown = append(shown, line)
		case inside && blank && len(v.only) == 0:
			if len(shown) > 0 && shown[len(shown)-1] != "" {
				shown = append(shown, "")
			}
		case !blank && (len(shown) == 0 || shown[len(shown)-1] != "…"):
			shown = append(shown, "…")
		}
	}
	return strings.TrimRight(strings.Join(shown, "\n"), "\n") + "\n"
}

func (v view) keeps(line string) bool {
	for _, start := range v.only {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	return len(v.only) == 0
}

// allKnown tells that a plan of a create shows attributes with their values.
func allKnown(plan string, attributes ...string) error {
	var unknown []string
	for _, attribute := range attributes {
		if !isKnown(plan, attribute) {
			unknown = append(unknown, attribute)
		}
	}
	if len(unknown) > 0 {
		return errors.New("the plan does not show the value of " + strings.Join(unknown, ", "))
	}
	return nil
}

func isKnown(plan, attribute string) bool {
	for line := range strings.Lines(plan) {
		if fields := strings.Fields(line); len(fields) > 3 && fields[0] == "+" && fields[1] == attribute {
			return !strings.Contains(line, "(known after apply)")
		}
	}
	return false
}

// says tells that terraform printed a text, wherever it broke the lines.
func says(output, text string) error {
	if flat := strings.Join(strings.Fields(output), " "); !strings.Contains(flat, text) {
		return fmt.Errorf("terraform does not say %q", text)
	}
	return nil
}
