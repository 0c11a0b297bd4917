package share

import (
	"net/netip"
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
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

// coversPattern tells that everything that inner matches is matched by outer.
func coversPattern(outer, inner string) bool {
	return policy.Wildcards(outer).Covers(policy.Wildcards(inner))
}

// meetsPattern tells that some text is matched by both patterns.
func meetsPattern(a, b string) bool { return policy.Wildcards(a).Meets(policy.Wildcards(b)) }

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
