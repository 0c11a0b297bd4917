package policy

// This file cuts valid JSON text into its pieces, each exactly as it was written. encoding/json cannot do it: it
// merges duplicated members and forgets their order and their spelling.

import (
	"encoding/json"
	"strings"
)

// member is one name and value of a JSON object, as written.
type member struct {
	name  string // decoded
	key   string // as written, quotes included
	value string // as written, without the space around it
}

const space = " \t\r\n"

// cutObject gives the members of an object in their order, duplicates included. ok is false when raw, which must be
// valid JSON, is no object.
func cutObject(raw string) (members []member, ok bool) {
	rest := strings.TrimLeft(raw, space)
	if !strings.HasPrefix(rest, "{") {
		return nil, false
	}
	for rest = strings.TrimLeft(rest[1:], space); !strings.HasPrefix(rest, "}"); {
		var m member
		m.key, rest = cutValue(rest)
		m.name = text(m.key)
		m.value, rest = cutValue(strings.TrimLeft(rest, space+":"))
		members = append(members, m)
		rest = strings.TrimLeft(rest, space+",")
	}
	return members, true
}

// cutArray gives the elements of an array. ok is false when raw, which must be valid JSON, is no array.
func cutArray(raw string) (elements []string, ok bool) {
	rest := strings.TrimLeft(raw, space)
	if !strings.HasPrefix(rest, "[") {
		return nil, false
	}
	for rest = strings.TrimLeft(rest[1:], space); !strings.HasPrefix(rest, "]"); {
		var element string
		element, rest = cutValue(rest)
		elements = append(elements, element)
		rest = strings.TrimLeft(rest, space+",")
	}
	return elements, true
}

// cutValue splits valid JSON text after the value that it begins with.
func cutValue(raw string) (value, rest string) {
	var end int
	switch raw[0] {
	case '"':
		end = stringEnd(raw)
	case '{', '[':
		end = nestEnd(raw)
	default:
		end = strings.IndexAny(raw, space+",:]}")
		if end < 0 {
			end = len(raw)
		}
	}
	return raw[:end], raw[end:]
}

func stringEnd(raw string) int {
	for i := 1; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(raw)
}

func nestEnd(raw string) int {
	depth := 0
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			i += stringEnd(raw[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				return i + 1
			}
		}
	}
	return len(raw)
}

// text decodes a JSON string; anything else gives "".
func text(raw string) string {
	decoded, _ := asText(raw)
	return decoded
}

func asText(raw string) (string, bool) {
	var decoded string
	if !strings.HasPrefix(raw, `"`) || json.Unmarshal([]byte(raw), &decoded) != nil {
		return "", false
	}
	return decoded, true
}
