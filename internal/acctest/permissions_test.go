package acctest

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/crossaccount/terraform-provider-crossaccount/examples"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// This file tests that the documented permissions are enough, and that none of them is too much.

func documented(t *testing.T, file string) string {
	t.Helper()
	text, err := fs.ReadFile(examples.Files, "permissions/"+file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// permitted is the world in which the provider runs as users who may do what these policies say and nothing else.
func (w *World) permitted(owner, consumer string) *World {
	w.Owner.AddUser("/", "terraform", owner)
	w.Consumer.AddUser("/", "terraform", consumer)
	limited := *w
	limited.OwnerKey, limited.ConsumerKey = w.Owner.UserKey("terraform"), w.Consumer.UserKey("terraform")
	return &limited
}

const s3Only = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`

func TestDocumentedPermissionsAreEnough(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	limited := w.permitted(documented(t, "owner.json"), documented(t, "consumer.json"))
	provider := limited.Provider(limited.ConsumerConnection())
	attached := `  consumer = { account_id = "222222222222", attach_to_roles = ["etl"] }`
	first := provider + Share(attached, `tags = { Team = "data" }`, fmt.Sprintf("permissions_boundary = %q", w.Owner.AddPolicy("/", "one", s3Only)))
	second := provider + Share(attached, `tags = { Unit = "data" }`, fmt.Sprintf("permissions_boundary = %q", w.Owner.AddPolicy("/", "two", s3Only)),
		`description = "changed"`, `access = ["read", "write"]`, `external_id = "given-by-the-consumer"`)
	third := provider + Share(OnlyEtl)
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{Config: first, ConfigPlanChecks: nothingLeft},
		{
			ResourceName: address, ImportState: true, ImportStateId: Bucket + "/etl-reports", ImportStateVerify: true,
			ImportStateVerifyIgnore: []string{"external_id_created_at", "consumer.attach_to_roles"},
		},
		{Config: second, ConfigPlanChecks: nothingLeft},
		{PreConfig: func() { w.addStrangers(t) }, Config: second, ConfigPlanChecks: nothingLeft},
		{PreConfig: func() { w.mustDeleteTheRole(t) }, Config: second, ConfigPlanChecks: nothingLeft},
		{Config: third, ConfigPlanChecks: nothingLeft},
	}})
	w.mustBeEmpty(t)
}

// addStrangers puts policies on the share's role that are not the share's.
func (w *World) addStrangers(t testing.TB) {
	t.Helper()
	client, role := w.IAM(w.SetupKey), aws.String("etl-reports")
	_, inline := client.PutRolePolicy(contextOf(t), &iam.PutRolePolicyInput{RoleName: role, PolicyName: aws.String("more"), PolicyDocument: aws.String(s3Only)})
	_, attached := client.AttachRolePolicy(contextOf(t), &iam.AttachRolePolicyInput{RoleName: role, PolicyArn: aws.String("arn:aws:iam::aws:policy/AmazonS3FullAccess")})
	if err := errors.Join(inline, attached); err != nil {
		t.Fatalf("adding policies by hand: %v", err)
	}
}

func (w *World) mustDeleteTheRole(t testing.TB) {
	t.Helper()
	if err := w.deleteTheRole(contextOf(t)); err != nil {
		t.Fatalf("deleting the role by hand: %v", err)
	}
}

// One permission after the other is taken away; each time something in the life of a share must fail or be seen less
// well.
func TestNoDocumentedPermissionIsTooMuch(t *testing.T) {
	t.Parallel()
	owner, consumer := documented(t, "owner.json"), documented(t, "consumer.json")
	enough := lifeWith(t, owner, consumer)
	mustBeEnough(t, enough)
	cases := map[string][2]string{}
	for missing, rest := range withoutEach(t, owner) {
		cases["owner.json without "+missing] = [2]string{rest, consumer}
	}
	for missing, rest := range withoutEach(t, consumer) {
		cases["consumer.json without "+missing] = [2]string{owner, rest}
	}
	if len(cases) < 20 {
		t.Fatalf("only %d permissions were found", len(cases))
	}
	for name, policies := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mustDiffer(t, lifeWith(t, policies[0], policies[1]), enough)
		})
	}
}

// mustBeEnoughAndNeeded leads a share through a life with the permissions of a file, and once without each of them.
func mustBeEnoughAndNeeded(t *testing.T, file string, live func(t *testing.T, permissions string) []string) {
	t.Helper()
	permissions := documented(t, file)
	enough := live(t, permissions)
	mustBeEnough(t, enough)
	for missing, rest := range withoutEach(t, permissions) {
		t.Run(missing, func(t *testing.T) {
			t.Parallel()
			mustDiffer(t, live(t, rest), enough)
		})
	}
}

// mustBeEnough fails when something in a life was refused.
func mustBeEnough(t *testing.T, seen []string) {
	t.Helper()
	for _, line := range seen {
		if strings.Contains(line, refused) {
			t.Fatalf("the documented permissions are not enough: %s", line)
		}
	}
}

// mustDiffer fails when a life without some permission is that with all of them.
func mustDiffer(t *testing.T, seen, enough []string) {
	t.Helper()
	if slices.Equal(seen, enough) {
		t.Error("the life of a share is the same without it: nobody needs it")
	}
}

// withoutEach gives the policy once for each action of each statement, without it; the key names both.
func withoutEach(t *testing.T, text string) map[string]string {
	t.Helper()
	policies := map[string]string{}
	original, err := policy.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for i, statement := range original.Statements() {
		for _, action := range statement.Action {
			fewer := original.Statements()
			fewer[i].Action = slices.DeleteFunc(slices.Clone(statement.Action), func(a string) bool { return a == action })
			if len(fewer[i].Action) == 0 {
				fewer = slices.Delete(fewer, i, i+1)
			}
			policies[statement.Sid+" "+action] = policy.New(fewer...).JSON()
		}
	}
	return policies
}
