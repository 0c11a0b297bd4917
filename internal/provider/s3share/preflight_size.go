package s3share

import (
	"context"
	"fmt"
	"strconv"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file holds the sizes of documents against what AWS takes.

// checkSize refuses to make a bucket policy larger than S3 takes.
func (f *preflight) checkSize(growth reconcile.Growth) {
	spec := f.desired.Spec
	after, before := growth.After, growth.Before
	if after.Size <= before.Size {
		return
	}
	others := ""
	if len(growth.Others) > 0 {
		others = fmt.Sprintf(", beside %s of the same run,", share.Joined(growth.Others, "and"))
	}
	helps := "What helps: bucket_policy_mode = \"delegated\" on all shares of the bucket, which gives them one pair of statements in common; " +
		"fewer prefixes; via = \"access_point\", which gives the share a policy of its own."
	if spec.BucketPolicyMode == share.Delegated || spec.UsesAccessPoint() {
		helps = "This share adds only statements that all shares of the bucket have in common. What helps: the same bucket_policy_mode for the others, and to take out " +
			"of the policy what is not needed any more."
	}
	switch {
	case after.Excess() > 0 && before.Excess() == 0:
		f.diagnostics.AddError(fmt.Sprintf("The policy of bucket %s would be too large", spec.Bucket), fmt.Sprintf(
			"With share %s%s it would have %s bytes as compact JSON, %s more than the %s that S3 takes; it has %s now.\n\nNothing was changed. %s",
			spec.ID(), others, grouped(after.Size), grouped(after.Excess()), grouped(after.Max), grouped(before.Size), helps))
	case after.Excess() > 0, after.IsNear():
		f.diagnostics.AddWarning(fmt.Sprintf("The policy of bucket %s is nearly full", spec.Bucket), fmt.Sprintf(
			"With share %s%s it will have %s of the %s bytes that S3 takes, as compact JSON. %s", spec.ID(), others, grouped(after.Size), grouped(after.Max), helps))
	}
}

// checkTrust holds the trust policy against its quota. It may have been raised for the account, which nothing tells, so that
// this is never more than a warning.
func (f *preflight) checkTrust() {
	spec, trust := f.desired.Spec, f.desired.TrustLoad()
	if !f.changes(f.plan.TrustPolicy, f.stateOr().TrustPolicy) || trust.Excess() == 0 && !trust.IsNear() {
		return
	}
	how := "is nearly as long as a trust policy may be"
	if trust.Excess() > 0 {
		how = "may be too long"
	}
	f.diagnostics.AddWarning(fmt.Sprintf("The trust policy of share %s %s", spec.ID(), how), fmt.Sprintf(
		"It has %s characters without white space. IAM takes %s, unless the quota (L-C07B4B0D) was raised for account %s, and refuses the role otherwise. "+
			"What helps: fewer consumer.principals, or a wildcard in the name of one that stands for many.", grouped(trust.Size), grouped(trust.Max), spec.Owner.ID))
}

// checkInline holds the permissions policy, together with what else is on the role, against the quota of IAM.
func (f *preflight) checkInline(ctx context.Context) {
	spec := f.desired.Spec
	if !f.changes(f.plan.PermissionsPolicy, f.stateOr().PermissionsPolicy) {
		return
	}
	beside, err := f.data.Preflight.Beside(ctx, spec)
	if err != nil {
		f.missed(err, fmt.Sprintf("how large the other inline policies on role %s are is not known", spec.Name))
	}
	inline := f.desired.InlineLoad(beside)
	if inline.Excess() == 0 && !inline.IsNear() {
		return
	}
	others, helps := "", "What helps: fewer prefixes, or one that contains several; several shares."
	if len(beside) > 0 {
		others = fmt.Sprintf(", together with %d of somebody else's,", len(beside))
		helps = "What helps: to take the other policies off the role first; fewer prefixes, or one that contains several."
	}
	told := fmt.Sprintf("The inline policies of role %s%s would have %s characters without white space, of the %s that IAM takes.",
		spec.Name, others, grouped(inline.Size), grouped(inline.Max))
	if inline.Excess() > 0 {
		f.diagnostics.AddError(fmt.Sprintf("The permissions policy of share %s would be too large", spec.ID()),
			fmt.Sprintf("%s That is %s too many.\n\nNothing was changed. %s", told, grouped(inline.Excess()), helps))
		return
	}
	f.diagnostics.AddWarning(fmt.Sprintf("The permissions policy of share %s is nearly as large as it may be", spec.ID()), told+" "+helps)
}

// grouped writes a number with commas between thousands.
func grouped(number int) string {
	text := strconv.Itoa(number)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
