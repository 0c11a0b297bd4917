package reconcile

import (
	"context"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file tries AssumeRole, the door of shares that have a role.

// roleDoor lets in by the role, which reaches the bucket by its name.
type roleDoor struct{}

func (roleDoor) open(ctx context.Context, t *trial) (bool, error) {
	session, err := t.assume(ctx)
	if err != nil || session == nil {
		return false, err
	}
	t.visitor, t.way = share.Caller(session.ARN), awsapi.Way{Spec: t.spec, Session: *session}
	return true, nil
}

func (roleDoor) refusing(t *trial, _ error) (causes []Cause, certain bool) {
	if t.spec.PermissionsBoundary != "" {
		causes = []Cause{Boundary}
	}
	return causes, false
}

// assume tries AssumeRole with the external ID and without. session is nil when the role does not let the consumer in.
func (t *trial) assume(ctx context.Context) (session *awsapi.Session, err error) {
	made, err := t.tryWithID(ctx)
	if err != nil {
		return nil, err
	}
	if t.proof.Holds() {
		session = &made
	}
	return session, t.tryWithoutID(ctx)
}

// tryWithID assumes the role. A refusal may be an old answer: it is what IAM gives of a role that it does not know yet.
func (t *trial) tryWithID(ctx context.Context) (session awsapi.Session, err error) {
	err = t.repeat(ctx, awsapi.IsDenied, func() (err error) {
		session, err = t.cloud.AssumeAsConsumer(ctx, t.assumption)
		return err
	})
	switch {
	case err == nil:
		t.add(Finding{Claim: LetsIn, Verdict: Proved})
	case awsapi.IsDenied(err):
		t.add(Finding{Claim: LetsIn, Verdict: Refuted, Causes: t.refusalCauses(err), Err: err})
	default:
		return session, err
	}
	return session, nil
}

// tryWithoutID assumes the role without any external ID. A success refutes the share whatever is answered later: it was
// open at that moment. Where the trust policy was changed moments ago, IAM may have answered by the one before; a second
// look tells the two apart, for the words of the finding and not for its verdict. A refusal counts only beside a success
// with the ID: a role that lets nobody in says nothing about the ID.
func (t *trial) tryWithoutID(ctx context.Context) error {
	without := t.assumption
	without.ExternalID = share.ExternalID{}
	try := func() error {
		_, err := t.cloud.AssumeAsConsumer(ctx, without)
		return err
	}
	err := try()
	switch {
	case awsapi.IsDenied(err):
		if t.proof.Holds() {
			t.add(Finding{Claim: AsksForID, Verdict: Proved})
		}
		return nil
	case err != nil:
		return err
	}
	cause := OpenTrust
	if err := t.cloud.Pause(ctx, secondLook); err == nil && awsapi.IsDenied(try()) {
		cause = OldAnswer
	}
	t.add(Finding{Claim: AsksForID, Verdict: Refuted, Causes: []Cause{cause}})
	return nil
}

// secondLook is how long after an answer that may be an old one AWS is asked again.
const secondLook = 15 * time.Second
