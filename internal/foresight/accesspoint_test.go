package foresight_test

import (
	"slices"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/foresight"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// A share through an access point needs the leave of the access point and of the bucket, each asked about its own names.
func TestForecastsThroughAccessPoints(t *testing.T) {
	t.Parallel()
	const denyOthers = `{"Version":"2012-10-17","Statement":[{"Sid":"OnlyThroughTheirs","Effect":"Deny","Principal":"*","Action":"s3:GetObject",` +
		`"Resource":"arn:aws:s3:::acme-data/*","Condition":{"StringNotEquals":{"s3:DataAccessPointArn":"arn:aws:s3:eu-central-1:111111111111:accesspoint/theirs"}}}]}`
	for name, c := range map[string]struct {
		edit   func(*foresight.Situation)
		bucket string
		works  bool
	}{
		"as rendered":               {works: true},
		"a bucket without a policy": {bucket: "", works: true},
		"another access point only": {bucket: denyOthers},
		"an access point that denies": {edit: func(s *foresight.Situation) {
			s.Desired.AccessPoint = mustParse(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}`)
		}},
		"a bucket that delegates nothing":    {edit: func(s *foresight.Situation) { s.Desired.Delegation = nil }},
		"a role that names the bucket alone": {edit: func(s *foresight.Situation) { s.Desired.Permissions = share.Render(plain()).Permissions }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := plain()
			spec.Via, spec.Region = share.ViaAccessPoint, "eu-central-1"
			around := foresight.Situation{Desired: share.Render(spec), Bucket: share.BucketPolicy{State: share.BucketWithoutPolicy}}
			if c.bucket != "" {
				around.Bucket = share.BucketPolicy{State: share.BucketHasPolicy, Document: mustParse(t, c.bucket)}
			}
			if c.edit != nil {
				c.edit(&around)
			}
			forecast := foresight.Foresee(around)
			if refused := forecast.Refused(); (len(refused) == 0) != c.works {
				t.Errorf("refused is %q; %q", refused, forecast.Sentences())
			}
			if refused := slices.ContainsFunc(forecast.Access, func(f foresight.Finding) bool { return len(f.Reasons) > 0 }); refused == c.works {
				t.Errorf("the reasons are %q", forecast.Sentences())
			}
		})
	}
}

// plain is a share through its role, on its name and bucket alone.
func plain() share.Spec {
	return share.Spec{
		Owner: share.Account{ID: "111111111111", Partition: "aws"}, Name: "etl", Bucket: "acme-data", Path: "/crossaccount/",
		Consumer: share.Consumer{AccountID: "222222222222", Trust: share.TrustAccount}, Access: []share.Word{share.Read, share.List},
		Prefixes: []share.Prefix{"in/"}, BucketPolicyMode: share.OwnStatements, ExternalIDs: []share.ExternalID{share.PlannedExternalID()},
	}
}

func mustParse(t *testing.T, text string) policy.Document {
	t.Helper()
	document, err := policy.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return document
}
