package changes_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

func throughPoint() share.Spec {
	return share.Spec{
		Owner: share.Account{ID: "111111111111", Partition: "aws"}, Name: "etl", Bucket: "acme-data", Path: "/crossaccount/",
		Region: "eu-central-1", Via: share.ViaAccessPoint, Consumer: share.Consumer{AccountID: "222222222222", Trust: share.TrustAccount},
		Access: []share.Word{share.Read}, BucketPolicyMode: share.OwnStatements, Exclusive: true,
	}
}

func existing(spec share.Spec) share.Observed {
	desired := share.Render(spec)
	return desired.Existing(&share.Role{
		ARN: spec.RoleARN(), Path: spec.Path, Settings: desired.Role, Trust: desired.Trust,
	})
}

func TestAccessPointDiffers(t *testing.T) {
	t.Parallel()
	open, err := policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"s3:GetObject","Resource":"*"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		edit   func(*share.Observed)
		says   []string
		widens bool
	}{
		"nothing":            {edit: func(*share.Observed) {}},
		"it was not read":    {edit: func(o *share.Observed) { o.AccessPoint = share.AccessPoint{} }},
		"it is missing":      {edit: func(o *share.Observed) { o.AccessPoint = share.AccessPoint{State: share.PointMissing} }, says: []string{"access point: crossaccount-etl-", "access point policy: goes with"}},
		"its policy is gone": {edit: func(o *share.Observed) { o.AccessPoint.Policy = nil }, says: []string{"access point policy: is missing"}},
		"it is open":         {edit: func(o *share.Observed) { o.AccessPoint.Policy = &open }, says: []string{"access point policy: also allows s3:GetObject on *"}, widens: true},
		"of another bucket":  {edit: func(o *share.Observed) { o.AccessPoint.Bucket = "other" }, says: []string{"is for bucket other"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			observed := existing(throughPoint())
			c.edit(&observed)
			found := changes.Diff(share.Render(throughPoint()), observed)
			if len(found) != len(c.says) {
				t.Fatalf("found %v", changes.Sentences(found))
			}
			for i, change := range found {
				if !strings.Contains(change.String(), c.says[i]) || change.Widens != c.widens {
					t.Errorf("found %q, widens %v", change, change.Widens)
				}
			}
		})
	}
}

// The role notes the new way before anything of it is made, and forgets the old one after all of it is gone. All else that
// one name of the bucket needs is there before the role's policy opens it, and nothing of the other goes before.
func TestAccessPointComesFirstAndGoesLast(t *testing.T) {
	t.Parallel()
	point, role := throughPoint(), throughPoint()
	role.Via, role.Region = share.ViaRole, ""
	order := func(from, to share.Spec, observed share.Observed) []changes.Part {
		var parts []changes.Part
		for _, change := range changes.Plan(from, share.Render(to), observed) {
			parts = append(parts, change.Part)
		}
		return parts
	}
	before := existing(role)
	before.AccessPoint = share.AccessPoint{State: share.PointMissing}
	want := []changes.Part{
		changes.Tags, changes.Delegation, changes.BucketStatement, changes.AccessPoint, changes.AccessPointPolicy, changes.PermissionsPolicy,
	}
	if have := order(role, point, before); !slices.Equal(have, want) {
		t.Errorf("to the access point: %v", have)
	}
	want = []changes.Part{
		changes.Tags, changes.PermissionsPolicy, changes.AccessPoint, changes.Delegation, changes.BucketStatement, changes.Tags,
	}
	if have := order(point, role, existing(point)); !slices.Equal(have, want) {
		t.Errorf("back to the role: %v", have)
	}
}
