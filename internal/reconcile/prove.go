package reconcile

import (
	"context"
	"errors"
	"fmt"
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
	HeadAs(ctx context.Context, way awsapi.Way, key string) error
	FirstByteAs(ctx context.Context, way awsapi.Way, key string) error
	ListAs(ctx context.Context, way awsapi.Way, prefix string) error
	ObserveRole(ctx context.Context, spec share.Spec) (share.Observed, error)
	ObserveBucket(ctx context.Context, spec share.Spec) (share.BucketPolicy, error)
	ObserveAccessPoint(ctx context.Context, spec share.Spec) (share.AccessPoint, error)
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

// Prove tries a whole share with the consumer's credentials: the door that it opens, then calls to S3 inside the share and
// outside. An error tells that a trial could not be made, not that one ended badly.
func (p *Prover) Prove(ctx context.Context, spec share.Spec) (Proof, error) {
	switch _, ok, err := p.cloud.Consumer(ctx); {
	case err != nil:
		return Proof{}, err
	case !ok:
		return Proof{}, ErrNoConsumer
	}
	t, err := p.begin(ctx, &trial{Prover: p, spec: spec, assumption: assumptionOf(spec), view: ownerView, door: doorOf(spec)})
	if err != nil {
		return t.proof, err
	}
	open, err := t.door.open(ctx, t)
	if err != nil || !open {
		return t.proof, err
	}
	if err := t.tryObjects(ctx); err != nil {
		return t.proof, err
	}
	if err := t.tryListing(ctx); err != nil {
		return t.proof, err
	}
	if !spec.Gives(share.Read) && !spec.Gives(share.List) {
		t.add(Finding{Claim: ReadsInside, Verdict: NotShown, Obstacle: NothingToTry})
	}
	return t.proof, nil
}

// ProveHalf tries AssumeRole alone, with the external ID and without, as somebody who knows only the consumer's half.
func (p *Prover) ProveHalf(ctx context.Context, half share.Spec, sessionName string) (Proof, error) {
	wanted := assumptionOf(half)
	wanted.SessionName = sessionName
	t, err := p.begin(ctx, &trial{Prover: p, spec: half, assumption: wanted, view: consumerView})
	if err == nil {
		_, err = t.assume(ctx)
	}
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
	door       door
	// visitor is who calls S3, way how; both are known when the door is open.
	visitor share.Caller
	way     awsapi.Way
	// shut is a way that the share does not open: the bucket's own name, where it gives an access point. Else nil.
	shut *awsapi.Way
	// unwritten tells that the bucket policy, which somebody else writes, does not have what the share needs in it.
	unwritten bool
	proof     Proof
}

// door is what is particular to one way to the bucket.
type door interface {
	// open gets the consumer ready for calls to S3, and tries what that takes; ok is false when nobody gets that far.
	open(ctx context.Context, t *trial) (ok bool, err error)
	// refusing lists what may be behind the refusal of a call that the share allows, the likeliest first, but for what
	// holds for all shares alike. One that is certain is the only one.
	refusing(t *trial, err error) (causes []Cause, certain bool)
}

func doorOf(spec share.Spec) door {
	switch {
	case spec.IsDirect():
		return directDoor{}
	case spec.UsesAccessPoint():
		return pointDoor{}
	}
	return roleDoor{}
}

// begin asks AWS who tries the share.
func (p *Prover) begin(ctx context.Context, t *trial) (*trial, error) {
	caller, err := p.cloud.Caller(ctx)
	t.proof.Caller = caller
	return t, err
}

func (t *trial) add(finding Finding) { t.proof.Findings = append(t.proof.Findings, finding) }

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
