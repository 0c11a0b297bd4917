package share

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
	"slices"
)

// fingerprintRounds makes guessing a short external ID from its fingerprint slow, and one check of a real one not.
const fingerprintRounds = 10_000

// Fingerprint tells an external ID from others without having it: a salted hash.
type Fingerprint struct {
	Salt []byte `json:"salt"`
	Sum  []byte `json:"sum"`
}

// TakeFingerprint makes the fingerprint of an ID.
func TakeFingerprint(id ExternalID, random io.Reader) (Fingerprint, error) {
	salt := make([]byte, 16)
	if _, err := io.ReadFull(random, salt); err != nil {
		return Fingerprint{}, fmt.Errorf("drawing a salt: %w", err)
	}
	return Fingerprint{Salt: salt, Sum: hashed(id, salt)}, nil
}

// Matches tells whether the fingerprint is that of the ID.
func (f Fingerprint) Matches(id ExternalID) bool {
	return len(f.Sum) > 0 && subtle.ConstantTimeCompare(f.Sum, hashed(id, f.Salt)) == 1
}

// IsZero tells that there is no fingerprint.
func (f Fingerprint) IsZero() bool { return len(f.Sum) == 0 }

func hashed(id ExternalID, salt []byte) []byte {
	sum, err := pbkdf2.Key(sha256.New, id.Reveal(), salt, fingerprintRounds, sha256.Size)
	if err != nil {
		panic(fmt.Sprintf("hashing an external ID: %v", err)) // only for lengths that are out of range
	}
	return sum
}

// Fingerprints are those of external IDs that nothing but the role's trust policy has.
type Fingerprints struct {
	// Current is of the newest ID, Previous of the one before, which is still accepted.
	Current  Fingerprint `json:"current"`
	Previous Fingerprint `json:"previous"`
	// Begun is of an ID that a change may have written before it failed.
	Begun Fingerprint `json:"begun"`
}

// Any tells that there is one.
func (f Fingerprints) Any() bool {
	return !f.Current.IsZero() || !f.Previous.IsZero() || !f.Begun.IsZero()
}

// Resolve finds the IDs that the spec knows by their fingerprint alone among those that the role accepts. A newest ID that
// is not among them stands as one that nobody can send, so that the difference shows.
func (s Spec) Resolve(observed Observed) Spec {
	var accepted []ExternalID
	if observed.Role != nil {
		accepted = ExternalIDsOf(observed.Role.Trust)
	}
	if !s.Fingerprints.Current.IsZero() {
		current, found := s.Fingerprints.Current.among(accepted)
		if !found {
			current = PlannedExternalID()
		}
		s.ExternalIDs = append([]ExternalID{current}, s.ExternalIDs...)
	}
	if previous, found := s.Fingerprints.Previous.among(accepted); found {
		s.ExternalIDs = append(slices.Clone(s.ExternalIDs), previous)
	}
	if begun, found := s.Fingerprints.Begun.among(accepted); found {
		s.PendingIDs = append(slices.Clone(s.PendingIDs), begun)
	}
	s.Fingerprints = Fingerprints{}
	return s
}

func (f Fingerprint) among(ids []ExternalID) (match ExternalID, found bool) {
	for _, id := range ids {
		if f.Matches(id) {
			return id, true
		}
	}
	return ExternalID{}, false
}

// LacksExternalID tells that Resolve did not find the newest ID.
func (s Spec) LacksExternalID() bool {
	return len(s.ExternalIDs) > 0 && s.ExternalIDs[0] == PlannedExternalID()
}
