package acctest

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// This file verifies shares on the other two ways to the bucket: without a role, and through an access point.

const underReports = `prefixes = ["reports/"]`

// newTriedWorld has an object of the share and one outside.
func newTriedWorld(t *testing.T) *World {
	t.Helper()
	w := NewWorld(t, awssim.Options{})
	w.Put(t, "raw/x", "x")
	w.Put(t, "reports/q1.csv", "q1")
	return w
}

// sentences is a pattern of texts that follow one another.
func sentences(texts ...string) *regexp.Regexp {
	patterns := make([]string, 0, len(texts))
	for _, text := range texts {
		patterns = append(patterns, words(text).String())
	}
	return regexp.MustCompile("(?s)" + strings.Join(patterns, ".*"))
}

// keys lists all objects of the bucket.
func (w *World) keys(t *testing.T) string {
	t.Helper()
	answer, err := w.S3(w.SetupKey).ListObjectsV2(contextOf(t), &s3.ListObjectsV2Input{Bucket: aws.String(Bucket)})
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, object := range answer.Contents {
		keys = append(keys, aws.ToString(object.Key))
	}
	return strings.Join(keys, " ")
}

// wasTried checks what the consumer called.
func (w *World) wasTried(want string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		if have := strings.Join(w.tried(), ", "); have != want {
			return fmt.Errorf("the share was tried by %s, want %s", have, want)
		}
		return nil
	}
}

// A share is verified on each way to the bucket while it changes from one to the next. Nothing stays in the bucket.
func TestEveryWayIsVerified(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := newTriedWorld(t)
	config := func(via string) string {
		return w.Provider(w.ConsumerConnection()) + Share(via, isTried, WholeAccount, underReports, `access = ["read", "list", "write"]`)
	}
	const in, out, session = "HeadObject ", "HeadObject Forbidden", "AssumeRole , AssumeRole AccessDenied, "
	var steps []resource.TestStep
	for _, way := range []struct{ via, calls string }{
		{direct, in + ", " + out},
		{viaPoint, session + in + ", " + out + ", " + out},
		{`via = "role"`, session + in + ", " + out},
	} {
		steps = append(steps, resource.TestStep{
			PreConfig: w.Sim.ResetCalls, Config: config(way.via), ConfigPlanChecks: nothingLeft,
			Check: resource.ComposeTestCheckFunc(w.wasTried(way.calls), resource.TestCheckResourceAttr(address, "verify", "true"), func(*terraform.State) error {
				if objects := w.keys(t); objects != "raw/x reports/q1.csv" {
					return fmt.Errorf("the bucket has %s", objects)
				}
				return nil
			}),
		})
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: impatient(), Steps: steps})
	w.mustBeEmpty(t)
}

// A share that does not do what it says is an error with its cause, the state is kept, and the next apply tries again.
func TestOtherWaysFailTheirVerification(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	const allow = `{"Sid":"Theirs","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/*"}`
	deny := strings.Replace(allow, "Allow", "Deny", 1)
	without := func(t *testing.T, w *World) {
		t.Helper()
		w.PutBucketPolicy(t, strings.NewReplacer(allow+",", "", deny+",", "").Replace(w.BucketPolicy(t)))
	}
	for name, c := range map[string]struct {
		foreign string // in the bucket policy from the beginning
		ann     bool   // the consumer is somebody whom its account allows nothing
		mend    func(t *testing.T, w *World)
		says    []string
	}{
		"the consumer has no policy of its own": {
			ann: true, mend: func(t *testing.T, w *World) {
				t.Helper()
				if _, err := w.IAM(w.Consumer.AdminKey()).PutUserPolicy(contextOf(t), &iam.PutUserPolicyInput{
					UserName: aws.String("ann"), PolicyName: aws.String("mend"), PolicyDocument: aws.String(mayUseS3),
				}); err != nil {
					t.Fatal(err)
				}
			},
			says: []string{
				"Share acme-data/etl-reports does not let its consumer read s3://acme-data/reports/q1.csv",
				"arn:aws:iam::222222222222:user/ann, with its own credentials, tried to read s3://acme-data/reports/q1.csv",
				"user/ann has no permission of its own for s3:GetObject on arn:aws:s3:::acme-data/reports/q1.csv", "Give it the policy in consumer_policy",
			},
		},
		"a Deny of somebody else's": {
			foreign: deny, mend: without,
			says: []string{"somebody else's policy denies it: statement Theirs of the bucket policy"},
		},
		"a statement that gives more": {
			foreign: allow, mend: without,
			says: []string{
				"lets its consumer read s3://acme-data/raw/x, which is outside its prefixes",
				"somebody else lets them in beside the share: statement Theirs of the bucket policy. No policy of the consumer's own account can open a bucket",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTriedWorld(t)
			if c.foreign != "" {
				w.PutBucketPolicy(t, `{"Version":"2012-10-17","Statement":[`+c.foreign+`,`+denyInsecure+`]}`)
			}
			if c.ann {
				w.Consumer.AddUser("/", "ann")
				w.ConsumerKey = w.Consumer.UserKey("ann")
			}
			config := w.Provider(w.ConsumerConnection()) + Share(direct, isTried, WholeAccount, underReports)
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: impatient(), Steps: []resource.TestStep{
				{Config: config, ExpectError: sentences(c.says...)},
				{
					PreConfig: func() { c.mend(t, w) }, Config: config, Check: resource.TestCheckResourceAttr(address, "verify", "true"),
					ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
				},
			}})
		})
	}
}

// What cannot be verified is refused at plan, before anything is written.
func TestVerificationIsRefusedAtPlan(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := newTriedWorld(t)
	both, alone := w.Provider(w.ConsumerConnection()), w.Provider()
	w.ConsumerKey = w.Consumer.RootKey()
	root := w.Provider(w.ConsumerConnection())
	undecided := "resource \"terraform_data\" \"way\" {\n  input = %q\n}\n"
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: impatient(), Steps: []resource.TestStep{
		{Config: alone + Share(direct, isTried, WholeAccount), ExpectError: words("Give credentials of the consumer account to the provider in its consumer attribute")},
		{Config: alone + Share(viaPoint, isTried, WholeAccount), ExpectError: words("Give credentials of the consumer account to the provider in its consumer attribute")},
		{
			Config:      alone + fmt.Sprintf(undecided, "direct") + Share(`via = terraform_data.way.output`, isTried, WholeAccount),
			ExpectError: words("Give credentials of the consumer account to the provider in its consumer attribute"),
		},
		{Config: both + Share(direct, isTried, OnlyEtl), ExpectError: words("would try the share as arn:aws:iam::222222222222:user/admin, but it is for role etl")},
		{Config: both + Share(viaPoint, isTried, OnlyEtl), ExpectError: words("would try the share as arn:aws:iam::222222222222:user/admin, but it is for role etl")},
		{Config: root + Share(viaPoint, isTried, WholeAccount), ExpectError: words("AWS lets no root user assume a role")},
		{Config: root + Share(direct, isTried, OnlyEtl), ExpectError: words("would try the share as arn:aws:iam::222222222222:root, but it is for role etl")},
		{
			Config: root + fmt.Sprintf(undecided, "direct") + Share(`via = terraform_data.way.output`, isTried, WholeAccount, underReports),
			Check:  w.wasTried("HeadObject , HeadObject Forbidden"),
		},
	}})
	w.mustBeEmpty(t)
}

// Somebody else writes the bucket policy: until it has the share's statements, nothing is shown and nothing fails.
func TestVerificationBesideAPolicyOfSomebodyElse(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := newTriedWorld(t)
	config := w.Provider(w.ConsumerConnection()) + Share(direct, isTried, WholeAccount, underReports, `bucket_policy_mode = "output_only"`)
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: impatient(), Steps: []resource.TestStep{
		{Config: config, Check: resource.TestCheckResourceAttr(address, "verify", "true"), ConfigPlanChecks: nothingLeft},
	}})
	w.mustBeEmpty(t)
}
