package acctest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// This file tests that a long life shows no secret either: rotations, verification that fails, both halves, an ID that is only
// written, sessions, and everything that reads shares.

// longLife has a share that is rotated and verified, one whose ID is only written, and whatever else knows external IDs. The
// steps of its life change the version and the description.
const longLife = byProfile + `provider "crossaccount" {
  alias   = "consumer"
  profile = "consumer"
}

ephemeral "crossaccount_s3_share_external_id" "test" {
  bucket = crossaccount_s3_share.test.bucket
  name   = crossaccount_s3_share.test.name
}

ephemeral "crossaccount_s3_share_credentials" "test" {
  role_arn    = ephemeral.crossaccount_s3_share_external_id.test.role_arn
  external_id = ephemeral.crossaccount_s3_share_external_id.test.external_id
}

resource "crossaccount_s3_share" "test" {
  name                = "etl-reports"
  bucket              = "acme-data"
  consumer            = { account_id = "222222222222" }
  prefixes            = ["reports/"]
  verify              = true
  external_id_version = %[1]d
  description         = %[2]q
}

resource "crossaccount_s3_share" "given" {
  name                   = "given"
  bucket                 = "acme-data"
  consumer               = { account_id = "222222222222" }
  external_id_wo         = "Only-Written-%[1]d"
  external_id_wo_version = %[1]d
}

resource "crossaccount_s3_share_consumer" "half" {
  provider        = crossaccount.consumer
  role_arn        = crossaccount_s3_share.test.role_arn
  external_id     = crossaccount_s3_share.test.external_id
  attach_to_roles = ["etl"]
  verify          = true
}

data "crossaccount_s3_share" "seen" {
  bucket     = crossaccount_s3_share.test.bucket
  name       = crossaccount_s3_share.test.name
  depends_on = [crossaccount_s3_share_consumer.half]
}

data "crossaccount_s3_bucket_access" "seen" {
  bucket     = "acme-data"
  depends_on = [crossaccount_s3_share.test, crossaccount_s3_share.given]
}

output "half" {
  value     = crossaccount_s3_share_consumer.half.environment
  sensitive = true
}
`

func TestNoSecretOfALongLifeIsShown(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Put(t, "reports/q1.csv", "q1")
	w.Put(t, "raw/x", "x")
	w.Owner.AddRole("/", "ci", everything)
	w.Consumer.AddRole("/", "ci", everything)
	owner, consumer := w.Owner.RoleSession("ci", "run"), w.Consumer.RoleSession("ci", "run")
	x := w.traced(t, owner, consumer)
	ids := x.leadLongLife(t, w)

	places := x.places(t)
	places["the plan of the rotation"] = unpacked(t, filepath.Join(x.Dir, "rotate"))
	sessions := append(w.Sim.Sessions(), owner, consumer)
	for place, text := range places {
		for _, session := range sessions {
			if strings.Contains(text, session.SecretAccessKey) || strings.Contains(text, session.SessionToken) {
				t.Errorf("the secret key or the token of %s is in %s", session.AccessKeyID, place)
			}
		}
		for _, id := range []string{"Only-Written-1", "Only-Written-2", "Only-Written-3"} {
			if strings.Contains(text, id) {
				t.Errorf("an external ID that is only written is in %s", place)
			}
		}
	}
	for _, id := range ids {
		for _, place := range []string{"the log", "the output"} {
			if strings.Contains(places[place], id) {
				t.Errorf("an external ID is in %s", place)
			}
		}
	}
	// The twins: there were IDs and sessions, and each place has what it should have.
	if len(ids) != 2 || len(sessions) < 6 {
		t.Errorf("there were %d external IDs and %d sessions", len(ids), len(sessions))
	}
	for place, part := range map[string]string{"the log": "UpdateAssumeRolePolicy", "the output": "AssumeRole", "the plan of the rotation": ids[0]} {
		if !strings.Contains(places[place], part) {
			t.Errorf("%s has no %s, so it proves nothing", place, part)
		}
	}
}

// leadLongLife leads the configuration through its life, and gives the external IDs that share test had.
func (x *traced) leadLongLife(t *testing.T, w *World) (ids []string) {
	t.Helper()
	write := func(version int, description string) {
		t.Helper()
		if err := x.Write("main.tf", fmt.Sprintf(longLife, version, description)); err != nil {
			t.Fatal(err)
		}
	}
	known := func() []string {
		accepted, err := w.externalIDs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range accepted {
			if !slices.Contains(ids, id.Reveal()) {
				ids = append(ids, id.Reveal())
			}
		}
		return ids
	}
	hidden := func(place, text string) {
		t.Helper()
		for _, id := range ids {
			mustHideIn(t, place, text, id)
		}
		if strings.Contains(open(t, text), "Only-Written") {
			t.Errorf("%s has an external ID that is only written", place)
		}
	}
	write(1, "first")
	x.ended(t, 0, "init")
	x.ended(t, 0, "plan", "-out=create")
	x.ended(t, 0, "apply", "-json", "create")
	known()
	write(2, "second")
	x.ended(t, 0, "plan", "-json", "-out=rotate")
	hidden("the plan of the rotation", x.show(t, "rotate"))
	x.ended(t, 0, "apply", "rotate")
	known()
	hidden("the state", x.show(t))
	x.mustKeepPrivate(t, append(ids, "Only-Written"))

	// STS repeats an external ID that it refuses: first to the ephemeral resource at plan, then to the verification at apply.
	repeated := &awssim.Error{Code: "ValidationError", Status: 400, Message: "Value '" + ids[1] + "' at 'externalId' failed to satisfy constraint"}
	for before, says := range []string{"There are no credentials", "could not be verified"} {
		write(2, fmt.Sprintf("refused after %d calls", before))
		w.Sim.Inject(awssim.Fault{Operation: "AssumeRole", Account: ConsumerID, Nth: before + 1, Times: awssim.Always, Error: repeated})
		mustSay(t, x.ended(t, 1, "apply", "-json", "-auto-approve"), says)
		w.Sim.ClearFaults()
	}
	x.ended(t, 0, "destroy", "-auto-approve")
	return ids
}

// ended runs terraform, which has to end with a status.
func (x *traced) ended(t *testing.T, status int, command ...string) string {
	t.Helper()
	result, err := x.Terraform(t.Context(), nil, append(command, "-no-color")...)
	if err != nil {
		t.Fatal(err)
	}
	if result.Code != status {
		t.Fatalf("terraform %s ended with %d, want %d:\n%s%s", command[0], result.Code, status, result.Stdout, result.Stderr)
	}
	x.said.WriteString(result.Stdout + result.Stderr)
	return result.Stdout + result.Stderr
}

// mustKeepPrivate fails the test when what the provider keeps beside the attributes has an external ID in use: nothing marks it as
// sensitive.
func (x *traced) mustKeepPrivate(t *testing.T, secrets []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(x.Dir, "terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	var state struct {
		Resources []struct {
			Instances []struct{ Private string }
		}
	}
	if err := json.Unmarshal(text, &state); err != nil {
		t.Fatal(err)
	}
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			for key, kept := range privateOf(t, instance.Private) {
				for _, secret := range secrets {
					if strings.Contains(kept, secret) {
						t.Errorf("an external ID is in %s of the private state", key)
					}
				}
			}
		}
	}
}

// privateOf reads private state as Terraform keeps it.
func privateOf(t *testing.T, encoded string) map[string]string {
	t.Helper()
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) == 0 {
		return nil
	}
	var values map[string][]byte
	if err := json.Unmarshal(text, &values); err != nil {
		t.Fatal(err)
	}
	read := map[string]string{}
	for key, value := range values {
		read[key] = string(value)
	}
	return read
}
