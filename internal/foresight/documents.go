package foresight

import (
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file puts the documents around a share before the judge, as they will be.

// takeBucketPolicy gives the policy as it will be.
func (j *judgement) takeBucketPolicy() {
	spec := j.Desired.Spec
	document := policy.New(j.Desired.Shown()...)
	switch {
	case j.Bucket.State == share.BucketHasPolicy && spec.BucketPolicyMode == share.OutputOnly:
		document = j.Bucket.Document
	case j.Bucket.State == share.BucketHasPolicy:
		forOthers := j.forOthers()
		document = j.Bucket.Document.Replace(func(statement policy.Statement) bool {
			return forOthers(statement) || spec.Owns(statement) || len(j.Desired.Delegation) > 0 && spec.OwnsDelegation(statement)
		}, j.Desired.Shown()...)
	case j.Bucket.State == share.BucketUnread:
		j.unread = append(j.unread, unreadBucketPolicy(spec))
	}
	plain, reasons := j.understood(verdict.Policy{Name: bucketName, Document: document}, verdict.ResourceLayer)
	j.policies.Resource, j.unread = &plain, append(j.unread, reasons...)
}

// forOthers chooses statements of the bucket policy, asked about in their order, that allow something to others only:
// of the fifty shares that a bucket policy holds, those of all but this one. A statement without a Sid is named by its
// place, so that nothing before the last of these is chosen.
func (j *judgement) forOthers() func(policy.Statement) bool {
	all, them := j.Bucket.Document.Statements(), j.callers()
	nameless := len(all) - 1
	for nameless >= 0 && all[nameless].Sid != "" {
		nameless--
	}
	place := -1
	return func(statement policy.Statement) bool {
		place++
		return place > nameless && statement.Effect == policy.Allow &&
			!slices.ContainsFunc(them, func(caller verdict.Principal) bool { return verdict.MayConcern(statement, caller) })
	}
}

// callers are those whose calls are judged.
func (j *judgement) callers() []verdict.Principal {
	if j.Desired.Spec.IsDirect() {
		return callers(j.Desired.Spec)
	}
	return []verdict.Principal{j.role}
}

func (j *judgement) takeBoundary() {
	arn := j.Desired.Spec.PermissionsBoundary
	switch {
	case arn == "":
	case j.Boundary == nil:
		j.unread = append(j.unread, unreadBoundary(arn))
	default:
		plain, reasons := j.understood(verdict.Policy{Name: boundaryName, Document: *j.Boundary}, verdict.BoundaryLayer)
		j.policies.Boundary, j.unread = &plain, append(j.unread, reasons...)
	}
}

// understood puts aside statements that the judge cannot read, each with a reason. One that allows is not missed: the
// share does not rest on it.
func (j *judgement) understood(p verdict.Policy, layer verdict.Layer) (verdict.Policy, []Reason) {
	var reasons []Reason
	q := j.about("s3:GetObject", j.Desired.Spec.BucketARN()+"/*", verdict.Policies{})
	for i, statement := range p.Document.Statements() {
		alone := verdict.Policies{}
		document := verdict.Policy{Name: p.Name, Document: p.Document.Alone(i)}
		if layer == verdict.BoundaryLayer {
			alone.Boundary = &document
		} else {
			alone.Resource = &document
		}
		if _, err := verdict.Weigh(q.request, q.open, alone); err != nil {
			if statement.Effect != policy.Allow || layer == verdict.BoundaryLayer {
				reasons = append(reasons, notUnderstood(p.Name, nameOf(statement.Sid, i), err))
			}
			p.Document = p.Document.Replace(only(i), inPlaceOf(statement, layer))
		}
	}
	return p, reasons
}

// only chooses a statement by its place.
func only(place int) func(policy.Statement) bool {
	next := -1
	return func(policy.Statement) bool { next++; return next == place }
}

// inPlaceOf is a statement that never refuses, so that those behind it keep their place. In a boundary one that allows
// all stands for one that allows nobody knows what: the reason beside it keeps the answer open.
func inPlaceOf(statement policy.Statement, layer verdict.Layer) policy.Statement {
	silent := policy.Statement{
		Sid: statement.Sid, Effect: policy.Deny, Action: policy.Values{"s3:GetObject"}, Resource: policy.Values{"arn:aws:s3:::-"},
	}
	switch {
	case layer == verdict.ResourceLayer:
		silent.Principal = &policy.Principal{Any: true}
	case statement.Effect == policy.Allow:
		silent.Effect, silent.Action, silent.Resource = policy.Allow, policy.Values{"*"}, policy.Values{"*"}
	}
	return silent
}
