package share

import (
	"slices"
	"strings"
)

// Via is how the consumer reaches the bucket.
type Via string

// The ways. In state and configuration they have these names.
const (
	// ViaRole has the consumer assume a role of the owner's.
	ViaRole Via = "role"
	// ViaAccessPoint has the consumer assume the role, which then reaches the bucket through an access point of its own.
	ViaAccessPoint Via = "access_point"
	// ViaDirect lets the consumer's principals themselves into the bucket, without a role.
	ViaDirect Via = "direct"
)

// Way is the spec's way; a role where nothing was said.
func (s Spec) Way() Via {
	if s.Via == "" {
		return ViaRole
	}
	return s.Via
}

// ViaTag notes on a role the ways to the bucket that its share has beside the role alone, or may have. A share with an
// access point always has it. While the way changes, the new one is noted before anything of it is made, and the note goes
// after all of the old one is gone, so that whoever reads the role finds what a change left that stopped half-way.
const ViaTag = "crossaccount:via"

// NotedWays are those that the role's tag lists; none of a role that is nil.
func (r *Role) NotedWays() []Via {
	if r == nil {
		return nil
	}
	var noted []Via
	for _, word := range strings.Fields(r.Settings.Tags[ViaTag]) {
		noted = append(noted, Via(word))
	}
	return noted
}

// NoteWays gives the value of the tag, the same for the same ways in any order.
func NoteWays(ways ...Via) string {
	noted := slices.Clone(ways)
	slices.Sort(noted)
	return strings.Join(texts(slices.Compact(noted)), " ")
}

// IsElsewhere tells that a role notes other ways than the share has, or is there though the share has none: the last change
// of the way was stopped half-way.
func (s Spec) IsElsewhere(role *Role) bool {
	return role != nil && (s.IsDirect() || NoteWays(role.NotedWays()...) != Render(s).Role.Tags[ViaTag])
}

// ByDelegation is the share as it would be with a role and what all roles of its path have in common.
func (s Spec) ByDelegation() Spec {
	s.Via, s.BucketPolicyMode = ViaRole, Delegated
	return s
}

// ThroughAccessPoint is the share as it would be with an access point in the region of its bucket.
func (s Spec) ThroughAccessPoint(region string) Spec {
	s.Via, s.Region = ViaAccessPoint, region
	return s
}
