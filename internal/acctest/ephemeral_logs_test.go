package acctest

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// A role that was made by hand and may do everything hands its external ID and a session to another provider block, which
// reads a share with it.
const chained = `
terraform {
  required_providers {
    crossaccount = { source = "crossaccount/crossaccount" }
  }
}

provider "crossaccount" {
  max_retries = 1
  consumer    = { profile = "consumer" }
}

ephemeral "crossaccount_s3_share_external_id" "wide" {
  role_arn = "arn:aws:iam::111111111111:role/wide"
}

ephemeral "crossaccount_s3_share_credentials" "wide" {
  role_arn    = ephemeral.crossaccount_s3_share_external_id.wide.role_arn
  external_id = ephemeral.crossaccount_s3_share_external_id.wide.external_id
}

provider "crossaccount" {
  alias      = "session"
  access_key = ephemeral.crossaccount_s3_share_credentials.wide.access_key
  secret_key = ephemeral.crossaccount_s3_share_credentials.wide.secret_key
  token      = ephemeral.crossaccount_s3_share_credentials.wide.token
}

data "crossaccount_s3_share" "seen" {
  provider = crossaccount.session
  bucket   = crossaccount_s3_share.test.bucket
  name     = crossaccount_s3_share.test.name
}

output "seen" {
  value = data.crossaccount_s3_share.seen.role_arn
}
`

const wideID = "Held-By-A-Role-Made-By-Hand"

func TestNothingEphemeralIsKept(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.addWideRole(t)
	x := w.traced(t, w.OwnerKey, w.ConsumerKey)
	if err := x.Write("main.tf", chained+Share(WholeAccount)); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{
		{"init"}, {"plan", "-out=create"}, {"apply", "create"}, {"plan", "-detailed-exitcode"}, {"destroy", "-auto-approve"},
	} {
		x.must(t, command...)
	}
	places := x.places(t)
	secrets := map[string]string{"the external ID": wideID}
	for _, session := range w.Sim.Sessions() {
		secrets["the secret key of "+session.AccessKeyID] = session.SecretAccessKey
		secrets["the token of "+session.AccessKeyID] = session.SessionToken
	}
	for what, secret := range secrets {
		for place, text := range places {
			if strings.Contains(text, secret) {
				t.Errorf("%s is in %s", what, place)
			}
		}
	}
	// The twins: there were sessions, the second provider block used them, and each place has what it should have.
	if !slices.ContainsFunc(w.Sim.Calls(), func(c awssim.Call) bool {
		return c.Name() == "iam:GetRole" && strings.Contains(c.Caller, ":assumed-role/wide/")
	}) {
		t.Error("nobody read the share with the session, so this shows nothing")
	}
	for place, part := range map[string]string{
		"the log": "OpenEphemeralResource", "the plan": "crossaccount_s3_share", "the state before": roleARN, "the output": "Opening complete",
	} {
		if !strings.Contains(places[place], part) {
			t.Errorf("%s has no %s, so it proves nothing", place, part)
		}
	}
}

// places are the texts that terraform leaves behind, but for show -json. The plan was saved as create.
func (x *traced) places(t *testing.T) map[string]string {
	t.Helper()
	places := map[string]string{"the output": x.said.String(), "the plan": unpacked(t, filepath.Join(x.Dir, "create"))}
	for place, file := range map[string]string{
		"the log": x.log, "the state": filepath.Join(x.Dir, "terraform.tfstate"), "the state before": filepath.Join(x.Dir, "terraform.tfstate.backup"),
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		places[place] = string(text)
	}
	return places
}

func (w *World) addWideRole(t *testing.T) {
	t.Helper()
	name := aws.String("wide")
	trusts := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole",` +
		`"Condition":{"StringEquals":{"sts:ExternalId":"` + wideID + `"}}}]}`
	if _, err := w.IAM(w.SetupKey).CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: &trusts}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.IAM(w.SetupKey).PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: name, PolicyName: aws.String("all"), PolicyDocument: aws.String(everything)}); err != nil {
		t.Fatal(err)
	}
}

// must runs terraform, which has to succeed.
func (x *traced) must(t *testing.T, command ...string) {
	t.Helper()
	result, err := x.Terraform(t.Context(), nil, append(command, "-no-color")...)
	if err != nil || result.Code != 0 {
		t.Fatalf("terraform %s: %v, ended with %d:\n%s%s", command[0], err, result.Code, result.Stdout, result.Stderr)
	}
	x.said.WriteString(result.Stdout + result.Stderr)
}

// unpacked gives the text of all that is in a saved plan, which is a zip archive, but for what the user wrote.
func unpacked(t *testing.T, file string) string {
	t.Helper()
	archive, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	var all strings.Builder
	for _, entry := range archive.File {
		if strings.HasPrefix(entry.Name, "tfconfig/") {
			continue
		}
		opened, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, opened); err != nil {
			t.Fatal(err)
		}
		opened.Close()
	}
	return all.String()
}
