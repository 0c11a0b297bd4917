package policy

// This file writes documents and statements as compact JSON, always in the same order.

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

func renderDocument(d Document) string {
	raws := make([]string, 0, len(d.statements))
	for _, s := range d.statements {
		raws = append(raws, s.raw)
	}
	members := make([]string, 0, len(d.members))
	for _, m := range d.members {
		if m.name == "Statement" {
			m.value = list(raws)
		}
		members = append(members, m.key+":"+m.value)
	}
	return object(members)
}

func renderStatement(s Statement) string {
	var members []string
	add := func(name, value string) {
		if value != "" {
			members = append(members, quote(name)+":"+value)
		}
	}
	if s.Sid != "" {
		add("Sid", quote(s.Sid))
	}
	add("Effect", quote(string(s.Effect)))
	add("Principal", renderPrincipal(s.Principal))
	add("NotPrincipal", renderPrincipal(s.NotPrincipal))
	add("Action", renderValues(s.Action))
	add("NotAction", renderValues(s.NotAction))
	add("Resource", renderValues(s.Resource))
	add("NotResource", renderValues(s.NotResource))
	if len(s.Condition) > 0 {
		add("Condition", renderMap(s.Condition, func(keys map[string]Values) string { return renderMap(keys, renderValues) }))
	}
	return object(members)
}

func renderPrincipal(p *Principal) string {
	switch {
	case p == nil:
		return ""
	case p.Any:
		return `"*"`
	}
	return renderMap(p.kinds(), renderValues)
}

func renderValues(values Values) string {
	if values == nil {
		return ""
	}
	quoted := make([]string, 0, len(values))
	for _, value := range values {
		quoted = append(quoted, quote(value))
	}
	if len(quoted) == 1 {
		return quoted[0]
	}
	return list(quoted)
}

// renderMap writes the names in alphabetical order.
func renderMap[V any](values map[string]V, render func(V) string) string {
	members := make([]string, 0, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		value := render(values[name])
		if value == "" {
			value = "[]" // a key with nil values
		}
		members = append(members, quote(name)+":"+value)
	}
	return object(members)
}

func object(members []string) string { return "{" + strings.Join(members, ",") + "}" }

func list(elements []string) string { return "[" + strings.Join(elements, ",") + "]" }

// quote leaves & < > as they are: people read these documents, and S3 counts bytes.
func quote(value string) string {
	var quoted bytes.Buffer
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return `""` // cannot happen: every string can be encoded
	}
	return strings.TrimSuffix(quoted.String(), "\n")
}
