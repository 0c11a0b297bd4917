package reconcile

import (
	"context"
	"fmt"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Meeting is what an Exchange needs of AWS.
type Meeting interface {
	Owner(ctx context.Context) (share.Account, error)
	FindRole(ctx context.Context, spec share.Spec) (*share.Role, error)
	AssumeAsConsumer(ctx context.Context, wanted share.Assumption) (awsapi.Session, error)
	Pause(ctx context.Context, duration time.Duration) error
}

// Exchange hands over what a consumer needs: external IDs, and sessions of the role. It changes nothing.
type Exchange struct {
	cloud Meeting
	// shares knows which roles this run is about to make.
	shares *Reconciler
}

// NewExchange makes an Exchange beside the Reconciler of the same provider.
func NewExchange(cloud Meeting, shares *Reconciler) *Exchange {
	return &Exchange{cloud: cloud, shares: shares}
}

// patience is how long something written moments ago is waited for: the delays double up to 15 s and sum up to a minute.
// IAM is eventually consistent without a bound (IAM User Guide, "Changes that I make are not always immediately visible"),
// and it answers a consumer of a young role as it answers a stranger.
var patience = []time.Duration{
	time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second, 15 * time.Second, 15 * time.Second,
}

// Wanted names the role of a share: by the share's name, whose bucket is then known, or by its ARN.
type Wanted struct {
	Name share.Name
	// Bucket is empty when only the ARN is known.
	Bucket share.Bucket
	// ARN is empty when only the names are known.
	ARN string
}

// Handover is what the owner hands to the consumer.
type Handover struct {
	RoleARN string
	Newest  share.ExternalID
	// Previous is zero when only the newest is accepted.
	Previous share.ExternalID
}

// AbsentRoleError tells that there is no such role.
type AbsentRoleError struct {
	Owner  share.Account
	Wanted Wanted
	// Found is the role of that name when it is another one: under another path, or made for a share of another bucket.
	Found *share.Role
}

// Error implements error.
func (e *AbsentRoleError) Error() string {
	return fmt.Sprintf("%s has no such role named %s", e.Owner, e.Wanted.Name)
}

// UnfitRoleError tells that the external IDs of a role cannot be handed over.
type UnfitRoleError struct {
	Role *share.Role
	Err  error
}

// Error implements error.
func (e *UnfitRoleError) Error() string { return fmt.Sprintf("role %s: %s", e.Role.ARN, e.Err) }

// Unwrap gives the reason.
func (e *UnfitRoleError) Unwrap() error { return e.Err }

// ExternalIDs reads the external IDs that a role accepts now. pending is true when the role does not exist because it is
// this run that will make it: its plan is being made.
func (e *Exchange) ExternalIDs(ctx context.Context, wanted Wanted) (handed Handover, pending bool, err error) {
	owner, err := e.cloud.Owner(ctx)
	if err != nil {
		return handed, false, err
	}
	role, err := e.find(ctx, wanted)
	if err != nil {
		return handed, false, err
	}
	if role == nil || !wanted.is(*role) {
		if e.shares.isAnnounced(wanted.Name) {
			return handed, true, nil
		}
		return handed, false, &AbsentRoleError{Owner: owner, Wanted: wanted, Found: role}
	}
	handed.RoleARN = role.ARN
	if handed.Newest, handed.Previous, err = share.HandedOver(role.Trust); err != nil {
		return Handover{}, false, &UnfitRoleError{Role: role, Err: err}
	}
	return handed, false, nil
}

// find reads the role, nil when there is none, with patience for one that this process has just made.
func (e *Exchange) find(ctx context.Context, wanted Wanted) (*share.Role, error) {
	spec := share.Spec{Name: wanted.Name, Bucket: wanted.Bucket}
	role, err := e.cloud.FindRole(ctx, spec)
	for round := 0; err == nil && role == nil && e.shares.isBegun(wanted.Name) && round < len(patience); round++ {
		if err = e.cloud.Pause(ctx, patience[round]); err == nil {
			role, err = e.cloud.FindRole(ctx, spec)
		}
	}
	return role, err
}

// is tells that a role of that name is the one that is meant. A role that was made by hand belongs to no bucket.
func (w Wanted) is(role share.Role) bool {
	if w.ARN != "" && role.ARN != w.ARN {
		return false
	}
	made := role.Settings.Tags[share.OwnershipTag]
	return w.Bucket == "" || made == "" || made == string(w.Bucket)
}

// RefusedError tells that a role could not be assumed although it was tried for a while.
type RefusedError struct {
	Assumption share.Assumption
	// Tries is how often, over Waited in all.
	Tries  int
	Waited time.Duration
	Err    error
}

// Error implements error.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("assuming %s, tried %d times: %s", e.Assumption.RoleARN, e.Tries, e.Err)
}

// Unwrap gives the last answer.
func (e *RefusedError) Unwrap() error { return e.Err }

// Assume starts a session of a share's role as the consumer. Refusals are waited out for a minute, since nothing tells
// those of a young role from those that stay; then the error is a RefusedError. pending is true when the role does not
// exist because it is this run that will make it.
func (e *Exchange) Assume(ctx context.Context, wanted share.Assumption) (session awsapi.Session, pending bool, err error) {
	if _, name, err := share.ParseRoleARN(wanted.RoleARN); err == nil && e.shares.isAnnounced(name) {
		return session, true, nil
	}
	refused := &RefusedError{Assumption: wanted}
	for {
		refused.Tries++
		session, err = e.cloud.AssumeAsConsumer(ctx, wanted)
		if !awsapi.IsDenied(err) {
			return session, false, err
		}
		if refused.Err = err; refused.Tries > len(patience) {
			return session, false, refused
		}
		delay := patience[refused.Tries-1]
		if err := e.cloud.Pause(ctx, delay); err != nil {
			return session, false, refused
		}
		refused.Waited += delay
	}
}
