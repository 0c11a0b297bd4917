package share_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// made is what AWS has of a share that was just made.
func made(spec share.Spec) share.Observed {
	desired := share.Render(spec)
	return share.Observed{
		Role: &share.Role{
			ARN: spec.RoleARN(), UniqueID: "AROAEXAMPLE", Path: spec.Path, Settings: desired.Role, Trust: desired.Trust,
		},
		Inline: []share.NamedPolicy{{Name: share.PermissionsPolicyName, Document: desired.Permissions}},
		Bucket: share.BucketPolicy{State: share.BucketHasPolicy, Document: policy.New(desired.BucketStatements...)},
	}
}

func named(spec share.Spec) share.Spec {
	return share.Spec{Owner: spec.Owner, Name: spec.Name, Bucket: spec.Bucket}
}

func TestRecognizeReadsBackWhatWasRendered(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spec := anySpec().Draw(t, "spec").Normalized()
		recognized, ok := share.Recognize(named(spec), made(spec))
		if !ok {
			t.Fatal("the share was not recognized")
		}
		want := spec
		want.Consumer.AttachToRoles = nil // nothing in the owner's account tells of them
		if diff := cmp.Diff(want, recognized, cmpopts.EquateComparable(share.ExternalID{}), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("recognized otherwise than rendered (-rendered +recognized):\n%s", diff)
		}
	})
}

func anySpec() *rapid.Generator[share.Spec] {
	return rapid.Custom(func(t *rapid.T) share.Spec {
		spec := share.Spec{
			Owner: share.Account{ID: "111111111111", Partition: "aws"},
			Name:  "etl-reports", Bucket: "acme-data",
			Path:               rapid.SampledFrom([]share.Path{"/", "/crossaccount/", "/a/b/"}).Draw(t, "path"),
			Consumer:           anyConsumer(t),
			Access:             rapid.SliceOfNDistinct(rapid.SampledFrom(share.Words()), 1, 6, rapid.ID).Draw(t, "access"),
			Prefixes:           rapid.SampledFrom([][]share.Prefix{nil, {"a/"}, {"a/", "ab/"}, {"reports", "x/y/"}}).Draw(t, "prefixes"),
			Perimeter:          anyPerimeter(t),
			MaxSessionDuration: time.Duration(rapid.IntRange(3600, 43200).Draw(t, "seconds")) * time.Second,
			Description:        rapid.SampledFrom([]string{"", "for the vendor"}).Draw(t, "description"),
			Tags:               rapid.SampledFrom([]map[string]string{{}, {"Team": "data"}}).Draw(t, "tags"),
			BucketPolicyMode:   share.OwnStatements, Exclusive: true,
		}
		id, err := share.ParseExternalID("an-external-id")
		if err != nil {
			t.Fatal(err)
		}
		spec.ExternalIDs = []share.ExternalID{id}
		if rapid.Bool().Draw(t, "expires") {
			spec.ExpiresAt = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
		}
		if rapid.Bool().Draw(t, "bounded") {
			spec.PermissionsBoundary = "arn:aws:iam::111111111111:policy/boundary"
		}
		return spec
	})
}

func anyConsumer(t *rapid.T) share.Consumer {
	consumer := share.Consumer{AccountID: "222222222222", Trust: share.TrustAccount}
	for _, arn := range rapid.SampledFrom([][]string{
		nil, {"arn:aws:iam::222222222222:role/etl"}, {"arn:aws:iam::222222222222:role/team/etl", "arn:aws:iam::222222222222:user/ann"},
	}).Draw(t, "principals") {
		principal, err := share.ParsePrincipal(arn)
		if err != nil {
			t.Fatal(err)
		}
		consumer.Principals = append(consumer.Principals, principal)
	}
	if len(consumer.Principals) > 0 && rapid.Bool().Draw(t, "pinned") {
		consumer.Trust = share.TrustPinned
	}
	return consumer
}

func anyPerimeter(t *rapid.T) share.Perimeter {
	perimeter := share.Perimeter{PrincipalOrgID: rapid.SampledFrom([]string{"", "o-a1b2c3d4e5"}).Draw(t, "organization")}
	if rapid.Bool().Draw(t, "from addresses") {
		perimeter.SourceIPs = []string{"198.51.100.0/24", "203.0.113.7"}
	}
	if rapid.Bool().Draw(t, "through endpoints") {
		perimeter.SourceVPCEIDs = []string{"vpce-0a1b2c3d4e5f60718"}
	}
	return perimeter
}

func TestRecognizeOfWhatItCannotExpress(t *testing.T) {
	t.Parallel()
	spec := share.Spec{
		Owner: share.Account{ID: "111111111111", Partition: "aws"}, Name: "etl-reports", Bucket: "acme-data", Path: "/",
		Consumer: share.Consumer{AccountID: "222222222222"}, Access: []share.Word{share.Read},
		MaxSessionDuration: time.Hour, BucketPolicyMode: share.OwnStatements,
	}
	t.Run("no role", func(t *testing.T) {
		t.Parallel()
		if _, ok := share.Recognize(named(spec), share.Observed{}); ok {
			t.Error("a share without a role was recognized")
		}
	})
	t.Run("a trust policy without an account", func(t *testing.T) {
		t.Parallel()
		observed := made(spec)
		observed.Role.Trust = parse(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"sts:AssumeRole"}}`)
		if _, ok := share.Recognize(named(spec), observed); ok {
			t.Error("a role that trusts a service was taken for a share")
		}
	})
	t.Run("actions by wildcard count for the words that they cover", func(t *testing.T) {
		t.Parallel()
		observed := made(spec)
		observed.Inline[0].Document = parse(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::acme-data/reports/*"}}`)
		recognized, ok := share.Recognize(named(spec), observed)
		if !ok || !cmp.Equal(recognized.Access, []share.Word{share.Read}) || !cmp.Equal(recognized.Prefixes, []share.Prefix{"reports/"}) {
			t.Errorf("recognized %v under %v, %t", recognized.Access, recognized.Prefixes, ok)
		}
	})
	t.Run("a second account in the trust policy does not become the consumer", func(t *testing.T) {
		t.Parallel()
		observed := made(spec)
		observed.Role.Trust = parse(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::222222222222:role/etl","arn:aws:iam::333333333333:role/etl"]},"Action":"sts:AssumeRole"}}`)
		recognized, _ := share.Recognize(named(spec), observed)
		if recognized.Consumer.AccountID != "222222222222" || len(recognized.Consumer.Principals) != 1 {
			t.Errorf("recognized consumer %+v", recognized.Consumer)
		}
	})
}

func parse(t *testing.T, text string) policy.Document {
	t.Helper()
	document, err := policy.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return document
}
