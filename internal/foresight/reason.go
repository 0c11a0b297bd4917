package foresight

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file says why something will not work, or on what it depends.

// Reason is one cause. Causes that differ in their action only make one sentence.
type Reason struct {
	before, action, after string
	// shut is the key whose policy lets nobody use it, while its grants are not known.
	shut string
	// Foreign tells that a document of somebody else's is the cause, and not what the share itself asks for.
	Foreign bool
}

// Sentences says reasons, those of the same cause once, in the order in which they come.
func Sentences(reasons []Reason) []string {
	type cause struct{ before, after string }
	var order []cause
	actions := map[cause][]string{}
	for _, one := range reasons {
		c := cause{one.before, one.after}
		if _, known := actions[c]; !known {
			order, actions[c] = append(order, c), []string{}
		}
		if one.action != "" && !slices.Contains(actions[c], one.action) {
			actions[c] = append(actions[c], one.action)
		}
	}
	sentences := make([]string, 0, len(order))
	for _, c := range order {
		sentences = append(sentences, c.before+share.Joined(actions[c], "and")+c.after)
	}
	return sentences
}

// reasons tells what refuses the call, and which conditions somebody's allow has.
func (q question) reasons(w verdict.Weighing) []Reason {
	var reasons []Reason
	for _, deny := range w.Denies {
		reasons = append(reasons, Reason{
			before: within(deny.By, nameOfClause(deny)) + " refuses ", action: q.request.Action,
			after:   where(deny) + q.forWhom(deny) + refusing(deny.Tests) + because(deny),
			Foreign: isForeign(deny.By),
		})
	}
	for _, need := range w.Needs {
		if reason, open := q.unmet(need); open {
			reasons = append(reasons, reason)
		}
	}
	return reasons
}

// unmet tells why a need is not met for sure.
func (q question) unmet(need verdict.Need) (Reason, bool) {
	var ways []string
	for _, allow := range need.Allows {
		if allow.Certain() {
			return Reason{}, false
		}
		ways = append(ways, strings.TrimSpace(where(allow)+allowing(allow.Tests)))
	}
	reason := Reason{before: "the " + need.By + " allows ", action: q.request.Action}
	// A bucket policy has to allow only where the share's own statements in it do.
	reason.Foreign = isForeign(need.By) && need.By != bucketName
	if len(ways) == 0 {
		reason.before = "the " + need.By + " does not allow "
		return reason, true
	}
	reason.after = " only " + share.Joined(ways, "or")
	return reason, true
}

// forWhom says for whom a statement refuses.
func (q question) forWhom(deny verdict.Clause) string {
	if q.subject == "" {
		return ""
	}
	subject := " for " + q.subject
	if !deny.SomeSessions {
		return subject
	}
	names, link := deny.Statement.Principal, " named "
	if deny.Statement.NotPrincipal != nil {
		names, link = deny.Statement.NotPrincipal, " not named "
	}
	var sessions []string
	for _, name := range names.AWS {
		if session, found := strings.CutPrefix(name, strings.TrimSuffix(q.request.Principal.SessionARN, "*")); found {
			sessions = append(sessions, session)
		}
	}
	return subject + link + share.Joined(sessions, "or")
}

// because says why a statement that refuses every call does so, where that is not plain from whom it names.
func because(deny verdict.Clause) string {
	switch {
	case !deny.Certain():
		return ""
	case deny.Statement.NotPrincipal != nil:
		return " (a NotPrincipal would have to list the account, the role and each session)"
	case len(deny.Statement.Condition) == 0:
		return ""
	}
	var tests []verdict.Test
	for _, operator := range sortedKeys(deny.Statement.Condition) {
		for _, key := range sortedKeys(deny.Statement.Condition[operator]) {
			tests = append(tests, verdict.Test{Operator: operator, Key: key, Values: deny.Statement.Condition[operator][key]})
		}
	}
	return " (it refuses" + refusing(tests) + ")"
}

// ours are the documents that the share alone writes.
var ours = []string{permissionsName, revocationName, trustName, consumerName, pointName}

func isForeign(by string) bool { return !slices.Contains(ours, by) }

func nameOfClause(clause verdict.Clause) string {
	if clause.Statement.Sid == "" {
		return "statement " + strings.TrimPrefix(clause.Sid, "#")
	}
	return fmt.Sprintf("statement %q", clause.Statement.Sid)
}

// within names a statement of a document: bucket policy statement "Guard", statement "Guard" of the policy of key arn:….
func within(by, statement string) string {
	if strings.Contains(by, " arn:") {
		return statement + " of the " + by
	}
	return by + " " + statement
}

func nameOf(sid string, place int) string {
	if sid == "" {
		return fmt.Sprintf("statement %d", place+1)
	}
	return fmt.Sprintf("statement %q", sid)
}

// where says about which of the resources a statement is.
func where(clause verdict.Clause) string {
	if !clause.SomeResources {
		return ""
	}
	patterns, lead := clause.Statement.Resource, " on "
	if clause.Statement.NotResource != nil {
		patterns, lead = clause.Statement.NotResource, " on all but "
	}
	var places []string
	for _, pattern := range patterns {
		if fields := strings.SplitN(pattern, ":", 6); len(fields) == 6 && fields[2] == "s3" {
			pattern = "s3://" + fields[5]
		}
		places = append(places, pattern)
	}
	return lead + share.Joined(places, "and")
}

func contradiction(action string) Reason {
	return Reason{before: "no call of ", action: action, after: " meets all of these conditions together"}
}

func unclear(err error) Reason {
	return Reason{before: "this could not be judged: " + err.Error()}
}

func notUnderstood(by, name string, err error) Reason {
	said := err.Error()
	if _, detail, found := strings.Cut(said, ": statement "); found {
		_, said, _ = strings.Cut(detail, ": ")
	}
	return Reason{before: within(by, name) + " cannot be judged: " + said, Foreign: true}
}

func unreadBucketPolicy(spec share.Spec) Reason {
	why := "was not read"
	if spec.BucketPolicyMode == share.OutputOnly {
		why = "is not read with bucket_policy_mode = \"output_only\""
	}
	return Reason{before: "the bucket policy " + why + ": whether a statement in it refuses something is not known"}
}

func unreadBoundary(arn string) Reason {
	return Reason{before: "the permissions boundary " + arn + " was not read: what it does not allow will not work"}
}

func unreadKey(arn string, spec share.Spec) Reason {
	user := "the role"
	if spec.IsDirect() {
		user = "the consumer"
	}
	if account := policy.AccountOf(arn); account != spec.Owner.ID {
		return Reason{before: "key " + arn + " is in account " + account + ", which alone can read its policy: whether it lets " + user + " use the key is not known"}
	}
	return Reason{before: "the policy of key " + arn + " was not read: whether it lets " + user + " use the key is not known"}
}
