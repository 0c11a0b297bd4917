package examples_test

import (
	"encoding/json"
	"io/fs"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossaccount/terraform-provider-crossaccount/examples"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/acctest"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/terraformcli"
)

func TestStoriesAreAllButModules(t *testing.T) {
	t.Parallel()
	got, err := examples.Stories()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"data-sources/crossaccount_s3_bucket_access", "data-sources/crossaccount_s3_share", "direct", "drop-box", "from-five-resources", "many-partners", "partner-feed", "policy-owned-elsewhere", "provider", "read-only",
		"resources/crossaccount_s3_share", "resources/crossaccount_s3_share_consumer", "rotation",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stories differ (-want +got):\n%s", diff)
	}
}

func TestExamplesBesideAWS(t *testing.T) {
	t.Parallel()
	got, err := examples.BesideAWS()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"audit", "ephemeral-resources/crossaccount_s3_share_credentials", "ephemeral-resources/crossaccount_s3_share_external_id"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("examples differ (-want +got):\n%s", diff)
	}
}

func TestEveryModuleIsUsedByAStory(t *testing.T) {
	t.Parallel()
	modules, err := fs.ReadDir(examples.Files, "modules")
	if err != nil {
		t.Fatal(err)
	}
	used := everyConfiguration(t)
	for _, module := range modules {
		if !strings.Contains(used, `"../modules/`+module.Name()+`"`) {
			t.Errorf("module %s is in no story, so no test applies it", module.Name())
		}
	}
}

func TestEveryModuleIsComplete(t *testing.T) {
	t.Parallel()
	modules, err := fs.Glob(examples.Files, "modules/*")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"README.md", "main.tf", "outputs.tf", "tests", "variables.tf", "versions.tf"}
	for _, module := range modules {
		entries, err := fs.ReadDir(examples.Files, module)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, entry := range entries {
			got = append(got, entry.Name())
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s has %v, want %v", module, got, want)
		}
	}
}

func TestConfigurationsAreFormatted(t *testing.T) {
	t.Parallel()
	acctest.RequireCLI(t)
	cli, err := terraformcli.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// The working directory of a test is the folder of its package: the examples themselves.
	out, err := exec.CommandContext(t.Context(), cli, "fmt", "-check", "-diff", "-recursive").CombinedOutput()
	if err != nil {
		t.Errorf("terraform fmt: %v\n%s", err, out)
	}
}

func TestPoliciesAreJSON(t *testing.T) {
	t.Parallel()
	policies, err := fs.Glob(examples.Files, "permissions/*.json")
	if err != nil || len(policies) == 0 {
		t.Fatalf("found %v, %v", policies, err)
	}
	for _, policy := range policies {
		content, err := fs.ReadFile(examples.Files, policy)
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(content) {
			t.Errorf("%s is no JSON", policy)
		}
	}
}

// everyConfiguration joins the text of all stories.
func everyConfiguration(t *testing.T) string {
	t.Helper()
	stories, err := examples.Stories()
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, story := range stories {
		files, err := fs.Glob(examples.Files, path.Join(story, "*.tf"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			content, err := fs.ReadFile(examples.Files, file)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(content)
		}
	}
	return all.String()
}
