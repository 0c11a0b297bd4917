package acctest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// Credentials may be others when a plan is applied than when it was made, and with -refresh=false nothing is read before.
// Whoever has them, nothing is written in their account or to the share.
func TestCredentialsOfAnotherAccountAtApply(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	mirror, cli := built(t)
	p, w := newPlace(t, mirror, cli), NewWorld(t, awssim.Options{})
	use := func(key awssim.Credentials) {
		t.Helper()
		text := fmt.Sprintf("[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n", key.AccessKeyID, key.SecretAccessKey)
		if err := p.Write("credentials", text); err != nil {
			t.Fatal(err)
		}
	}
	want := func(share string, replaced ...string) {
		t.Helper()
		given := fmt.Sprintf("access_key        = %q\n  secret_key        = %q", w.OwnerKey.AccessKeyID, w.OwnerKey.SecretAccessKey)
		config := required + w.Provider() + Share(share)
		if !strings.Contains(config, given) {
			t.Fatal("the provider block has no key that could be left out")
		}
		p.write(t, strings.NewReplacer(append(replaced, given, `shared_credentials_files = ["credentials"]`)...).Replace(config))
	}
	mustBeRefused := func(arguments ...string) {
		t.Helper()
		w.Sim.ResetCalls()
		result := p.run(t, arguments...)
		wanted := words("Share acme-data/etl-reports lives in account 111111111111, but the provider's credentials are of account 333333333333. Nothing was changed.")
		if result.Code == 0 || !wanted.MatchString(result.Stderr) {
			t.Errorf("terraform %s ended with %d and said %s", strings.Join(arguments, " "), result.Code, result.Stderr)
		}
		if writes := w.writes(); len(writes) > 0 {
			t.Errorf("terraform %s called %q", strings.Join(arguments, " "), writes)
		}
	}
	for _, hasRole := range []bool{false, true} {
		if hasRole {
			w.Other.AddRole("/crossaccount/", "etl-reports")
		}
		use(w.OwnerKey)
		want(WholeAccount)
		p.mustRun(t, "apply", "-auto-approve")
		want(WholeAccount + "\n  prefixes = [\"another/\"]")
		p.mustRun(t, "plan", "-out=saved")
		use(w.Other.AdminKey())
		mustBeRefused("apply", "saved")
		mustBeRefused("apply", "-auto-approve", "-refresh=false")
		mustBeRefused("destroy", "-auto-approve", "-refresh=false")
		mustBeRefused("plan")
		use(w.OwnerKey)
		p.mustRun(t, "apply", "-auto-approve")
		p.mustRun(t, "plan", "-detailed-exitcode")
	}
	// What takes the place of a share would be made before anything is asked about the old one.
	const early = WholeAccount + "\n  bucket_policy_mode = \"output_only\"\n  lifecycle {\n    create_before_destroy = true\n  }"
	want(early)
	p.mustRun(t, "apply", "-auto-approve")
	want(early, `"etl-reports"`, `"etl-renamed"`)
	use(w.Other.AdminKey())
	mustBeRefused("apply", "-auto-approve", "-refresh=false")
	use(w.OwnerKey)
	p.mustRun(t, "apply", "-auto-approve")
	p.mustRun(t, "plan", "-detailed-exitcode")
}
