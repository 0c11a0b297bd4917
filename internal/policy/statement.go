package policy

// This file holds one statement and reads it from its JSON.

import (
	"fmt"
	"reflect"
)

// Effect is what a statement does to the requests that it matches.
type Effect string

// The two effects that AWS knows. Both are case-sensitive.
const (
	Allow Effect = "Allow"
	Deny  Effect = "Deny"
)

// Statement is one statement of a policy. A nil field is a member that is not there. A statement that was read and not
// changed is written as the JSON it was; one whose fields were changed is written anew from its fields.
type Statement struct {
	Sid          string
	Effect       Effect
	Principal    *Principal
	NotPrincipal *Principal
	Action       Values
	NotAction    Values
	Resource     Values
	NotResource  Values
	Condition    Condition

	raw   string // as read, "" for a statement made in Go
	fault error
}

// Err tells why a statement that was read cannot be understood: a member of the wrong type, twice the same member, a
// member that is not known here, no Effect. The fields then hold what could be read. Its JSON is kept all the same.
func (s Statement) Err() error { return s.fault }

// JSON is the statement as it was read or, if it was made or changed in Go, compact JSON with its members in a fixed
// order.
func (s Statement) JSON() string {
	if s.raw != "" && sameFields(s, decodeStatement(s.raw)) {
		return s.raw
	}
	return renderStatement(s)
}

func sameFields(a, b Statement) bool {
	a.raw, a.fault, b.raw, b.fault = "", nil, "", nil
	return reflect.DeepEqual(a, b)
}

func (s Statement) clone() Statement {
	s.Principal, s.NotPrincipal = s.Principal.clone(), s.NotPrincipal.clone()
	s.Action, s.NotAction = s.Action.clone(), s.NotAction.clone()
	s.Resource, s.NotResource = s.Resource.clone(), s.NotResource.clone()
	s.Condition = s.Condition.clone()
	return s
}

// decodeStatement reads the JSON object raw.
func decodeStatement(raw string) Statement {
	s := Statement{raw: raw}
	members, _ := cutObject(raw)
	seen := map[string]bool{}
	for _, m := range members {
		err := s.decodeMember(m)
		if err == nil && seen[m.name] {
			err = fmt.Errorf("reading member %q: it is there twice", m.name)
		}
		seen[m.name] = true
		if s.fault == nil {
			s.fault = err
		}
	}
	if s.fault == nil && !seen["Effect"] {
		s.fault = fmt.Errorf("reading statement: it has no Effect")
	}
	return s
}

// decodeMember reads one member into its field. Names are case-sensitive, unlike in encoding/json: AWS does not take
// "effect" for "Effect".
func (s *Statement) decodeMember(m member) (err error) {
	switch m.name {
	case "Sid":
		s.Sid, err = decodeText(m.value)
	case "Effect":
		s.Effect, err = decodeEffect(m.value)
	case "Principal":
		s.Principal, err = decodePrincipal(m.value)
	case "NotPrincipal":
		s.NotPrincipal, err = decodePrincipal(m.value)
	case "Action":
		s.Action, err = decodeValues(m.value, asText)
	case "NotAction":
		s.NotAction, err = decodeValues(m.value, asText)
	case "Resource":
		s.Resource, err = decodeValues(m.value, asText)
	case "NotResource":
		s.NotResource, err = decodeValues(m.value, asText)
	case "Condition":
		s.Condition, err = decodeCondition(m.value)
	default:
		err = errUnknown
	}
	if err != nil {
		return fmt.Errorf("reading member %q: %w", m.name, err)
	}
	return nil
}

func decodeEffect(raw string) (Effect, error) {
	value, err := decodeText(raw)
	effect := Effect(value)
	if err == nil && effect != Allow && effect != Deny {
		err = errEffect
	}
	return effect, err
}
