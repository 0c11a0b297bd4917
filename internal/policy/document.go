// Package policy reads and writes IAM policy documents (identity, trust, bucket and key policies) and loses nothing
// that it does not understand: a statement that nobody changes is written as the bytes that were read.
package policy

// This file holds the document: its top-level members and the list of its statements.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Versions of the policy language. Policy variables such as ${aws:username} work only in the newer one; a document
// without Version is read as the older one (IAM User Guide, "IAM JSON policy elements: Version").
const (
	Version2012 = "2012-10-17"
	Version2008 = "2008-10-17"
)

// Document is one policy document. It never changes: Replace makes a new one. The zero Document is New().
type Document struct {
	text       string
	members    []member // in the order of the text; the value of Statement is not used
	statements []Statement
}

// Parse reads a policy document. Statement may be one object or an array of objects, or be missing. Parse fails for
// text that is no JSON object, for a Statement of another type and for two members Statement, since nobody can tell
// which of them counts. A statement that makes no sense is kept, see Statement.Err.
func Parse(text string) (Document, error) {
	if !json.Valid([]byte(text)) {
		return Document{}, errors.New("parsing policy document: it is not valid JSON")
	}
	members, ok := cutObject(text)
	if !ok {
		return Document{}, errors.New("parsing policy document: it is not a JSON object")
	}
	document := Document{text: text, members: members}
	found := false
	for _, m := range members {
		if m.name != "Statement" {
			continue
		}
		if found {
			return Document{}, errors.New("parsing policy document: it has two members Statement")
		}
		found = true
		statements, err := parseStatements(m.value)
		if err != nil {
			return Document{}, fmt.Errorf("parsing policy document: %w", err)
		}
		document.statements = statements
	}
	return document, nil
}

func parseStatements(raw string) ([]Statement, error) {
	elements, ok := cutArray(raw)
	if !ok {
		elements = []string{raw}
	}
	statements := make([]Statement, 0, len(elements))
	for i, element := range elements {
		if !strings.HasPrefix(element, "{") {
			return nil, fmt.Errorf("reading statement %d: it is not a JSON object", i+1)
		}
		statements = append(statements, decodeStatement(element))
	}
	return statements, nil
}

// New makes a document of the current version.
func New(statements ...Statement) Document {
	return Document{members: []member{
		{name: "Version", key: `"Version"`, value: quote(Version2012)},
		{name: "Statement", key: `"Statement"`},
	}}.with(fixed(statements))
}

// Version is the member Version as written, "" if absent.
func (d Document) Version() string { return d.top("Version") }

// ID is the member Id, "" if absent.
func (d Document) ID() string { return d.top("Id") }

// top gives the last member of that name, as encoding/json and most readers do.
func (d Document) top(name string) string {
	for _, m := range slices.Backward(d.written().members) {
		if m.name == name {
			value, _ := scalar(m.value)
			return value
		}
	}
	return ""
}

// Statements gives copies of the statements in their order.
func (d Document) Statements() []Statement {
	copies := make([]Statement, 0, len(d.statements))
	for _, s := range d.statements {
		copies = append(copies, s.clone())
	}
	return copies
}

// IsEmpty tells that there is no statement.
func (d Document) IsEmpty() bool { return len(d.statements) == 0 }

// JSON is the text as it was read, byte for byte, or, when Replace changed it, compact JSON in which top-level members
// and the statements that were kept are the JSON they were.
func (d Document) JSON() string { return d.written().text }

// Format prints how many statements there are, whatever the verb, and not the text: trust policies hold external IDs,
// and what is logged or put into an error by accident must not show one.
func (d Document) Format(state fmt.State, _ rune) {
	_, _ = fmt.Fprintf(state, "policy document of %d statements", len(d.statements))
}

// Indented is JSON laid out for people.
func (d Document) Indented() string {
	var indented bytes.Buffer
	if err := json.Indent(&indented, []byte(d.JSON()), "", "  "); err != nil {
		return d.JSON() // cannot happen: the text is valid
	}
	return indented.String()
}

// Replace drops every statement for which mine is true and puts with where the first dropped one stood, at the end if
// none was dropped. Everything else stays as it was, the Version too: a newer one would give ${…} in other people's
// statements a meaning that it did not have.
func (d Document) Replace(mine func(Statement) bool, with ...Statement) Document {
	kept := make([]Statement, 0, len(d.statements)+len(with))
	place := -1
	for _, s := range d.statements {
		switch {
		case !mine(s.clone()):
			kept = append(kept, s)
		case place < 0:
			place = len(kept)
		}
	}
	if place < 0 && len(with) == 0 {
		return d
	}
	if place < 0 {
		place = len(kept)
	}
	return d.written().with(slices.Insert(kept, place, fixed(with)...))
}

// Alone gives the document with one of its statements, told by its place, and nothing else changed.
func (d Document) Alone(place int) Document { return d.with(d.statements[place : place+1]) }

// written makes the zero Document the empty document that it stands for.
func (d Document) written() Document {
	if d.text == "" {
		return New()
	}
	return d
}

// with makes the document that has the members of d and these statements, which are fixed.
func (d Document) with(statements []Statement) Document {
	members := slices.Clone(d.members)
	if !slices.ContainsFunc(members, func(m member) bool { return m.name == "Statement" }) {
		members = append(members, member{name: "Statement", key: `"Statement"`})
	}
	made := Document{members: members, statements: statements}
	made.text = renderDocument(made)
	return made
}

// fixed copies statements as documents hold them: nobody else can change them, and each has its JSON.
func fixed(statements []Statement) []Statement {
	copies := make([]Statement, 0, len(statements))
	for _, s := range statements {
		one := s.clone()
		one.raw = s.JSON()
		copies = append(copies, one)
	}
	return copies
}
