package main

import "strings"

// table is a table of Markdown; its first column is text, the others are figures.
type table struct {
	head []string
	rows [][]string
}

func (t table) markdown() string {
	align := make([]string, len(t.head))
	for i := range align {
		align[i] = "---:"
	}
	align[0] = "---"
	var text strings.Builder
	for _, row := range append([][]string{t.head, align}, t.rows...) {
		text.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
	return text.String()
}
