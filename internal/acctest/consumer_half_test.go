package acctest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// This file is about people who have only the consumer account: the owner's half is in another state.

const halfAddress = "crossaccount_s3_share_consumer.test"

// asConsumer is a provider block with the consumer's credentials alone.
func (w *World) asConsumer(key awssim.Credentials) string {
	token := ""
	if key.SessionToken != "" {
		token = fmt.Sprintf("  token = %q\n", key.SessionToken)
	}
	return fmt.Sprintf("provider \"crossaccount\" {\n%s%s}\n", w.connection(key), token)
}

func half(role string, more ...string) string {
	return fmt.Sprintf("resource \"crossaccount_s3_share_consumer\" \"test\" {\n  role_arn = %q\n  %s\n}\n", role, strings.Join(more, "\n  "))
}

const shareRole = "arn:aws:iam::" + OwnerID + ":role/crossaccount/etl-reports"

// consumerPolicy is the policy that the half puts on a role of the consumer, empty when it is not there.
func (w *World) consumerPolicy(t *testing.T, role string) string {
	t.Helper()
	answer, err := w.IAM(w.ConsumerKey).GetRolePolicy(t.Context(), &iam.GetRolePolicyInput{RoleName: &role, PolicyName: aws.String("crossaccount-111111111111-etl-reports")})
	if Code(err) == "NoSuchEntity" {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	return aws.ToString(answer.PolicyDocument)
}

func (w *World) attached(t *testing.T, want map[string]bool) error {
	t.Helper()
	var wrong []error
	for role, has := range want {
		if (w.consumerPolicy(t, role) != "") != has {
			wrong = append(wrong, fmt.Errorf("role %s has the policy: %v", role, !has))
		}
	}
	return errors.Join(wrong...)
}

// Both halves from two states: the owner's share, then the consumer's half, used by the real SDK.
func TestBothHalvesFromTwoStates(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Put(t, "reports/q1.csv", "q1")
	w.Consumer.AddRole("/", "batch")
	id := `external_id = "given-by-the-consumer"`
	w.applied(t, w.Provider()+Share(OnlyEtl, `prefixes = ["reports/"]`, id), func(*terraform.State) error {
		caller := w.Consumer.RoleSession("etl", "i-1")
		resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: impatient(), Steps: []resource.TestStep{
			{ // the consumer's own first apply; the administrator is not let in, so there is nothing to verify with yet
				Config:           w.asConsumer(w.ConsumerKey) + half(shareRole, id, `attach_to_roles = ["etl"]`, `region = "eu-central-1"`),
				ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
				Check: resource.ComposeTestCheckFunc(
					resource.TestCheckResourceAttr(halfAddress, "id", shareRole),
					resource.TestCheckResourceAttr(halfAddress, "owner_account_id", OwnerID),
					resource.TestCheckResourceAttr(halfAddress, "consumer_account_id", ConsumerID),
					resource.TestCheckResourceAttr(halfAddress, "verify", "false"),
					func(state *terraform.State) error {
						session, err := w.Assume(t.Context(), caller, shareRole, "given-by-the-consumer")
						if err != nil {
							return err
						}
						_, err = w.Get(t.Context(), session, "reports/q1.csv")
						pasted := state.RootModule().Resources[halfAddress].Primary.Attributes
						for _, name := range []string{"aws_config_profile", "environment", "boto3_session"} {
							if !strings.Contains(pasted[name], "given-by-the-consumer") || !strings.Contains(pasted[name], shareRole) {
								err = errors.Join(err, fmt.Errorf("%s is %q", name, pasted[name]))
							}
						}
						return errors.Join(err, w.attached(t, map[string]bool{"etl": true, "batch": false}))
					}),
			},
			{
				ResourceName: halfAddress, ImportState: true, ImportStateId: shareRole, ImportStateVerify: true,
				ImportStateVerifyIgnore: []string{"external_id", "region", "aws_config_profile", "environment", "boto3_session"},
			},
			{ // another role in its place
				Config: w.asConsumer(w.ConsumerKey) + half(shareRole, id, `attach_to_roles = ["batch"]`),
				Check:  func(*terraform.State) error { return w.attached(t, map[string]bool{"etl": false, "batch": true}) },
			},
			{
				PreConfig: func() {
					w.remove(t, "batch", "crossaccount-111111111111-etl-reports")
					w.Consumer.AddRole("/", "batch")
				},
				Config: w.asConsumer(w.ConsumerKey) + half(shareRole, id, `attach_to_roles = ["batch"]`),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(halfAddress, plancheck.ResourceActionUpdate)},
				},
				Check: func(*terraform.State) error { return w.attached(t, map[string]bool{"batch": true}) },
			},
		}})
		return w.attached(t, map[string]bool{"etl": false, "batch": false})
	})
}

// A half can be verified by whoever the share lets in, and the write-only ID is enough for it.
func TestHalfIsVerified(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Consumer.AddUser("/", "stranger", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*"}]}`)
	const id = `external_id = "given-by-the-consumer"`
	const written = `external_id_wo = "given-by-the-consumer"`
	ours := w.asConsumer(w.ConsumerKey)
	w.applied(t, w.Provider()+Share(WholeAccount, id), func(*terraform.State) error {
		resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: impatient(), Steps: []resource.TestStep{
			{Config: ours + half(shareRole, `verify = true`), ExpectError: words("Give external_id or external_id_wo.")},
			{Config: ours + half(shareRole, id, written), ExpectError: words("The external ID is given twice")},
			{Config: w.Provider() + half(shareRole), ExpectError: words("of account 111111111111, which has the role")},
			{Config: ours + half("arn:aws:sts::111111111111:assumed-role/etl-reports/me"), ExpectError: words("give the role itself")},
			{
				Config:           ours + half(shareRole, written, `external_id_wo_version = 1`, `verify = true`, `session_name = "acceptance"`),
				ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
				Check: func(state *terraform.State) error {
					for name, value := range state.RootModule().Resources[halfAddress].Primary.Attributes {
						if strings.Contains(value, "given-by-the-consumer") {
							return fmt.Errorf("the state has the write-only ID in %s", name)
						}
					}
					return nil
				},
			},
			{
				Config:      ours + half(shareRole, `external_id = "not-this-one"`, `verify = true`),
				ExpectError: words("it is not, or no longer, the external ID that the role asks for"),
			},
			{ // the failed verification is done again, though no argument changed
				Config: ours + half(shareRole, `external_id = "not-this-one"`, `verify = true`), ExpectError: words("does not let its consumer in"),
			},
			{
				Config:      w.asConsumer(w.Consumer.UserKey("stranger")) + half(shareRole, id, `verify = true`),
				ExpectError: words("user/stranger has no permission of its own for sts:AssumeRole"),
			},
			{
				Config:           ours + half(shareRole, id, `verify = true`),
				ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			},
		}})
		return nil
	})
}

// A policy of the half's name that somebody else wrote is left alone, unless it says the same.
func TestHalfMeetsAPolicyOfItsName(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	put := func(document string) {
		t.Helper()
		if _, err := w.IAM(w.ConsumerKey).PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
			RoleName: aws.String("etl"), PolicyName: aws.String("crossaccount-111111111111-etl-reports"), PolicyDocument: &document,
		}); err != nil {
			t.Fatal(err)
		}
	}
	config := w.asConsumer(w.ConsumerKey) + half(shareRole, `attach_to_roles = ["etl"]`)
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: impatient(), Steps: []resource.TestStep{
		{
			PreConfig: func() { put(mayAssumeAnything) }, Config: config,
			ExpectError: words("Role etl of account 222222222222 already has an inline policy named crossaccount-111111111111-etl-reports"),
		},
		{
			PreConfig: func() {
				put(`{"Version":"2012-10-17","Statement":{"Sid":"AssumeShareRole","Effect":"Allow","Action":["sts:AssumeRole"],"Resource":"` + shareRole + `"}}`)
			},
			Config: config,
		},
		{ // from here on it is the half's own, and an edit is drift
			PreConfig: func() { put(mayAssumeAnything) }, Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(halfAddress, plancheck.ResourceActionUpdate)},
			},
			Check: func(*terraform.State) error {
				if have := w.consumerPolicy(t, "etl"); strings.Contains(have, "%2A") {
					return fmt.Errorf("the policy is still %s", have)
				}
				return nil
			},
		},
		{
			Config:      w.asConsumer(w.ConsumerKey) + half(shareRole, `attach_to_roles = ["etl", "nobody"]`),
			ExpectError: words("account 222222222222 has no role nobody"),
		},
	}})
	if err := w.attached(t, map[string]bool{"etl": false}); err != nil {
		t.Error(err)
	}
}
