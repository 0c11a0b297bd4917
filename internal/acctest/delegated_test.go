package acctest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

const delegatedMode = `bucket_policy_mode = "delegated"`

// reach tells what a session of the share can read: its prefix, and nothing else, whoever writes what into the bucket
// policy.
func (w *World) reach(t *testing.T) resource.TestCheckFunc {
	return func(state *terraform.State) error {
		session := w.session(t, theShare(state, "test"))
		_, inside := w.Get(t.Context(), session, "reports/q1.csv")
		_, outside := w.Get(t.Context(), session, "secret/q1.csv")
		return errors.Join(about("inside the prefix", inside), about("outside", mustBe(refused, outside)),
			about("writing", mustBe(refused, w.put(t, session, "reports/q2.csv"))))
	}
}

// A delegated share is one like any other: made, found as drift, repaired, switched and imported; what it has in common with
// others gives a role nothing that its own policy does not give.
func TestDelegatedShare(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.PutBucketPolicy(t, `{"Version":"2012-10-17","Statement":[`+denyInsecure+`]}`)
	untouched := w.BucketPolicy(t)
	w.Put(t, "reports/q1.csv", "q1")
	w.Put(t, "secret/q1.csv", "q1")
	config := func(mode string) string { return w.Provider() + Share(WholeAccount, `prefixes = ["reports/"]`, mode) }
	statements := func(own, common int) resource.TestCheckFunc {
		return func(*terraform.State) error {
			text := w.BucketPolicy(t)
			all, shared := strings.Count(text, `"Crossaccount`), strings.Count(text, `"CrossaccountDelegation`)
			if all-shared != own || shared != common {
				return fmt.Errorf("there are %d statements of the share and %d in common", all-shared, shared)
			}
			return nil
		}
	}
	steps := []resource.TestStep{
		{Config: config(delegatedMode), ConfigPlanChecks: nothingLeft, Check: resource.ComposeTestCheckFunc(w.reach(t), statements(0, 2))},
		{ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateId: Bucket + "/etl-reports", ImportStateVerifyIgnore: notReadBack},
		{
			PreConfig: func() {
				w.PutBucketPolicy(t, strings.Replace(w.BucketPolicy(t), "role/crossaccount/*", "role/*", 1))
			},
			Config: config(delegatedMode), Check: resource.ComposeTestCheckFunc(w.reach(t), statements(0, 2)),
			ConfigPlanChecks: before(updates, driftSays("bucket delegation: the condition on aws:PrincipalArn")),
		},
		{
			PreConfig: func() { w.PutBucketPolicy(t, untouched) }, Config: config(delegatedMode), Check: statements(0, 2),
			ConfigPlanChecks: before(updates, driftSays("bucket delegation: is missing from the bucket policy: the roles still have")),
		},
		{Config: config(""), ConfigPlanChecks: before(updates), Check: resource.ComposeTestCheckFunc(w.reach(t), statements(1, 0))},
		{Config: config(delegatedMode), ConfigPlanChecks: before(updates), Check: resource.ComposeTestCheckFunc(w.reach(t), statements(0, 2))},
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: steps})
	if after := w.BucketPolicy(t); after != untouched {
		t.Errorf("the bucket policy was %s and is %s", untouched, after)
	}
}
