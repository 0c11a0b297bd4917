package acctest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// byHand is what somebody changes outside Terraform, with what the plan says of it and the calls that repair it.
type byHand struct {
	change func(ctx context.Context, w *World) error
	says   string
	// repairs are the calls that write, in their order; none where nothing is to be repaired.
	repairs []string
}

const etlTrust = `"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"sts:AssumeRole"`

// drifts is every kind of drift by part (issue: drift by part).
var drifts = map[string]byHand{
	"trust policy for another account": {
		trust(`{"Sid":"Consumer",%[1]s,"Condition":{"StringEquals":{"sts:ExternalId":"%[2]s"},"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::222222222222:role/etl"}}},{"Effect":"Allow","Principal":{"AWS":"333333333333"},"Action":"sts:AssumeRole"}`),
		"trusts account 333333333333, which is not the consumer", []string{"UpdateAssumeRolePolicy"},
	},
	"trust policy for everybody": {
		trust(`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"%[2]s"}}}`),
		"trust policy: ", []string{"UpdateAssumeRolePolicy"},
	},
	"external ID condition removed": {
		trust(`{%[1]s,"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::222222222222:role/etl"}}}`),
		"trust policy: the external ID condition was removed: role etl of account 222222222222 can assume the role", []string{"UpdateAssumeRolePolicy"},
	},
	"external ID replaced": {
		trust(`{%[1]s,"Condition":{"StringEquals":{"sts:ExternalId":"another"},"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::222222222222:role/etl"}}}`),
		"trust policy: ", []string{"UpdateAssumeRolePolicy"},
	},
	"external ID weakened to a pattern": {
		trust(`{%[1]s,"Condition":{"StringLike":{"sts:ExternalId":"*"},"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::222222222222:role/etl"}}}`),
		"trust policy: the external ID", []string{"UpdateAssumeRolePolicy"},
	},
	"external ID weakened to IfExists": {
		trust(`{%[1]s,"Condition":{"StringEqualsIfExists":{"sts:ExternalId":"%[2]s"},"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::222222222222:role/etl"}}}`),
		"trust policy: the external ID", []string{"UpdateAssumeRolePolicy"},
	},
	"permissions policy edited": {
		permissions(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`),
		"permissions policy: also allows s3:*", []string{"PutRolePolicy"},
	},
	"permissions policy deleted": {
		func(ctx context.Context, w *World) error {
			_, err := w.IAM(w.SetupKey).DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: theRole, PolicyName: aws.String("crossaccount")})
			return err
		},
		"permissions policy: is missing: the role can be assumed and may do nothing", []string{"PutRolePolicy"},
	},
	"another inline policy": {
		func(ctx context.Context, w *World) error {
			_, err := w.IAM(w.SetupKey).PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: theRole, PolicyName: aws.String("hack"), PolicyDocument: aws.String(everything)})
			return err
		},
		"inline policy hack: is not the share's", []string{"DeleteRolePolicy"},
	},
	"another managed policy": {
		func(ctx context.Context, w *World) error {
			_, err := w.IAM(w.SetupKey).AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: theRole, PolicyArn: aws.String("arn:aws:iam::aws:policy/AmazonS3FullAccess")})
			return err
		},
		"managed policy arn:aws:iam::aws:policy/AmazonS3FullAccess: is not the share's", []string{"DetachRolePolicy"},
	},
	"a permissions boundary": {
		func(ctx context.Context, w *World) error {
			_, err := w.IAM(w.SetupKey).PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{RoleName: theRole, PermissionsBoundary: aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess")})
			return err
		},
		"permissions boundary: ", []string{"DeleteRolePermissionsBoundary"},
	},
	"description and session length": {
		func(ctx context.Context, w *World) error {
			_, err := w.IAM(w.SetupKey).UpdateRole(ctx, &iam.UpdateRoleInput{RoleName: theRole, Description: aws.String("by hand"), MaxSessionDuration: aws.Int32(43200)})
			return err
		},
		`role settings: max_session_duration is 43200 seconds instead of 3600`, []string{"UpdateRole"},
	},
	"tags": {
		func(ctx context.Context, w *World) error {
			_, err := w.IAM(w.SetupKey).TagRole(ctx, &iam.TagRoleInput{RoleName: theRole, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("theirs")}, {Key: aws.String("extra"), Value: aws.String("x")}}})
			return err
		},
		`tags: "Team" is "theirs" instead of "data"; "extra" was added`, []string{"UntagRole", "TagRole"},
	},
	"bucket statement edited": {
		bucketPolicy(func(text string) string {
			return strings.Replace(text, "acme-data/reports/*", "acme-data/*", 1)
		}),
		"bucket statement: ", []string{"PutBucketPolicy"},
	},
	"bucket statement duplicated": {
		bucketPolicy(func(text string) string {
			return strings.Replace(text, `"Statement":[`, `"Statement":[{"Sid":"`+objectsSid+`","Effect":"Allow","Principal":{"AWS":"333333333333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/*"},`, 1)
		}),
		"bucket statement: also allows", []string{"PutBucketPolicy"},
	},
	"bucket policy deleted": {
		func(ctx context.Context, w *World) error {
			_, err := w.S3(w.SetupKey).DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: aws.String(Bucket)})
			return err
		},
		"bucket statement: is missing from the bucket policy", []string{"PutBucketPolicy"},
	},
	"bucket policy replaced by another tool": {
		bucketPolicy(func(string) string {
			return `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::acme-data/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`
		}),
		"bucket statement: is missing from the bucket policy", []string{"PutBucketPolicy"},
	},
	"consumer policy removed": {
		func(ctx context.Context, w *World) error {
			_, err := w.IAM(w.ConsumerKey).DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: aws.String("etl"), PolicyName: aws.String("crossaccount-111111111111-etl-reports")})
			return err
		},
		"consumer policy on role etl: is missing", []string{"PutRolePolicy"},
	},
	"role deleted": {
		func(ctx context.Context, w *World) error { return w.deleteTheRole(ctx) },
		"role: is missing: nobody can use the share", []string{"CreateRole", "PutRolePolicy"},
	},
	"role made again at another path": {
		func(ctx context.Context, w *World) error {
			if err := w.deleteTheRole(ctx); err != nil {
				return err
			}
			_, err := w.IAM(w.SetupKey).CreateRole(ctx, &iam.CreateRoleInput{
				RoleName: theRole, Path: aws.String("/elsewhere/"), AssumeRolePolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{` + etlTrust + `}]}`),
			})
			return err
		},
		"role: is at path /elsewhere/ and not at /crossaccount/",
		[]string{"UpdateAssumeRolePolicy", "PutRolePolicy", "PutBucketPolicy", "PutRolePolicy", "TagRole"},
	},
	"role made again by hand": {
		func(ctx context.Context, w *World) error {
			if err := w.deleteTheRole(ctx); err != nil {
				return err
			}
			_, err := w.IAM(w.SetupKey).CreateRole(ctx, &iam.CreateRoleInput{
				RoleName: theRole, Path: aws.String("/crossaccount/"), AssumeRolePolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{` + etlTrust + `}]}`),
			})
			return err
		},
		"role: was deleted and created again outside Terraform", []string{"UpdateAssumeRolePolicy", "PutRolePolicy", "TagRole"},
	},
}

const (
	everything = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	objectsSid = "Crossaccountetlreportsc33c985426e0Objects"
)

var theRole = aws.String("etl-reports")

func TestDriftIsFoundAndRepaired(t *testing.T) {
	RequireCLI(t)
	for name, hand := range drifts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			config := w.Provider(w.ConsumerConnection()) + Share(`  consumer = {
    account_id      = "222222222222"
    principals      = ["arn:aws:iam::222222222222:role/etl"]
    attach_to_roles = ["etl"]
  }`, `  access = ["read", "list"]`, `  prefixes = ["reports/"]`, `  tags = { Team = "data" }`)
			var id string
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
				{Config: config},
				{
					PreConfig: func() {
						_, id = w.identity(t)
						if err := hand.change(t.Context(), w); err != nil {
							t.Fatalf("changing by hand: %v", err)
						}
						w.Sim.ResetCalls()
					},
					Config: config,
					ConfigPlanChecks: resource.ConfigPlanChecks{
						PreApply: []plancheck.PlanCheck{
							plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate), driftSays(hand.says),
						},
						PostApplyPostRefresh: nothingLeft.PostApplyPostRefresh,
					},
				},
				{PreConfig: func() {
					if _, after := w.identity(t); after != id {
						t.Error("the external ID changed")
					}
					if writes := w.writes(); !slices.Equal(writes, hand.repairs) {
						t.Errorf("the repair wrote %v, want %v", writes, hand.repairs)
					}
				}, RefreshState: true},
			}})
			w.mustBeEmpty(t)
		})
	}
}

// driftSays is a plan whose refreshed state has a sentence.
type driftSays string

// CheckPlan implements plancheck.PlanCheck.
func (d driftSays) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	for _, change := range req.Plan.ResourceChanges {
		before, _ := change.Change.Before.(map[string]any)
		if strings.Contains(fmt.Sprint(before["drift"]), string(d)) {
			return
		}
		resp.Error = fmt.Errorf("the drift is %q, want %q in it", before["drift"], string(d))
	}
}

// trust gives a change that writes a trust policy of these statements, with etlTrust for %[1]s and the external ID for
// %[2]s, the newest if there are two.
func trust(statements string) func(ctx context.Context, w *World) error {
	return func(ctx context.Context, w *World) error {
		ids, err := w.externalIDs(ctx)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return errors.New("the trust policy wants no external ID")
		}
		if !strings.Contains(statements, "%[2]s") {
			statements += "%.0[2]s"
		}
		if !strings.Contains(statements, "%[1]s") {
			statements += "%.0[1]s"
		}
		_, err = w.IAM(w.SetupKey).UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{
			RoleName: theRole, PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[` + fmt.Sprintf(statements, etlTrust, ids[0].Reveal()) + `]}`),
		})
		return err
	}
}

func permissions(document string) func(ctx context.Context, w *World) error {
	return func(ctx context.Context, w *World) error {
		_, err := w.IAM(w.SetupKey).PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: theRole, PolicyName: aws.String("crossaccount"), PolicyDocument: &document})
		return err
	}
}

func bucketPolicy(edit func(string) string) func(ctx context.Context, w *World) error {
	return func(ctx context.Context, w *World) error {
		answer, err := w.S3(w.SetupKey).GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: aws.String(Bucket)})
		if err != nil {
			return err
		}
		edited := edit(aws.ToString(answer.Policy))
		if edited == aws.ToString(answer.Policy) {
			return fmt.Errorf("the edit changed nothing: %s", edited)
		}
		_, err = w.S3(w.SetupKey).PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: aws.String(Bucket), Policy: &edited})
		return err
	}
}

// deleteTheRole deletes it as somebody in the console does: all that hangs on it too.
func (w *World) deleteTheRole(ctx context.Context) error {
	if _, err := w.IAM(w.SetupKey).DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: theRole, PolicyName: aws.String("crossaccount")}); err != nil {
		return err
	}
	_, err := w.IAM(w.SetupKey).DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: theRole})
	return err
}

// writes are the operations that changed something, in their order.
func (w *World) writes() []string {
	var operations []string
	for _, call := range w.Sim.Calls() {
		if !reads(call.Operation) && call.AccessKeyID != w.SetupKey.AccessKeyID {
			operations = append(operations, call.Operation)
		}
	}
	return operations
}
