package examples_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/examples"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/acctest"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/terraformcli"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// withoutAWS copies all examples and gives a folder of them as a workspace that has neither credentials nor endpoints.
func withoutAWS(t *testing.T, folder string) *workspace.Workspace {
	t.Helper()
	cli, err := terraformcli.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mirror, err := built()
	if err != nil {
		t.Fatal(err)
	}
	all := t.TempDir()
	if err := os.CopyFS(all, examples.Files); err != nil {
		t.Fatal(err)
	}
	terraform, err := workspace.New(mirror, cli, filepath.Join(all, folder))
	if err != nil {
		t.Fatal(err)
	}
	mustEnd(t, terraform, 0, "init", "-no-color")
	return terraform
}

// The functions need no AWS: what they give is known at plan, and a check that fails would warn.
func TestFunctionsApplyWithoutAWS(t *testing.T) {
	t.Parallel()
	acctest.RequireCLI(t)
	says := map[string]string{
		"share_documents": `account 222222222222, any principal that the account itself allows: may read and list s3://acme-data/feeds/prices/*`,
		"can_access":      `statement \"NoDrafts\" of the resource policy refuses s3:GetObject`,
	}
	folders, err := fs.Glob(examples.Files, "functions/*")
	if err != nil || len(folders) != len(says) {
		t.Fatalf("found %v, %v", folders, err)
	}
	for _, folder := range folders {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			said := mustEnd(t, withoutAWS(t, folder), 0, "plan", "-no-color")
			if want := says[filepath.Base(folder)]; !strings.Contains(said, want) || strings.Contains(said, "Warning") {
				t.Errorf("it does not say %q, or warns:\n%s", want, said)
			}
		})
	}
}

// Each module is tested as its users would test it. The twin: with a wider feed the same tests fail.
func TestModulesTestThemselvesWithoutAWS(t *testing.T) {
	t.Parallel()
	acctest.RequireCLI(t)
	wider := map[string][2]string{
		"modules/partner-read-feed": {`prefixes    = [var.feed]`, `prefixes    = [trimsuffix(var.feed, "/")]`},
		"modules/vendor-drop-box":   {`access = ["write"]`, `access = ["write", "read"]`},
	}
	modules, err := fs.Glob(examples.Files, "modules/*")
	if err != nil || len(modules) != len(wider) {
		t.Fatalf("found %v, %v", modules, err)
	}
	for _, module := range modules {
		t.Run(module, func(t *testing.T) {
			t.Parallel()
			terraform := withoutAWS(t, module)
			mustEnd(t, terraform, 0, "test", "-no-color")
			main := filepath.Join(terraform.Dir, "main.tf")
			text, err := os.ReadFile(main)
			if err != nil {
				t.Fatal(err)
			}
			changed := strings.Replace(string(text), wider[module][0], wider[module][1], 1)
			if changed == string(text) {
				t.Fatalf("main.tf does not have %q", wider[module][0])
			}
			if err := os.WriteFile(main, []byte(changed), 0o600); err != nil {
				t.Fatal(err)
			}
			mustEnd(t, terraform, 1, "test", "-no-color")
		})
	}
}
