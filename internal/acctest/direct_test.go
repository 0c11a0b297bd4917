package acctest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// mayUseS3 is a consumer's own policy: what it allows is for the bucket policy to refuse.
const mayUseS3 = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`

// etlAttached is the role etl, which the share gives its consumer policy.
const etlAttached = `consumer = { account_id = "` + ConsumerID + `", principals = ["arn:aws:iam::` + ConsumerID + `:role/etl"], attach_to_roles = ["etl"] }`

const direct = `via = "direct"`

// newDirectWorld has roles in two accounts that may call S3 as far as bucket policies let them in.
func newDirectWorld(t *testing.T) *World {
	t.Helper()
	w := NewWorld(t, awssim.Options{})
	w.Consumer.AddRole("/", "stranger", mayUseS3)
	w.Other.AddRole("/", "stranger", mayUseS3)
	w.Put(t, "reports/q1.csv", "q1")
	w.Put(t, "secret/q1.csv", "q1")
	w.PutBucketPolicy(t, `{"Version":"2008-10-17","Statement":[`+denyInsecure+`]}`)
	return w
}

// getAs tries to read an object with the credentials of a role's own session.
func (w *World) getAs(t *testing.T, of *awssim.Account, role, key string) error {
	t.Helper()
	_, err := w.Get(contextOf(t), of.RoleSession(role, "i-1"), key)
	return err
}

// A direct share lets its principals in with their own credentials, and nobody else; its life leaves nothing behind.
func TestDirectShare(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := newDirectWorld(t)
	config := w.Provider(w.ConsumerConnection()) + Share(direct, etlAttached, `access = ["read", "list", "write"]`, `prefixes = ["reports/"]`)
	etl := w.Consumer.RoleSession("etl", "i-1")
	list := func(prefix string) error {
		_, err := w.S3(etl).ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(Bucket), Prefix: &prefix})
		return err
	}
	gives := func(*terraform.State) error {
		return errors.Join(
			about("reading", w.getAs(t, w.Consumer, "etl", "reports/q1.csv")), about("listing", list("reports/")), about("writing", w.put(t, etl, "reports/q2.csv")),
			about("another prefix", mustBe(refused, w.getAs(t, w.Consumer, "etl", "secret/q1.csv"))), about("another listing", mustBe(refused, list("secret/"))),
			about("writing elsewhere", mustBe(refused, w.put(t, etl, "secret/q2.csv"))),
			about("another role", mustBe(refused, w.getAs(t, w.Consumer, "stranger", "reports/q1.csv"))),
			about("another account", mustBe(refused, w.getAs(t, w.Other, "stranger", "reports/q1.csv"))),
		)
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(address, plancheck.ResourceActionCreate),
					known("bucket_policy_statements", `DirectObjects.*"arn:aws:iam::222222222222:root"`), known("consumer_policy", `s3:PutObject.*aws:ResourceAccount`),
				},
				PostApplyPreRefresh: nothingLeft.PostApplyPreRefresh, PostApplyPostRefresh: nothingLeft.PostApplyPostRefresh,
			},
			Check: resource.ComposeAggregateTestCheckFunc(gives,
				resource.TestCheckNoResourceAttr(address, "role_arn"), resource.TestCheckNoResourceAttr(address, "external_id"),
				resource.TestCheckNoResourceAttr(address, "trust_policy"), resource.TestCheckNoResourceAttr(address, "permissions_policy"),
				resource.TestCheckResourceAttr(address, "summary.0", "account 222222222222, role etl: may read, list and write s3://acme-data/reports/*"),
				resource.TestCheckResourceAttr(address, "verdict.0", "role etl of account 222222222222 can read, list and write s3://acme-data/reports/*"),
				func(*terraform.State) error {
					if roles := w.Owner.RoleNames(); len(roles) > 0 {
						return fmt.Errorf("the owner has the roles %q", roles)
					}
					return nil
				}),
		},
		{ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateId: Bucket + "/etl-reports"},
		{
			PreConfig: func() {
				w.PutBucketPolicy(t, strings.Replace(w.BucketPolicy(t), `{"AWS":"arn:aws:iam::222222222222:root"}`, `{"AWS":"arn:aws:iam::333333333333:root"}`, 1))
			},
			Config:           config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{driftSays("holds for arn:aws:iam::333333333333:root, which is not in account 222222222222")}, PostApplyPostRefresh: nothingLeft.PostApplyPostRefresh},
			Check:            gives,
		},
		{
			PreConfig: func() { w.PutBucketPolicy(t, `{"Version":"2008-10-17","Statement":[`+denyInsecure+`]}`) },
			Config:    config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				driftSays("bucket statement: is missing from the bucket policy: nobody can use the share"),
			}},
			Check: gives,
		},
		{
			Config: strings.Replace(config, `["reports/"]`, `["secret/"]`, 1), ConfigPlanChecks: nothingLeft,
			Check: func(*terraform.State) error {
				return errors.Join(about("the new prefix", w.getAs(t, w.Consumer, "etl", "secret/q1.csv")),
					about("the old prefix", mustBe(refused, w.getAs(t, w.Consumer, "etl", "reports/q1.csv"))))
			},
		},
	}})
	w.mustBeEmpty(t)
	if policy := w.BucketPolicy(t); !strings.Contains(policy, "Deny insecure") {
		t.Errorf("somebody else's statement is gone: %s", policy)
	}
	if err := mustBe(refused, w.getAs(t, w.Consumer, "etl", "reports/q1.csv")); err != nil {
		t.Errorf("after the share: %v", err)
	}
}

// The bucket policy alone lets nobody in: the consumer's account must allow the calls, too.
func TestDirectShareNeedsBothSides(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := newDirectWorld(t)
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{
			Config: w.Provider() + Share(direct, WholeAccount), ConfigPlanChecks: nothingLeft,
			Check: resource.ComposeAggregateTestCheckFunc(
				func(*terraform.State) error {
					return errors.Join(about("a role that its account allows nothing", mustBe(refused, w.getAs(t, w.Consumer, "etl", "reports/q1.csv"))),
						about("a role that its account allows it", w.getAs(t, w.Consumer, "stranger", "reports/q1.csv")),
						about("another account", mustBe(refused, w.getAs(t, w.Other, "stranger", "reports/q1.csv"))))
				},
				resource.TestCheckResourceAttrSet(address, "consumer_policy")),
		},
		{ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateId: Bucket + "/etl-reports"},
		{
			Config: w.Provider() + Share(direct, `consumer = { account_id = "222222222222", principals = ["arn:aws:iam::222222222222:role/stranger"], pin_principals = true }`),
			Check:  func(*terraform.State) error { return w.getAs(t, w.Consumer, "stranger", "reports/q1.csv") },
		},
		{ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateId: Bucket + "/etl-reports"},
	}})
	w.mustBeEmpty(t)
}

// The organization is the caller's, and the addresses are those of S3 calls.
func TestDirectPerimeter(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Put(t, "reports/q1.csv", "q1")
	member := w.Sim.AddAccount("444444444444", awssim.InOrganization("o-a1b2c3d4e5"))
	member.AddRole("/", "etl", mayUseS3)
	config := func(org string) string {
		return w.Provider() + Share(direct, `consumer = { account_id = "444444444444" }`, `perimeter = { principal_org_id = "`+org+`" }`)
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{Config: config("o-a1b2c3d4e5"), ConfigPlanChecks: nothingLeft, Check: func(*terraform.State) error { return w.getAs(t, member, "etl", "reports/q1.csv") }},
		{ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateId: Bucket + "/etl-reports"},
		{Config: config("o-zzzzzzzzzz"), Check: func(*terraform.State) error { return mustBe(refused, w.getAs(t, member, "etl", "reports/q1.csv")) }},
	}})
}

// What means nothing without a role is refused at plan, before any call that writes.
func TestDirectBadInput(t *testing.T) {
	RequireCLI(t)
	for name, c := range map[string]struct {
		arguments []string
		says      string
	}{
		"an external ID":                {[]string{direct, `external_id = "agreed-upon"`}, "A direct share has no external ID"},
		"a rotation":                    {[]string{direct, `external_id_rotation = { after_days = 30 }`}, "A direct share has no external ID"},
		"longer sessions":               {[]string{direct, `max_session_duration = 7200`}, "It is a property of the role"},
		"a boundary":                    {[]string{direct, `permissions_boundary = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"`}, "It is a property of the role"},
		"a path":                        {[]string{direct, `path = "/partners/"`}, "It is a property of the role"},
		"a description":                 {[]string{direct, `description = "x"`}, "It is a property of the role"},
		"tags":                          {[]string{direct, `tags = { Team = "data" }`}, "It is a property of the role"},
		"revoked sessions":              {[]string{direct, `revoke_on_change = true`}, "sessions of its own, which only the consumer can revoke"},
		"delegated statements":          {[]string{direct, `bucket_policy_mode = "delegated"`}, "a direct share has no role"},
		"a key of another account":      {[]string{direct, `kms_key_arns = ["arn:aws:kms:eu-central-1:333333333333:key/01234567-89ab-cdef-0123-456789abcdef"]`}, "have its owner do so"},
		"an unknown way for keys":       {[]string{direct, `kms_access = "all"`}, "is no way to let the consumer use a key"},
		"a way for keys of a role":      {[]string{`kms_access = "grant"`}, "The role of a share uses keys by its own permissions policy"},
		"its name on the bucket before": {[]string{direct}, "already has statements of a share named etl-reports"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			if strings.HasPrefix(name, "its name") {
				w.PutBucketPolicy(t, `{"Version":"2012-10-17","Statement":[{"Sid":"Crossaccountetlreportsc33c985426e0DirectObjects","Effect":"Allow",`+
					`"Principal":{"AWS":"arn:aws:iam::333333333333:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/*"}]}`)
			}
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{{
				Config: w.Provider(w.ConsumerConnection()) + Share(append(c.arguments, WholeAccount)...), PlanOnly: true, ExpectError: words(c.says),
			}}})
		})
	}
}
