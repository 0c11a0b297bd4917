package share

import (
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// Relation tells how the principals of one consumer relate to those of another.
type Relation string

// The relations of a new set of principals to the old one.
const (
	Same      Relation = "same"
	Narrower  Relation = "narrower"
	Wider     Relation = "wider"
	Crossing  Relation = "crossing"  // some stay, some go, some come
	Unrelated Relation = "unrelated" // nobody stays
)

// Meet gives the consumer narrowed to the principals that both allow, and how next relates to prior.
func Meet(prior, next Consumer) (Consumer, Relation) {
	if prior.AccountID != next.AccountID {
		return Consumer{}, Unrelated
	}
	meet := next
	meet.Principals = meetPrincipals(prior.Principals, next.Principals)
	fromPrior, fromNext := samePrincipals(meet.Principals, prior.Principals), samePrincipals(meet.Principals, next.Principals)
	switch {
	case fromPrior && fromNext:
		return meet, Same
	case fromNext:
		return meet, Narrower
	case fromPrior:
		return meet, Wider
	case len(meet.Principals) == 0:
		return Consumer{}, Unrelated
	}
	return meet, Crossing
}

// meetPrincipals keeps what both cover; an empty set is the whole account.
func meetPrincipals(a, b []Principal) []Principal {
	if len(a) == 0 {
		return sortPrincipals(b)
	}
	if len(b) == 0 {
		return sortPrincipals(a)
	}
	var both []Principal
	for _, left := range a {
		for _, right := range b {
			switch {
			case policy.MatchPattern(right.String(), left.String()):
				both = append(both, left)
			case policy.MatchPattern(left.String(), right.String()):
				both = append(both, right)
			}
		}
	}
	return sortPrincipals(both)
}

func samePrincipals(a, b []Principal) bool {
	return slices.Equal(sortPrincipals(a), sortPrincipals(b))
}
