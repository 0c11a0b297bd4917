package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Trials is what a Prover needs of AWS.
type Trials interface {
	Consumer(ctx context.Context) (account share.Account, ok bool, err error)
	Caller(ctx context.Context) (share.Caller, error)
	AssumeAsConsumer(ctx context.Context, wanted share.Assumption) (awsapi.Session, error)
	FindKey(ctx context.Context, spec share.Spec, prefix, after string) (key string, ok bool, err error)
	HeadAs(ctx context.Context, session awsapi.Session, spec share.Spec, key string) error
	FirstByteAs(ctx context.Context, session awsapi.Session, spec share.Spec, key string) error
	ListAs(ctx context.Context, session awsapi.Session, spec share.Spec, prefix string) error
	ObserveRole(ctx context.Context, spec share.Spec) (share.Observed, error)
	ObserveBucket(ctx context.Context, spec share.Spec) (share.BucketPolicy, error)
	Pause(ctx context.Context, duration time.Duration) error
}

// Prover tries shares as their consumer does. It changes nothing.
type Prover struct {
	cloud Trials
	now   func() time.Time
}

// NewProver makes a Prover.
func NewProver(cloud Trials, now func() time.Time) *Prover { return &Prover{cloud: cloud, now: now} }

// ErrNoConsumer tells that there are no credentials with which a share could be tried as its consumer does.
var ErrNoConsumer = errors.New("the provider has no credentials of the consumer account")

// Caller gives who a share is tried as; empty when the provider has no credentials of a consumer.
func (p *Prover) Caller(ctx context.Context) (share.Caller, error) {
	if _, ok, err := p.cloud.Consumer(ctx); err != nil || !ok {
		return "", err
	}
	return p.cloud.Caller(ctx)
}

// Prove tries a whole share with the consumer's credentials: AssumeRole with the external ID and without, then calls to
// S3 inside the share and outside. An error tells that a trial could not be made, not that one ended badly.
func (p *Prover) Prove(ctx context.Context, spec share.Spec) (Proof, error) {
	switch _, ok, err := p.cloud.Consumer(ctx); {
	case err != nil:
		return Proof{}, err
	case !ok:
		return Proof{}, ErrNoConsumer
	}
	t, session, err := p.enter(ctx, trial{Prover: p, spec: spec, assumption: assumptionOf(spec), view: ownerView})
	if err != nil || session == nil {
		return t.proof, err
	}
	t.session = *session
	err = t.tryObjects(ctx)
	if err == nil {
		err = t.tryListing(ctx)
	}
	if err == nil && !slices.Contains(spec.Access, share.Read) && !slices.Contains(spec.Access, share.List) {
		t.add(Finding{Claim: ReadsInside, Verdict: NotShown, Obstacle: NothingToTry})
	}
	return t.proof, err
}

// ProveHalf tries AssumeRole alone, with the external ID and without, as somebody who knows only the consumer's half.
func (p *Prover) ProveHalf(ctx context.Context, half share.Spec, sessionName string) (Proof, error) {
	wanted := assumptionOf(half)
	wanted.SessionName = sessionName
	t, _, err := p.enter(ctx, trial{Prover: p, spec: half, assumption: wanted, view: consumerView})
	return t.proof, err
}

func assumptionOf(spec share.Spec) share.Assumption {
	wanted := share.Assumption{RoleARN: spec.RoleARN()}
	if len(spec.ExternalIDs) > 0 {
		wanted.ExternalID = spec.ExternalIDs[0]
	}
	return wanted
}

// view tells how much is known of a share.
type view string

const (
	ownerView    view = "owner"
	consumerView view = "consumer"
)

// trial is one share that is being tried.
type trial struct {
	*Prover
	spec       share.Spec
	assumption share.Assumption
	view       view
	session    awsapi.Session
	proof      Proof
}

func (t *trial) add(finding Finding) { t.proof.Findings = append(t.proof.Findings, finding) }

// enter tries AssumeRole. session is nil when the role does not let the consumer in.
func (p *Prover) enter(ctx context.Context, t trial) (_ trial, session *awsapi.Session, err error) {
	if t.proof.Caller, err = p.cloud.Caller(ctx); err != nil {
		return t, nil, err
	}
	made, err := t.tryWithID(ctx)
	if err != nil {
		return t, nil, err
	}
	if t.proof.Holds() {
		session = &made
	}
	return t, session, t.tryWithoutID(ctx)
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

// repeat tries again and again, with the patience for what was written moments ago, as long as the answer is one that may
// be old; the last answer counts.
func (t *trial) repeat(ctx context.Context, mayBeOld func(error) bool, try func() error) error {
	err := try()
	for round := 0; mayBeOld(err) && round < len(patience); round++ {
		if err := t.cloud.Pause(ctx, patience[round]); err != nil {
			return fmt.Errorf("waiting for what was just written to take effect: %w", err)
		}
		err = try()
	}
	return err
}
