package acctest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// A provider that crashes writes what all its goroutines are at into the log, and terraform prints what it makes of it.
// Neither has a secret, in the middle of a create that sends them.
func TestNoSecretIsInACrash(t *testing.T) {
	RequireCLI(t)
	if !canKill {
		t.Skip("nothing tells here which process is the provider's, so it cannot be made to crash")
	}
	t.Parallel()
	mirror, cli := built(t)
	log := filepath.Join(t.TempDir(), "log")
	in, err := workspace.New(mirror, cli, t.TempDir(), "GOTRACEBACK=all", "TF_LOG=TRACE", "TF_LOG_PATH="+log)
	if err != nil {
		t.Fatal(err)
	}
	const given = "Given-By-The-Consumer"
	p, w := newPlaceIn(t, in), NewWorld(t, awssim.Options{})
	p.write(t, w.whole(WholeAccount+"\n  external_id = \""+given+"\""))
	w.Sim.Inject(awssim.Fault{Operation: "CreateRole", Before: func() { p.endProvider(crash) }})
	result := p.run(t, "apply", "-auto-approve")
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	places := map[string]string{"the log": string(text), "the output": result.Stdout + result.Stderr}
	for what, secret := range map[string]string{
		"the external ID": given, "the secret key": w.OwnerKey.SecretAccessKey, "the consumer's secret key": w.ConsumerKey.SecretAccessKey,
	} {
		for place, text := range places {
			if secret == "" || strings.Contains(text, secret) {
				t.Errorf("%s is in %s", what, place)
			}
		}
	}
	// The twin: there was a crash, and it was in that call.
	for _, part := range []string{"SIGQUIT", "goroutine ", "CreateRole"} {
		if !strings.Contains(places["the log"], part) {
			t.Errorf("the log has no %q, so it proves nothing", part)
		}
	}
	if result.Code == 0 {
		t.Errorf("terraform ended well: %s", result.Stdout)
	}
	p.mustRun(t, "apply", "-auto-approve")
}
