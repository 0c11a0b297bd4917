package exit_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/exit"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/terraformcli"
)

var update = flag.Bool("update", false, "write the golden files")

const givenID = "given-by-the-consumer"

func spec() share.Spec {
	id, _ := share.ParseExternalID(givenID)
	return share.Spec{
		Owner: share.Account{ID: "111111111111", Partition: "aws"}, Name: "etl-reports", Bucket: "acme-data", Path: "/crossaccount/",
		Consumer: share.Consumer{AccountID: "222222222222", Trust: share.TrustAccount, AttachToRoles: []string{"etl"}},
		Access:   []share.Word{share.Read}, ExternalIDs: []share.ExternalID{id}, MaxSessionDuration: time.Hour,
		BucketPolicyMode: share.OwnStatements, Exclusive: true,
	}
}

// inSync is a share as it should be, and nothing else in the bucket policy.
func inSync(spec share.Spec) share.Observed {
	desired := share.Render(spec)
	return share.Observed{
		Role: &share.Role{
			ARN: spec.RoleARN(), UniqueID: "AROAEXAMPLEEXAMPLE", Path: spec.Path, Trust: desired.Trust, Settings: desired.Role,
		},
		Inline:   []share.NamedPolicy{{Name: share.PermissionsPolicyName, Document: desired.Permissions}},
		Bucket:   share.BucketPolicy{State: share.BucketHasPolicy, Document: policy.New(desired.BucketStatements...)},
		Consumer: []share.ConsumerPolicy{{RoleName: "etl", Document: &desired.Consumer}},
	}
}

// direct is a share without a role, which has a grant of a key.
func direct() share.Spec {
	wanted := spec()
	wanted.Via, wanted.ExternalIDs, wanted.KMSAccess = share.ViaDirect, nil, share.KeyGrants
	wanted.KMSKeys = []share.KeyARN{"arn:aws:kms:eu-central-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef"}
	return wanted
}

// byHand has everything that needs care: other policies on the role, other statements in the bucket policy, template
// marks, quotes, a name that is no label, and an external ID written with an escape.
func byHand(t *testing.T) (share.Spec, share.Observed) {
	wanted := spec()
	wanted.Name, wanted.Consumer.AttachToRoles = "2.etl@reports", nil
	have := inSync(wanted)
	have.Consumer = nil
	have.Role.Settings.Description = `says "hello" to ${you}`
	have.Role.Settings.PermissionsBoundary = "arn:aws:iam::111111111111:policy/boundary"
	have.Role.Settings.Tags = map[string]string{"Team": "data", "cost center": "%{12}"}
	have.Role.Trust = parse(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},`+
		`"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":["one\/two","three"]}}}]}`)
	have.Inline = append(have.Inline, share.NamedPolicy{Name: "more", Document: parse(t, `{"Version":"2012-10-17","Statement":[`+
		`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/${aws:username}/*"}]}`)})
	have.Attached = []string{"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}
	have.Bucket.Document = parse(t, `{"Version":"2008-10-17","Id":"theirs","Statement":[{"Sid":"Deny insecure","Effect":"Deny","Principal":"*",`+
		`"Action":"s3:*","Resource":"arn:aws:s3:::acme-data/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}},`+
		`{"Effect":"Allow","Principal":{"AWS":"333333333333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/*"}]}`)
	return wanted, have
}

func parse(t *testing.T, text string) policy.Document {
	t.Helper()
	document, err := policy.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func TestConfig(t *testing.T) {
	t.Parallel()
	wanted, hand := byHand(t)
	noPolicy := inSync(spec())
	noPolicy.Bucket, noPolicy.Role = share.BucketPolicy{State: share.BucketWithoutPolicy}, nil
	noPolicy.Inline = nil
	for name, c := range map[string]struct {
		spec     share.Spec
		observed share.Observed
	}{
		"in-sync":       {spec(), inSync(spec())},
		"by-hand":       {wanted, hand},
		"only-consumer": {spec(), noPolicy},
		"direct":        {direct(), share.Render(direct()).Existing(nil)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := exit.Config(c.spec, c.observed)
			golden := filepath.Join("testdata", name+".tf")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("configuration differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNoExternalIDIsShown(t *testing.T) {
	t.Parallel()
	if text := exit.Config(spec(), inSync(spec())); strings.Contains(text, givenID) || !strings.Contains(text, `"${var.external_id}"`) {
		t.Errorf("the external ID is shown, or no variable stands for it:\n%s", text)
	}
	wanted, hand := byHand(t)
	for _, id := range []string{`one\/two`, "one/two", "three"} {
		if strings.Contains(exit.Config(wanted, hand), id) {
			t.Errorf("external ID %s is shown", id)
		}
	}
}

// TestForeignStatementsAreNotTakenOverSilently has a twin without statements of others.
func TestForeignStatementsAreNotTakenOverSilently(t *testing.T) {
	t.Parallel()
	const says = "2 of the 2 statements in it are not the share's (\"Deny insecure\")"
	wanted, hand := byHand(t)
	if !strings.Contains(exit.Config(wanted, hand), says) {
		t.Error("statements of others are taken over silently")
	}
	if strings.Contains(exit.Config(spec(), inSync(spec())), "are not the share's") {
		t.Error("there are no statements of others, and the configuration tells of some")
	}
}

// TestGoldenFilesAreTerraform asks the real CLI: terraform fmt parses the files, and changes nothing in them.
func TestGoldenFilesAreTerraform(t *testing.T) {
	t.Parallel()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set: this test drives the real terraform CLI; make test sets it")
	}
	cli, err := terraformcli.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), cli, "fmt", "-check", "-diff", "testdata").CombinedOutput(); err != nil {
		t.Errorf("terraform fmt: %v\n%s", err, out)
	}
	broken := filepath.Join(t.TempDir(), "broken.tf")
	if err := os.WriteFile(broken, []byte("resource {"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := exec.CommandContext(t.Context(), cli, "fmt", "-check", broken).Run(); err == nil {
		t.Error("terraform fmt accepts what is no configuration, so it proves nothing")
	}
}
