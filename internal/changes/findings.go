package changes

import (
	"fmt"
	"slices"
	"strings"
)

// This file gathers what the differences of one part mean for access.

// findings are clauses of one sentence.
type findings struct {
	opened   []string // somebody has more than desired
	narrowed []string // somebody has less than desired
}

func (f *findings) open(format string, values ...any) {
	f.opened = add(f.opened, fmt.Sprintf(format, values...))
}

func (f *findings) narrow(format string, values ...any) {
	f.narrowed = add(f.narrowed, fmt.Sprintf(format, values...))
}

// sentence names what opened first. otherwise says what it means that neither was found.
func (f *findings) sentence(otherwise string) (sentence string, widens bool) {
	if len(f.opened)+len(f.narrowed) == 0 {
		return otherwise, false
	}
	return strings.Join(slices.Concat(f.opened, f.narrowed), "; "), len(f.opened) > 0
}

func add(clauses []string, clause string) []string {
	if slices.Contains(clauses, clause) {
		return clauses
	}
	return append(clauses, clause)
}
