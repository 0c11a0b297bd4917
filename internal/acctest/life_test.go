package acctest

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

const address = "crossaccount_s3_share.test"

func TestLife(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Put(t, "reports/q1.csv", "q1")
	var roleARN, externalID string
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: Factories(),
		Steps: []resource.TestStep{
			{
				Config: w.Provider(w.ConsumerConnection()) + Share(`  consumer = {
    account_id      = "`+ConsumerID+`"
    principals      = ["arn:aws:iam::`+ConsumerID+`:role/etl"]
    attach_to_roles = ["etl"]
  }`, `  prefixes = ["reports/"]`),
				ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
				Check: func(s *terraform.State) error {
					attributes := s.RootModule().Resources[address].Primary.Attributes
					roleARN, externalID = attributes["role_arn"], attributes["external_id"]
					session, err := w.Assume(t.Context(), w.Consumer.RoleSession("etl", "i-1"), roleARN, externalID)
					if err != nil {
						return err
					}
					_, err = w.Get(t.Context(), session, "reports/q1.csv")
					return err
				},
			},
			{
				ResourceName: address, ImportState: true, ImportStateId: Bucket + "/etl-reports", ImportStateVerify: true,
				ImportStateVerifyIgnore: []string{"external_id_created_at", "consumer.attach_to_roles"},
			},
		},
	})
	if policy := w.BucketPolicy(t); policy != "" {
		t.Errorf("the bucket had no policy before and has one now: %s", policy)
	}
}
