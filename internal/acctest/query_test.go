package acctest

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/crossaccount/terraform-provider-crossaccount/examples"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// This file has what only newer CLIs can: import by identity (Terraform 1.12) and terraform query (1.14).

// listOfBucket is the documented example; it lists the bucket of every World.
func listOfBucket(t *testing.T) string {
	t.Helper()
	text, err := fs.ReadFile(examples.Files, "list-resources/crossaccount_s3_share/list-resource.tfquery.hcl")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestImportBlockByIdentity(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	config := w.Provider() + Share(OnlyEtl)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: Factories(), TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{Config: config},
			{ResourceName: address, Config: config, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
		},
	})
}

func TestQueryOfShares(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: Factories(), TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		Steps: []resource.TestStep{
			{Config: w.Provider() + Share(OnlyEtl)},
			{
				Query: true, Config: listOfBucket(t), // the provider block of the step before is still there
				QueryResultChecks: []querycheck.QueryResultCheck{
					querycheck.ExpectLength("crossaccount_s3_share.of_the_bucket", 1),
					querycheck.ExpectIdentity("crossaccount_s3_share.of_the_bucket", map[string]knownvalue.Check{
						"account_id": knownvalue.StringExact(OwnerID), "bucket": knownvalue.StringExact(Bucket), "name": knownvalue.StringExact("etl-reports"),
					}),
				},
			},
		},
	})
}

// What terraform query writes can be planned as it is, and imports shares without a change. A role that cannot be imported
// is left out with a warning, and no external ID is printed.
func TestQueryGeneratesConfiguration(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	if _, err := w.IAM(w.SetupKey).CreateRole(t.Context(), &iam.CreateRoleInput{
		RoleName: aws.String("nobodys"), Tags: ownershipTag,
		AssumeRolePolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`),
	}); err != nil {
		t.Fatal(err)
	}
	mirror, cli := built(t)
	skipBelow(t, emptyWorkspace(t, mirror, cli), "1.14.0")
	maker, finder := emptyWorkspace(t, mirror, cli), emptyWorkspace(t, mirror, cli)
	mustWrite(t, maker, "main.tf", required+w.Provider()+Share(OnlyEtl, `external_id = "given-by-the-consumer"`, `prefixes = ["a/", "ab/"]`))
	mustRun(t, maker, "init")
	mustRun(t, maker, "apply", "-auto-approve")

	mustWrite(t, finder, "main.tf", required+w.Provider())
	mustWrite(t, finder, "shares.tfquery.hcl", listOfBucket(t))
	mustRun(t, finder, "init")
	said := mustRun(t, finder, "query", "-generate-config-out=generated.tf")
	for _, want := range []string{"etl-reports, for account 222222222222", "Role nobodys of bucket acme-data cannot be listed with its attributes"} {
		if !strings.Contains(said, want) {
			t.Errorf("terraform query does not say %q:\n%s", want, said)
		}
	}
	if said := mustRun(t, finder, "apply", "-auto-approve"); !strings.Contains(said, "1 imported, 0 added, 0 changed, 0 destroyed") {
		t.Errorf("the import changed something:\n%s", said)
	}
	mustRun(t, finder, "plan", "-detailed-exitcode")

	mustWrite(t, finder, "shares.tfquery.hcl", strings.Replace(listOfBucket(t), "config {", "include_resource = true\n  config {", 1))
	if said := mustRun(t, finder, "query", "-json"); !strings.Contains(said, `"summary":[`) || strings.Contains(said, "given-by-the-consumer") {
		t.Errorf("want attributes without the external ID:\n%s", said)
	}
}

// skipBelow skips where the CLI is older.
func skipBelow(t *testing.T, in *workspace.Workspace, least string) {
	t.Helper()
	var have struct {
		Version string `json:"terraform_version"`
	}
	result, err := in.Terraform(t.Context(), nil, "version", "-json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(result.Stdout), &have); err != nil {
		t.Fatal(err)
	}
	if version.Must(version.NewVersion(have.Version)).LessThan(version.Must(version.NewVersion(least))) {
		t.Skipf("terraform is %s, and this needs %s", have.Version, least)
	}
}
