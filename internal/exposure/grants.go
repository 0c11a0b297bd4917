package exposure

import (
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file finds the statements that give a caller something in the bucket, and those that take it away.

// reachesOf tells what a role may do in the bucket, by its own policies and by the bucket policy, either of which is
// enough inside one account.
func (q Question) reachesOf(role Role) []reach {
	arn := role.Parts.Role.ARN
	caller, known := callerOf(arn, role.Parts.Role.UniqueID)
	if !known {
		return nil
	}
	own := q.inBucket(role, role.statements())
	var grants []grant
	for _, statement := range own {
		grants = append(grants, q.grantTo(caller, statement, "")...)
	}
	var refusals []refusal
	refuse := func(statement policy.Statement) {
		if statement.Effect != policy.Deny || statement.Err() != nil {
			return
		}
		if holds, rest := decide(caller, statement.Condition); holds {
			refusals = append(refusals, refusal{statement, rest, true})
		}
	}
	limits := own
	if role.Boundary != nil {
		limits = slices.Concat(own, role.Boundary.Statements())
	}
	for _, statement := range limits {
		refuse(statement)
	}
	for _, statement := range q.Policy.Statements() {
		if q.isFor(role, statement) {
			refuse(statement)
			grants = append(grants, q.grantTo(caller, statement, statement.Sid)...)
		}
	}
	limit, sentence := q.boundaryOf(role)
	for i := range grants {
		grants[i].conditions = append(grants[i].conditions, sentence...)
	}
	return gather(q.without(grants, refusals), limit)
}

// statements are all statements of the role's own policies.
func (r Role) statements() []policy.Statement {
	var all []policy.Statement
	for _, named := range slices.Concat(r.Parts.Inline, r.Parts.AttachedDocuments) {
		all = append(all, named.Document.Statements()...)
	}
	return all
}

// grantTo gives what an Allow statement grants in the bucket; nothing when it cannot hold for the caller.
func (q Question) grantTo(caller verdict.Principal, statement policy.Statement, sid string) []grant {
	if statement.Err() != nil || statement.Effect != policy.Allow {
		return nil
	}
	holds, rest := decide(caller, statement.Condition)
	if !holds {
		return nil
	}
	return q.grantUnder(statement, rest, sid)
}

// grantUnder gives what an Allow statement grants in the bucket under the conditions that are left of it.
func (q Question) grantUnder(statement policy.Statement, rest policy.Condition, sid string) []grant {
	statement.Condition = rest
	g := grant{statement: statement, sid: sid, area: q.areaOf(statement)}
	if !g.area.bucket && !g.area.objects || len(g.effective()) == 0 {
		return nil
	}
	for _, sentence := range sentencesOf(rest) {
		if !strings.HasPrefix(sentence, "listings must ask for the prefix ") { // told as prefixes
			g.conditions = append(g.conditions, sentence)
		}
	}
	return []grant{g}
}

// isFor tells that a statement of the bucket policy speaks about a role of the owner account: an Allow only by naming the
// role itself, or everybody, because the account's name delegates and does not grant; a Deny by the account's name too.
func (q Question) isFor(role Role, statement policy.Statement) bool {
	if statement.Err() != nil {
		return false
	}
	if not := statement.NotPrincipal; not != nil {
		return statement.Effect == policy.Deny && !slices.Contains(not.AWS, role.Parts.Role.ARN)
	}
	if statement.Principal == nil {
		return false
	}
	return slices.ContainsFunc(awsNames(*statement.Principal), func(name string) bool {
		id, isAccount := policy.AccountID(name)
		return name == "*" || name == role.Parts.Role.ARN || name == role.Parts.Role.UniqueID ||
			isAccount && id == q.Owner.ID && statement.Effect == policy.Deny
	})
}

// boundaryOf gives what the permissions boundary lets through, and the sentence about it.
func (q Question) boundaryOf(role Role) (limit func(action string) bool, sentence []string) {
	all := func(string) bool { return true }
	arn := role.Parts.Role.Settings.PermissionsBoundary
	if arn == "" {
		return all, nil
	}
	sentence = []string{"only as far as the permissions boundary " + arn + " allows it too"}
	if role.Boundary == nil {
		return all, sentence
	}
	statements := role.Boundary.Statements()
	return func(action string) bool {
		return slices.ContainsFunc(statements, func(s policy.Statement) bool {
			area := q.areaOf(s)
			return s.Effect == policy.Allow && (area.bucket || area.objects) && mentions(s, action)
		})
	}, sentence
}

// addressee is an outsider whom the bucket policy names.
type addressee struct {
	outsider
	grants []policy.Statement // their Condition is what the naming leaves
}

// namedIn gives the outsiders whom the Allow statements of a bucket policy name, each once.
func namedIn(owner share.Account, document policy.Document) []addressee {
	var all []addressee
	for _, statement := range document.Statements() {
		if statement.Err() != nil || statement.Effect != policy.Allow {
			continue
		}
		who, rest := outsidersIn(owner, statement)
		statement.Condition = rest
		for _, one := range who {
			at := slices.IndexFunc(all, func(a addressee) bool { return a.outsider == one })
			if at < 0 {
				all, at = append(all, addressee{outsider: one}), len(all)
			}
			all[at].grants = append(all[at].grants, statement)
		}
	}
	return all
}

// reachesOfOutsider tells what the bucket policy gives an outsider whom it names.
func (q Question) reachesOfOutsider(who addressee) []reach {
	var grants []grant
	caller, isOne := who.caller()
	for _, statement := range who.grants {
		if isOne {
			grants = append(grants, q.grantTo(caller, statement, statement.Sid)...)
		} else {
			grants = append(grants, q.grantUnder(statement, statement.Condition, statement.Sid)...)
		}
	}
	var refusals []refusal
	for _, deny := range q.Policy.Statements() {
		if refused, applies := who.refusedBy(deny); applies {
			refusals = append(refusals, refused)
		}
	}
	return gather(q.without(grants, refusals), func(string) bool { return true })
}
