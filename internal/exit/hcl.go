package exit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// This file writes values in the syntax of Terraform's language.

// argument is one argument of a block.
type argument struct{ name, value string }

// list are arguments that stand together.
type list []argument

// String aligns the equals signs, as terraform fmt does.
func (l list) String() string {
	width := 0
	for _, a := range l {
		width = max(width, len(a.name))
	}
	var text strings.Builder
	for _, a := range l {
		fmt.Fprintf(&text, "  %-*s = %s\n", width, a.name, a.value)
	}
	return text.String()
}

func tagsOf(tags map[string]string) string {
	if len(tags) == 0 {
		return ""
	}
	width := 0
	for key := range tags {
		width = max(width, len([]rune(quoted(key))))
	}
	var text strings.Builder
	text.WriteString("\n  tags = {\n")
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		fmt.Fprintf(&text, "    %-*s = %s\n", width, quoted(key), quoted(tags[key]))
	}
	text.WriteString("  }\n")
	return text.String()
}

// literal keeps text from being read as a template.
var literal = strings.NewReplacer("${", "$${", "%{", "%%{")

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

// quoted writes a string.
func quoted(text string) string { return `"` + literal.Replace(escapes.Replace(text)) + `"` }

// heredoc writes a document for people, to the end of an argument. A backslash means itself there.
func heredoc(document policy.Document) string {
	return "<<-JSON\n" + literal.Replace(indented(document)) + "\n  JSON"
}

// indented lays JSON out inside a resource block; the heredoc takes the indent away again. No line of JSON can be the end
// mark, since none is a bare word.
func indented(document policy.Document) string {
	return "    " + strings.ReplaceAll(document.Indented(), "\n", "\n    ")
}

// labelOf makes a name for a block: letters, digits, _ and -, not beginning with a digit or -.
func labelOf(name string) string {
	label := strings.Map(func(r rune) rune {
		if r < 128 && (r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '_' || r == '-') {
			return r
		}
		return '_'
	}, name)
	if label == "" || label[0] == '-' || label[0] >= '0' && label[0] <= '9' {
		return "share_" + label
	}
	return label
}
