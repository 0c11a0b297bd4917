package examples_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/crossaccount/terraform-provider-crossaccount/examples"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/acctest"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/terraformcli"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// built is the provider as terraform init finds it, for all tests of this package; TestMain takes the folder away.
var built = sync.OnceValues(func() (workspace.Mirror, error) {
	return workspace.Build(context.Background(), mirrorFolder)
})

var mirrorFolder string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "crossaccount-examples-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "making a folder for the provider:", err)
		os.Exit(1)
	}
	mirrorFolder = folder
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

// Each story runs with the permissions that the documentation asks for and no others.
func TestStoriesApplyAndDestroy(t *testing.T) {
	t.Parallel()
	acctest.RequireCLI(t)
	stories, err := examples.Stories()
	if err != nil {
		t.Fatal(err)
	}
	for _, story := range stories {
		t.Run(story, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			before := w.BucketPolicy(t)
			terraform := w.lay(t, story, permissions(t, "owner.json"))
			mustEnd(t, terraform, 0, "init", "-no-color")
			mustEnd(t, terraform, 0, "apply", "-no-color", "-auto-approve")
			if made := len(w.Owner.RoleNames()); made == 0 && story != "provider" && story != "direct" && !strings.HasSuffix(story, "_consumer") {
				t.Error("apply made no role, so the story shows nothing")
			}
			mustEnd(t, terraform, 0, "plan", "-no-color", "-detailed-exitcode")
			mustEnd(t, terraform, 0, "destroy", "-no-color", "-auto-approve")
			w.mustBeAsBefore(t, before)
		})
	}
}

// The twin: without one of the permissions the apply is refused, so the simulator does judge them.
func TestAStoryNeedsItsPermissions(t *testing.T) {
	t.Parallel()
	acctest.RequireCLI(t)
	for _, action := range []string{"iam:CreateRole", "iam:PutRolePolicy", "s3:PutBucketPolicy"} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			allowed := permissions(t, "owner.json")
			fewer := strings.Replace(allowed, `"`+action+`"`, `"iam:ListRoles"`, 1)
			if fewer == allowed {
				t.Fatalf("the documented permissions do not name %s", action)
			}
			terraform := w.lay(t, "resources/crossaccount_s3_share", fewer)
			mustEnd(t, terraform, 0, "init", "-no-color")
			if said := mustEnd(t, terraform, 1, "apply", "-no-color", "-auto-approve"); !strings.Contains(said, action) {
				t.Errorf("the error does not name %s:\n%s", action, said)
			}
		})
	}
}

// world is two accounts and a bucket whose policy has a statement of somebody else.
type world struct{ *acctest.World }

func newWorld(t *testing.T) world {
	t.Helper()
	w := world{acctest.NewWorld(t, awssim.Options{})}
	w.PutBucketPolicy(t, `{"Version":"2012-10-17","Statement":[{"Sid":"TLSOnly","Effect":"Deny","Principal":"*","Action":"s3:*",`+
		`"Resource":["arn:aws:s3:::acme-data","arn:aws:s3:::acme-data/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`)
	return w
}

// lay copies all examples and gives the story's folder as a workspace, run by a user that has these permissions alone.
func (w world) lay(t *testing.T, story, ownerPermissions string) *workspace.Workspace {
	t.Helper()
	cli, err := terraformcli.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mirror, err := built()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.CopyFS(folder, examples.Files); err != nil {
		t.Fatal(err)
	}
	w.Owner.AddUser("/", "terraform", ownerPermissions)
	w.Consumer.AddUser("/", "terraform", permissions(t, "consumer.json"))
	owner, consumer := w.Owner.UserKey("terraform"), w.Consumer.UserKey("terraform")
	profiles := filepath.Join(folder, "credentials")
	text := fmt.Sprintf("[consumer]\naws_access_key_id = %s\naws_secret_access_key = %s\n", consumer.AccessKeyID, consumer.SecretAccessKey)
	if err := os.WriteFile(profiles, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	terraform, err := workspace.New(mirror, cli, filepath.Join(folder, story),
		"AWS_ACCESS_KEY_ID="+owner.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+owner.SecretAccessKey, "AWS_REGION="+acctest.Region,
		"AWS_SHARED_CREDENTIALS_FILE="+profiles, "AWS_CONFIG_FILE="+filepath.Join(folder, "none"), "AWS_ENDPOINT_URL="+w.Sim.URL())
	if err != nil {
		t.Fatal(err)
	}
	return terraform
}

// mustBeAsBefore fails when a destroy left something, or took something that was somebody else's.
func (w world) mustBeAsBefore(t *testing.T, bucketPolicy string) {
	t.Helper()
	if roles := w.Owner.RoleNames(); len(roles) > 0 {
		t.Errorf("roles are left: %v", roles)
	}
	if after := w.BucketPolicy(t); after != bucketPolicy {
		t.Errorf("the bucket policy was\n%s\nand is\n%s", bucketPolicy, after)
	}
	left, err := w.IAM(w.ConsumerKey).ListRolePolicies(t.Context(), &iam.ListRolePoliciesInput{RoleName: aws.String("etl")})
	if err != nil {
		t.Fatal(err)
	}
	if len(left.PolicyNames) > 0 {
		t.Errorf("policies are left on the consumer's role: %v", left.PolicyNames)
	}
}

// mustEnd runs terraform, which has to end with a status, and gives what it said.
func mustEnd(t *testing.T, terraform *workspace.Workspace, status int, arguments ...string) string {
	t.Helper()
	result, err := terraform.Terraform(t.Context(), nil, arguments...)
	if err != nil {
		t.Fatal(err)
	}
	if result.Code != status {
		t.Fatalf("terraform %s ended with %d, want %d:\n%s%s", arguments[0], result.Code, status, result.Stdout, result.Stderr)
	}
	return result.Stdout + result.Stderr
}

func permissions(t *testing.T, file string) string {
	t.Helper()
	text, err := fs.ReadFile(examples.Files, "permissions/"+file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
