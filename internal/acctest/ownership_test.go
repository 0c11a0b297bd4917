package acctest

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// owned gives a bucket a setting of object ownership.
func owned(setting types.ObjectOwnership) func(*testing.T, *World, string) {
	return func(t *testing.T, w *World, bucket string) {
		t.Helper()
		_, err := w.S3(w.SetupKey).PutBucketOwnershipControls(t.Context(), &s3.PutBucketOwnershipControlsInput{
			Bucket: &bucket, OwnershipControls: &types.OwnershipControls{Rules: []types.OwnershipControlsRule{{ObjectOwnership: setting}}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A consumer who writes with its own credentials owns what it writes, unless the bucket says otherwise. The plan tells whose
// the objects will be, why it matters and what would help; beside each case stands one that is harmless.
func TestPlanTellsWhoWillOwnTheObjects(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	const (
		writes  = direct + "\n" + `access = ["write"]`
		reads   = direct + "\n" + `access = ["read"]`
		byRole  = `access = ["write"]`
		limited = "provider = crossaccount.limited\n"
	)
	told := func(bucket string) []string {
		return []string{
			"What the consumer writes into bucket " + bucket + " may belong to account 222222222222",
			"Because object ownership of bucket " + bucket + " is not BucketOwnerEnforced, whoever writes an object owns it",
			"the bucket policy does not cover it, and the writer decides who may read it, account 111111111111 included", "Set BucketOwnerEnforced (aws_s3_bucket_ownership_controls), or share by a role, which writes as account 111111111111",
		}
	}
	cases := map[string]around{
		"writer":          {more: writes, prepare: owned(types.ObjectOwnershipObjectWriter), severity: "warning", says: told("acme-writer")},
		"preferred":       {more: writes, prepare: owned(types.ObjectOwnershipBucketOwnerPreferred), severity: "warning", says: told("acme-preferred")},
		"enforced":        {more: writes, prepare: owned(types.ObjectOwnershipBucketOwnerEnforced)},
		"default":         {more: writes},
		"writer-reads":    {more: reads, prepare: owned(types.ObjectOwnershipObjectWriter)},
		"writer-by-role":  {more: byRole, prepare: owned(types.ObjectOwnershipObjectWriter)},
		"unseen-of-reads": {more: limited + reads, prepare: owned(types.ObjectOwnershipObjectWriter)},
		"unseen": {more: limited + writes, prepare: owned(types.ObjectOwnershipObjectWriter), severity: "warning", says: []string{
			"What the consumer writes into bucket acme-unseen may belong to account 222222222222",
			"Whether object ownership of bucket acme-unseen is BucketOwnerEnforced is not known (s3:GetBucketOwnershipControls: User: ", "If it is not, whoever writes an object owns it",
		}},
	}
	w := NewWorld(t, awssim.Options{})
	w.mustTell(t, cases)
}
