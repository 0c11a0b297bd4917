package acctest

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// handMade is a share as hashicorp/aws or the console make it.
type handMade struct {
	path, trust, permissions string
	// managed puts the permissions into a managed policy instead of an inline one.
	managed bool
	// bucketPolicy is the policy of the bucket; ROLE stands for the ARN of the role.
	bucketPolicy string
	// works tells that the consumer's role etl can read reports/ by it, with the external ID if there is one.
	works      bool
	externalID string
	// says are sentences of the plan that adopts it.
	says []string
}

const readReports = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::acme-data/reports/*"]}]}`

var handMades = map[string]handMade{
	"role, inline policy and bucket statement for the role": {
		path:        "/",
		trust:       `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:role/etl"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"by-hand"}}}]}`,
		permissions: readReports, works: true, externalID: "by-hand",
		bucketPolicy: `{"Version":"2008-10-17","Statement":[{"Sid":"Partner access","Effect":"Allow","Principal":{"AWS":"ROLE"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/reports/*"},` + denyInsecure + `]}`,
		says: []string{
			"permissions policy: is missing", "inline policy by-hand: is not the share's", "bucket statement: ", `tags: "crossaccount:bucket" is missing`,
		},
	},
	"role with a managed policy, and no bucket statement": {
		path:        "/partners/",
		trust:       `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"by-hand"}}}]}`,
		permissions: readReports, managed: true, works: true, externalID: "by-hand",
		bucketPolicy: `{"Version":"2012-10-17","Statement":[` + denyInsecure + `]}`,
		says:         []string{"permissions policy: is missing", "managed policy arn:aws:iam::111111111111:policy/by-hand: is not the share's", "bucket statement: is missing"},
	},
	"the five steps of the guide": {
		path:         "/",
		trust:        `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"by-hand"}}}]}`,
		permissions:  readReports,
		bucketPolicy: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:role/etl"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/reports/*"},` + denyInsecure + `]}`,
		externalID:   "by-hand",
		says:         []string{"trust policy: trusts the AWS service s3.amazonaws.com", "permissions policy: is missing", "bucket statement: is missing"},
	},
}

// denyInsecure is somebody else's statement in the bucket policy.
const denyInsecure = `{"Sid":"Deny insecure","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::acme-data/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`

// A share made by hand is imported, told sentence by sentence, and brought to our form without a moment in which its
// consumer is refused.
func TestAdoption(t *testing.T) {
	RequireCLI(t)
	for name, made := range handMades {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			w.Put(t, "reports/q1.csv", "q1")
			role := w.makeByHand(t, made)
			config := w.Provider() + Share(OnlyEtl, `prefixes = ["reports/"]`) + `
import {
  to = crossaccount_s3_share.test
  id = "` + Bucket + `/etl-reports"
}
`
			checks := []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)}
			for _, sentence := range made.says {
				checks = append(checks, driftSays(sentence))
			}
			stop := func() {}
			if made.works {
				stop = w.mustKeepReading(t, role, made.externalID)
			}
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{{
				Config:           config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: checks, PostApplyPostRefresh: nothingLeft.PostApplyPostRefresh},
				Check: func(state *terraform.State) error {
					stop()
					if id := state.RootModule().Resources[address].Primary.Attributes["external_id"]; id != made.externalID {
						t.Errorf("the external ID became another one")
					}
					return w.readsAsEtl(t, role, made.externalID)
				},
			}}})
			policy := w.BucketPolicy(t)
			if !strings.Contains(policy, "Deny insecure") || strings.Contains(policy, "AROA") || strings.Contains(policy, "Crossaccount") {
				t.Errorf("the bucket policy afterwards is %s", policy)
			}
			w.mustBeEmpty(t)
		})
	}
}

// makeByHand makes the share and gives the ARN of its role.
func (w *World) makeByHand(t *testing.T, made handMade) string {
	t.Helper()
	client := w.IAM(w.SetupKey)
	answer, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: theRole, Path: &made.path, AssumeRolePolicyDocument: &made.trust})
	if err == nil && made.managed {
		_, err = client.AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{RoleName: theRole, PolicyArn: aws.String(w.Owner.AddPolicy("/", "by-hand", made.permissions))})
	} else if err == nil {
		_, err = client.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: theRole, PolicyName: aws.String("by-hand"), PolicyDocument: &made.permissions})
	}
	if err != nil {
		t.Fatalf("making the role by hand: %v", err)
	}
	arn := aws.ToString(answer.Role.Arn)
	w.PutBucketPolicy(t, strings.ReplaceAll(made.bucketPolicy, "ROLE", arn))
	if err := w.readsAsEtl(t, arn, made.externalID); made.works != (err == nil) {
		t.Fatalf("by hand, the consumer can read: %v", err)
	}
	return arn
}

// readsAsEtl assumes the role as role etl of the consumer and reads an object.
func (w *World) readsAsEtl(t *testing.T, role, externalID string) error {
	t.Helper()
	if _, err := w.IAM(w.ConsumerKey).PutRolePolicy(contextOf(t), &iam.PutRolePolicyInput{
		RoleName: aws.String("etl"), PolicyName: aws.String("assume"), PolicyDocument: aws.String(mayAssumeAnything),
	}); err != nil {
		return err
	}
	session, err := w.Assume(contextOf(t), w.Consumer.RoleSession("etl", "i-1"), role, externalID)
	if err != nil {
		return err
	}
	_, err = w.Get(contextOf(t), session, "reports/q1.csv")
	return err
}

// mustKeepReading has the consumer use the share after every call of the provider that writes, until stop.
func (w *World) mustKeepReading(t *testing.T, role, externalID string) (stop func()) {
	t.Helper()
	var stopped atomic.Bool
	var calls atomic.Int64
	for _, operation := range []string{
		"UpdateAssumeRolePolicy", "PutRolePolicy", "DeleteRolePolicy", "DetachRolePolicy", "UpdateRole", "TagRole", "UntagRole", "PutBucketPolicy",
	} {
		w.Sim.Inject(awssim.Fault{Operation: operation, AccessKeyID: w.OwnerKey.AccessKeyID, Times: awssim.Always, After: func() {
			if stopped.Load() {
				return
			}
			calls.Add(1)
			if err := w.readsAsEtl(t, role, externalID); err != nil {
				t.Errorf("after %s the consumer is refused: %v", operation, err)
			}
		}})
	}
	return func() {
		stopped.Store(true)
		if calls.Load() == 0 {
			t.Error("the apply wrote nothing")
		}
	}
}
