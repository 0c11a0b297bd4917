package s3share

import (
	"errors"
	"fmt"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// causes lists what is likely behind an answer of AWS, the likeliest first.
func (f failure) causes(answer reconcile.Answer) string {
	var likely []string
	switch answer.Meaning {
	case reconcile.PublicPolicyBlocked:
		likely = []string{
			"the bucket policy already has a statement that S3 counts as public, and Block Public Access refuses every write of such a policy, " +
				"whoever's statement it is; the share's own statements name one account and are not public",
			"find the statement that lets everybody in and limit it, or turn BlockPublicPolicy off for the bucket and the account",
		}
	case reconcile.Denied:
		likely = f.denialCauses(answer)
	case reconcile.BucketMissing:
		likely = []string{
			fmt.Sprintf("bucket %s does not exist, or is not known yet because it was just made", f.spec.Bucket),
			"if another resource of this configuration makes it, refer to that resource (bucket = aws_s3_bucket.this.id) so that Terraform waits for it",
		}
	case reconcile.UnknownPrincipal:
		likely = f.principalCauses(answer)
	case reconcile.QuotaReached:
		likely = []string{
			"a quota of IAM is used up: roles in the account, the size of a trust policy (2,048 characters unless raised) or of all inline policies of a role (10,240)",
			"fewer principals or prefixes make the documents smaller; a wildcard in the name of a principal stands for many",
		}
	case reconcile.Absent:
		likely = f.absenceCauses()
	case reconcile.Unexplained:
	}
	if len(likely) == 0 {
		return ""
	}
	return "Likely causes:" + bulleted(likely)
}

// bulleted writes sentences below one another. Terraform breaks no line that is indented.
func bulleted(sentences []string) string { return "\n  - " + strings.Join(sentences, "\n  - ") }

func (f failure) denialCauses(answer reconcile.Answer) []string {
	causes := []string{fmt.Sprintf("the credentials of the provider lack permission for %s", answer.Call)}
	if strings.HasPrefix(answer.Call, "s3:") {
		causes = append(causes,
			fmt.Sprintf("bucket %s does not belong to account %s, the account of the provider's credentials", f.spec.Bucket, f.spec.Owner.ID),
			"a Deny statement of the bucket policy, such as one on aws:SourceVpce, refuses the machine that Terraform runs on")
	}
	if answer.Call == "iam:GetRole" && len(f.spec.Path) > 1 {
		causes = append(causes, fmt.Sprintf("the permission is given for role%s* only: AWS judges a role that does not exist without its path, "+
			"so iam:GetRole has to be allowed on role/%s as well", f.spec.Path, f.spec.Name))
	}
	if strings.HasPrefix(answer.Call, "iam:") {
		causes = append(causes, "a permissions boundary or a service control policy of the organization refuses the call")
	}
	return causes
}

// absenceCauses explains what was not there when it was to be changed.
func (f failure) absenceCauses() []string {
	var step *reconcile.StepError
	if errors.As(f.err, &step) && step.Failed.Part == changes.ConsumerPolicy {
		return []string{fmt.Sprintf("account %s has no role %s: attach_to_roles takes names of roles, without their path, of the consumer account",
			f.spec.Consumer.AccountID, step.Failed.Target)}
	}
	return []string{"somebody deleted it at the same moment: apply again"}
}

func (f failure) principalCauses(answer reconcile.Answer) []string {
	if strings.HasPrefix(answer.Call, "s3:") && f.spec.IsDirect() && f.spec.Consumer.Trust == share.TrustPinned {
		return append(f.pinnedCauses(), fmt.Sprintf("or another statement in the policy of bucket %s names a principal that was deleted (shown as AROA… or AIDA…)", f.spec.Bucket))
	}
	if strings.HasPrefix(answer.Call, "s3:") {
		return []string{fmt.Sprintf("somebody else's statement in the policy of bucket %s names a principal that was deleted (shown as AROA… or AIDA…): "+
			"S3 refuses every write of a policy with such a statement, so take it out first", f.spec.Bucket)}
	}
	if f.spec.Consumer.Trust == share.TrustPinned {
		return f.pinnedCauses()
	}
	return []string{fmt.Sprintf("account %s does not exist", f.spec.Consumer.AccountID)}
}

func (f failure) pinnedCauses() []string {
	names := make([]string, 0, len(f.spec.Consumer.Principals))
	for _, principal := range f.spec.Consumer.Principals {
		names = append(names, principal.String())
	}
	return []string{
		"pin_principals = true needs every principal to exist when the policy is written: " + strings.Join(names, ", "),
		"the path between role/ and the name is missing or wrong",
	}
}

// explain gives the whole detail of errors that are no answer of AWS to one call; empty for all others.
func explain(err error) string {
	var conflict *reconcile.ConflictError
	var missing *reconcile.MissingBucketError
	var unknown *reconcile.UnknownExternalIDError
	var taken *reconcile.TakenPolicyError
	switch {
	case errors.As(err, &taken):
		return explainTakenPolicy(taken)
	case errors.As(err, &conflict):
		return explainConflict(conflict)
	case errors.As(err, &unknown):
		return lostID(string(unknown.Spec.Name))
	case errors.As(err, &missing):
		return fmt.Sprintf("Bucket %s does not exist. Nothing was changed. If another resource of this configuration makes it, refer to that resource "+
			"(bucket = aws_s3_bucket.this.id), so that Terraform makes it first; if it was made a moment ago, S3 may not show it yet: apply again.", missing.Spec.Bucket)
	}
	return ""
}

// explainConflict says what has the share's name already and what to do about it.
func explainConflict(conflict *reconcile.ConflictError) string {
	spec := conflict.Spec
	switch {
	case spec.IsDirect():
		return explainDirectConflict(conflict)
	case conflict.Role == nil:
		return fmt.Sprintf("The policy of bucket %s already has statements of a share named %s (their Sid begins with %s), and account %s has no role of that name. "+
			"They may be left over from a share whose state was lost. Nothing was changed: take the statements out of the bucket policy, or choose another name.",
			spec.Bucket, spec.Name, share.SidBase(spec.Name), spec.Owner.ID)
	case conflict.IsOther:
		return fmt.Sprintf("Share %s exists already, with other settings than these. Nothing was changed. To manage it here, import it: terraform import <address> %s",
			spec.ID(), spec.ID())
	case conflict.Role.Path != spec.Path && conflict.Role.MadeFor(spec.Bucket):
		return fmt.Sprintf("Role %s exists already, made for this bucket under path %s; IAM compares role names without regard to paths, and a path cannot be changed. "+
			"Nothing was changed. Set path = %q and import it (terraform import <address> %s), or choose another name.",
			conflict.Role.ARN, conflict.Role.Path, conflict.Role.Path, spec.ID())
	}
	return fmt.Sprintf("Account %s already has a role of that name, %s, which this provider did not make for bucket %s. Nothing was changed. "+
		"To manage that role as this share, import it: terraform import <address> %s. Otherwise choose another name: IAM compares role names without regard to case and path.",
		spec.Owner.ID, conflict.Role.ARN, spec.Bucket, spec.ID())
}
