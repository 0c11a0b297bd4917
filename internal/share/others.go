package share

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// ObjectARN is the ARN of one object of the bucket.
func (s Spec) ObjectARN(key string) string { return s.BucketARN() + "/" + key }

// OthersAllowing names what may let the share's role do something on a resource beside the share's own documents: policies
// on the role, and statements of the bucket policy, by their Sid. It is a list of suspects: conditions are not judged,
// documents of policies on the role are not read.
func (o Observed) OthersAllowing(spec Spec, action, resource string) []string {
	var names []string
	for _, inline := range o.Inline {
		if inline.Name != PermissionsPolicyName {
			names = append(names, "inline policy "+inline.Name+" on the role")
		}
	}
	for _, arn := range o.Attached {
		names = append(names, "managed policy "+arn+" on the role")
	}
	return append(names, o.others(spec, policy.Allow, call{action, resource})...)
}

// OthersDenying names the statements of the bucket policy that may refuse an action on a resource.
func (o Observed) OthersDenying(spec Spec, action, resource string) []string {
	return o.others(spec, policy.Deny, call{action, resource})
}

// call is an action on a resource.
type call struct{ action, resource string }

// others names statements of somebody else's that are about a call.
func (o Observed) others(spec Spec, effect policy.Effect, about call) []string {
	var names []string
	for i, statement := range o.Bucket.Document.Statements() {
		if statement.Err() != nil || statement.Effect != effect || spec.Owns(statement) || !about.isIn(statement) {
			continue
		}
		if effect == policy.Allow && !spec.mayName(statement.Principal) || effect == policy.Deny && isAboutTLS(statement) {
			continue
		}
		names = append(names, describeStatement(statement, i))
	}
	return names
}

// isIn tells that a statement's actions and resources cover the call. Those that name exceptions count as covering.
func (c call) isIn(statement policy.Statement) bool {
	covers := func(patterns policy.Values, text string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return policy.MatchPattern(p, text) })
	}
	lower := make(policy.Values, 0, len(statement.Action))
	for _, pattern := range statement.Action {
		lower = append(lower, strings.ToLower(pattern))
	}
	return (covers(lower, strings.ToLower(c.action)) || len(statement.NotAction) > 0) &&
		(covers(statement.Resource, c.resource) || len(statement.NotResource) > 0)
}

// isAboutTLS tells that a statement is only about calls without encryption, of which the SDK makes none.
func isAboutTLS(statement policy.Statement) bool {
	return len(statement.Condition) == 1 && len(statement.Condition["Bool"]) == 1 &&
		onlyHas(conditionOn(statement, "Bool", "aws:SecureTransport"), "false")
}

// mayName tells that a principal of a statement may be the share's role: it, its account, or everybody.
func (s Spec) mayName(principal *policy.Principal) bool {
	if principal == nil || principal.Any {
		return true
	}
	return slices.ContainsFunc(principal.AWS, func(name string) bool {
		id, isAccount := policy.AccountID(name)
		return name == "*" || name == s.RoleARN() || isAccount && id == s.Owner.ID
	})
}

func describeStatement(statement policy.Statement, index int) string {
	if statement.Sid == "" {
		return fmt.Sprintf("the statement without a Sid at place %d of the bucket policy", index+1)
	}
	return "statement " + statement.Sid + " of the bucket policy"
}
