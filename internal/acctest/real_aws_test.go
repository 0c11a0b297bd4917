package acctest

import (
	"fmt"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/terraformcli"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// This file lets the real hashicorp/aws have its say, where its binary is there: on the way in to this provider and out of it.

// awsProvider names the environment variable with the path of the binary.
const awsProvider = "TF_ACC_AWS_PROVIDER"

// besideRealAWS is a workspace with both providers.
func besideRealAWS(t *testing.T) *workspace.Workspace {
	t.Helper()
	RequireCLI(t)
	binary := os.Getenv(awsProvider)
	if binary == "" {
		t.Skip(awsProvider + " is not set: this test runs the real hashicorp/aws beside the provider, from the path of its binary")
	}
	mirror, err := workspace.Build(t.Context(), t.TempDir())
	if err == nil {
		_, err = mirror.Add("hashicorp/aws", binary)
	}
	if err != nil {
		t.Fatal(err)
	}
	return emptyWorkspace(t, mirror, os.Getenv(terraformcli.PathVariable))
}

// proxy leads calls to whatever host to the simulator: hashicorp/aws puts the account's ID before the host for S3 Control.
func (w *World) proxy(t *testing.T) string {
	t.Helper()
	sim, err := url.Parse(w.Sim.URL())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = sim.Scheme, sim.Host, r.In.Host
	}})
	t.Cleanup(server.Close)
	return server.URL
}

// aws is a provider block for hashicorp/aws; name is its alias, or empty.
func (w *World) aws(t *testing.T, name string, key awssim.Credentials) string {
	t.Helper()
	alias := ""
	if name != "" {
		alias = fmt.Sprintf("  alias      = %q\n", name)
	}
	return fmt.Sprintf(`provider "aws" {
%s  region     = %q
  access_key = %q
  secret_key = %q
  http_proxy = %[6]q

  s3_use_path_style           = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_credentials_validation = true

  endpoints {
    iam       = %[5]q
    kms       = %[5]q
    s3        = %[5]q
    s3control = %[5]q
    sts       = %[5]q
  }
}
`, alias, Region, key.AccessKeyID, key.SecretAccessKey, w.Sim.URL(), w.proxy(t))
}

const requiredBoth = `
terraform {
  required_providers {
    aws          = { source = "hashicorp/aws" }
    crossaccount = { source = "crossaccount/crossaccount" }
  }
}

`

// What the data source writes for hashicorp/aws imports without a change, and lets go of the share.
func TestWayOutToRealAWS(t *testing.T) {
	for name, arguments := range map[string][]string{
		"through the role":      {OnlyEtl, `prefixes = ["reports/"]`, `access = ["read", "list", "write"]`, `description = "for the partner"`, `tags = { Team = "data" }`},
		"until a time":          {WholeAccount, `expires_at = "2099-01-01T00:00:00Z"`, `perimeter = { source_ips = ["203.0.113.0/24"] }`},
		"one pair for all":      {WholeAccount, `bucket_policy_mode = "delegated"`},
		"an access point":       {OnlyEtl, `prefixes = ["reports/"]`, `via = "access_point"`},
		"direct, with a key":    {OnlyEtl, `via = "direct"`, `kms_key_arns = ["KEY"]`},
		"the consumer's policy": {`  consumer = { account_id = "222222222222", principals = ["arn:aws:iam::222222222222:role/etl"], attach_to_roles = ["etl"] }`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, w := besideRealAWS(t), NewWorld(t, awssim.Options{})
			w.PutBucketPolicy(t, others)
			share := Share(strings.ReplaceAll(strings.Join(arguments, "\n"), "KEY", w.Owner.AddKey(awssim.KeyOptions{Region: Region})))
			providers := requiredBoth + w.Provider(w.ConsumerConnection()) + w.aws(t, "", w.OwnerKey) + w.aws(t, "consumer", w.ConsumerKey)
			mustWrite(t, in, "main.tf", providers+share+`
data "crossaccount_s3_share" "out" {
  bucket     = crossaccount_s3_share.test.bucket
  name       = crossaccount_s3_share.test.name
  depends_on = [crossaccount_s3_share.test]
}

output "config" {
  value = data.crossaccount_s3_share.out.hashicorp_aws_config
}

output "external_id" {
  value     = coalesce(crossaccount_s3_share.test.external_id, "none")
  sensitive = true
}
`)
			mustRun(t, in, "init")
			mustRun(t, in, "apply", "-auto-approve")
			config := mustRun(t, in, "output", "-raw", "config")
			var variables []string
			if strings.Contains(config, `variable "external_id"`) {
				variables = []string{"-var=external_id=" + mustRun(t, in, "output", "-raw", "external_id")}
			}
			mustWrite(t, in, "main.tf", providers+strings.ReplaceAll(config, "crossaccount_s3_share.etl-reports", address))
			w.Sim.ResetCalls()
			said := mustRun(t, in, append([]string{"apply", "-auto-approve"}, variables...)...)
			// The external ID comes from a sensitive variable, which Terraform counts as a change of the role.
			changed := strings.Count(said, "~ assume_role_policy    = (sensitive value)")
			if !strings.Contains(said, fmt.Sprintf(" imported, 0 added, %d changed, 0 destroyed", changed)) || strings.Contains(said, " 0 imported") ||
				changed != strings.Count(said, "The value is unchanged.") || changed != len(variables) {
				t.Errorf("it did not only import:\n%s", said)
			}
			if writes := w.writes(); len(writes) > 0 {
				t.Errorf("it wrote: %q", writes)
			}
			mustRun(t, in, append([]string{"plan", "-detailed-exitcode"}, variables...)...)
		})
	}
}

// The guide's five resources, made by the real hashicorp/aws, become one share with the same role and external ID.
func TestWayInFromRealAWS(t *testing.T) {
	in, w := besideRealAWS(t), NewWorld(t, awssim.Options{})
	w.Put(t, "reports/q1.csv", "q1")
	text, err := os.ReadFile(filepath.Join("..", "docsgen", "before.tf"))
	if err != nil {
		t.Fatal(err)
	}
	before := string(text)
	const id = "Given-By-Hand"
	for _, change := range [][2]string{
		{"    random = {\n      source = \"hashicorp/random\"\n    }\n", ""},
		{"resource \"random_id\" \"external_id\" {\n  byte_length = 16\n}\n", ""},
		{"random_id.external_id.hex", fmt.Sprintf("%q", id)},
		{"provider \"aws\" {\n  alias = \"owner\"\n}\n", w.aws(t, "owner", w.OwnerKey)},
		{"provider \"aws\" {\n  alias   = \"consumer\"\n  profile = \"consumer\"\n}\n", w.aws(t, "consumer", w.ConsumerKey)},
	} {
		if !strings.Contains(before, change[0]) {
			t.Fatalf("the guide's configuration has no %q", change[0])
		}
		before = strings.Replace(before, change[0], change[1], 1)
	}
	mustWrite(t, in, "main.tf", before)
	mustRun(t, in, "init")
	mustRun(t, in, "apply", "-auto-approve")
	uniqueID, _ := w.identity(t)
	const role = "arn:aws:iam::111111111111:role/crossaccount/etl-reports"
	stop := w.mustKeepReading(t, role, id)

	removed := ""
	for _, address := range strings.Fields(mustRun(t, in, "state", "list")) {
		if !strings.HasPrefix(address, "data.") {
			removed += fmt.Sprintf("removed {\n  from = %s\n  lifecycle {\n    destroy = false\n  }\n}\n", address)
		}
	}
	mustWrite(t, in, "main.tf", requiredBoth+w.Provider(w.ConsumerConnection())+w.aws(t, "owner", w.OwnerKey)+w.aws(t, "consumer", w.ConsumerKey)+removed+
		Share(OnlyEtl, `access = ["read", "list"]`, `prefixes = ["reports/"]`)+"import {\n  to = "+address+"\n  id = \"acme-data/etl-reports\"\n}\n")
	mustRun(t, in, "init")
	mustRun(t, in, "apply", "-auto-approve")
	stop()
	mustRun(t, in, "plan", "-detailed-exitcode")
	if now, externalID := w.identity(t); now != uniqueID || externalID != id {
		t.Errorf("the role is %s, before it was %s; its external ID is kept: %v", now, uniqueID, externalID == id)
	}
	if policy := w.BucketPolicy(t); !strings.Contains(policy, "TLSOnly") || strings.Contains(policy, "EtlReports") {
		t.Errorf("the bucket policy is %s", policy)
	}
}
