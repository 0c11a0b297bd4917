package acctest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

const viaPoint = `via = "access_point"`

// control calls S3 Control as the owner's administrator.
func (w *World) control() *s3control.Client {
	return s3control.NewFromConfig(w.config(w.SetupKey), func(o *s3control.Options) {
		o.EndpointResolverV2 = hostsWithoutAccount{s3control.NewDefaultEndpointResolverV2()}
	})
}

// hostsWithoutAccount leaves the account out of the host, which is an address here.
type hostsWithoutAccount struct{ standard s3control.EndpointResolverV2 }

// ResolveEndpoint implements s3control.EndpointResolverV2.
func (h hostsWithoutAccount) ResolveEndpoint(ctx context.Context, p s3control.EndpointParameters) (smithyendpoints.Endpoint, error) {
	p.RequiresAccountId = aws.Bool(false)
	return h.standard.ResolveEndpoint(ctx, p)
}

// reachPoint tells what a session of the share can do through the access point, and by the bucket's own name.
func (w *World) reachPoint(t *testing.T, byBucket string) resource.TestCheckFunc {
	return func(state *terraform.State) error {
		alias := state.RootModule().Resources[address].Primary.Attributes["access_point_alias"]
		session := w.session(t, theShare(state, "test"))
		get := func(bucket, key string) error {
			_, err := w.S3(session).GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: &key})
			return err
		}
		list := func(bucket, prefix string) error {
			_, err := w.S3(session).ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix})
			return err
		}
		through := refused
		if alias != "" {
			through = in
		}
		var wrong []error
		if alias != "" {
			wrong = append(wrong, about("reading through the access point", mustBe(through, get(alias, "reports/q1.csv"))),
				about("listing through it", mustBe(through, list(alias, "reports/"))),
				about("reading outside the prefix through it", mustBe(refused, get(alias, "secret/q1.csv"))),
				about("listing outside the prefix through it", mustBe(refused, list(alias, "secret/"))))
		}
		return errors.Join(append(wrong, about("reading by the bucket's name", mustBe(byBucket, get(Bucket, "reports/q1.csv"))))...)
	}
}

// A share through an access point is one like any other: made, found as drift, repaired, switched, imported, destroyed.
func TestAccessPointShare(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.PutBucketPolicy(t, `{"Version":"2012-10-17","Statement":[`+denyInsecure+`]}`)
	untouched := w.BucketPolicy(t)
	w.Put(t, "reports/q1.csv", "q1")
	w.Put(t, "secret/q1.csv", "q1")
	config := func(more ...string) string {
		return w.Provider() + Share(append(more, WholeAccount, `access = ["read", "list"]`, `prefixes = ["reports/"]`)...)
	}
	var name string
	point := func(edit func(name string) error) func() {
		return func() {
			if err := edit(name); err != nil {
				t.Error(err)
			}
		}
	}
	steps := []resource.TestStep{
		{
			Config: config(viaPoint), ConfigPlanChecks: before(
				known("access_point_arn", `^arn:aws:s3:eu-central-1:111111111111:accesspoint/crossaccount-etlreports-[0-9a-f]{12}$`),
				known("access_point_policy", `"s3:GetObject"`), known("bucket_policy_statements", "DataAccessPointAccount")),
			Check: resource.ComposeTestCheckFunc(w.reachPoint(t, refused), func(state *terraform.State) error {
				arn := state.RootModule().Resources[address].Primary.Attributes["access_point_arn"]
				name = arn[strings.LastIndex(arn, "/")+1:]
				if made := w.Owner.AccessPointNames(Region); !slices.Equal(made, []string{name}) {
					return fmt.Errorf("the access points are %q", made)
				}
				return nil
			}),
		},
		{ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateId: Bucket + "/etl-reports", ImportStateVerifyIgnore: notReadBack},
		{
			PreConfig: point(func(name string) error {
				open := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:eu-central-1:%s:accesspoint/%s/object/*"}]}`, OtherID, OwnerID, name)
				_, err := w.control().PutAccessPointPolicy(t.Context(), &s3control.PutAccessPointPolicyInput{AccountId: aws.String(OwnerID), Name: &name, Policy: &open})
				return err
			}),
			Config: config(viaPoint), Check: w.reachPoint(t, refused),
			ConfigPlanChecks: before(updates, driftSays("access point policy: also allows s3:GetObject on arn:aws:s3:eu-central-1:111111111111:accesspoint/")),
		},
		{
			PreConfig: point(func(name string) error {
				_, err := w.control().DeleteAccessPointPolicy(t.Context(), &s3control.DeleteAccessPointPolicyInput{AccountId: aws.String(OwnerID), Name: &name})
				return err
			}),
			Config: config(viaPoint), Check: w.reachPoint(t, refused), ConfigPlanChecks: before(updates, driftSays("access point policy: is missing")),
		},
		{
			PreConfig: point(func(name string) error {
				_, err := w.control().DeleteAccessPoint(t.Context(), &s3control.DeleteAccessPointInput{AccountId: aws.String(OwnerID), Name: &name})
				return err
			}),
			Config: config(viaPoint), Check: w.reachPoint(t, refused), ConfigPlanChecks: before(updates, driftSays("access point: crossaccount-etlreports-")),
		},
		{
			PreConfig: func() { w.PutBucketPolicy(t, untouched) },
			Config:    config(viaPoint), Check: w.reachPoint(t, refused), ConfigPlanChecks: before(updates, driftSays("bucket delegation: is missing")),
		},
		{Config: config(), ConfigPlanChecks: before(updates), Check: w.reachPoint(t, in)},
		{Config: config(viaPoint), ConfigPlanChecks: before(updates), Check: w.reachPoint(t, refused)},
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: steps})
	if after := w.BucketPolicy(t); after != untouched {
		t.Errorf("the bucket policy was %s and is %s", untouched, after)
	}
	if left := w.Owner.AccessPointNames(Region); len(left) > 0 {
		t.Errorf("access points are left: %v", left)
	}
}

// Two shares have the delegation in common; it goes with the last.
func TestAccessPointSharesHaveTheDelegationInCommon(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	second := strings.NewReplacer(`"test"`, `"second"`, "etl-reports", "second").Replace(Share(viaPoint, WholeAccount))
	delegates := func(*terraform.State) error {
		if count := strings.Count(w.BucketPolicy(t), "CrossaccountAccessPoints"); count != 2 {
			return fmt.Errorf("the bucket policy has %d statements in common", count)
		}
		return nil
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{Config: w.Provider() + Share(viaPoint, WholeAccount) + second, Check: delegates, ConfigPlanChecks: nothingLeft},
		{Config: w.Provider() + second, Check: delegates, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectResourceAction(address, plancheck.ResourceActionDestroy),
		}}},
	}})
	w.mustBeEmpty(t)
}
