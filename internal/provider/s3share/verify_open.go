package s3share

import (
	"fmt"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// notShown says what is left open by a proof, and why.
func (w proofWords) notShown(finding reconcile.Finding) string {
	switch finding.Obstacle {
	case reconcile.OwnerMayNotList:
		return fmt.Sprintf("reading inside and outside the share: the provider's own credentials may not list bucket %s (s3:ListBucket), so it does "+
			"not know which objects exist. %s", w.spec.Bucket, wordsOfAnswer(finding.Err))
	case reconcile.NothingToTry:
		return "calls to S3: nothing of what the share allows can be tried without changing the bucket"
	case reconcile.NotInBucketPolicy:
		return fmt.Sprintf("calls to S3 inside the share, which S3 refuses: the policy of bucket %s does not have the statements in "+
			"bucket_policy_statements, and with bucket_policy_mode = %q somebody else puts them there. The share is tried again when it changes next, or "+
			"when verify is taken away and set again", w.spec.Bucket, share.OutputOnly)
	case reconcile.OtherShares:
		return fmt.Sprintf("%s: other shares let the same consumer do it, which is what they are for (%s)", w.what(finding), share.Joined(finding.Others, "and"))
	case reconcile.OnlyAtHome:
		return fmt.Sprintf("%s: S3 refused it, but perhaps only because no policy of %s allows it. On the bucket's side, %s may let it in", w.what(finding),
			w.proof.Caller, share.Joined(finding.Others, "and"))
	case reconcile.NoObject:
		switch {
		case finding.Claim == reconcile.ReadsInside:
			return fmt.Sprintf("reading inside the share: bucket %s has no object there", w.spec.Bucket)
		case !w.spec.Gives(share.Read):
			return fmt.Sprintf("that nothing can be read: bucket %s has no object", w.spec.Bucket)
		}
		return fmt.Sprintf("that reading stops outside the prefixes: bucket %s has no object there", w.spec.Bucket)
	}
	return fmt.Sprintf("a call on s3://%s/%s: S3 answered neither yes nor no. %s", w.spec.Bucket, finding.Target, wordsOfAnswer(finding.Err))
}

// what a claim is about, as the beginning of a sentence about what is left open.
func (w proofWords) what(finding reconcile.Finding) string {
	switch finding.Claim {
	case reconcile.StopsReading:
		return "that reading stops outside the share, for which " + w.place(finding) + " was tried"
	case reconcile.StopsListing:
		return "that listing stops outside the share"
	}
	return "that the bucket stays closed to the role but for its access point"
}
