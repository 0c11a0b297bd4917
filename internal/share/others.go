package share

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// This file tells what else than the share's own documents may decide a call that tries the share.

// Call is a call of somebody's on the bucket.
type Call struct {
	Caller           Caller
	Action, Resource string
}

// Suspect is something that may decide a call. Its conditions are not judged, but for those on the caller.
type Suspect struct {
	// Name is how a sentence names it.
	Name string
	// OfShare tells that it is a statement of another share.
	OfShare bool
}

// ObjectARN is the ARN of one object of the bucket.
func (s Spec) ObjectARN(key string) string { return s.BucketARN() + "/" + key }

// OthersAllowing lists what may allow a call beside the share's own documents: policies on its role, whose documents are not
// read, and statements of the bucket policy.
func (o Observed) OthersAllowing(spec Spec, call Call) []Suspect {
	var suspects []Suspect
	for _, inline := range o.Inline {
		if inline.Name != PermissionsPolicyName {
			suspects = append(suspects, Suspect{Name: "inline policy " + inline.Name + " on the role"})
		}
	}
	for _, arn := range o.Attached {
		suspects = append(suspects, Suspect{Name: "managed policy " + arn + " on the role"})
	}
	return append(suspects, o.others(spec, policy.Allow, call)...)
}

// OthersDenying lists the statements of the bucket policy that may refuse a call.
func (o Observed) OthersDenying(spec Spec, call Call) []Suspect {
	return o.others(spec, policy.Deny, call)
}

// Names are the names of suspects.
func Names(suspects []Suspect) []string {
	names := make([]string, 0, len(suspects))
	for _, suspect := range suspects {
		names = append(names, suspect.Name)
	}
	return names
}

// others lists statements of somebody else's that are about a call.
func (o Observed) others(spec Spec, effect policy.Effect, call Call) []Suspect {
	var suspects []Suspect
	for i, statement := range o.Bucket.Document.Statements() {
		if statement.Err() != nil || statement.Effect != effect || spec.Owns(statement) || spec.onlyDelegates(statement) ||
			!call.isIn(statement) || !call.Caller.mayBeIn(statement) || effect == policy.Deny && isAboutTLS(statement) {
			continue
		}
		suspects = append(suspects, Suspect{Name: describeStatement(statement, i), OfShare: isOfShare(statement)})
	}
	return suspects
}

// onlyDelegates tells that a statement leaves the decision to other documents of shares, and gives nothing by itself.
func (s Spec) onlyDelegates(statement policy.Statement) bool {
	return s.OwnsDelegation(statement) ||
		ownsAccessPointDelegation(statement) && len(conditionOn(statement, "StringEquals", "s3:DataAccessPointAccount")) > 0
}

// isOfShare tells that a statement has the Sid of some share that lets its consumer in without a role.
func isOfShare(statement policy.Statement) bool {
	if !strings.HasPrefix(statement.Sid, sidPrefix) {
		return false
	}
	for _, ending := range directEndings {
		if strings.HasSuffix(statement.Sid, ending) {
			return true
		}
	}
	return false
}

// isIn tells that a statement's actions and resources cover the call. Those that name exceptions count as covering.
func (c Call) isIn(statement policy.Statement) bool {
	covers := func(patterns policy.Values, text string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return policy.MatchPattern(p, text) })
	}
	lower := make(policy.Values, 0, len(statement.Action))
	for _, pattern := range statement.Action {
		lower = append(lower, strings.ToLower(pattern))
	}
	return (covers(lower, strings.ToLower(c.Action)) || len(statement.NotAction) > 0) &&
		(covers(statement.Resource, c.Resource) || len(statement.NotResource) > 0)
}

// isAboutTLS tells that a statement is only about calls without encryption, of which the SDK makes none.
func isAboutTLS(statement policy.Statement) bool {
	return len(statement.Condition) == 1 && len(statement.Condition["Bool"]) == 1 &&
		onlyHas(conditionOn(statement, "Bool", "aws:SecureTransport"), "false")
}

// mayBeIn tells that a statement may be about the caller: its principals mean the caller, its account or everybody, and its
// conditions on aws:PrincipalArn do not leave the caller out.
func (c Caller) mayBeIn(statement policy.Statement) bool {
	for _, operator := range []string{"ArnEquals", "ArnLike", "StringEquals", "StringLike"} {
		if patterns := conditionOn(statement, operator, "aws:PrincipalArn"); len(patterns) > 0 && !slices.ContainsFunc(patterns, c.mayBe) {
			return false
		}
	}
	principal := statement.Principal
	return principal == nil || principal.Any || slices.ContainsFunc(principal.AWS, func(name string) bool {
		id, isAccount := policy.AccountID(name)
		return isAccount && id == c.AccountID() || name == string(c) || c.mayBe(name)
	})
}

func describeStatement(statement policy.Statement, index int) string {
	if statement.Sid == "" {
		return fmt.Sprintf("the statement without a Sid at place %d of the bucket policy", index+1)
	}
	return "statement " + statement.Sid + " of the bucket policy"
}
