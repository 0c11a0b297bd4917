// Package reconcile turns a wanted share into calls: observe, compare, apply, and what is left when a step fails. It
// formats no text and knows no HCL.
package reconcile

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Cloud is what a Reconciler needs of AWS.
type Cloud interface {
	// Owner is the account of the provider's credentials.
	Owner(ctx context.Context) (share.Account, error)
	// OwnerOrRecorded takes the account of the state on trust. Looking for the role then fails with an
	// awsapi.OtherAccountError where it is another.
	OwnerOrRecorded(ctx context.Context, recorded share.Account) (share.Account, error)
	// Consumer is the account of the consumer's credentials; ok is false when the provider has none.
	Consumer(ctx context.Context) (account share.Account, ok bool, err error)
	// FindRole reads the role alone, nil when there is none; ObserveRole reads what hangs on it, too.
	FindRole(ctx context.Context, spec share.Spec) (*share.Role, error)
	ObserveRole(ctx context.Context, spec share.Spec) (share.Observed, error)
	// HasRole tells cheaply, where many shares are removed, that the role with the unique ID of spec is there.
	HasRole(ctx context.Context, spec share.Spec) (bool, error)
	// RefreshRole is ObserveRole where many shares may be read together; ExpectRead announces that it will be called.
	RefreshRole(ctx context.Context, spec share.Spec) (share.Observed, error)
	ExpectRead()
	ObserveBucket(ctx context.Context, spec share.Spec) (share.BucketPolicy, error)
	// FindDefaultKeys tells which keys the bucket's default encryption needs; known is false when there is no bucket yet.
	FindDefaultKeys(ctx context.Context, spec share.Spec) (keys []share.KeyARN, known bool, err error)
	// OwnerEnforced tells who owns what another account writes, FindKeyOfAWS whether a key keeps other accounts out for good.
	OwnerEnforced(ctx context.Context, spec share.Spec) (bool, error)
	FindKeyOfAWS(ctx context.Context, spec share.Spec) (string, error)
	// ObserveKeys reads what keys have of a direct share.
	ObserveKeys(ctx context.Context, spec share.Spec, keys []share.KeyARN, ways []share.KMSAccess) ([]share.Key, error)
	// ObserveAccessPoint reads the share's access point; BucketRegion tells in which region it is, empty without a bucket.
	ObserveAccessPoint(ctx context.Context, spec share.Spec) (share.AccessPoint, error)
	BucketRegion(ctx context.Context, spec share.Spec) (string, error)
	// AwaitBucket is ObserveBucket with patience for a bucket that was just made.
	AwaitBucket(ctx context.Context, spec share.Spec) (share.BucketPolicy, error)
	ObserveConsumer(ctx context.Context, spec share.Spec, roles []string) ([]share.ConsumerPolicy, error)
	// ObserveForImport completes what was observed of a share by what only an import wants to know.
	ObserveForImport(ctx context.Context, spec share.Spec, observed share.Observed) (share.Observed, error)
	Apply(ctx context.Context, change changes.Change) (awsapi.Result, error)
	// Join announces an operation that may edit a bucket policy; leave when it is over.
	Join() (leave func())
	Need(spec share.Spec) (done func())
}

// Reconciler carries out the lives of shares. It serves one configured provider.
type Reconciler struct {
	cloud  Cloud
	now    func() time.Time
	random io.Reader

	mu     sync.Mutex
	shares map[string]*life
	// partners tells which share of which consumer account uses an external ID, by what was planned in this process.
	partners map[share.ExternalID]share.Spec
	stages   map[share.Name]stage
}

// life is what this process knows of one share: operations on it follow one another.
type life struct {
	sync.Mutex
	// created tells that this process made or finished the share.
	created bool
	// unfinished is the share as the state has it when it is the rest of a create that failed, else nil. Plans read it
	// beside operations.
	unfinished atomic.Pointer[share.Spec]
	// inState tells that the state has the share: a plan to make it is then one half of its replacement.
	inState atomic.Bool
}

// New makes a Reconciler; the clock is given so that tests can replace it.
func New(cloud Cloud, now func() time.Time) *Reconciler {
	return &Reconciler{cloud: cloud, now: now, random: rand.Reader, shares: map[string]*life{}, partners: map[share.ExternalID]share.Spec{}}
}

// Now is the time by which plans are made.
func (r *Reconciler) Now() time.Time { return r.now() }

// PartnerOf notes that a share uses an external ID, and gives a share of another consumer account that uses it, too.
func (r *Reconciler) PartnerOf(id share.ExternalID, spec share.Spec) (other share.Spec, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	other, known := r.partners[id]
	if known && other.Consumer.AccountID != spec.Consumer.AccountID && other.ID() != spec.ID() {
		return other, true
	}
	r.partners[id] = spec
	return share.Spec{}, false
}

func (r *Reconciler) life(spec share.Spec) *life {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.shares[spec.ID()] == nil {
		r.shares[spec.ID()] = &life{}
	}
	return r.shares[spec.ID()]
}

// MarkUnfinished notes that the state has the share as the rest of a create that failed: the next create of it finishes
// what is there, whatever it lacks, and keeps its external ID.
func (r *Reconciler) MarkUnfinished(spec share.Spec) { r.life(spec).unfinished.Store(&spec) }

// IsUnfinished tells whether MarkUnfinished was called for the share, and it was not finished since.
func (r *Reconciler) IsUnfinished(spec share.Spec) bool { return r.life(spec).unfinished.Load() != nil }

// MarkInState notes that the state has the share.
func (r *Reconciler) MarkInState(spec share.Spec) { r.life(spec).inState.Store(true) }

// IsInState tells whether MarkInState was called for the share.
func (r *Reconciler) IsInState(spec share.Spec) bool { return r.life(spec).inState.Load() }

// Owner asks AWS whose credentials the provider has.
func (r *Reconciler) Owner(ctx context.Context) (share.Account, error) { return r.cloud.Owner(ctx) }

// OwnerOrRecorded is Owner for a share that has a role in an account by its state. While AWS was not asked, that account is
// taken on trust; Read and Update of the share find out before they write, see AccountOf.
func (r *Reconciler) OwnerOrRecorded(ctx context.Context, recorded share.Account) (share.Account, error) {
	return r.cloud.OwnerOrRecorded(ctx, recorded)
}

// AccountOf tells from an error that the credentials belong to another account than the share, and to which.
func AccountOf(err error) (account share.Account, ok bool) {
	var other *awsapi.OtherAccountError
	if !errors.As(err, &other) {
		return share.Account{}, false
	}
	return other.Account, true
}

// DefaultKeys asks S3 which KMS keys the bucket's default encryption needs; known is false when there is no bucket yet.
func (r *Reconciler) DefaultKeys(ctx context.Context, spec share.Spec) (keys []share.KeyARN, known bool, err error) {
	return r.cloud.FindDefaultKeys(ctx, spec)
}

// BucketRegion tells where the bucket of a share is, empty when there is no such bucket.
func (r *Reconciler) BucketRegion(ctx context.Context, spec share.Spec) (string, error) {
	return r.cloud.BucketRegion(ctx, spec)
}

// Consumer asks AWS whose credentials of a consumer the provider has; nil when it has none.
func (r *Reconciler) Consumer(ctx context.Context) (*share.Account, error) {
	account, ok, err := r.cloud.Consumer(ctx)
	if err != nil || !ok {
		return nil, err
	}
	return &account, nil
}

// observe reads all parts of a share. consumerRoles are those that may carry the consumer policy.
func (r *Reconciler) observe(ctx context.Context, spec share.Spec, consumerRoles []string) (share.Observed, error) {
	observed, err := r.observeRole(ctx, spec)
	if err == nil {
		observed.Bucket, err = r.BucketPolicy(ctx, spec)
	}
	if err != nil {
		return observed, err
	}
	return r.observeRest(ctx, spec, consumerRoles, observed)
}

func (r *Reconciler) observeRole(ctx context.Context, spec share.Spec) (share.Observed, error) {
	if spec.IsDirect() {
		return roleLeft(ctx, r.cloud, spec)
	}
	return r.cloud.ObserveRole(ctx, spec)
}

// observeRest completes what was observed of the role and of the bucket policy.
func (r *Reconciler) observeRest(
	ctx context.Context, spec share.Spec, consumerRoles []string, observed share.Observed,
) (_ share.Observed, err error) {
	if observed.AccessPoint, err = accessPoint(ctx, r.cloud, spec, observed.Role); err != nil {
		return observed, err
	}
	observed.Consumer, err = r.cloud.ObserveConsumer(ctx, spec, consumerRoles)
	return observed, err
}

// StepError tells which change failed, and what was done before and left undone.
type StepError struct {
	Done   []changes.Change
	Failed changes.Change
	Left   []changes.Change
	Err    error
}

// Error implements error.
func (e *StepError) Error() string {
	return "changing the " + string(e.Failed.Part) + ": " + e.Err.Error()
}

// Unwrap gives the error of the call.
func (e *StepError) Unwrap() error { return e.Err }

// operation is a sequence of changes that has joined the writers of a bucket policy.
type operation struct {
	cloud Cloud
	// leave tells the others that the operation is over.
	leave func()
}

// apply carries out changes in order and stops at the first that fails.
func (o operation) apply(ctx context.Context, steps []changes.Change) (roleID string, err error) {
	err = o.each(ctx, steps, func(_ changes.Change, result awsapi.Result) error {
		if result.RoleUniqueID != "" {
			roleID = result.RoleUniqueID
		}
		return nil
	})
	return roleID, err
}

// each carries out changes in order, shows what each taught, and stops at the first that fails or is not to be gone beyond.
func (o operation) each(ctx context.Context, steps []changes.Change, done func(changes.Change, awsapi.Result) error) error {
	for i, step := range steps {
		result, err := o.cloud.Apply(ctx, step)
		if err == nil {
			err = done(step, result)
		}
		if err != nil {
			return &StepError{Done: steps[:i], Failed: step, Left: steps[i+1:], Err: err}
		}
	}
	return nil
}

// join begins an operation on a share. It must leave in the end; leaving twice is harmless.
func (r *Reconciler) join(spec share.Spec) operation {
	r.setStage(spec.Name, begun)
	if spec.BucketPolicyMode == share.OutputOnly {
		return operation{cloud: r.cloud, leave: func() {}}
	}
	return operation{cloud: r.cloud, leave: r.cloud.Join()}
}

// joinFor begins an operation that makes a share, or changes it, to what spec says: what spec has in common with other shares
// stays meanwhile, also where the last of them goes.
func (r *Reconciler) joinFor(spec share.Spec) operation {
	o := r.join(spec)
	if !spec.SharesStatements() {
		return o
	}
	done, leave := r.cloud.Need(spec), o.leave
	o.leave = func() { leave(); done() }
	return o
}
