package acctest

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3control"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// The permissions for access points are enough beside those of every share, and each is needed.
func TestPermissionsForAccessPoints(t *testing.T) {
	t.Parallel()
	mustBeEnoughAndNeeded(t, "access-points.json", lifeThroughPoint)
}

// lifeThroughPoint makes, repairs and removes a share through an access point and tells what was seen.
func lifeThroughPoint(t *testing.T, points string) []string {
	t.Helper()
	l := &life{World: NewWorld(t, awssim.Options{})}
	l.limited = l.permitted(documented(t, "owner.json"), documented(t, "consumer.json"))
	l.Owner.AddUser("/", "terraform-points", documented(t, "owner.json"), points)
	l.limited.OwnerKey = l.Owner.UserKey("terraform-points")
	spec := throughPoint()
	var err error
	if l.outcome, err = l.start(t).Create(t.Context(), spec); err != nil {
		return append(l.seen, fmt.Sprintf("creating: %v", err))
	}
	name := spec.AccessPointName()
	if _, err := l.control().DeleteAccessPointPolicy(t.Context(), &s3control.DeleteAccessPointPolicyInput{AccountId: aws.String(OwnerID), Name: &name}); err != nil {
		t.Fatal(err)
	}
	if err := l.update(t, l.outcome.Spec); err != nil {
		return append(l.seen, fmt.Sprintf("repairing: %v", err))
	}
	_, err = l.start(t).Delete(t.Context(), reconcile.Prior{Spec: l.outcome.Spec, RoleUniqueID: l.outcome.RoleUniqueID})
	return append(l.seen, fmt.Sprintf("destroying: %v; left: %d %s", err, len(l.Owner.AccessPointNames(Region)), l.BucketPolicy(t)))
}

func throughPoint() share.Spec {
	return share.Spec{
		Owner: share.Account{ID: OwnerID, Partition: "aws"}, Name: "etl-reports", Bucket: Bucket, Path: share.DefaultRolePath,
		Consumer: share.Consumer{AccountID: ConsumerID, Trust: share.TrustAccount}, Access: []share.Word{share.Read},
		MaxSessionDuration: share.DefaultMaxSessionDuration, BucketPolicyMode: share.OwnStatements, Exclusive: true,
		Via: share.ViaAccessPoint, Region: Region,
	}
}
