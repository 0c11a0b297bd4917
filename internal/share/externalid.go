package share

import (
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"unique"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// Masked stands where an external ID would stand in anything that people read.
const Masked = "(sensitive)"

// sts:ExternalId, API reference of AssumeRole: 2 to 1224 of these. (A Go pattern repeats at most 1000 times.)
var externalIDPattern = newPattern(`^[\w+=,.@:/-]+$`)

// ExternalID is the value that a consumer must pass to AssumeRole. It prints as Masked; only Reveal gives it away. The
// value is held behind a pointer, because package fmt walks into unexported fields without asking their methods.
type ExternalID struct{ value unique.Handle[string] }

func newExternalID(value string) ExternalID { return ExternalID{unique.Make(value)} }

// ParseExternalID accepts an external ID. The error never repeats the value.
func ParseExternalID(text string) (ExternalID, error) {
	if len(text) < 2 || len(text) > 1224 || !externalIDPattern.MatchString(text) {
		return ExternalID{}, errors.New("the external ID must have 2 to 1224 characters, each a letter, a digit or one of _+=,.@:/- (no spaces)")
	}
	return newExternalID(text), nil
}

// GenerateExternalID makes an external ID of 128 random bits.
func GenerateExternalID(random io.Reader) (ExternalID, error) {
	var bits [16]byte
	if _, err := io.ReadFull(random, bits[:]); err != nil {
		return ExternalID{}, fmt.Errorf("drawing 128 random bits: %w", err)
	}
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(bits[:])
	return newExternalID(strings.ToLower(text)), nil
}

// PlannedExternalID stands in documents of a plan for the ID that Create will make.
func PlannedExternalID() ExternalID { return newExternalID(Masked) }

// Reveal gives the value itself, for the trust policy and the state only.
func (e ExternalID) Reveal() string {
	if e.IsZero() {
		return ""
	}
	return e.value.Value()
}

// IsZero tells that there is no ID.
func (e ExternalID) IsZero() bool { return e == ExternalID{} }

// String never gives the value.
func (e ExternalID) String() string { return Masked }

// Format never gives the value, whatever the verb; String alone would leave %d to print the fields.
func (e ExternalID) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, Masked) }

// MarshalText never gives the value.
func (e ExternalID) MarshalText() ([]byte, error) { return []byte(Masked), nil }

// LogValue never gives the value.
func (e ExternalID) LogValue() slog.Value { return slog.StringValue(Masked) }

// ExternalIDsOf gives the external IDs that a trust policy accepts by plain comparison. What a Deny names is refused,
// and what a statement that cannot be read means is not known: neither counts.
func ExternalIDsOf(trust policy.Document) []ExternalID {
	var found []ExternalID
	for _, statement := range trust.Statements() {
		if statement.Effect != policy.Allow || statement.Err() != nil {
			continue
		}
		for key, values := range statement.Condition["StringEquals"] {
			if !strings.EqualFold(key, "sts:ExternalId") {
				continue
			}
			for _, value := range values {
				if id, err := ParseExternalID(value); err == nil && !slices.Contains(found, id) {
					found = append(found, id)
				}
			}
		}
	}
	return found
}
