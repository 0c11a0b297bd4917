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
		forOthers := j.forOthers(j.Bucket.Document)
		document = j.Bucket.Document.Replace(func(statement policy.Statement) bool {
			return forOthers(statement) || spec.Owns(statement) || len(j.Desired.Delegation) > 0 && spec.OwnsDelegation(statement)
		}, j.Desired.Shown()...)
	case j.Bucket.State == share.BucketUnread:
		j.unread = append(j.unread, unreadBucketPolicy(spec))
	}
	plain, reasons := j.understood(foreign{Policy: verdict.Policy{Name: bucketName, Document: document}, layer: verdict.ResourceLayer})
	j.policies.Resource, j.unread = &plain, append(j.unread, reasons...)
}

// forOthers chooses statements of a document, asked about in their order, that allow something to others only: of the fifty
// shares that a bucket policy holds, those of all but this one. A statement without a Sid is named by its
// place, so that nothing before the last of these is chosen.
func (j *judgement) forOthers(document policy.Document) func(policy.Statement) bool {
	all, them := document.Statements(), j.callers()
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
		plain, reasons := j.understood(foreign{
			Policy: verdict.Policy{Name: boundaryName + " " + arn, Document: *j.Boundary}, layer: verdict.BoundaryLayer, grants: true,
		})
		j.policies.Boundary, j.unread = &plain, append(j.unread, reasons...)
	}
}

// foreign is a document of somebody else's.
type foreign struct {
	verdict.Policy
	layer verdict.Layer
	// grants tells that the share rests on what it allows.
	grants bool
}

// silence takes the effect of statements away. Those behind them keep their place.
func (f *foreign) silence(chosen func(policy.Statement) bool) {
	for i, statement := range f.Document.Statements() {
		if chosen(statement) {
			silent := foreign{layer: f.layer}
			f.Document = f.Document.Replace(only(i), silent.inPlaceOf(statement))
		}
	}
}

// understood puts aside statements that the judge cannot read, each with a reason. One that allows is not missed where the
// share does not rest on it.
func (j *judgement) understood(f foreign) (verdict.Policy, []Reason) {
	var reasons []Reason
	q := j.about("s3:GetObject", j.Desired.Spec.BucketARN()+"/*", verdict.Policies{})
	for i, statement := range f.Document.Statements() {
		alone := verdict.Policies{}
		document := verdict.Policy{Name: f.Name, Document: f.Document.Alone(i)}
		if f.layer == verdict.BoundaryLayer {
			alone.Boundary = &document
		} else {
			alone.Resource = &document
		}
		if _, err := verdict.Weigh(q.request, q.open, alone); err != nil {
			if statement.Effect != policy.Allow || f.grants {
				reasons = append(reasons, notUnderstood(f.Name, nameOf(statement.Sid, i), err))
			}
			f.Document = f.Document.Replace(only(i), f.inPlaceOf(statement))
		}
	}
	return f.Policy, reasons
}

// only chooses a statement by its place.
func only(place int) func(policy.Statement) bool {
	next := -1
	return func(policy.Statement) bool { next++; return next == place }
}

// inPlaceOf is a statement that never refuses, so that those behind it keep their place. Where the share rests on what the
// document allows, one that allows all stands for one that allows nobody knows what: the reason beside it keeps the answer
// open.
func (f foreign) inPlaceOf(statement policy.Statement) policy.Statement {
	silent := policy.Statement{
		Sid: statement.Sid, Effect: policy.Deny, Action: policy.Values{"s3:GetObject"}, Resource: policy.Values{"arn:aws:s3:::-"},
	}
	if f.grants && statement.Effect == policy.Allow {
		silent.Effect, silent.Action, silent.Resource = policy.Allow, policy.Values{"*"}, policy.Values{"*"}
	}
	if f.layer == verdict.ResourceLayer {
		silent.Principal = &policy.Principal{Any: true}
	}
	return silent
}
