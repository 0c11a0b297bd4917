package acctest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	controltypes "github.com/aws/aws-sdk-go-v2/service/s3control/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// lookedAround are the calls that a plan makes beside those that every plan makes.
func (w *World) lookedAround() (names []string) {
	for _, call := range w.Sim.Calls() {
		everyPlan := call.Service == "iam" || call.Service == "sts" || call.Operation == "GetBucketPolicy"
		if !everyPlan && reads(call.Operation) && call.AccessKeyID != w.SetupKey.AccessKeyID {
			names = append(names, call.Name())
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// A plan that changes nothing asks for the key alone, by which it judges; one that changes something else, too.
func TestPlanLooksAroundWhereItMatters(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	first, second := w.Owner.AddKey(awssim.KeyOptions{Region: Region}), w.Owner.AddKey(awssim.KeyOptions{Region: Region})
	w.PutBucketPolicy(t, `{"Version":"2012-10-17","Statement":[`+strings.ReplaceAll(orgStatement, "BUCKET", Bucket)+`]}`)
	versioned(t, w, Bucket)
	config := func(access, key, more string) string {
		return w.Provider() + Share(WholeAccount, `access = [`+access+`]`, fmt.Sprintf("kms_key_arns = [%q]", key), more)
	}
	asked := func(want ...string) resource.TestCheckFunc {
		return func(*terraform.State) error {
			defer w.Sim.ResetCalls()
			if got := w.lookedAround(); !slices.Equal(got, want) {
				return fmt.Errorf("it asked %q, want %q", got, want)
			}
			return nil
		}
	}
	keys, versions := []string{"kms:DescribeKey", "kms:GetKeyPolicy"}, "s3:GetBucketVersioning"
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{PreConfig: w.Sim.ResetCalls, Config: config(`"read", "read_versions"`, first, ""), Check: asked(append(keys, versions)...)},
		{PreConfig: w.Sim.ResetCalls, Config: config(`"read", "read_versions"`, first, ""), ConfigPlanChecks: nothingLeft, Check: asked(keys...)},
		{PreConfig: w.Sim.ResetCalls, Config: config(`"read", "read_versions"`, first, `description = "another"`), Check: asked(keys...)},
		{PreConfig: w.Sim.ResetCalls, Config: config(`"read", "read_versions"`, second, `description = "another"`), Check: asked(keys...)},
		{PreConfig: w.Sim.ResetCalls, Config: config(`"read"`, second, `description = "another"`), Check: asked(keys...)},
	}})
}

func TestPlanTellsWhoseBucketItIs(t *testing.T) {
	RequireCLI(t)
	const may = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},` +
		`"Action":"s3:ListBucket","Resource":"arn:aws:s3:::theirs"}]}`
	for name, c := range map[string]struct{ policy, says string }{
		"another account's, into which one may look": {may, "Bucket theirs belongs to another account"},
		"one into which nobody may look":             {"", "the policy of bucket theirs cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			w.Other.AddBucket("theirs", awssim.BucketOptions{Region: Region})
			if c.policy != "" {
				_, err := w.S3(w.Other.AdminKey()).PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String("theirs"), Policy: &c.policy})
				if err != nil {
					t.Fatal(err)
				}
			}
			config := strings.Replace(Share(WholeAccount, "kms_key_arns = []"), `"acme-data"`, `"theirs"`, 1)
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
				{Config: w.Provider() + config, ExpectError: words(c.says)},
			}})
		})
	}
}

// Block Public Access of the account counts as that of the bucket does.
func TestPlanTellsOfAnAccountThatBlocks(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Owner.AddBucket("web-data", awssim.BucketOptions{Region: Region, Block: &awssim.PublicAccessBlock{}})
	policy := strings.ReplaceAll(`{"Version":"2012-10-17","Statement":[`+webStatement+`]}`, "BUCKET", "web-data")
	if _, err := w.S3(w.SetupKey).PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String("web-data"), Policy: &policy}); err != nil {
		t.Fatal(err)
	}
	block := func(policies bool) func() {
		return func() {
			_, err := w.control().PutPublicAccessBlock(t.Context(), &s3control.PutPublicAccessBlockInput{
				AccountId: aws.String(OwnerID), PublicAccessBlockConfiguration: &controltypes.PublicAccessBlockConfiguration{BlockPublicPolicy: &policies},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	config := w.Provider() + strings.Replace(Share(WholeAccount), `"acme-data"`, `"web-data"`, 1)
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{PreConfig: block(true), Config: config, ExpectError: words("BlockPublicPolicy of account 111111111111 refuses every write")},
		{PreConfig: block(false), Config: config, ConfigPlanChecks: nothingLeft},
	}})
}

// Policies of somebody else's on the role count, too, as far as the refresh of the same run saw them.
func TestPlanCountsPoliciesOfOthers(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	mirror, cli := built(t)
	in := emptyWorkspace(t, mirror, cli)
	write := func(prefixes int) {
		mustWrite(t, in, "main.tf", required+w.Provider()+Share(WholeAccount, "prefixes = "+numbered(prefixes, "reports/of/the/department/%03d/")))
	}
	write(2)
	mustRun(t, in, "init")
	mustRun(t, in, "apply", "-auto-approve")
	theirs := `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"sqs:*","Resource":` + numbered(150, "arn:aws:sqs:eu-central-1:111111111111:queue-%03d") + `}]}`
	if _, err := w.IAM(w.SetupKey).PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
		RoleName: aws.String("etl-reports"), PolicyName: aws.String("theirs"), PolicyDocument: &theirs,
	}); err != nil {
		t.Fatal(err)
	}
	errorsOf := func(prefixes int) (told []string) {
		write(prefixes)
		for _, one := range diagnosticsOf(t, in)[address] {
			if one.Severity == "error" {
				told = append(told, one.Summary+"\n"+one.Detail)
			}
		}
		return told
	}
	if told := errorsOf(3); len(told) > 0 {
		t.Errorf("three prefixes: %q", told)
	}
	told := errorsOf(50)
	if len(told) != 1 || !strings.Contains(told[0], "The permissions policy of share acme-data/etl-reports would be too large") ||
		!strings.Contains(told[0], "together with 1 of somebody else's") {
		t.Errorf("fifty prefixes: %q", told)
	}
}
