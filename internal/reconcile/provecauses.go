package reconcile

import (
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file narrows down what may be behind a refusal at the door: STS gives the same answer for a role that does not
// exist, a trust policy that does not match and a missing permission, so that nobody can probe an account, and S3 gives one
// answer for all that policies refuse across accounts.

// refusalCauses lists what is left, the likeliest first. One that is certain is the only one.
func (t *trial) refusalCauses(err error) []Cause {
	switch {
	case awsapi.IsExplicitlyDenied(err):
		return []Cause{ExplicitDeny}
	case t.proof.Caller.IsRootUser():
		return []Cause{RootUser}
	case t.view == consumerView:
		return t.causesForConsumer()
	}
	return t.causesForOwner()
}

// causesForConsumer are those that somebody sees who knows the role by its ARN.
func (t *trial) causesForConsumer() []Cause {
	causes := []Cause{WrongExternalID}
	if !t.hasPolicy() {
		causes = []Cause{NoPermission, WrongExternalID}
	}
	return append(causes, PrincipalsUnknown, NoSuchRole, OwnersConditions, OrganizationPolicy)
}

// causesForOwner are those that are left when the share itself is known.
func (t *trial) causesForOwner() []Cause {
	if cause := t.strangeness(); cause != "" {
		return []Cause{cause}
	}
	causes := t.causesOfConsumer()
	if t.spec.Perimeter.PrincipalOrgID != "" {
		causes = append(causes, OutsideOrganization)
	}
	if len(t.spec.Perimeter.SourceIPs) > 0 {
		causes = append(causes, OutsideNetwork)
	}
	return append(causes, OrganizationPolicy)
}

// strangeness is why the share certainly does not let the caller in; empty when it may.
func (t *trial) strangeness() Cause {
	switch {
	case t.proof.Caller.AccountID() != t.spec.Consumer.AccountID:
		return OtherAccount
	case t.spec.Membership(t.proof.Caller) == share.Stranger:
		return NotPrincipal
	case !t.spec.ExpiresAt.IsZero() && !t.now().Before(t.spec.ExpiresAt):
		return Expired
	}
	return ""
}

// causesOfConsumer are those that lie with the caller: what its own account allows it, and whether it is the one that the
// share means.
func (t *trial) causesOfConsumer() (causes []Cause) {
	if !t.hasPolicy() {
		causes = append(causes, NoPermission)
	}
	if t.spec.Membership(t.proof.Caller) == share.PossibleMember {
		causes = append(causes, PathUnknown)
	}
	if t.spec.Consumer.Trust == share.TrustPinned {
		causes = append(causes, MadeAgain)
	}
	return causes
}

// hasPolicy tells that the caller is a session of a role that has the consumer policy from this provider.
func (t *trial) hasPolicy() bool {
	return slices.Contains(t.spec.Consumer.AttachToRoles, t.proof.Caller.RoleName())
}
