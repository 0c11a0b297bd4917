// Package share says what a share means: valid specs, the names derived from them and the documents rendered from
// them. It knows neither Terraform nor AWS clients.
package share

import (
	"fmt"
	"time"
)

// Spec is a share as somebody wants it, parsed and valid.
type Spec struct {
	Owner  Account
	Name   Name
	Bucket Bucket
	// Region is where the bucket is; it is known where Via is ViaAccessPoint.
	Region   string
	Path     Path
	Consumer Consumer
	// Via is how the consumer reaches the bucket; empty means ViaRole.
	Via    Via
	Access []Word
	// Prefixes limits objects and listing; empty means the whole bucket.
	Prefixes []Prefix
	// ExternalIDs are accepted side by side; there is at least one, but for direct shares, the newest first.
	ExternalIDs []ExternalID
	// Fingerprints are of further IDs that are accepted, see Resolve.
	Fingerprints Fingerprints
	// PendingIDs are accepted by IAM, perhaps, because a change of the external ID did not come to its end.
	PendingIDs []ExternalID
	Perimeter  Perimeter
	// KMSKeys may be used through S3; all of one region.
	KMSKeys []KeyARN
	// KMSAccess is for direct shares alone.
	KMSAccess KMSAccess
	// ExpiresAt ends all access; zero means never.
	ExpiresAt time.Time
	// MaxSessionDuration is between one and twelve hours, in whole seconds.
	MaxSessionDuration  time.Duration
	PermissionsBoundary string
	Description         string
	// Tags are all tags of the role but the provider's own, OwnershipTag and ViaTag.
	Tags             map[string]string
	BucketPolicyMode BucketPolicyMode
	// RoleUniqueID is the role as the state knows it, AROA…; empty when there is none yet. Policies that were written for
	// a role which was deleted since show it by this ID.
	RoleUniqueID string
	// Exclusive takes policies off the role that are not the share's.
	Exclusive bool
	// RevokedBefore refuses sessions that were issued before it; zero means none.
	RevokedBefore time.Time
}

// BucketPolicyMode tells who writes the bucket policy.
type BucketPolicyMode string

const (
	// OwnStatements keeps the share's statements inside the bucket policy.
	OwnStatements BucketPolicyMode = "statement"
	// Delegated has one pair of statements in the bucket policy for all shares on the bucket whose roles are under one path.
	Delegated BucketPolicyMode = "delegated"
	// OutputOnly never touches the bucket policy.
	OutputOnly BucketPolicyMode = "output_only"
)

// Default values of arguments.
const (
	DefaultRolePath           Path = "/crossaccount/"
	DefaultMaxSessionDuration      = time.Hour
)

// Check tells what is wrong with the spec as a whole, where its parts are each valid.
func (s Spec) Check() error {
	if len(s.Access) == 0 {
		return fmt.Errorf("access is empty: a share gives at least one kind of access")
	}
	if err := checkPrefixes(s.Prefixes); err != nil {
		return err
	}
	if err := s.checkKeys(); err != nil {
		return err
	}
	if s.IsDirect() {
		if err := s.checkDirect(); err != nil {
			return err
		}
	}
	return s.Consumer.check(s.Owner)
}

// Normalized gives the spec with every set in its one order.
func (s Spec) Normalized() Spec {
	s.Access = sortWords(s.Access)
	s.Consumer.Principals = sortPrincipals(s.Consumer.Principals)
	s.Consumer.AttachToRoles = sorted(s.Consumer.AttachToRoles)
	s.Prefixes = sortPrefixes(s.Prefixes)
	s.KMSKeys = sortKeys(s.KMSKeys)
	if s.IsDirect() {
		return s.withoutRole()
	}
	return s
}

func sortPrefixes(prefixes []Prefix) []Prefix {
	both, _ := meetPrefixes(prefixes, prefixes)
	return both
}

// Limits of IAM, API reference of CreateRole and of Tag.
const (
	MinSessionDuration = time.Hour
	MaxSessionDuration = 12 * time.Hour
	MaxTags            = 50
	MaxUserTags        = MaxTags - 2 // see OwnershipTag and ViaTag
	maxDescription     = 1000
)

var (
	descriptionPattern = newPattern(`^[\t\n\r\x{20}-\x{7E}\x{A1}-\x{FF}]*$`)
	tagPattern         = newPattern(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
	boundaryPattern    = newPattern(`^arn:[a-z0-9-]+:iam::([0-9]{12}|aws):policy/[\x21-\x7E]+$`)
)

// ParseSessionDuration accepts the longest session in seconds, 3600 to 43200.
func ParseSessionDuration(seconds int64) (time.Duration, error) {
	duration := time.Duration(seconds) * time.Second
	if seconds < int64(MinSessionDuration/time.Second) || seconds > int64(MaxSessionDuration/time.Second) {
		return 0, fmt.Errorf("a session of %d seconds is not possible: IAM allows 3600 (one hour) to 43200 (twelve hours)", seconds)
	}
	return duration, nil
}

// ParseDescription accepts the description of a role: at most 1000 characters of Latin-1.
func ParseDescription(text string) (string, error) {
	if !descriptionPattern.MatchString(text) {
		for _, r := range text {
			if !descriptionPattern.MatchString(string(r)) {
				return "", fmt.Errorf("the description has the character %q, which IAM refuses: it takes Latin-1 only, so no curly quotes, long dashes or emoji", r)
			}
		}
	}
	if len([]rune(text)) > maxDescription {
		return "", fmt.Errorf("the description has %d characters: IAM allows %d", len([]rune(text)), maxDescription)
	}
	return text, nil
}

// ParseBoundary accepts the ARN of a managed policy.
func ParseBoundary(text string) (string, error) {
	if !boundaryPattern.MatchString(text) {
		return "", fmt.Errorf("%q is not the ARN of a managed policy, arn:aws:iam::<account ID>:policy/<name>", text)
	}
	return text, nil
}

// ParseExpiry accepts a time of RFC 3339, from 1970 on: the zero time means that a share never ends.
func ParseExpiry(text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a time of RFC 3339, for example 2027-01-31T00:00:00Z", text)
	}
	if year := at.UTC().Year(); year < 1970 || year > 9999 {
		return time.Time{}, fmt.Errorf("%q is not between the years 1970 and 9999", text)
	}
	return at, nil
}

// CheckTag tells what is wrong with one tag of the user's.
func CheckTag(key, value string) error {
	switch {
	case len([]rune(key)) < 1 || len([]rune(key)) > 128:
		return fmt.Errorf("the tag key %q has %d characters: IAM allows 1 to 128", key, len([]rune(key)))
	case len([]rune(value)) > 256:
		return fmt.Errorf("the value of tag %q has %d characters: IAM allows 256", key, len([]rune(value)))
	case isReserved(key):
		return fmt.Errorf("the tag key %q is reserved", key)
	case !tagPattern.MatchString(key) || !tagPattern.MatchString(value):
		return fmt.Errorf("tag %q has a character that IAM refuses: it takes letters, digits, spaces and _.:/=+-@", key)
	}
	return nil
}
