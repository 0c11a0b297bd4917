package acctest

import (
	"fmt"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// The permissions for direct shares are enough by themselves, none for IAM among them, and each is needed.
func TestPermissionsForDirectShares(t *testing.T) {
	t.Parallel()
	mustBeEnoughAndNeeded(t, "direct.json", directLife)
}

// directLife makes a direct share, lets the key in by a grant instead of its policy, and removes the share.
func directLife(t *testing.T, permissions string) (seen []string) {
	t.Helper()
	l := &life{World: NewWorld(t, awssim.Options{})}
	l.limited = l.permitted(documented(t, "owner.json"), documented(t, "consumer.json"))
	l.Owner.AddUser("/", "terraform-direct", permissions)
	l.limited.OwnerKey = l.Owner.UserKey("terraform-direct")
	spec := share.Spec{
		Owner: share.Account{ID: OwnerID, Partition: "aws"}, Name: "etl-reports", Bucket: Bucket, Via: share.ViaDirect,
		Consumer: share.Consumer{AccountID: ConsumerID, Trust: share.TrustAccount}, Access: []share.Word{share.Read},
		BucketPolicyMode: share.OwnStatements, KMSAccess: share.KeyPolicies,
		KMSKeys: []share.KeyARN{share.KeyARN(l.Owner.AddKey(awssim.KeyOptions{Region: Region}))},
	}
	if _, err := l.start(t).Create(t.Context(), spec); err != nil {
		return append(seen, fmt.Sprintf("creating: %v", err))
	}
	granted := spec
	granted.KMSAccess = share.KeyGrants
	if _, err := l.start(t).Update(t.Context(), reconcile.Prior{Spec: spec}, granted); err != nil {
		return append(seen, fmt.Sprintf("changing: %v", err))
	}
	_, err := l.start(t).Delete(t.Context(), reconcile.Prior{Spec: granted})
	return append(seen, fmt.Sprintf("destroying: %v; left: %s", err, l.BucketPolicy(t)))
}
