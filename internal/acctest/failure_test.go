package acctest

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// denied is what AWS answers where a permission is missing.
func denied() *awssim.Error {
	return &awssim.Error{Code: "AccessDenied", Status: 403, Message: "User: arn:aws:iam::111111111111:user/ci is not authorized to perform this"}
}

// A create that stops on its way leaves state that the next apply finishes: the role is not replaced, the external ID
// stays, and the message says what exists.
func TestNextApplyFinishesWhatFailed(t *testing.T) {
	RequireCLI(t)
	for name, c := range map[string]struct {
		// fails makes the first apply fail, heals takes the reason away.
		fails, heals func(t *testing.T, w *World)
		says         string
	}{
		"no permission for PutRolePolicy": {
			fails: func(_ *testing.T, w *World) {
				w.Sim.Inject(awssim.Fault{Service: "iam", Operation: "PutRolePolicy", Times: awssim.Always, Error: denied()})
			},
			heals: func(_ *testing.T, w *World) { w.Sim.ClearFaults() },
			says:  "Share acme-data/etl-reports is not complete: its role can be assumed and reaches nothing",
		},
		"no permission for PutBucketPolicy": {
			fails: func(_ *testing.T, w *World) {
				w.Sim.Inject(awssim.Fault{Service: "s3", Operation: "PutBucketPolicy", Times: awssim.Always, Error: denied()})
			},
			heals: func(_ *testing.T, w *World) { w.Sim.ClearFaults() },
			says:  "Share acme-data/etl-reports is not complete: its statements are not in the bucket policy",
		},
		"the bucket policy refused by Block Public Access": { // which somebody turns on after the plan, that would refuse it
			fails: func(t *testing.T, w *World) {
				w.blockPublicAccess(t, false)
				w.PutBucketPolicy(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/public/*"}]}`)
				w.Sim.Inject(awssim.Fault{Service: "iam", Operation: "PutRolePolicy", After: func() { w.blockPublicAccess(t, true) }})
			},
			heals: func(t *testing.T, w *World) { w.blockPublicAccess(t, false) },
			says:  "the bucket policy already has a statement that S3 counts as public",
		},
		"the bucket is deleted on the way": {
			fails: func(t *testing.T, w *World) {
				w.Sim.Inject(awssim.Fault{Service: "iam", Operation: "PutRolePolicy", After: func() { w.Sim.S3().RemoveBucket(Bucket) }})
			},
			heals: func(_ *testing.T, w *World) { w.Owner.AddBucket(Bucket, awssim.BucketOptions{Region: Region}) },
			says:  "bucket acme-data does not exist",
		},
		"the consumer's role is missing": {
			fails: func(_ *testing.T, w *World) {
				w.Sim.Inject(awssim.Fault{Service: "iam", Operation: "PutRolePolicy", Account: ConsumerID, Times: awssim.Always, Error: &awssim.Error{
					Code: "NoSuchEntity", Status: 404, Message: "The role with name etl cannot be found.",
				}})
			},
			heals: func(_ *testing.T, w *World) { w.Sim.ClearFaults() },
			says:  "Share acme-data/etl-reports is not complete: the consumer policy is not on role etl",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			c.fails(t, w)
			config := w.Provider(w.ConsumerConnection()) + Share(`  consumer = { account_id = "222222222222", attach_to_roles = ["etl"] }`)
			var role, id string
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
				{Config: config, ExpectError: words(c.says)},
				{
					PreConfig: func() {
						role, id = w.identity(t)
						c.heals(t, w)
					},
					Config: config, ConfigPlanChecks: nothingLeft,
					Check: func(state *terraform.State) error {
						attributes := state.RootModule().Resources[address].Primary.Attributes
						if attributes["role_unique_id"] != role {
							t.Errorf("the role was replaced: %s became %s", role, attributes["role_unique_id"])
						}
						if attributes["external_id"] != id {
							t.Error("the external ID changed")
						}
						return nil
					},
				},
			}})
			w.mustBeEmpty(t)
		})
	}
}

// A failed create that nobody wants any more is taken away by destroy.
func TestDestroyOfWhatFailed(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Sim.Inject(awssim.Fault{Service: "s3", Operation: "PutBucketPolicy", Error: denied()})
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{Config: w.Provider() + Share(WholeAccount), ExpectError: words("is not complete")},
		{Config: w.Provider() + Share(WholeAccount), Destroy: true},
	}})
	w.mustBeEmpty(t)
}

// A share that somebody wants made anew is made anew: with another role.
func TestTaintReplaces(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	var before string
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{Config: w.Provider() + Share(WholeAccount), Check: func(*terraform.State) error {
			before, _ = w.identity(t)
			return nil
		}},
		{
			Taint: []string{address}, Config: w.Provider() + Share(WholeAccount),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionDestroyBeforeCreate)},
				PostApplyPostRefresh: nothingLeft.PostApplyPostRefresh,
			},
			Check: func(*terraform.State) error {
				if after, _ := w.identity(t); after == before {
					t.Error("the role is the old one")
				}
				return nil
			},
		},
	}})
	w.mustBeEmpty(t)
}

// An update that stops on its way goes on with the next apply.
func TestNextApplyFinishesAnUpdate(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	same := sameRole{}
	changed := w.Provider() + Share(OnlyEtl, `access = ["read", "list"]`, `prefixes = ["a/"]`, `description = "changed"`)
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{Config: w.Provider() + Share(WholeAccount), Check: same.check},
		{
			PreConfig: func() {
				w.Sim.Inject(awssim.Fault{Service: "s3", Operation: "PutBucketPolicy", Times: awssim.Always, Error: denied()})
			},
			Config: changed, ExpectError: words("Share acme-data/etl-reports was not changed completely: its statements are not in the bucket policy"),
		},
		{PreConfig: w.Sim.ClearFaults, Config: changed, Check: same.check, ConfigPlanChecks: nothingLeft},
	}})
	w.mustBeEmpty(t)
}

func (w *World) blockPublicAccess(t *testing.T, block bool) {
	t.Helper()
	if _, err := w.S3(w.SetupKey).PutPublicAccessBlock(t.Context(), &s3.PutPublicAccessBlockInput{
		Bucket: aws.String(Bucket), PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{BlockPublicPolicy: &block},
	}); err != nil {
		t.Fatalf("setting Block Public Access: %v", err)
	}
}
