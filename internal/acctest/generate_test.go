package acctest

import (
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

const required = `
terraform {
  required_providers {
    crossaccount = { source = "crossaccount/crossaccount" }
  }
}

`

// terraform plan -generate-config-out writes a configuration from an import alone; after the import nothing is left to
// do, also with a state that never knew the share.
func TestGeneratedConfigurationPlansEmpty(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	mirror, cli := built(t)
	provider := required + w.Provider(w.ConsumerConnection())
	maker, finder := emptyWorkspace(t, mirror, cli), emptyWorkspace(t, mirror, cli)
	mustWrite(t, maker, "main.tf", provider+Share(`  consumer = {
    account_id      = "222222222222"
    principals      = ["arn:aws:iam::222222222222:role/etl"]
    attach_to_roles = ["etl"]
  }`, `access = ["read", "list", "write"]`, `prefixes = ["a/", "ab/"]`, `expires_at = "2099-01-01T00:00:00Z"`,
		`description = "for the partner"`, `tags = { Team = "data" }`, `perimeter = { source_ips = ["203.0.113.0/24"] }`)+`
resource "crossaccount_s3_share" "direct" {
  name     = "etl-direct"
  bucket   = "`+Bucket+`"
  consumer = { account_id = "222222222222", principals = ["arn:aws:iam::222222222222:role/etl"] }
  via      = "direct"
}
`)
	mustRun(t, maker, "init")
	mustRun(t, maker, "apply", "-auto-approve")

	imports := `
import {
  to = crossaccount_s3_share.found
  id = "` + Bucket + `/etl-reports"
}

import {
  to = crossaccount_s3_share.found_direct
  id = "` + Bucket + `/etl-direct"
}
`
	mustWrite(t, finder, "main.tf", provider+imports)
	mustRun(t, finder, "init")
	generate := []string{"plan", "-generate-config-out=generated.tf", "-no-color"}
	if planned, err := finder.Terraform(t.Context(), nil, generate...); err != nil {
		t.Fatal(err)
	} else if planned.Code != 0 {
		// Terraform 1.16.0 to 1.16.2 do not read required_providers here (hashicorp/terraform#39144); the docs page has the way around.
		if !strings.Contains(planned.Stderr, `unavailable provider "registry.terraform.io/hashicorp/crossaccount"`) {
			t.Fatalf("the plan ended with %d:\n%s%s", planned.Code, planned.Stdout, planned.Stderr)
		}
		named := strings.ReplaceAll(imports, "import {", "import {\n  provider = crossaccount")
		mustWrite(t, finder, "main.tf", provider+named)
		mustRun(t, finder, generate...)
		mustWrite(t, finder, "main.tf", provider+imports)
	}
	if said := mustRun(t, finder, "apply", "-auto-approve"); !strings.Contains(said, "2 imported, 0 added, 0 changed, 0 destroyed") {
		t.Errorf("the import changed something:\n%s", said)
	}
	mustRun(t, finder, "plan", "-detailed-exitcode")
}

func emptyWorkspace(t *testing.T, mirror workspace.Mirror, cli string) *workspace.Workspace {
	t.Helper()
	made, err := workspace.New(mirror, cli, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func mustWrite(t *testing.T, in *workspace.Workspace, name, text string) {
	t.Helper()
	if err := in.Write(name, text); err != nil {
		t.Fatal(err)
	}
}

// mustRun runs terraform and gives what it prints; -detailed-exitcode makes a plan that is not empty fail, too.
func mustRun(t *testing.T, in *workspace.Workspace, arguments ...string) string {
	t.Helper()
	result, err := in.Terraform(t.Context(), nil, append(arguments, "-no-color")...)
	if err != nil {
		t.Fatal(err)
	}
	if result.Code != 0 {
		t.Fatalf("terraform %s ended with %d:\n%s%s", strings.Join(arguments, " "), result.Code, result.Stdout, result.Stderr)
	}
	return result.Stdout
}
