package reconcile_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// One apply destroys the last share with an access point and gives its first one to another. What both have in common is
// there when the second looks and must not go with the first.
func TestTheLastAccessPointGoesWhileAnotherComes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leaving, before := etlReports(), etlReports()
	leaving.Name, leaving.Via, leaving.Region, leaving.Consumer.AttachToRoles = "leaving", share.ViaAccessPoint, region, nil
	gone, err := w.start(t).Create(t.Context(), leaving)
	if err != nil {
		t.Fatal(err)
	}
	made, err := w.start(t).Create(t.Context(), before)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.s3().PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(bucket), Key: aws.String("reports/x"), Body: strings.NewReader("x"),
	}); err != nil {
		t.Fatal(err)
	}
	next := made.Spec
	next.Via, next.Region = share.ViaAccessPoint, region
	process := w.start(t)
	deleted := make(chan error, 1)
	// The first share goes when the second has looked at the bucket policy and at its role, and has no access point yet.
	w.sim.Inject(awssim.Fault{Operation: "CreateAccessPoint", Before: sync.OnceFunc(func() {
		_, err := process.Delete(t.Context(), reconcile.Prior{Spec: gone.Spec, RoleUniqueID: gone.RoleUniqueID, InSync: true})
		deleted <- err
	})})
	if _, err := process.Update(t.Context(), reconcile.Prior{Spec: made.Spec, RoleUniqueID: made.RoleUniqueID, InSync: true}, next); err != nil {
		t.Fatalf("giving it an access point: %v", err)
	}
	select {
	case err := <-deleted:
		if err != nil {
			t.Errorf("deleting: %v", err)
		}
	default:
		t.Fatal("nothing was deleted meanwhile, so that the test proves nothing")
	}
	if open, err := w.open(t); !slices.Equal(open, []string{"access point"}) {
		t.Errorf("open is %q, want the access point: %v", open, err)
	}
	if _, err := w.start(t).Delete(t.Context(), reconcile.Prior{Spec: next, RoleUniqueID: made.RoleUniqueID}); err != nil || w.statements(t) != nil {
		t.Errorf("when the other goes too, %d statements are left: %v", len(w.statements(t)), err)
	}
}
