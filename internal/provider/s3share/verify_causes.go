package s3share

import (
	"fmt"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// cause says a cause of a finding in words, with what to do about it.
func (w proofWords) cause(cause reconcile.Cause, finding reconcile.Finding) string {
	if cause := w.causeInside(cause, finding); cause != "" {
		return cause
	}
	caller, consumer := w.proof.Caller, w.spec.Consumer
	switch cause {
	case reconcile.ExplicitDeny:
		return "a policy denies it, and AWS names its kind below"
	case reconcile.RootUser:
		return fmt.Sprintf("%s is a root user, and AWS lets no root user assume a role", caller)
	case reconcile.OtherAccount:
		return fmt.Sprintf("%s belongs to account %s, and the share is for account %s", caller, caller.AccountID(), consumer.AccountID)
	case reconcile.NotPrincipal:
		return fmt.Sprintf("%s is not among those whom the share lets in: %s", caller, w.spec.WhoCanAssume())
	case reconcile.PathUnknown:
		return fmt.Sprintf("role %s has another path than the one in consumer.principals (the ARN of a session does not show it)", caller.RoleName())
	case reconcile.PrincipalsUnknown:
		return fmt.Sprintf("the owner does not let %s in: ask for the share's summary", caller)
	case reconcile.NoPermission:
		return w.noPermission(finding)
	case reconcile.WrongExternalID:
		return "it is not, or no longer, the external ID that the role asks for, perhaps because the owner rotated it"
	case reconcile.NoSuchRole:
		return fmt.Sprintf("account %s has no such role: path and name are part of the ARN, and their case counts", w.spec.Owner.ID)
	case reconcile.OutsideOrganization:
		return fmt.Sprintf("account %s is not in organization %s, which perimeter.principal_org_id asks for", caller.AccountID(), w.spec.Perimeter.PrincipalOrgID)
	case reconcile.OwnersConditions:
		return "the owner's trust policy asks for more, an organization or a network, or the share has expired"
	case reconcile.Expired:
		return fmt.Sprintf("the share expired at %s", w.spec.Expiry())
	case reconcile.MadeAgain:
		return "a principal was deleted and made again: pin_principals = true binds the trust to the one of before; the next plan shows it as drift"
	case reconcile.OrganizationPolicy:
		return "a service control policy of the consumer's organization, or a resource control policy of the owner's, refuses the call"
	case reconcile.OldAnswer:
		return "the trust policy of before. Moments later AWS refused the same call: it may have answered by a policy that this apply has just " +
			"replaced. The role was open until then, so this is no proof"
	case reconcile.OpenTrust:
		return fmt.Sprintf("the trust policy of the role asks for no external ID, and still does not after a while: %s can assume it. "+
			"The next plan of the share shows how it was changed, and its apply repairs it", w.whoAssumes())
	}
	return string(cause)
}

// noPermission says that the consumer's own side is missing, which the owner can neither see nor give.
func (w proofWords) noPermission(finding reconcile.Finding) string {
	call := "sts:AssumeRole on " + w.spec.RoleARN()
	switch finding.Claim {
	case reconcile.ReadsInside:
		call = "s3:GetObject on " + w.spec.ObjectARN(finding.Target)
	case reconcile.ListsInside:
		call = "s3:ListBucket on " + w.spec.BucketARN()
	}
	return fmt.Sprintf("%s has no permission of its own for %s: across accounts AWS wants it on both sides. Give it the policy in consumer_policy "+
		"(attach_to_roles does that for roles)", w.proof.Caller, call)
}

// causeInside says the causes of calls to S3 that end otherwise than the share says; empty for all others.
func (w proofWords) causeInside(cause reconcile.Cause, finding reconcile.Finding) string {
	switch cause {
	case reconcile.DeniedByOthers:
		return "somebody else's policy denies it: " + share.Joined(finding.Others, "or")
	case reconcile.AllowedByOthers:
		return w.allowedByOthers(finding.Others)
	case reconcile.AllowedSomewhere:
		if w.spec.IsDirect() {
			return "something allows it that is not to be seen in the bucket policy, such as an ACL of the bucket or the object"
		}
		return "something allows it that is not to be seen on the role or in the bucket policy, such as an ACL of the bucket or the object"
	case reconcile.Boundary:
		return fmt.Sprintf("the permissions boundary %s does not allow it", w.spec.PermissionsBoundary)
	case reconcile.PointChanged:
		return fmt.Sprintf("somebody has changed access point %s, its policy or what the bucket policy leaves to it: the next plan shows how, and its "+
			"apply repairs it", w.spec.AccessPointName())
	case reconcile.OutsideNetwork:
		return "the machine that Terraform runs on is outside the perimeter's networks and VPC endpoints"
	case reconcile.Key:
		return w.closedKey()
	case reconcile.KeyUnallowed:
		return w.unallowedKey()
	case reconcile.ForeignObject:
		return "the object belongs to another account, which wrote it (object ownership of the bucket)"
	}
	return ""
}

// allowedByOthers says who gives more than the share. What the consumer's own account allows opens no bucket of another one.
func (w proofWords) allowedByOthers(others []string) string {
	if !w.spec.IsDirect() {
		return "somebody else's policy allows it: " + share.Joined(others, "or")
	}
	return fmt.Sprintf("somebody else lets them in beside the share: %s. No policy of the consumer's own account can open a bucket of another one, so "+
		"that is what has to be narrowed", share.Joined(others, "or"))
}

// closedKey says that the key lets nobody in.
func (w proofWords) closedKey() string {
	switch {
	case !w.spec.IsDirect():
		return "the object is encrypted with a key that the role may not use"
	case w.spec.KMSAccess == share.NoKeyAccess:
		return fmt.Sprintf("the object is encrypted with a key whose policy does not let %s in: kms_access = %q leaves that to its owner", w.proof.Caller, share.NoKeyAccess)
	}
	return fmt.Sprintf("the object is encrypted with a key that does not let %s in: the keys that the share opens are those in kms_key_arns", w.proof.Caller)
}

// unallowedKey says that the key may let the caller in, and that the caller's own policies do not allow to use it.
func (w proofWords) unallowedKey() string {
	if w.spec.IsDirect() {
		return fmt.Sprintf("the object is encrypted with a key that no policy of %s allows to use: give it the policy in consumer_policy "+
			"(attach_to_roles does that for roles), and name the key in kms_key_arns", w.proof.Caller)
	}
	return "the object is encrypted with a key that the role's policy does not allow to use: name it in kms_key_arns"
}

func (w proofWords) whoAssumes() string {
	if w.spec.Consumer.AccountID == "" {
		return "whoever it names"
	}
	return w.spec.WhoCanAssume()
}
