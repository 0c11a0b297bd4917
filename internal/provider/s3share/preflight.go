package s3share

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/foresight"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file looks, while a share is planned, at what is around it: what would stop the apply is an error of the plan, and
// what takes the effect of something away is a warning. Each question is asked only where a share is made or the argument
// that it is about changes.

// preflight is the look around one planned share.
type preflight struct {
	*planning
	desired share.Desired
	// unseen says what could not be looked at.
	unseen []string
}

// checkAround looks at what is around the share.
func (p *planning) checkAround(ctx context.Context, spec share.Spec) {
	if p.data.Deferred || p.plan.Summary.IsUnknown() || p.diagnostics.HasError() {
		return
	}
	spec.ExternalIDs = p.plan.readableIDs()
	f := &preflight{planning: p, desired: share.Render(spec)}
	if p.state != nil && !p.plan.ID.Equal(p.state.ID) {
		if prior, _, diags := p.state.spec(ctx, spec.Owner); !diags.HasError() {
			p.data.Preflight.Leaves(prior)
		}
	}
	if f.writesBucketPolicy() {
		f.checkBucketPolicy(ctx)
	}
	if !spec.IsDirect() {
		f.checkTrust()
		f.checkInline(ctx)
		f.checkBoundary(ctx)
	}
	if f.changes(p.plan.KMSKeyARNs, p.stateOr().KMSKeyARNs) || f.changes(p.plan.Access, p.stateOr().Access) {
		f.checkKeys(ctx)
	}
	if f.changes(p.plan.Access, p.stateOr().Access) {
		f.checkVersions(ctx)
	}
	f.checkAnalysis(ctx)
	f.tellUnseen()
}

// stateOr gives the state, or an empty one.
func (p *planning) stateOr() model {
	if p.state != nil {
		return *p.state
	}
	return model{}
}

// changes tells that the share is made, or that a value of it is another than before.
func (f *preflight) changes(planned, had attr.Value) bool {
	return f.state == nil || !planned.Equal(had)
}

// writesBucketPolicy tells that the apply writes the bucket policy.
func (f *preflight) writesBucketPolicy() bool {
	had := f.stateOr()
	return f.desired.Spec.BucketPolicyMode != share.OutputOnly &&
		(f.changes(f.plan.BucketPolicyStatements, had.BucketPolicyStatements) || f.changes(f.plan.BucketPolicyMode, had.BucketPolicyMode))
}

// checkBucketPolicy holds the policy as it is, and as it will be, against what keeps it from being written.
func (f *preflight) checkBucketPolicy(ctx context.Context) {
	spec := f.desired.Spec
	if f.bucket == nil {
		found, err := f.data.Shares.BucketPolicy(ctx, spec)
		if err != nil {
			return // the operation itself tells
		}
		f.bucket = &found
	}
	f.checkSize(f.data.Preflight.Grow(f.desired, *f.bucket))
	f.checkLockOut(ctx)
	f.checkPublic(ctx)
}

// checkLockOut refuses to write a policy that does not let these credentials write it: it would fail after the role was
// made.
func (f *preflight) checkLockOut(ctx context.Context) {
	spec := f.desired.Spec
	if !foresight.MayLock(f.bucket.Document) {
		return
	}
	arn, userID, err := f.data.Preflight.Self(ctx)
	if err != nil {
		return
	}
	writer := foresight.Writer{ARN: arn, UserID: userID, Account: spec.Owner, Bucket: spec.Bucket, Now: f.data.Shares.Now()}
	refused, open := writer.Locked(f.bucket.Document)
	if len(refused) > 0 {
		f.diagnostics.AddError(fmt.Sprintf("Share %s cannot be written: the policy of bucket %s does not let these credentials change it", spec.ID(), spec.Bucket),
			"The share keeps its statements in the bucket policy, and AWS would refuse to write it:"+bulleted(refused)+
				"\n\nNothing was changed. Run Terraform with credentials that the statement lets pass, or have whoever may change the policy take the statement out. "+
				"With bucket_policy_mode = \"output_only\" the share leaves the policy alone.")
	}
	if len(open) > 0 {
		f.diagnostics.AddWarning(fmt.Sprintf("The policy of bucket %s may not let these credentials change it", spec.Bucket),
			"Whether it does shows when it is written, at apply:"+bulleted(open))
	}
}

// checkPublic looks for Block Public Access where somebody's statement makes the policy public: the share's own are not.
func (f *preflight) checkPublic(ctx context.Context) {
	spec := f.desired.Spec
	open := foresight.Opens(f.bucket.Document)
	if len(open) == 0 {
		return
	}
	public, err := f.data.Preflight.IsPublic(ctx, spec)
	if err != nil {
		f.missed(err, "whether S3 takes the bucket policy for public is not known")
	} else if !public {
		return
	}
	blockers := f.blockers(ctx)
	said := fmt.Sprintf("S3 counts the policy of bucket %s as public because of %s", spec.Bucket, share.Joined(open, "and"))
	switch {
	case len(blockers) > 0 && err == nil:
		f.diagnostics.AddError(fmt.Sprintf("Share %s cannot be written: Block Public Access refuses the policy of bucket %s", spec.ID(), spec.Bucket), fmt.Sprintf(
			"%s. BlockPublicPolicy of %s refuses every write of such a policy, whoever's statement it is that changes; the share's own are not public.\n\n"+
				"Nothing was changed. Limit what is public to an account or an organization, or take it out. "+
				"With bucket_policy_mode = \"output_only\" the share leaves the policy alone.", said, share.Joined(blockers, "and")))
	case len(blockers) > 0:
		f.diagnostics.AddWarning(fmt.Sprintf("Block Public Access may refuse the policy of bucket %s", spec.Bucket), fmt.Sprintf(
			"By the rules that are documented, %s. If it does, BlockPublicPolicy of %s refuses at apply to write it.", said, share.Joined(blockers, "and")))
	}
}

// blockers names where public policies are refused.
func (f *preflight) blockers(ctx context.Context) (blockers []string) {
	spec, outside := f.desired.Spec, ""
	if spec.IsDirect() {
		outside = ", or keeps the consumer out,"
	}
	for _, level := range f.data.levels(spec) {
		block, err := level.read(ctx, spec)
		if err != nil {
			f.missed(err, "whether Block Public Access of "+level.name+" refuses the policy"+outside+" is not known")
		}
		if block.Policies {
			blockers = append(blockers, level.name)
		}
	}
	return blockers
}

// checkVersions warns of a bucket without the versions that the share is about.
func (f *preflight) checkVersions(ctx context.Context) {
	spec := f.desired.Spec
	if !spec.Gives(share.ReadVersions) || f.bucketIsMissing() {
		return
	}
	versions, err := f.data.Preflight.HasVersions(ctx, spec)
	switch {
	case isBucketMissing(err):
	case err != nil:
		f.missed(err, fmt.Sprintf("whether bucket %s keeps versions is not known", spec.Bucket))
	case !versions:
		f.diagnostics.AddAttributeWarning(path.Root("access"), fmt.Sprintf("Bucket %s keeps no versions", spec.Bucket),
			"access has read_versions, but versioning was never turned on, so that there is nothing more to read than read gives. Turn it on, or leave read_versions out.")
	}
}

func (f *preflight) bucketIsMissing() bool {
	return f.bucket != nil && f.bucket.State == share.BucketMissing
}

func isBucketMissing(err error) bool {
	answer, ok := reconcile.AnswerOf(err)
	return ok && answer.Meaning == reconcile.BucketMissing
}

// refuseForeignBucket tells that the bucket is certainly not the owner's.
func (p *planning) refuseForeignBucket(spec share.Spec) {
	p.diagnostics.AddAttributeError(path.Root("bucket"), fmt.Sprintf("Bucket %s belongs to another account", spec.Bucket), fmt.Sprintf(
		"These credentials may look into it, but S3 refuses that when they say that it has to be a bucket of account %s, which is theirs. Nothing was changed. "+
			"A share is made in the account that has the bucket: give the provider credentials of it, or correct the name.", spec.Owner.ID))
}

// missed notes what could not be looked at, and what is not known therefore.
func (f *preflight) missed(err error, unknown string) {
	why := err.Error()
	if answer, ok := reconcile.AnswerOf(err); ok {
		why = fmt.Sprintf("%s was not answered (%s)", answer.Call, answer.Words)
		// An answer to HEAD has no body in which S3 could say more.
		if answer.Meaning == reconcile.Denied || answer.Code == "Forbidden" {
			why = fmt.Sprintf("%s is refused%s", answer.Call, ground(answer.Words))
		}
	}
	f.unseen = append(f.unseen, why+": "+unknown)
}

// ground is what AWS says of why it refuses a call, without who called what.
func ground(words string) string {
	for _, lead := range []string{" because ", " with an explicit deny"} {
		if at := strings.Index(words, lead); at >= 0 && strings.Contains(words[:at], "is not authorized to perform") {
			return words[at:]
		}
	}
	return " (" + words + ")"
}

func (f *preflight) tellUnseen() {
	if len(f.unseen) > 0 {
		f.diagnostics.AddWarning(fmt.Sprintf("Not everything around share %s could be looked at", f.desired.Spec.ID()),
			"It can be made all the same, but the plan cannot tell what it would have found:"+bulleted(f.unseen))
	}
}
