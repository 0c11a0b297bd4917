package acctest

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// This file shows what discovery finds worth a look, and what it does where it may not look.

// access asks who can reach the bucket, with more arguments.
func access(more string) string {
	return fmt.Sprintf("data \"crossaccount_s3_bucket_access\" \"all\" {\n  bucket = %q\n%s}\n", Bucket, more) + `
output "findings" {
  value = join("; ", flatten([for e in data.crossaccount_s3_bucket_access.all.entries : [for f in e.findings : "${e.via}: ${f.kind}"]]))
}

output "complete" {
  value = tostring(data.crossaccount_s3_bucket_access.all.complete)
}
`
}

// vendor makes a role of the owner that reads reports/ and is trusted by a statement.
func (w *World) vendor(t *testing.T, trust string) {
	t.Helper()
	w.Owner.AddRole("/", "vendor", readReports) // as old as a day, and never used
	if _, err := w.IAM(w.SetupKey).UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{
		RoleName: aws.String("vendor"), PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[` + trust + `]}`),
	}); err != nil {
		t.Fatal(err)
	}
}

// Every finding has its twin beside it, which has none.
func TestBucketAccessFindings(t *testing.T) {
	RequireCLI(t)
	const trustsEtl = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:role/etl"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"agreed"}}}`
	grantsTo := func(principal string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principal + `,"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/*"}]}`
	}
	for name, c := range map[string]struct {
		trust, policy, arguments, findings string
		meanwhile                          func(ctx context.Context, w *World) error
	}{
		"one role under an external ID":         {trust: trustsEtl},
		"no external ID":                        {trust: strings.Replace(trustsEtl, `,"Condition":{"StringEquals":{"sts:ExternalId":"agreed"}}`, "", 1), findings: "role: no_external_id"},
		"external ID only if sent":              {trust: strings.Replace(trustsEtl, "StringEquals", "StringEqualsIfExists", 1), findings: "role: weak_external_id"},
		"the whole account":                     {trust: strings.Replace(trustsEtl, ":role/etl", ":root", 1), findings: "role: whole_account"},
		"every account":                         {trust: strings.Replace(trustsEtl, `"arn:aws:iam::222222222222:role/etl"`, `"*"`, 1), findings: "role: wildcard_principal"},
		"never used for a day":                  {trust: trustsEtl, arguments: "  unused_days = 1\n", findings: "role: unused"},
		"too young to be unused for two days":   {trust: trustsEtl, arguments: "  unused_days = 2\n"},
		"expired":                               {trust: strings.Replace(trustsEtl, `"Condition":{`, `"Condition":{"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"},`, 1), findings: "role: expired"},
		"a role in the bucket policy":           {policy: grantsTo(`{"AWS":"arn:aws:iam::222222222222:role/etl"}`)},
		"everybody of an organization":          {policy: strings.Replace(grantsTo(`"*"`), `"Action"`, `"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}},"Action"`, 1), findings: "bucket policy: wildcard_principal"},
		"a service in the bucket policy":        {policy: grantsTo(`{"Service":"logging.s3.amazonaws.com"}`)},
		"an account in the bucket policy":       {policy: grantsTo(`{"AWS":"222222222222"}`), findings: "bucket policy: whole_account"},
		"a deleted role in the bucket policy":   {policy: grantsTo(`{"AWS":"arn:aws:iam::222222222222:role/gone"}`), meanwhile: deleteGone, findings: "bucket policy: dangling_principal"},
		"a role that is to be deleted tomorrow": {policy: grantsTo(`{"AWS":"arn:aws:iam::222222222222:role/gone"}`)},
		"a deleted role in the trust policy":    {trust: strings.Replace(trustsEtl, "role/etl", "role/gone", 1), meanwhile: deleteGone, findings: "role: dangling_principal"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			w.Consumer.AddRole("/", "gone")
			if c.trust != "" {
				w.vendor(t, c.trust)
			}
			if c.policy != "" {
				w.PutBucketPolicy(t, c.policy)
			}
			if c.meanwhile != nil {
				if err := c.meanwhile(t.Context(), w); err != nil {
					t.Fatal(err)
				}
			}
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{{
				Config: w.Provider() + access(c.arguments),
				Check: resource.ComposeAggregateTestCheckFunc(
					resource.TestCheckOutput("findings", c.findings), resource.TestCheckOutput("complete", "true"),
					resource.TestCheckResourceAttr("data.crossaccount_s3_bucket_access.all", "entries.#", entriesOf(c.trust+c.policy)),
				),
			}}})
			if c.meanwhile == nil {
				w.mustHaveWrittenNothing(t)
			}
		})
	}
}

func deleteGone(ctx context.Context, w *World) error {
	_, err := w.IAM(w.ConsumerKey).DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: aws.String("gone")})
	return err
}

// entriesOf is how many ways there are: services are no outsiders.
func entriesOf(statement string) string {
	if strings.Contains(statement, "Service") {
		return "0"
	}
	return "1"
}

func TestBucketAccessRefusesBadInput(t *testing.T) {
	RequireCLI(t)
	for name, c := range map[string]struct{ config, says string }{
		"no days":              {access("  unused_days = 0\n"), "0 must be between 1 and 400"},
		"more days than known": {access("  unused_days = 401\n"), "IAM remembers the use of a role for 400 days"},
		"an ARN":               {strings.Replace(access(""), Bucket, "arn:aws:s3:::"+Bucket, 1), "is an ARN"},
		"no such bucket":       {strings.Replace(access(""), Bucket, "acme-none", 1), "bucket acme-none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
				{Config: w.Provider() + c.config, ExpectError: words(c.says)},
			}})
		})
	}
}

// deny takes permissions of IAM from the provider.
func (w *World) deny(operations ...string) {
	for _, operation := range operations {
		w.Sim.Inject(awssim.Fault{Service: "iam", Operation: operation, Times: awssim.Always, Error: &awssim.Error{
			Code: "AccessDenied", Status: 403, Message: "not authorized to perform: iam:" + operation,
		}})
	}
}

// Without the permission to sweep, only roles under the path of shares are looked at, and the answer says that it is not
// complete. The twin with the permission finds the role elsewhere.
func TestBucketAccessWithoutTheSweep(t *testing.T) {
	RequireCLI(t)
	for name, c := range map[string]struct {
		denied             []string
		findings, complete string
	}{
		"with the sweep":             {nil, "role: no_external_id; role: whole_account", "true"},
		"roles of shares one by one": {[]string{"GetAccountAuthorizationDetails"}, "", "false"},
		"the bucket policy alone":    {[]string{"GetAccountAuthorizationDetails", "ListRoles"}, "", "false"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			w.openRole(t)
			w.deny(c.denied...)
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
				{Config: w.Provider() + Share(OnlyEtl)},
				{Config: w.Provider() + Share(OnlyEtl) + access(""), Check: resource.ComposeAggregateTestCheckFunc(
					resource.TestCheckOutput("complete", c.complete),
					resource.TestMatchOutput("findings", regexp.MustCompile("^("+orderless(c.findings)+")$")),
				)},
			}})
		})
	}
}

// orderless matches findings of one role in either order.
func orderless(findings string) string {
	first, second, two := strings.Cut(findings, "; ")
	if !two {
		return findings
	}
	return first + "; " + second + "|" + second + "; " + first
}

// A share that was made by hand is read like any other, with its differences; used tells when.
func TestShareDataSourceOfAHandMadeShare(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Put(t, "reports/q1.csv", "q1")
	w.makeByHand(t, handMades["role, inline policy and bucket statement for the role"]) // and uses it
	w.Owner.AddRole("/", "unused")
	if _, err := w.IAM(w.SetupKey).UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{
		RoleName: aws.String("unused"), PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole"}]}`),
	}); err != nil {
		t.Fatal(err)
	}
	const unused = "data.crossaccount_s3_share.unused"
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{{
		Config: w.Provider() + `
data "crossaccount_s3_share" "one" {
  bucket = "acme-data"
  name   = "etl-reports"
}

data "crossaccount_s3_share" "unused" {
  bucket = "acme-data"
  name   = "unused"
}
`,
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(oneShare, tfjsonpath.New("prefixes"), knownvalue.SetExact([]knownvalue.Check{knownvalue.StringExact("reports/")})),
			statecheck.ExpectKnownValue(oneShare, tfjsonpath.New("external_id"), knownvalue.StringExact("by-hand")),
			statecheck.ExpectKnownValue(oneShare, tfjsonpath.New("drift").AtSliceIndex(0), knownvalue.StringRegexp(regexp.MustCompile(`: `))),
			statecheck.ExpectKnownValue(oneShare, tfjsonpath.New("role_last_used"), knownvalue.StringRegexp(regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`))),
			statecheck.ExpectKnownValue(oneShare, tfjsonpath.New("hashicorp_aws_config"), knownvalue.StringRegexp(regexp.MustCompile(`(?s)name = "by-hand".*1 of the 2 statements in it are not the share's \("Deny insecure"\)`))),
			statecheck.ExpectKnownValue(unused, tfjsonpath.New("role_last_used"), knownvalue.Null()),
			statecheck.ExpectKnownValue(unused, tfjsonpath.New("external_id"), knownvalue.Null()),
		},
	}}})
}
