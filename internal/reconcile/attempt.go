package reconcile

import (
	"context"
	"slices"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file is about a create whose first write nobody answered: the role was made or not.

// lookTime bounds how long a role is looked for whose CreateRole was not answered.
const lookTime = 20 * time.Second

// lookAfter looks whether a role was made although AWS did not answer, so that the state knows of it. The look is made also
// when the time of the operation is over. When it is not answered either, the state has to know of a role that may be there.
func (r *Reconciler) lookAfter(ctx context.Context, outcome Outcome) Outcome {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTime)
	defer cancel()
	role, err := r.cloud.FindRole(ctx, outcome.Spec)
	switch {
	case err != nil:
		outcome.Begun, outcome.Unsure = true, true
	case isAttempt(role, outcome.Spec):
		outcome.RoleUniqueID, outcome.Begun = role.UniqueID, true
	}
	return outcome
}

// isAttempt tells that a role is the one that was to be made: the external ID tells it from every other one.
func isAttempt(role *share.Role, spec share.Spec) bool {
	spec = spec.Resolve(share.Observed{Role: role})
	return role != nil && role.MadeFor(spec.Bucket) && slices.Equal(share.ExternalIDsOf(role.Trust), spec.ExternalIDs)
}

// IsAttempt tells, of a share whose create was left unsure, that its role is there. A role of somebody else's is not.
func (r Reading) IsAttempt() bool { return isAttempt(r.Observed.Role, r.Desired.Spec) }
