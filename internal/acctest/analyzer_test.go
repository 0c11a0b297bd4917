package acctest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// analyzed gives the checks of Access Analyzer that were asked for, in their order.
func (w *World) analyzed() (operations []string) {
	for _, call := range w.Sim.Calls() {
		if call.Service == "access-analyzer" {
			operations = append(operations, call.Operation)
		}
	}
	return operations
}

// What a share opens, and what a change of it gives beyond before, is an error of the plan; the same without the check, and
// with less, passes.
func TestAccessAnalyzer(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	config := func(access, analyzer string) string {
		return w.Provider() + Share(WholeAccount, "access = ["+access+"]", analyzer)
	}
	const all, none = `access_analyzer = { validate = true, no_public = true, no_new_access = true }`, ""
	silent := func(*terraform.State) error {
		if asked := w.analyzed(); len(asked) > 0 {
			return fmt.Errorf("it was asked for %q", asked)
		}
		return nil
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{Config: config(`"read", "list"`, all), ConfigPlanChecks: nothingLeft, Check: func(*terraform.State) error {
			if asked := w.analyzed(); !slices.Contains(asked, "ValidatePolicy") || !slices.Contains(asked, "CheckNoPublicAccess") || slices.Contains(asked, "CheckNoNewAccess") {
				return fmt.Errorf("it was asked for %q", asked)
			}
			return nil
		}},
		{PreConfig: w.Sim.ResetCalls, Config: config(`"read", "list"`, all), ConfigPlanChecks: nothingLeft, Check: silent},
		{Config: config(`"read"`, all), ConfigPlanChecks: nothingLeft},
		{Config: config(`"read", "write"`, all), ExpectError: words("permissions policy: The policy document grants new access")},
		{PreConfig: w.Sim.ResetCalls, Config: config(`"read", "write"`, none), ConfigPlanChecks: nothingLeft, Check: silent},
		{
			PreConfig: func() {
				w.blockPublicAccess(t, false)
				before := strings.TrimSuffix(w.BucketPolicy(t), "]}")
				w.PutBucketPolicy(t, before+","+strings.ReplaceAll(webStatement, "BUCKET", Bucket)+"]}")
			},
			Config: config(`"read"`, `access_analyzer = { no_public = true }`), ExpectError: words("bucket policy: The policy document grants public access"),
		},
		{Config: config(`"read"`, `access_analyzer = { validate = true, no_public = false }`), ConfigPlanChecks: nothingLeft},
	}})
}

// Who may not ask gets a share all the same.
func TestAccessAnalyzerIsRefused(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Sim.Inject(awssim.Fault{Service: "access-analyzer", Times: awssim.Always, Error: &awssim.Error{
		Code: "AccessDeniedException", Status: 403, Message: "User: somebody is not authorized to perform: access-analyzer:ValidatePolicy",
	}})
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{Config: w.Provider() + Share(WholeAccount, `access_analyzer = { validate = true, no_public = true }`), ConfigPlanChecks: nothingLeft},
	}})
	if asked := w.analyzed(); len(asked) == 0 {
		t.Error("it was not asked")
	}
}
