package share

import (
	"slices"
	"strings"
)

// CoversKey tells whether an object of that key is part of the share.
func (s Spec) CoversKey(key string) bool { return len(s.Prefixes) == 0 || s.prefixOf(key) != "" }

// prefixOf gives the prefix that covers a key, empty when none does.
func (s Spec) prefixOf(key string) Prefix {
	at := slices.IndexFunc(s.Prefixes, func(p Prefix) bool { return strings.HasPrefix(key, string(p)) })
	if at < 0 {
		return ""
	}
	return s.Prefixes[at]
}

// lastRune is the character that S3 sorts behind all others: it lists keys in the order of their UTF-8 bytes (S3 API
// reference, ListObjectsV2).
const lastRune = "\U0010FFFF"

// PastPrefix gives a key behind all those that begin like the given one's prefix; the key itself when no prefix covers it.
func (s Spec) PastPrefix(key string) string {
	if prefix := s.prefixOf(key); prefix != "" {
		return string(prefix) + lastRune
	}
	return key
}
