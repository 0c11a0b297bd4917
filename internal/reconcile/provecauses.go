package reconcile

import (
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file narrows down what may be behind a refused AssumeRole: STS gives the same answer for a role that does not
// exist, a trust policy that does not match and a missing permission, so that nobody can probe an account.

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
	consumer := t.spec.Consumer
	membership := consumer.Membership(t.proof.Caller)
	switch {
	case t.proof.Caller.AccountID() != consumer.AccountID:
		return []Cause{OtherAccount}
	case membership == share.Stranger:
		return []Cause{NotPrincipal}
	case !t.spec.ExpiresAt.IsZero() && !t.now().Before(t.spec.ExpiresAt):
		return []Cause{Expired}
	}
	var causes []Cause
	if !t.hasPolicy() {
		causes = append(causes, NoPermission)
	}
	if membership == share.PossibleMember {
		causes = append(causes, PathUnknown)
	}
	if consumer.Trust == share.TrustPinned {
		causes = append(causes, MadeAgain)
	}
	if t.spec.Perimeter.PrincipalOrgID != "" {
		causes = append(causes, OutsideOrganization)
	}
	if len(t.spec.Perimeter.SourceIPs) > 0 {
		causes = append(causes, OutsideNetwork)
	}
	return append(causes, OrganizationPolicy)
}

// hasPolicy tells that the caller is a session of a role that has the consumer policy from this provider.
func (t *trial) hasPolicy() bool {
	return slices.Contains(t.spec.Consumer.AttachToRoles, t.proof.Caller.RoleName())
}
