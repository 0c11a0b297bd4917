package exit_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/exit"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/terraformcli"
)

var (
	heredocs  = regexp.MustCompile(`(?s)= (<<-JSON\n.*?\n  JSON\n)`)
	variables = regexp.MustCompile(`(?s)variable "[a-z0-9_]+" \{.*?\n\}\n`)
)

// TestDocumentsMeanWhatExists lets the real CLI evaluate every document of the configuration: each must mean what is in
// AWS, or the plan after the imports would not be empty.
func TestDocumentsMeanWhatExists(t *testing.T) {
	t.Parallel()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set: this test drives the real terraform CLI; make test sets it")
	}
	wanted, have := byHand(t)
	have.AccessPoint = share.AccessPoint{State: share.PointFound, Bucket: wanted.Bucket, Policy: &have.Bucket.Document}
	text := exit.Config(wanted, have)
	configuration := strings.Join(variables.FindAllString(text, -1), "\n")
	for i, found := range heredocs.FindAllStringSubmatch(text, -1) {
		configuration += fmt.Sprintf("output \"document_%d\" {\n  sensitive = true\n  value = %s}\n", i, found[1])
	}
	got := evaluate(t, configuration, "external_id=one/two", "external_id_2=three")
	want := []policy.Document{have.Role.Trust, have.Inline[0].Document, have.Inline[1].Document, *have.AccessPoint.Policy, have.Bucket.Document}
	if len(got) != len(want) {
		t.Fatalf("the configuration has %d documents, want %d", len(got), len(want))
	}
	for i, document := range want {
		if have := parse(t, got[fmt.Sprintf("document_%d", i)].Value); !have.Equal(document) {
			t.Errorf("document %d means something else:\n%s\nwant:\n%s", i, have.JSON(), document.JSON())
		}
	}
	if have := parse(t, evaluate(t, configuration, "external_id=another", "external_id_2=three")["document_0"].Value); have.Equal(want[0]) {
		t.Error("another external ID makes the same document, so the comparison proves nothing")
	}
}

type output struct{ Value string }

func evaluate(t *testing.T, configuration string, values ...string) map[string]output {
	t.Helper()
	cli, err := terraformcli.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "main.tf"), []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(arguments ...string) []byte {
		command := exec.CommandContext(t.Context(), cli, append([]string{"-chdir=" + folder}, arguments...)...)
		command.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1")
		out, err := command.Output()
		if err != nil {
			t.Fatalf("terraform %s: %v\n%s", arguments[0], err, out)
		}
		return out
	}
	run("init", "-no-color")
	apply := []string{"apply", "-auto-approve", "-no-color"}
	for _, value := range values {
		apply = append(apply, "-var="+value)
	}
	run(apply...)
	found := map[string]output{}
	if err := json.Unmarshal(run("output", "-json"), &found); err != nil {
		t.Fatal(err)
	}
	return found
}
