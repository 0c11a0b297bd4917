// This file drives the simulator with the aws CLI, where one is installed.
package awssim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// cli runs the aws CLI against a simulator.
type cli struct {
	path, endpoint string
	environment    []string
}

func newCLI(t *testing.T, w *world) cli {
	t.Helper()
	path, err := exec.LookPath("aws")
	if err != nil {
		t.Skip("skipped: the aws CLI is not on PATH")
	}
	none := filepath.Join(t.TempDir(), "none")
	var environment []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "AWS_") {
			environment = append(environment, variable)
		}
	}
	environment = append(environment, "AWS_CONFIG_FILE="+none, "AWS_SHARED_CREDENTIALS_FILE="+none, "AWS_REGION=eu-west-1", "AWS_DEFAULT_REGION=eu-west-1",
		"AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=", "AWS_MAX_ATTEMPTS=1")
	return cli{path: path, endpoint: w.sim.URL(), environment: environment}
}

func (c cli) run(key awssim.Credentials, arguments ...string) (answer map[string]any, words string) {
	command := exec.CommandContext(context.Background(), c.path, append([]string{"--endpoint-url", c.endpoint, "--output", "json"}, arguments...)...)
	command.Env = slices.Concat(c.environment, []string{"AWS_ACCESS_KEY_ID=" + key.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + key.SecretAccessKey})
	if key.SessionToken != "" {
		command.Env = append(command.Env, "AWS_SESSION_TOKEN="+key.SessionToken)
	}
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return nil, err.Error() + " " + stderr.String()
	}
	if err := json.Unmarshal(stdout.Bytes(), &answer); err != nil && stdout.Len() > 0 {
		return nil, err.Error()
	}
	return answer, ""
}

func TestCLI(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := newCLI(t, w)
	w.consumer.AddUser("/", "ann", allow(mayAssume, shareARN))
	admin, ann := w.owner.AdminKey(), w.consumer.UserKey("ann")
	w.owner.AddBucket("acme-data", awssim.BucketOptions{})
	assume := []string{"sts", "assume-role", "--role-arn", shareARN, "--role-session-name", "job"}
	wrong := admin
	wrong.SecretAccessKey = "wrong"

	made, words := c.run(admin, "iam", "create-role", "--role-name", "share", "--path", "/crossaccount/",
		"--assume-role-policy-document", trustIn(consumerRoot, byID))
	if words != "" {
		t.Fatal(words)
	}
	role, _ := made["Role"].(map[string]any)
	if role["Arn"] != shareARN {
		t.Errorf("create-role answered %v", made)
	}
	session, words := c.run(ann, append(assume, "--external-id", rightID)...)
	if words != "" {
		t.Fatal(words)
	}
	if user, _ := session["AssumedRoleUser"].(map[string]any); user["Arn"] != "arn:aws:sts::111111111111:assumed-role/share/job" {
		t.Errorf("assume-role answered %v", user)
	}
	body := filepath.Join(t.TempDir(), "body")
	if err := os.WriteFile(body, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, words := c.run(admin, "s3api", "put-object", "--bucket", "acme-data", "--key", "a b/c", "--body", body); words != "" {
		t.Error(words)
	}
	if head, words := c.run(admin, "s3api", "head-object", "--bucket", "acme-data", "--key", "a b/c"); head["ContentLength"] != 5.0 {
		t.Errorf("head-object answered %v %s", head, words)
	}
	for name, refused := range map[string]struct {
		key       awssim.Credentials
		arguments []string
		words     string
	}{
		"no external ID": {ann, assume, "(AccessDenied) when calling the AssumeRole operation"},
		"no permission":  {ann, []string{"iam", "list-roles"}, "(AccessDenied) when calling the ListRoles operation"},
		"no bucket policy": {
			ann, []string{"s3api", "list-objects-v2", "--bucket", "acme-data"}, "(AccessDenied) when calling the ListObjectsV2 operation",
		},
		"wrong secret": {wrong, []string{"sts", "get-caller-identity"}, "(SignatureDoesNotMatch)"},
		"taken": {
			admin, []string{"iam", "create-role", "--role-name", "share", "--assume-role-policy-document", trustEC2}, "(EntityAlreadyExists)",
		},
	} {
		if _, words := c.run(refused.key, refused.arguments...); !strings.Contains(words, refused.words) {
			t.Errorf("%s: got %q, want %q", name, words, refused.words)
		}
	}
}
