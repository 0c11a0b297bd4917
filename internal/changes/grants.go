package changes

import (
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file says what other statements on the bucket than the share's mean for what the role may do.

// describeGrants compares statements that allow calls to S3, of the permissions policy or of the bucket policy.
func describeGrants(spec share.Spec, want, have []policy.Statement) (sentence string, widens bool) {
	g := grantReader{spec: spec, want: want, have: have}
	places := pair(want, have, shareAnAction)
	for _, place := range places {
		if place.have != nil {
			g.compare(place.want, *place.have)
		}
		g.readLack(place)
	}
	for _, statement := range leftOver(places, have) {
		g.readAdded(statement)
	}
	return g.sentence("is written differently than the share's and means the same")
}

type grantReader struct {
	findings
	spec       share.Spec
	want, have []policy.Statement
}

// shareAnAction tells that both statements allow an action in common.
func shareAnAction(want, have policy.Statement) bool {
	return have.Err() == nil && have.Effect == policy.Allow && slices.ContainsFunc(want.Action, func(action string) bool {
		return names(have.Action, action)
	})
}

// names tells that an action is named, by itself or by a pattern. The case of actions does not count.
func names(patterns policy.Values, action string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		return policy.MatchPattern(strings.ToLower(pattern), strings.ToLower(action))
	})
}

// covers tells that a statement names an action and a resource, each by itself or by a pattern.
func covers(statement policy.Statement, action, resource string) bool {
	return names(statement.Action, action) && slices.ContainsFunc(statement.Resource, func(pattern string) bool {
		return policy.MatchPattern(pattern, resource)
	})
}

// readAdded reads a statement that took no place of the share's.
func (g *grantReader) readAdded(statement policy.Statement) {
	switch {
	case statement.Err() != nil:
		g.open("has a statement that cannot be understood: it may allow anything")
	case statement.Effect == policy.Deny:
		g.narrow("has a statement that denies %s: the share may be refused", strings.Join(slices.Concat(statement.Action, statement.NotAction), ", "))
	case slices.ContainsFunc(g.want, statement.Equal):
		g.narrow("has the statement %s more than once, which changes no access", statement.Sid)
	default:
		for _, wanted := range g.want {
			if shareAnAction(wanted, statement) {
				g.compare(wanted, statement)
				return
			}
		}
		g.readExcess(statement)
	}
}

// compare reads a statement that stands for a desired one.
func (g *grantReader) compare(wanted, statement policy.Statement) {
	if wanted.Equal(statement) {
		return
	}
	g.readExcess(statement)
	changed := compareConditions(wanted.Condition, statement.Condition)
	same := wanted.Principal != nil && statement.Principal != nil && statement.NotPrincipal == nil && statement.Principal.Equal(*wanted.Principal)
	if wanted.Principal != nil && !same {
		read := g.readPrincipal
		if g.spec.IsDirect() {
			read = g.readCallers
		}
		read(wanted, statement, changed)
	}
	for _, change := range changed {
		if change.key == "aws:principalarn" && change.fate != added && statement.Principal != nil && isEverybody(*statement.Principal) {
			continue // readPrincipal said what it means
		}
		g.readCondition(strings.Join(statement.Action, ", "), change)
	}
}

// readExcess tells of actions and resources that the share does not give.
func (g *grantReader) readExcess(statement policy.Statement) {
	if len(statement.NotAction) > 0 || len(statement.NotResource) > 0 {
		g.open("allows everything but what it names")
		return
	}
	for _, action := range statement.Action {
		for _, resource := range statement.Resource {
			if !slices.ContainsFunc(g.want, func(w policy.Statement) bool { return covers(w, action, resource) }) {
				g.open("also allows %s on %s", action, resource)
			}
		}
	}
}

// readPrincipal tells for whom a statement of the bucket policy holds.
func (g *grantReader) readPrincipal(wanted, statement policy.Statement, changed []conditionChange) {
	onlyRole := !slices.ContainsFunc(changed, func(c conditionChange) bool { return c.key == "aws:principalarn" && c.fate != tightened })
	named := statement.Principal
	switch {
	case named == nil || statement.NotPrincipal != nil:
		g.open("holds for everybody but those whom it names")
	case isEverybody(*named) && onlyRole:
		g.open("names everybody: only the condition on aws:PrincipalArn keeps others out")
	case isEverybody(*named):
		g.open("names everybody: anybody may call %s", strings.Join(statement.Action, ", "))
	case named.Equal(policy.Principal{AWS: policy.Values{g.spec.RoleARN()}}):
		g.narrow("names the role itself and not the account: it goes on granting when the permissions policy is gone")
	default:
		others := slices.DeleteFunc(listed(*named), func(name string) bool {
			id, ok := policy.AccountID(name)
			return ok && id == g.spec.Owner.ID
		})
		g.open("holds for others than account %s: %s", g.spec.Owner.ID, strings.Join(others, ", "))
	}
}

// readCondition says what the change of one condition lets through or stops.
func (g *grantReader) readCondition(actions string, change conditionChange) {
	name, meaning := "the condition on "+change.key, "more requests may be allowed"
	for _, guard := range grantGuards {
		if strings.EqualFold(guard.key, change.key) {
			name, meaning = "the condition on "+guard.key, guard.meaning(g.spec)
		}
	}
	switch change.fate {
	case removed:
		g.open("%s was removed from %s: %s", name, actions, meaning)
	case loosened:
		g.open("%s of %s is now %s: %s", name, actions, change.shown(), meaning)
	case tightened:
		g.narrow("%s of %s is now %s: what does not meet it is refused", name, actions, change.shown())
	case added:
		g.narrow("%s has a further condition on %s: what does not meet it is refused", actions, change.key)
	}
}

// forOthers says who is let in when the principal does not count any more.
func forOthers(s share.Spec) string {
	if s.IsDirect() {
		return "it holds for others in account " + s.Consumer.AccountID + " than " + s.WhoCanAssume()
	}
	return "it holds for others in account " + s.Owner.ID + " than the role"
}

// grantGuards are the conditions of a share's statements and what it means that one does not hold any more.
var grantGuards = []struct {
	key     string
	meaning func(share.Spec) string
}{
	{"aws:PrincipalArn", forOthers},
	{"aws:PrincipalOrgID", func(s share.Spec) string {
		return "callers outside organization " + s.Perimeter.PrincipalOrgID + " are allowed"
	}},
	{"s3:DataAccessPointAccount", func(share.Spec) string { return "anybody may call them, also without an access point" }},
	{"aws:CurrentTime", func(s share.Spec) string { return "access goes on after " + s.Expiry() }},
	{"aws:SourceIp", func(share.Spec) string { return "calls from other addresses are allowed" }},
	{"aws:SourceVpce", func(share.Spec) string { return "calls from outside the endpoints are allowed" }},
	{"kms:ViaService", func(share.Spec) string { return "the keys may be used outside S3" }},
	{"kms:EncryptionContext:aws:s3:arn", func(share.Spec) string { return "the keys may be used for other objects than the share's" }},
	{"s3:prefix", func(share.Spec) string { return "keys outside the share's prefixes can be listed" }},
}

// readLack tells which of the wanted actions nothing allows any more.
func (g *grantReader) readLack(p place) {
	lacking := false
	for _, action := range p.want.Action {
		for _, resource := range p.want.Resource {
			allows := func(s policy.Statement) bool {
				return s.Effect == policy.Allow && s.Err() == nil && covers(s, action, resource)
			}
			if !slices.ContainsFunc(g.have, allows) {
				g.narrow("no longer allows %s on %s", action, resource)
				lacking = true
			}
		}
	}
	if p.have == nil && !lacking {
		g.narrow("the statement %s is missing: %s", p.want.Sid, missed(p.want))
	}
}

// missed says what is refused without a statement whose actions another one allows under other conditions.
func missed(wanted policy.Statement) string {
	switch gone := byKey(wanted.Condition); {
	case gone["aws:sourceip"] != nil:
		return "calls from source_ips are refused"
	case gone["aws:sourcevpce"] != nil:
		return "calls through source_vpce_ids are refused"
	}
	return "some of its calls may be refused"
}
