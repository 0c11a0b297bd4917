package exposure

import (
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file tells what Deny statements take away.

// refusal is a Deny statement that may hold for a caller.
type refusal struct {
	deny policy.Statement
	rest policy.Condition // what is not decided
	// certain is false when it names only some of those who are asked about.
	certain bool
}

// outright tells that it refuses whatever the call.
func (r refusal) outright() bool { return r.certain && len(r.rest) == 0 }

// sentence says what it may refuse.
func (r refusal) sentence(what string) string {
	if !r.certain {
		what += " to some of them"
	}
	return denial(r.deny, r.rest, what)
}

// refusedBy tells whether a statement of a policy that names principals is a Deny that may hold for the outsider.
func (o outsider) refusedBy(deny policy.Statement) (found refusal, applies bool) {
	if deny.Effect != policy.Deny || deny.Err() != nil {
		return found, false
	}
	found = refusal{deny, deny.Condition, true}
	switch {
	case deny.NotPrincipal != nil:
		applies = !slices.Contains(valuesOf(*deny.NotPrincipal), o.name)
		found.certain = false // AWS holds account, role and session each against the list
	case deny.Principal != nil:
		applies, found.certain = o.isAmong(*deny.Principal)
	}
	if caller, isOne := o.caller(); applies && isOne {
		applies, found.rest = decide(caller, deny.Condition)
	}
	return found, applies
}

// isAmong tells that principals of a Deny name the outsider; certain is false when they name only a part.
func (o outsider) isAmong(principals policy.Principal) (applies, certain bool) {
	for _, name := range valuesOf(principals) {
		id, isAccount := policy.AccountID(name)
		switch {
		case name == "*", name == o.name, isAccount && id == o.account:
			return true, true
		case o.kind == anybody, o.account != "" && policy.AccountOf(name) == o.account && o.kind == whole:
			applies = true
		}
	}
	return applies, false
}

// without takes refusals from grants: what is refused outright is no longer given, what may be refused is a condition.
func (q Question) without(grants []grant, refusals []refusal) []grant {
	left := make([]grant, 0, len(grants))
	for _, g := range grants {
		for _, refused := range refusals {
			g = q.refuse(g, refused)
		}
		left = append(left, g)
	}
	return left
}

func (q Question) refuse(g grant, refused refusal) grant {
	deny, about := refused.deny, q.areaOf(refused.deny)
	meets := func(action string) bool {
		return mentions(deny, action) && (about.objects && g.area.objects || about.bucket && g.area.bucket)
	}
	if !slices.ContainsFunc(g.actionsFor(deny, about), meets) {
		return g
	}
	everywhere := (about.objects || !g.area.objects) && (about.bucket || !g.area.bucket) && len(about.prefixes) == 0 && deny.NotResource == nil
	if everywhere && refused.outright() && deny.Action != nil {
		g.denied = slices.Concat(g.denied, deny.Action)
		return g
	}
	what := share.Joined(deny.Action, "or")
	if deny.Action == nil {
		what = "everything but " + share.Joined(deny.NotAction, "or")
	}
	if len(about.prefixes) > 0 {
		what += " on " + share.Joined(about.prefixes, "or")
	}
	g.conditions = distinct(slices.Concat(g.conditions, []string{refused.sentence(what)}))
	return g
}

// actionsFor are the actions of a grant by which a Deny is held against it. Everything but some is held by the actions of
// the Deny that it leaves.
func (g grant) actionsFor(deny policy.Statement, about area) []string {
	if g.statement.NotAction == nil || deny.Action == nil {
		return g.effective()
	}
	return slices.DeleteFunc(slices.Clone(deny.Action), func(action string) bool {
		return !about.takes(action) || !mentions(g.statement, action)
	})
}
