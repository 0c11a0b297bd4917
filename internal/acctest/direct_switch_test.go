package acctest

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// readsSomeWay reads as the consumer's role etl: with its own credentials, or by the role of the share, which calls the bucket
// by its own name or by that of the access point.
func (w *World) readsSomeWay(t *testing.T) error {
	t.Helper()
	own := w.getAs(t, w.Consumer, "etl", "reports/q1.csv")
	if own == nil {
		return nil
	}
	id, err := w.externalID(contextOf(t))
	if err != nil {
		return errors.Join(own, err)
	}
	session, err := w.Assume(contextOf(t), w.Consumer.RoleSession("etl", "i-1"), "arn:aws:iam::"+OwnerID+":role/crossaccount/etl-reports", id)
	if err != nil {
		return errors.Join(own, err)
	}
	_, byBucket := w.Get(contextOf(t), session, "reports/q1.csv")
	if byBucket == nil {
		return nil
	}
	alias, err := w.pointAlias(t)
	if err != nil || alias == "" {
		return errors.Join(own, byBucket, err)
	}
	_, byPoint := w.S3(session).GetObject(contextOf(t), &s3.GetObjectInput{Bucket: &alias, Key: aws.String("reports/q1.csv")})
	return byPoint
}

// pointAlias is that of the one access point of the owner, empty where there is none.
func (w *World) pointAlias(t *testing.T) (string, error) {
	t.Helper()
	names := w.Owner.AccessPointNames(Region)
	if len(names) == 0 {
		return "", nil
	}
	found, err := w.control().GetAccessPoint(contextOf(t), &s3control.GetAccessPointInput{AccountId: aws.String(OwnerID), Name: &names[0]})
	if err != nil {
		return "", err
	}
	return aws.ToString(found.Alias), nil
}

// oneWayMustBeOpen has the consumer read after every call that writes, until stop, and wants nobody else to be let in.
func (w *World) oneWayMustBeOpen(t *testing.T) (stop func() (calls int64)) {
	t.Helper()
	var stopped atomic.Bool
	var calls atomic.Int64
	look := func() {
		if stopped.Load() {
			return
		}
		calls.Add(1)
		if err := w.readsSomeWay(t); err != nil {
			t.Errorf("after call %d the consumer is refused: %v", calls.Load(), err)
		}
		for who, err := range map[string]error{
			"another role": w.getAs(t, w.Consumer, "stranger", "reports/q1.csv"), "another account": w.getAs(t, w.Other, "stranger", "reports/q1.csv"),
			"the consumer, outside the prefix,": w.getAs(t, w.Consumer, "etl", "secret/q1.csv"),
		} {
			if mustBe(refused, err) != nil {
				t.Errorf("after call %d %s is not refused: %v", calls.Load(), who, err)
			}
		}
	}
	w.Sim.ClearFaults() // of several, the first one strikes
	for _, key := range []awssim.Credentials{w.OwnerKey, w.ConsumerKey} {
		w.Sim.Inject(awssim.Fault{Writes: true, AccessKeyID: key.AccessKeyID, Times: awssim.Always, After: look})
	}
	return func() int64 {
		stopped.Store(true)
		return calls.Load()
	}
}

// A share becomes direct and gets its role back in place, with one of its ways open at each moment and nobody else let in.
func TestDirectAndRoleInPlace(t *testing.T) {
	RequireCLI(t)
	for name, way := range map[string]string{"a role": `via = "role"`, "an access point": `via = "access_point"`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newDirectWorld(t)
			key := w.Owner.AddKey(awssim.KeyOptions{Region: Region})
			config := func(via string) string {
				return w.Provider(w.ConsumerConnection()) + Share(via, etlAttached, `prefixes = ["reports/"]`, `kms_key_arns = ["`+key+`"]`)
			}
			var stop func() int64
			updates := plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)
			begin := func() { stop = w.oneWayMustBeOpen(t) }
			ended := func(*terraform.State) error {
				if calls := stop(); calls == 0 {
					return errors.New("the apply wrote nothing")
				}
				return nil
			}
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
				{Config: config(way)},
				{
					PreConfig: begin, Config: config(direct),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{updates, known("consumer_policy", "s3:GetObject")}, PostApplyPostRefresh: nothingLeft.PostApplyPostRefresh},
					Check: resource.ComposeAggregateTestCheckFunc(ended, resource.TestCheckNoResourceAttr(address, "role_unique_id"), resource.TestCheckNoResourceAttr(address, "external_id"),
						func(*terraform.State) error {
							if roles := w.Owner.RoleNames(); len(roles) > 0 {
								return fmt.Errorf("the owner still has the roles %q", roles)
							}
							return w.getAs(t, w.Consumer, "etl", "reports/q1.csv")
						}),
				},
				{
					PreConfig: begin, Config: config(way),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{updates, known("role_arn", "etl-reports"), known("consumer_policy", "sts:AssumeRole")}, PostApplyPostRefresh: nothingLeft.PostApplyPostRefresh},
					Check: resource.ComposeAggregateTestCheckFunc(ended, resource.TestCheckResourceAttrSet(address, "external_id"), func(*terraform.State) error {
						return errors.Join(about("without the role", mustBe(refused, w.getAs(t, w.Consumer, "etl", "reports/q1.csv"))), w.mustHaveOwnKeyPolicy(t, key))
					}),
				},
			}})
			w.mustBeEmpty(t)
		})
	}
}

// A share moves from the bucket's own name to that of an access point and back, with one of the two open at each moment and
// nobody else let in. After the apply the name works that the apply gave.
func TestAccessPointAndRoleInPlace(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := newDirectWorld(t)
	config := func(via string) string {
		consumer := `consumer = { account_id = "` + ConsumerID + `", attach_to_roles = ["etl"] }`
		return w.Provider(w.ConsumerConnection()) + Share(via, consumer, `access = ["read", "list"]`, `prefixes = ["reports/"]`)
	}
	var stop func() int64
	begin := func() { stop = w.oneWayMustBeOpen(t) }
	ended := func(*terraform.State) error {
		if calls := stop(); calls == 0 {
			return errors.New("the apply wrote nothing")
		}
		return nil
	}
	change := func(via, byBucket string) resource.TestStep {
		return resource.TestStep{
			PreConfig: begin, Config: config(via),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)},
				PostApplyPostRefresh: nothingLeft.PostApplyPostRefresh,
			},
			Check: resource.ComposeAggregateTestCheckFunc(ended, w.reachPoint(t, byBucket)),
		}
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{Config: config(`via = "role"`)}, change(viaPoint, refused), change(`via = "role"`, in),
	}})
	w.mustBeEmpty(t)
}

// mustHaveOwnKeyPolicy wants nothing of a share in the policy and the grants of a key.
func (w *World) mustHaveOwnKeyPolicy(t *testing.T, key string) error {
	t.Helper()
	policy, err := w.KMS(w.SetupKey).GetKeyPolicy(contextOf(t), &kms.GetKeyPolicyInput{KeyId: &key})
	if err != nil {
		return err
	}
	grants, err := w.KMS(w.SetupKey).ListGrants(contextOf(t), &kms.ListGrantsInput{KeyId: &key})
	if err != nil {
		return err
	}
	if strings.Contains(*policy.Policy, "Crossaccount") || len(grants.Grants) > 0 {
		return fmt.Errorf("the key still has %s and %d grants", *policy.Policy, len(grants.Grants))
	}
	return nil
}
