package share

import (
	"slices"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// This file compares two wanted forms of one share: who gets in under each, and what both of them allow.

// Relation tells how those who may assume the role under a new spec relate to those of the old one.
type Relation string

// The relations of new to old.
const (
	Same      Relation = "same"
	Narrower  Relation = "narrower"
	Wider     Relation = "wider"
	Crossing  Relation = "crossing"  // some stay, some go, some come
	Unrelated Relation = "unrelated" // nobody stays
)

// Meet tells how those who may assume the role under next relate to those under prior, by consumer and by the perimeter
// of AssumeRole. External IDs and the expiry do not count: they are the same people. Two perimeters that have nothing but
// endpoints in common count as Unrelated, because no perimeter of AssumeRole can say so.
func Meet(prior, next Spec) Relation {
	if prior.Consumer.AccountID != next.Consumer.AccountID {
		return Unrelated
	}
	old, fresh := prior.Consumer.arns(), next.Consumer.arns()
	all := meeting{
		wider:    coverAll(fresh, old, coversPattern),
		narrower: coverAll(old, fresh, coversPattern),
		apart:    !anyMeet(old, fresh, meetsPattern),
	}
	all = all.and(meetOrganizations(prior.Perimeter.PrincipalOrgID, next.Perimeter.PrincipalOrgID))
	from, to := prior.Perimeter.ofAssume(), next.Perimeter.ofAssume()
	networks := meetNetworks(from, to)
	if !from.isOpen() && !to.isOpen() && !anyMeet(from.SourceIPs, to.SourceIPs, meetsAddresses) {
		networks.apart = true
	}
	all = all.and(networks)
	return all.relation()
}

// TrustWithin is the trust policy of s for those alone whom prior lets in too. prior must meet s. The principals of both
// are told by two conditions on one key; AWS wants all operators of a statement to hold, and ArnEquals is ArnLike by
// another name (IAM User Guide, "IAM JSON policy elements: Condition operators").
func (s Spec) TrustWithin(prior Spec) policy.Document {
	s.Perimeter = meetPerimeters(prior.Perimeter.ofAssume(), s.Perimeter.ofAssume())
	trust := s.renderTrust()
	if len(prior.Consumer.Principals) == 0 {
		return trust
	}
	statements := trust.Statements()
	for i := range statements {
		restrict(statements[i].Condition, "ArnEquals", "aws:PrincipalArn", prior.principalARNs()...)
	}
	return policy.New(statements...)
}

// PermissionsWithin is the permissions policy of what prior and s both allow; ok is false when that is nothing.
func (s Spec) PermissionsWithin(prior Spec) (both policy.Document, ok bool) {
	prior, s = prior.Normalized(), s.Normalized()
	s.Access = slices.DeleteFunc(s.Access, func(word Word) bool { return !slices.Contains(prior.Access, word) })
	prefixes, none := meetPrefixes(prior.Prefixes, s.Prefixes)
	s.Prefixes = prefixes
	networks := meetNetworks(prior.Perimeter, s.Perimeter)
	s.Perimeter = meetPerimeters(prior.Perimeter, s.Perimeter)
	s.ExpiresAt = earlier(prior.ExpiresAt, s.ExpiresAt)
	s.KMSKeys = meetKeys(s.KMSKeys, prior.KMSKeys)
	if none || len(s.Access) == 0 || networks.apart {
		return policy.New(), false
	}
	return s.renderPermissions(), true
}

// earlier takes the zero time as never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// arns are the consumer's principals as patterns.
func (c Consumer) arns() []string {
	if len(c.Principals) == 0 {
		return []string{"*"}
	}
	arns := make([]string, 0, len(c.Principals))
	for _, principal := range sortPrincipals(c.Principals) {
		arns = append(arns, principal.String())
	}
	return arns
}

// meeting tells how a new set relates to an old one: it has all of it, all of it is in the old one, they have nothing in
// common.
type meeting struct{ wider, narrower, apart bool }

// and combines two properties that a request must both have.
func (m meeting) and(o meeting) meeting {
	return meeting{wider: m.wider && o.wider, narrower: m.narrower && o.narrower, apart: m.apart || o.apart}
}

func (m meeting) relation() Relation {
	switch {
	case m.wider && m.narrower:
		return Same
	case m.narrower:
		return Narrower
	case m.wider:
		return Wider
	case m.apart:
		return Unrelated
	}
	return Crossing
}

// meetOrganizations takes "" as any organization. An account is in one organization only.
func meetOrganizations(prior, next string) meeting {
	return meeting{
		wider:    next == "" || next == prior,
		narrower: prior == "" || next == prior,
		apart:    prior != "" && next != "" && prior != next,
	}
}

// meetNetworks compares where calls may come from; neither addresses nor endpoints means everywhere.
func meetNetworks(prior, next Perimeter) meeting {
	if prior.isOpen() || next.isOpen() {
		return meeting{wider: next.isOpen(), narrower: prior.isOpen()}
	}
	equal := func(a, b string) bool { return a == b }
	return meeting{
		wider: coverAll(next.SourceIPs, prior.SourceIPs, coversAddresses) &&
			coverAll(next.SourceVPCEIDs, prior.SourceVPCEIDs, equal),
		narrower: coverAll(prior.SourceIPs, next.SourceIPs, coversAddresses) &&
			coverAll(prior.SourceVPCEIDs, next.SourceVPCEIDs, equal),
		apart: !anyMeet(prior.SourceIPs, next.SourceIPs, meetsAddresses) &&
			!anyMeet(prior.SourceVPCEIDs, next.SourceVPCEIDs, equal),
	}
}

// ofAssume is the part of a perimeter that AssumeRole is held to, see assumeEntrances.
func (p Perimeter) ofAssume() Perimeter {
	if len(p.SourceIPs) == 0 {
		p.SourceVPCEIDs = nil
	}
	return p
}

func (p Perimeter) isOpen() bool { return len(p.SourceIPs) == 0 && len(p.SourceVPCEIDs) == 0 }

// meetPerimeters gives the perimeter that is inside both, which must not be apart.
func meetPerimeters(prior, next Perimeter) Perimeter {
	both := next
	if both.PrincipalOrgID == "" {
		both.PrincipalOrgID = prior.PrincipalOrgID
	}
	switch {
	case prior.isOpen():
	case next.isOpen():
		both.SourceIPs, both.SourceVPCEIDs = prior.SourceIPs, prior.SourceVPCEIDs
	default:
		both.SourceIPs = meetAddresses(prior.SourceIPs, next.SourceIPs)
		both.SourceVPCEIDs = slices.DeleteFunc(slices.Clone(next.SourceVPCEIDs), func(id string) bool {
			return !slices.Contains(prior.SourceVPCEIDs, id)
		})
	}
	return both
}
