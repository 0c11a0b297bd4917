package changes

import (
	"fmt"
	"slices"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file orders changes so that every step on the way is safe.

// Plan lists what leads from observed to desired in an order in which nobody gains access that neither prior nor
// desired gives, and nobody who has access in both is refused on the way. prior is the share as it was wanted before.
//
// Who may assume the role and what the role may do are written by different calls. Between them, the principals of one
// share would meet the permissions of another:
//
//   - principals only go: who comes first;
//   - principals only come: what comes first;
//   - some go and some come: who is first narrowed to those who stay, see share.Spec.TrustWithin;
//   - nobody stays: the permissions policy is taken away until the trust policy is the new one.
//
// Sessions that were issued before live on with the role's new permissions until they end; no order of calls helps
// against that.
func Plan(prior share.Spec, desired share.Desired, observed share.Observed) []Change {
	d := differ{desired: desired, isHalfWay: prior.IsElsewhere(observed.Role)}
	noting, observed := noteWay(prior, desired, observed)
	d.observed = observed
	all := slices.DeleteFunc(d.diff(), func(c Change) bool { return c.Verb == Report })
	all, tags := part(all, func(c Change) bool { return c.Part == Tags })
	byRole := func(rest []Change) []Change { return planRole(prior, desired, observed, rest) }
	if desired.Spec.IsDirect() || prior.IsDirect() || len(observed.DirectStatements(desired.Spec))+len(observed.Keys) > 0 {
		return slices.Concat(noting, planDirect(desired.Spec, all, byRole), tags)
	}
	return slices.Concat(noting, byRole(all), tags)
}

// planRole orders changes of a share with a role.
func planRole(prior share.Spec, desired share.Desired, observed share.Observed, all []Change) []Change {
	p := planner{prior: prior, desired: desired, observed: observed}
	// A role of the consumer that loses its policy must not meet the new permissions, one that gets it not the old ones.
	all, leaving := part(all, func(c Change) bool { return c.Part == ConsumerPolicy && c.Verb == Delete })
	// What refuses sessions is closed first; sessions of a role that is made again cannot be older than it.
	all, revocation := part(all, func(c Change) bool { return c.Part == Revocation })
	all, points := part(all, isOfAccessPoint)
	before, all := aroundPermissions(points, all)
	all, role := part(all, func(c Change) bool { return c.Part == Role })
	all, p.trust = part(all, func(c Change) bool { return c.Part == TrustPolicy })
	all, p.permissions = part(all, func(c Change) bool { return c.Part == PermissionsPolicy })
	all, p.boundary = part(all, func(c Change) bool { return c.Part == Boundary })
	all, p.excess = part(all, func(c Change) bool {
		return c.Part == InlinePolicy || c.Part == ManagedPolicy || (c.Part == BucketStatement || c.Part == Delegation) && c.Verb == Update
	})
	if len(role) > 0 {
		return slices.Concat(leaving, p.excess, role, before, revocation, p.permissions, all)
	}
	return slices.Concat(leaving, revocation, before, p.order(), all)
}

// part takes the changes out of all that are chosen.
func part(all []Change, chosen func(Change) bool) (rest, taken []Change) {
	for _, change := range all {
		if chosen(change) {
			taken = append(taken, change)
		} else {
			rest = append(rest, change)
		}
	}
	return rest, taken
}

// planner orders the changes on which access depends.
type planner struct {
	prior    share.Spec
	desired  share.Desired
	observed share.Observed

	trust, permissions, boundary []Change // one or none each
	// excess is what may give access beside the permissions policy: policies of others and edited bucket statements. It is
	// closed behind the permissions policy, so that nobody who uses it is refused before the share lets them in, and before
	// the boundary or the trust policy opens.
	excess []Change
}

func (p planner) order() []Change {
	who, what := p.trust, p.grants()
	if len(who) == 0 || len(what) == 0 {
		return slices.Concat(who, what)
	}
	switch share.Meet(p.prior, p.desired.Spec) {
	case share.Same:
		// Only drift is repaired, or an ID changes: close what is open before anything else.
		if who[0].Widens {
			return slices.Concat(who, what)
		}
		return slices.Concat(what, who)
	case share.Narrower:
		return slices.Concat(who, what)
	case share.Wider:
		// Where the observed trust policy is open for others than prior's, nothing may be widened before it is closed.
		if who[0].Widens {
			return slices.Concat(p.narrowed(), what, who)
		}
		return slices.Concat(what, who)
	case share.Crossing:
		return slices.Concat(p.narrowed(), what, who)
	}
	return p.replaced()
}

// narrowed closes the trust policy to all but those who have access before and after.
func (p planner) narrowed() []Change {
	change := p.trust[0]
	change.Desired.Trust = p.desired.Spec.TrustWithin(p.prior)
	change.Sentence = "is narrowed to those who keep access while the role's permissions change"
	if change.Desired.Trust.Equal(p.observed.Role.Trust) {
		return nil
	}
	return []Change{change}
}

// replaced changes everything where nobody keeps access: while the trust policy changes, the role has no permissions.
func (p planner) replaced() []Change {
	if len(p.permissions)+len(p.boundary) == 0 {
		return slices.Concat(p.excess, p.trust)
	}
	back := Change{Verb: Create, Part: PermissionsPolicy, Desired: p.desired, Sentence: "comes back for the new consumer"}
	if len(p.permissions) > 0 {
		back.Sentence = p.permissions[0].Sentence
	}
	return slices.Concat(p.paused(), p.excess, p.boundary, p.trust, []Change{back})
}

// paused takes the permissions policy away, where there is one.
func (p planner) paused() []Change {
	if p.observed.Permissions() == nil {
		return nil
	}
	return []Change{{Verb: Delete, Part: PermissionsPolicy, Desired: p.desired, Sentence: "is taken away while the rest changes"}}
}

// grants orders what gives permissions and the boundary, which limits them.
func (p planner) grants() []Change {
	switch {
	case len(p.boundary) == 0 || len(p.permissions) == 0 || p.boundary[0].Verb == Delete:
		return slices.Concat(p.permissions, p.excess, p.boundary)
	case p.observed.Role.Settings.PermissionsBoundary == "", p.observed.Permissions() == nil && len(p.excess) == 0:
		return slices.Concat(p.boundary, p.permissions, p.excess)
	}
	return p.exchanged()
}

// exchanged replaces one boundary by another. What they allow is not known here, so the role has the permissions common
// to both while it happens.
func (p planner) exchanged() []Change {
	first, last := p.permissions[0], p.permissions[0]
	both, ok := p.desired.Spec.PermissionsWithin(p.prior)
	if !ok {
		last.Verb = Create
		return slices.Concat(p.paused(), p.excess, p.boundary, []Change{last})
	}
	first.Desired.Permissions = both
	first.Sentence = "is narrowed to what stays allowed while the permissions boundary changes"
	last.Verb = Update
	var before, after []Change
	if have := p.observed.Permissions(); have == nil || !both.Equal(*have) {
		before = []Change{first}
	}
	if !both.Equal(p.desired.Permissions) {
		after = []Change{last}
	}
	return slices.Concat(before, p.excess, p.boundary, after)
}

// Release takes away what a share has in common with others, once no other share needs it.
func Release(spec share.Spec) Change {
	return Change{Verb: Delete, Part: Delegation, Desired: share.Render(spec), Sentence: "goes with the last share that needs it"}
}

// Revoke refuses the sessions of a share's role that were issued before desired.Spec.RevokedBefore.
func Revoke(desired share.Desired) Change {
	return Change{Verb: Create, Part: Revocation, Desired: desired, Sentence: fmt.Sprintf(
		"refuses sessions issued before %s", desired.Spec.RevokedBefore.UTC().Format(time.RFC3339))}
}

// Removal lists how to take a share away: our statements first, the consumer's policies, then the role.
func Removal(desired share.Desired, observed share.Observed) []Change {
	d := differ{desired: desired, observed: observed}
	if desired.Spec.BucketPolicyMode != share.OutputOnly && len(observed.Statements(desired.Spec)) > 0 {
		d.add(Change{Verb: Delete, Part: BucketStatement, Sentence: "goes with the share"})
	}
	d.removeAccessPoint()
	d.removeKeys()
	for _, consumer := range observed.Consumer {
		if consumer.Document != nil {
			d.add(Change{Verb: Delete, Part: ConsumerPolicy, Target: consumer.RoleName, Sentence: "goes with the share"})
		}
	}
	if observed.Role != nil {
		d.removeRole(Change{Verb: Delete, Part: Role, Sentence: "goes with the share"})
	}
	return d.changes
}

// removeRole takes the role away with all that hangs on it.
func (d *differ) removeRole(role Change) {
	// AWS deletes no role that still has policies, whoever put them there (API reference of DeleteRole).
	d.addStrangers(Change{Verb: Delete, Sentence: "is not the share's and goes with its role"})
	if d.observed.Permissions() != nil {
		d.add(Change{Verb: Delete, Part: PermissionsPolicy, Sentence: "goes with the share"})
	}
	if !d.observed.RevokedBefore().IsZero() {
		d.add(Change{Verb: Delete, Part: Revocation, Sentence: "goes with the role, whose sessions end with it"})
	}
	d.add(role)
}
