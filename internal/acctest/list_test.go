package acctest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// This file shows what a list of shares gives of each, and what it says where it cannot give all.

func TestListWithoutTheSweep(t *testing.T) {
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Put(t, "reports/q1.csv", "q1")
	w.makeByHand(t, handMades["role with a managed policy, and no bucket statement"])
	if _, err := w.IAM(w.SetupKey).TagRole(t.Context(), &iam.TagRoleInput{RoleName: theRole, Tags: ownershipTag}); err != nil {
		t.Fatal(err)
	}
	p := w.speak(t, nil)
	w.deny("GetAccountAuthorizationDetails")
	results := p.ask(t, tfprotov6.ListResourceRequest{Config: p.listConfig(t, map[string]tftypes.Value{"role_path": text("/partners/")}), Limit: 100})
	if len(results) != 2 || len(results[0].Diagnostics) != 1 || results[1].DisplayName != "etl-reports, for account 222222222222" {
		t.Fatalf("want a warning and the share, have %+v", results)
	}
	const says = "Only roles under /partners/ that the credentials may read were looked at"
	if warning := results[0].Diagnostics[0]; warning.Severity != tfprotov6.DiagnosticSeverityWarning || !strings.Contains(warning.Detail, says) {
		t.Errorf("the warning is %s: %s", warning.Summary, warning.Detail)
	}
	w.deny("ListRoles")
	results = p.ask(t, tfprotov6.ListResourceRequest{Config: p.listConfig(t, nil), Limit: 100})
	if len(results) != 1 || results[0].Diagnostics[0].Severity != tfprotov6.DiagnosticSeverityError {
		t.Fatalf("want an error and nothing else, have %+v", results)
	}
}

func TestListStopsAtItsLimit(t *testing.T) {
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.openRole(t)
	w.vendor(t, `{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole"}`)
	p := w.speak(t, nil)
	candidates := map[string]tftypes.Value{"include_candidates": tftypes.NewValue(tftypes.Bool, true)}
	for limit, want := range map[int64]int{1: 1, 2: 2, 3: 2} {
		results := p.ask(t, tfprotov6.ListResourceRequest{Config: p.listConfig(t, candidates), Limit: limit})
		if warned := results[0].DisplayName == ""; warned != (limit < 2) {
			t.Errorf("a list of %d that could have 2 begins with %+v", limit, results[0])
		} else if warned {
			results = results[1:]
		}
		if len(results) != want {
			t.Errorf("a list of %d has %d results, want %d", limit, len(results), want)
		}
		for _, result := range results {
			if result.Resource != nil {
				t.Errorf("%s comes with attributes that nobody asked for", result.DisplayName)
			}
		}
	}
}

// A share whose attributes cannot be read does not end a list of attributes, and has its place in one of names.
func TestListLeavesOutWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Put(t, "reports/q1.csv", "q1")
	w.makeByHand(t, handMades["role with a managed policy, and no bucket statement"])
	w.Owner.AddRole("/", "a-service") // trusts ec2.amazonaws.com
	for _, role := range []string{"a-service", "etl-reports"} {
		if _, err := w.IAM(w.SetupKey).TagRole(t.Context(), &iam.TagRoleInput{RoleName: aws.String(role), Tags: ownershipTag}); err != nil {
			t.Fatal(err)
		}
	}
	p := w.speak(t, nil)
	results := p.list(t, nil)
	if len(results) != 2 || results[0].Identity != nil || len(results[0].Diagnostics) != 1 || results[1].Resource == nil {
		t.Fatalf("want a warning and the share, have %+v", results)
	}
	const says = "Role a-service of bucket acme-data cannot be listed with its attributes. Share acme-data/a-service cannot be read."
	if warning := results[0].Diagnostics[0]; !strings.Contains(warning.Detail, says) {
		t.Errorf("the warning is %s: %s", warning.Summary, warning.Detail)
	}
	if names := p.ask(t, tfprotov6.ListResourceRequest{Config: p.listConfig(t, nil), Limit: 100}); len(names) != 2 || names[0].DisplayName != "a-service" {
		t.Errorf("want both names, have %+v", names)
	}
}

// What a list gives of a share is what importing it by the identity of the list gives, without the external ID: terraform
// query -json prints sensitive values as they are.
func TestListGivesWhatImportGives(t *testing.T) {
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Put(t, "reports/q1.csv", "q1")
	w.makeByHand(t, handMades["role, inline policy and bucket statement for the role"])
	p := w.speak(t, nil)
	results := p.list(t, map[string]tftypes.Value{"include_candidates": tftypes.NewValue(tftypes.Bool, true)})
	if len(results) != 1 || results[0].DisplayName != "etl-reports, for account 222222222222 (hand-made)" {
		t.Fatalf("listed %+v", results)
	}
	listed, err := results[0].Resource.Unmarshal(p.schema.ResourceSchemas[typeName].ValueType())
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := p.server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	value, err := results[0].Identity.IdentityData.Unmarshal(schemas.IdentitySchemas[typeName].ValueType())
	if err != nil {
		t.Fatal(err)
	}
	identity := map[string]tftypes.Value{}
	if err := value.As(&identity); err != nil {
		t.Fatal(err)
	}
	imported, diagnostics := p.importByIdentity(t.Context(), t, identity)
	mustBeQuiet(t, nil, diagnostics)
	if !imported["external_id"].Equal(text("by-hand")) {
		t.Errorf("the import found external ID %s", imported["external_id"])
	}
	for _, name := range []string{"external_id", "external_id_created_at"} {
		imported[name] = tftypes.NewValue(tftypes.String, nil)
	}
	if !listed.Equal(tftypes.NewValue(p.schema.ResourceSchemas[typeName].ValueType(), imported)) {
		t.Error(cmp.Diff(fmt.Sprint(tftypes.NewValue(p.schema.ResourceSchemas[typeName].ValueType(), imported)), fmt.Sprint(listed)))
	}
}
