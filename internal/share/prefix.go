package share

import (
	"fmt"
	"slices"
	"strings"
)

// Prefix limits a share to keys that begin with it. It is taken literally: "reports" also covers "reports-old/x".
type Prefix string

// ParsePrefix accepts a prefix of object keys: 1 to 1024 bytes, Latin-1, without a leading slash and without * ? ${,
// which have a meaning of their own in policies and cannot be written literally in a bucket policy of version
// 2008-10-17 (IAM User Guide, "IAM policy elements: Variables and tags").
func ParsePrefix(text string) (Prefix, error) {
	switch {
	case text == "":
		return "", fmt.Errorf("a prefix cannot be empty: leave prefixes out to share the whole bucket")
	case len(text) > 1024:
		return "", fmt.Errorf("a prefix of %d bytes is longer than any object key: S3 allows 1024", len(text))
	case strings.HasPrefix(text, "/"):
		return "", fmt.Errorf("%q begins with a slash, and object keys normally do not: write %q", text, strings.TrimLeft(text, "/"))
	case strings.ContainsAny(text, "*?"):
		return "", fmt.Errorf("%q has a wildcard: a prefix is taken literally and covers everything below it, so write %q", text, text[:strings.IndexAny(text, "*?")])
	case strings.Contains(text, "${"):
		return "", fmt.Errorf("%q has ${ in it, which AWS reads as a policy variable: choose another prefix", text)
	}
	for _, r := range text {
		if r < 0x20 || r > 0xFF || r >= 0x7F && r < 0xA0 {
			return "", fmt.Errorf("%q has the character %q, which IAM refuses in policy documents: it takes printable Latin-1 only", text, r)
		}
	}
	return Prefix(text), nil
}

// checkPrefixes tells of two prefixes of which one covers the other.
func checkPrefixes(prefixes []Prefix) error {
	for _, outer := range prefixes {
		for _, inner := range prefixes {
			if outer != inner && strings.HasPrefix(string(inner), string(outer)) {
				return fmt.Errorf("prefix %q already covers %q: keep the one that is meant", outer, inner)
			}
		}
	}
	return nil
}

// CheckPrefixTexts tells of a text that stands twice or is covered by another.
func CheckPrefixTexts(texts []string) error {
	prefixes := make([]Prefix, 0, len(texts))
	for _, text := range texts {
		if slices.Contains(prefixes, Prefix(text)) {
			return fmt.Errorf("prefix %q is given twice", text)
		}
		prefixes = append(prefixes, Prefix(text))
	}
	return checkPrefixes(prefixes)
}

// meetPrefixes gives what both sets cover; empty sets mean the whole bucket. none tells that nothing is left.
func meetPrefixes(a, b []Prefix) (both []Prefix, none bool) {
	if len(a) == 0 {
		return b, false
	}
	if len(b) == 0 {
		return a, false
	}
	for _, left := range a {
		for _, right := range b {
			switch {
			case strings.HasPrefix(string(left), string(right)):
				both = append(both, left)
			case strings.HasPrefix(string(right), string(left)):
				both = append(both, right)
			}
		}
	}
	slices.Sort(both)
	both = slices.Compact(both)
	return both, len(both) == 0
}
