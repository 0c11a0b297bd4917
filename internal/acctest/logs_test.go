package acctest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// This file tests that nobody reads an external ID or a secret key where they should not be read.

// traced is the built provider in a workspace, with everything logged that can be.
type traced struct {
	*workspace.Workspace
	log string
	// said is all that terraform printed, show -json left out.
	said strings.Builder
}

// byProfile has no credentials in it: those come from the environment and a profile.
const byProfile = required + `provider "crossaccount" {
  max_retries = 1
  consumer    = { profile = "consumer" }
}

`

const logged = byProfile + `output "external_id" {
  value     = crossaccount_s3_share.test.external_id
  sensitive = true
}

output "documents" {
  value = [crossaccount_s3_share.test.trust_policy, crossaccount_s3_share.test.consumer_policy, crossaccount_s3_share.test.drift]
}
`

const attachedConsumer = `  consumer = { account_id = "222222222222", attach_to_roles = ["etl"] }`

func (w *World) traced(t *testing.T, owner, consumer awssim.Credentials) *traced {
	t.Helper()
	mirror, cli := built(t)
	dir := t.TempDir()
	profiles, log := filepath.Join(dir, "profiles"), filepath.Join(dir, "log")
	text := fmt.Sprintf("[consumer]\naws_access_key_id = %s\naws_secret_access_key = %s\naws_session_token = %s\n",
		consumer.AccessKeyID, consumer.SecretAccessKey, consumer.SessionToken)
	if err := os.WriteFile(profiles, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	terraform, err := workspace.New(mirror, cli, dir, "TF_LOG=TRACE", "TF_LOG_PROVIDER=TRACE", "TF_LOG_CORE=TRACE", "TF_LOG_PATH="+log,
		"AWS_ACCESS_KEY_ID="+owner.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+owner.SecretAccessKey, "AWS_SESSION_TOKEN="+owner.SessionToken,
		"AWS_REGION="+Region, "AWS_SHARED_CREDENTIALS_FILE="+profiles, "AWS_CONFIG_FILE="+filepath.Join(dir, "none"), "AWS_ENDPOINT_URL="+w.Sim.URL())
	if err != nil {
		t.Fatal(err)
	}
	return &traced{Workspace: terraform, log: log}
}

// run runs terraform on the share with these arguments; it has to end with a status.
func (x *traced) run(t *testing.T, arguments string, status int, command ...string) string {
	t.Helper()
	if err := x.Write("main.tf", logged+Share(arguments)); err != nil {
		t.Fatal(err)
	}
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

// show gives what terraform show -json says of the state, or of a saved plan.
func (x *traced) show(t *testing.T, what ...string) string {
	t.Helper()
	result, err := x.Terraform(t.Context(), nil, append([]string{"show", "-json"}, what...)...)
	if err != nil || result.Code != 0 {
		t.Fatalf("terraform show: %v\n%s", err, result.Stderr)
	}
	return result.Stdout
}

func TestNoSecretIsShown(t *testing.T) {
	RequireCLI(t)
	for name, given := range map[string]string{"generated": "", "given": "Given-By-The-Consumer"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			w.Owner.AddRole("/", "ci", everything)
			w.Consumer.AddRole("/", "ci", everything)
			owner, consumer := w.Owner.RoleSession("ci", "run"), w.Consumer.RoleSession("ci", "run")
			x := w.traced(t, owner, consumer)
			id := x.live(t, w, given)
			text, err := os.ReadFile(x.log)
			if err != nil {
				t.Fatal(err)
			}
			places := map[string]string{"the log": string(text), "the output": x.said.String()}
			for what, secret := range map[string]string{
				"the external ID": id, "an external ID set by hand": byHandID,
				"the owner's secret key": owner.SecretAccessKey, "the owner's session token": owner.SessionToken,
				"the consumer's secret key": consumer.SecretAccessKey, "the consumer's session token": consumer.SessionToken,
			} {
				for place, text := range places {
					if at := strings.Index(text, secret); at >= 0 {
						t.Errorf("%s is in %s: …%s", what, place, strings.ReplaceAll(text[max(0, at-300):at+len(secret)], secret, "<HERE>"))
					}
				}
			}
			// The twin: the log is one, of the provider too.
			for _, part := range []string{"[TRACE]", "provider.terraform-provider-crossaccount", "ApplyResourceChange", "crossaccount_s3_share"} {
				if !strings.Contains(places["the log"], part) {
					t.Errorf("the log has no %s, so it proves nothing", part)
				}
			}
		})
	}
}

// byHandID is what somebody puts into the trust policy outside Terraform.
const byHandID = "Put-There-By-Hand"

// live leads a share through a life with failures and drift, and gives its external ID.
func (x *traced) live(t *testing.T, w *World, given string) string {
	t.Helper()
	argument := ""
	if given != "" {
		argument = fmt.Sprintf("\n  external_id = %q", given)
	}
	first := attachedConsumer + argument
	x.run(t, first, 0, "init")
	x.run(t, first, 0, "plan", "-out=create")
	if plan := x.show(t, "create"); given != "" {
		mustHideIn(t, "the plan of the create", plan, given)
	}
	w.Sim.Inject(awssim.Fault{Operation: "PutRolePolicy", Account: OwnerID, Times: awssim.Always, Error: denied()})
	mustSay(t, x.run(t, first, 1, "apply", "create"), "PutRolePolicy")
	w.Sim.ClearFaults()
	x.run(t, first, 0, "apply", "-auto-approve")
	_, id := w.identity(t)
	mustHideIn(t, "the state", x.show(t), id)

	second := OnlyEtl + argument
	// IAM repeats a document that it refuses.
	repeated := &awssim.Error{Code: "MalformedPolicyDocument", Status: 400, Message: `Syntax error at position 1 of {"sts:ExternalId":"` + id + `"}`}
	w.Sim.Inject(awssim.Fault{Operation: "UpdateAssumeRolePolicy", Times: awssim.Always, Error: repeated})
	mustSay(t, x.run(t, second, 1, "apply", "-auto-approve"), "MalformedPolicyDocument")
	w.Sim.ClearFaults()
	x.run(t, second, 0, "plan", "-out=update")
	mustHideIn(t, "the plan of the update", x.show(t, "update"), id)
	x.run(t, second, 0, "apply", "update")

	changeID(t, w, id)
	x.run(t, second, 2, "plan", "-detailed-exitcode", "-out=repair")
	plan := x.show(t, "repair")
	if rest := open(t, plan); strings.Contains(rest, byHandID) {
		t.Errorf("the plan of the repair shows an external ID set by hand: %s", rest)
	}
	mustHideIn(t, "the plan of the repair", plan, id)
	x.run(t, second, 0, "apply", "repair")
	x.run(t, second, 0, "plan", "-detailed-exitcode")
	x.run(t, second, 0, "destroy", "-auto-approve")
	return id
}

// changeID sets another external ID by hand.
func changeID(t *testing.T, w *World, id string) {
	t.Helper()
	role := aws.String("etl-reports")
	answer, err := w.IAM(w.SetupKey).GetRole(t.Context(), &iam.GetRoleInput{RoleName: role})
	if err != nil {
		t.Fatal(err)
	}
	trust, err := url.PathUnescape(aws.ToString(answer.Role.AssumeRolePolicyDocument))
	if err != nil {
		t.Fatal(err)
	}
	trust = strings.ReplaceAll(trust, id, byHandID)
	if _, err := w.IAM(w.SetupKey).UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: role, PolicyDocument: &trust}); err != nil {
		t.Fatal(err)
	}
}

func mustSay(t *testing.T, said, want string) {
	t.Helper()
	if !strings.Contains(said, want) {
		t.Errorf("terraform does not say %s, so the fault did not strike:\n%s", want, said)
	}
}

// mustHideIn fails unless a text of show -json has a secret, and has it only where it says that a value is sensitive.
func mustHideIn(t *testing.T, place, text, secret string) {
	t.Helper()
	if !strings.Contains(text, secret) {
		t.Errorf("%s does not have the external ID at all, so this shows nothing", place)
	}
	if rest := open(t, text); strings.Contains(rest, secret) {
		t.Errorf("%s has the external ID where it is not marked as sensitive: %s", place, rest)
	}
}

// open gives what show -json says without the values that it marks as sensitive, and without what the user wrote.
func open(t *testing.T, text string) string {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatalf("reading the JSON of terraform show: %v", err)
	}
	delete(all, "configuration")
	rest, err := json.Marshal(withoutSensitive(all))
	if err != nil {
		t.Fatal(err)
	}
	return string(rest)
}

// marks are the members that say what is sensitive in another one.
var marks = map[string]string{"values": "sensitive_values", "before": "before_sensitive", "after": "after_sensitive"}

func withoutSensitive(value any) any {
	switch value := value.(type) {
	case []any:
		for i := range value {
			value[i] = withoutSensitive(value[i])
		}
	case map[string]any:
		if value["sensitive"] == true {
			delete(value, "value")
		}
		for member, mark := range marks {
			if marked, there := value[mark]; there {
				value[member] = pruned(value[member], marked)
			}
		}
		for member := range value {
			value[member] = withoutSensitive(value[member])
		}
	}
	return value
}

// pruned takes out of a value what marks, of the same shape, say is sensitive.
func pruned(value, marked any) any {
	switch marked := marked.(type) {
	case bool:
		if marked {
			return nil
		}
	case map[string]any:
		if members, ok := value.(map[string]any); ok {
			for name, mark := range marked {
				members[name] = pruned(members[name], mark)
			}
		}
	}
	return value
}
