package share

import (
	"net/netip"
	"slices"
)

// This file tells whether patterns and ranges of addresses cover one another or have something in common.

// coverAll tells that each of the inner ones is covered by one of the outer ones. An inner one that only several outer
// ones cover together is not seen.
func coverAll(outer, inner []string, covers func(outer, inner string) bool) bool {
	return !slices.ContainsFunc(inner, func(in string) bool {
		return !slices.ContainsFunc(outer, func(out string) bool { return covers(out, in) })
	})
}

func anyMeet(a, b []string, meets func(a, b string) bool) bool {
	return slices.ContainsFunc(a, func(left string) bool {
		return slices.ContainsFunc(b, func(right string) bool { return meets(left, right) })
	})
}

// coversPattern tells that everything that inner matches is matched by outer: a star of outer takes any stretch of inner,
// ? takes anything but a star. (MatchPattern would read inner's wildcards as characters and let ? take a star.)
func coversPattern(outer, inner string) bool {
	// reached[i] tells that outer[:i] covers what was walked of inner.
	reached := make([]bool, len(outer)+1)
	reached[0] = true
	skipStars(outer, reached)
	for _, in := range []byte(inner) {
		next := make([]bool, len(outer)+1)
		for i, out := range []byte(outer) {
			switch {
			case !reached[i]:
			case out == '*':
				next[i] = true
			case in != '*' && (out == '?' || out == in):
				next[i+1] = true
			}
		}
		skipStars(outer, next)
		reached = next
	}
	return reached[len(outer)]
}

// skipStars lets every star take nothing.
func skipStars(pattern string, reached []bool) {
	for i := range len(pattern) {
		if pattern[i] == '*' && reached[i] {
			reached[i+1] = true
		}
	}
}

// meetsPattern tells that some text is matched by both patterns.
func meetsPattern(a, b string) bool {
	m := crossing{a: a, b: b, reached: make([][]bool, len(a)+1)}
	for i := range m.reached {
		m.reached[i] = make([]bool, len(b)+1)
		for j := range m.reached[i] {
			m.reached[i][j] = i == 0 && j == 0 || m.byNothing(i, j) || m.byCharacter(i, j)
		}
	}
	return m.reached[len(a)][len(b)]
}

// crossing matches two patterns against one another: reached[i][j] tells that some text is matched by a[:i] and b[:j].
type crossing struct {
	a, b    string
	reached [][]bool
}

// byNothing tells that a star at the end of either takes nothing.
func (m crossing) byNothing(i, j int) bool {
	return i > 0 && m.a[i-1] == '*' && m.reached[i-1][j] || j > 0 && m.b[j-1] == '*' && m.reached[i][j-1]
}

// byCharacter tells that both take one more character; a star takes what the other pattern's piece takes.
func (m crossing) byCharacter(i, j int) bool {
	if i == 0 || j == 0 {
		return false
	}
	left, right := m.a[i-1], m.b[j-1]
	switch {
	case left == '*':
		return m.reached[i][j-1]
	case right == '*':
		return m.reached[i-1][j]
	}
	return m.reached[i-1][j-1] && (left == '?' || right == '?' || left == right)
}

// meetsAddresses and coversAddresses read addresses and ranges as ParseSourceIP accepts them.
func meetsAddresses(a, b string) bool { return rangeOf(a).Overlaps(rangeOf(b)) }

func coversAddresses(outer, inner string) bool {
	out, in := rangeOf(outer), rangeOf(inner)
	return out.Overlaps(in) && out.Bits() <= in.Bits()
}

// meetAddresses gives the ranges that are in both lists: of two ranges that meet, one holds the other.
func meetAddresses(a, b []string) []string {
	var both []string
	for _, left := range a {
		for _, right := range b {
			switch {
			case coversAddresses(left, right):
				both = append(both, right)
			case coversAddresses(right, left):
				both = append(both, left)
			}
		}
	}
	return sorted(both)
}

func rangeOf(text string) netip.Prefix {
	if address, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(address, address.BitLen())
	}
	ranged, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{} // no range: it covers and meets nothing
	}
	return ranged
}
