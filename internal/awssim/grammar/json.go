// This file reads JSON with the order of its members kept, refuses duplicate
// members, and writes it back compact, as IAM does with trust policies.
package grammar

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// node is a JSON value: an object, a list, or anything else as its JSON text.
type node struct {
	object  bool
	members []member
	array   bool
	items   []*node
	scalar  any
}

type member struct {
	name  string
	value *node
}

func parse(text string) (*node, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	n, err := decode(dec)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("reading JSON: text after the value")
	}
	return n, nil
}

func decode(dec *json.Decoder) (*node, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, fmt.Errorf("reading JSON: %w", err)
	}
	switch token {
	case json.Delim('{'):
		return decodeObject(dec)
	case json.Delim('['):
		n := &node{array: true}
		for dec.More() {
			item, err := decode(dec)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, item)
		}
		_, err := dec.Token()
		return n, err
	}
	return &node{scalar: token}, nil
}

func decodeObject(dec *json.Decoder) (*node, error) {
	n := &node{object: true}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("reading JSON: %w", err)
		}
		name, _ := token.(string)
		if n.get(name) != nil {
			return nil, fmt.Errorf("reading JSON: member %q occurs twice", name)
		}
		value, err := decode(dec)
		if err != nil {
			return nil, err
		}
		n.members = append(n.members, member{name, value})
	}
	_, err := dec.Token()
	return n, err
}

// get finds a member, nil where there is none.
func (n *node) get(name string) *node {
	for _, m := range n.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// list gives the items of a list, or the value itself as its only item.
func (n *node) list() []*node {
	switch {
	case n == nil:
		return nil
	case n.array:
		return n.items
	}
	return []*node{n}
}

// text gives a string value.
func (n *node) text() (string, bool) {
	s, ok := n.scalar.(string)
	return s, ok && !n.object && !n.array
}

func (n *node) write(b *bytes.Buffer) {
	switch {
	case n.object:
		b.WriteByte('{')
		for i, m := range n.members {
			if i > 0 {
				b.WriteByte(',')
			}
			(&node{scalar: m.name}).write(b)
			b.WriteByte(':')
			m.value.write(b)
		}
		b.WriteByte('}')
	case n.array:
		b.WriteByte('[')
		for i, item := range n.items {
			if i > 0 {
				b.WriteByte(',')
			}
			item.write(b)
		}
		b.WriteByte(']')
	default:
		enc := json.NewEncoder(b)
		enc.SetEscapeHTML(false)
		// Scalars read from JSON can always be written again.
		_ = enc.Encode(n.scalar)
		b.Truncate(b.Len() - 1)
	}
}

func (n *node) String() string {
	var b bytes.Buffer
	n.write(&b)
	return b.String()
}
