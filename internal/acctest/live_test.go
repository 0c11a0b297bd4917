package acctest

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// This file leads a share through a short life on AWS itself, in two accounts of whoever runs it. CONTRIBUTING.md says how.

// Variables that name profiles of two accounts in the AWS configuration.
const (
	ownerProfile    = "CROSSACCOUNT_LIVE_OWNER_PROFILE"
	consumerProfile = "CROSSACCOUNT_LIVE_CONSUMER_PROFILE"
)

// Everything that a live test makes is known by these, so that sweepers find it.
const (
	livePrefix = "crossaccount-live-"
	livePath   = "/crossaccount-live/"
)

// live are two accounts, reached by profiles.
type live struct {
	owner, consumer string
	// files are the configuration files; empty means the usual ones.
	files     []string
	pathStyle bool
}

func TestLiveLife(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	l := live{owner: os.Getenv(ownerProfile), consumer: os.Getenv(consumerProfile)}
	if l.owner == "" || l.consumer == "" {
		t.Skipf("%s and %s do not name profiles of two AWS accounts: nothing is tried on AWS itself", ownerProfile, consumerProfile)
	}
	l.life(t)
}

// The test for AWS itself goes through on the simulator, and the sweepers leave nothing there.
func TestLiveLifeOnTheSimulator(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	file := filepath.Join(t.TempDir(), "config")
	var text strings.Builder
	for profile, key := range map[string]awssim.Credentials{"owner": w.OwnerKey, "consumer": w.ConsumerKey} {
		fmt.Fprintf(&text, "[profile %s]\nregion = %s\nendpoint_url = %s\naws_access_key_id = %s\naws_secret_access_key = %s\n",
			profile, Region, w.Sim.URL(), key.AccessKeyID, key.SecretAccessKey)
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	l := live{owner: "owner", consumer: "consumer", files: []string{file}, pathStyle: true}
	l.life(t)
	l.makeBucket(t, livePrefix+"forgotten")
	l.makeConsumer(t, livePrefix+"forgotten")
	if err := l.sweep(t.Context()); err != nil {
		t.Fatalf("sweeping: %v", err)
	}
	for _, role := range w.Consumer.RoleNames() {
		if strings.HasPrefix(role, livePrefix) {
			t.Errorf("role %s is left", role)
		}
	}
	if _, err := w.S3(w.SetupKey).HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String(livePrefix + "forgotten")}); err == nil {
		t.Error("the bucket is left")
	}
}

func (l live) life(t *testing.T) {
	t.Helper()
	name := livePrefix + strings.ToLower(rand.Text()[:12])
	t.Cleanup(func() {
		if err := l.sweepNamed(contextOf(t), name); err != nil {
			t.Errorf("tidying up: %v", err)
		}
	})
	l.makeBucket(t, name)
	consumer := l.makeConsumer(t, name)
	account := strings.Split(consumer, ":")[4]
	share := fmt.Sprintf("%sresource \"crossaccount_s3_share\" \"test\" {\n  name     = %q\n  bucket   = %q\n  prefixes = [\"shared/\"]\n  consumer = {\n"+
		"    account_id      = %q\n    principals      = [%q]\n    attach_to_roles = [%q]\n  }\n}\n", l.provider(), name, name, account, consumer, name)
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{
			Config:           share,
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			Check: func(state *terraform.State) error {
				attributes := state.RootModule().Resources[address].Primary.Attributes
				return l.use(t.Context(), consumer, attributes["role_arn"], attributes["external_id"])
			},
		},
		{
			ResourceName: address, ImportState: true, ImportStateId: name + "/" + name, ImportStateVerify: true,
			ImportStateVerifyIgnore: []string{"external_id_created_at", "consumer.attach_to_roles"},
		},
	}})
}

// provider is the block for both accounts.
func (l live) provider() string {
	connection := func(profile string) string {
		text := fmt.Sprintf("profile = %q\n", profile)
		if len(l.files) > 0 {
			text += fmt.Sprintf("shared_config_files = [%q]\ns3_use_path_style = %t\n", l.files[0], l.pathStyle)
		}
		return text
	}
	return fmt.Sprintf("provider \"crossaccount\" {\nrole_path = %q\n%sconsumer = {\n%s}\n}\n", livePath, connection(l.owner), connection(l.consumer))
}

func (l live) config(ctx context.Context, profile string) (aws.Config, error) {
	options := []func(*config.LoadOptions) error{config.WithSharedConfigProfile(profile)}
	if len(l.files) > 0 {
		options = append(options, config.WithSharedConfigFiles(l.files))
	}
	return config.LoadDefaultConfig(ctx, options...)
}

func (l live) s3(c aws.Config) *s3.Client {
	return s3.NewFromConfig(c, func(o *s3.Options) { o.UsePathStyle = l.pathStyle })
}

func (l live) makeBucket(t *testing.T, name string) {
	t.Helper()
	c, err := l.config(t.Context(), l.owner)
	if err != nil {
		t.Fatal(err)
	}
	input := &s3.CreateBucketInput{Bucket: &name}
	if c.Region != "us-east-1" {
		input.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(c.Region)}
	}
	if _, err := l.s3(c).CreateBucket(t.Context(), input); err != nil {
		t.Fatalf("making bucket %s: %v", name, err)
	}
	for _, key := range []string{"shared/x", "private/x"} {
		if _, err := l.s3(c).PutObject(t.Context(), &s3.PutObjectInput{Bucket: &name, Key: &key, Body: bytes.NewReader([]byte("x"))}); err != nil {
			t.Fatalf("putting %s: %v", key, err)
		}
	}
}

// makeConsumer makes a role that the consumer's profile may assume, and gives its ARN.
func (l live) makeConsumer(t *testing.T, name string) string {
	t.Helper()
	c, err := l.config(t.Context(), l.consumer)
	if err != nil {
		t.Fatal(err)
	}
	caller, err := sts.NewFromConfig(c).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil {
		t.Fatalf("asking whose credentials the consumer's are: %v", err)
	}
	trust := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":%q},"Action":"sts:AssumeRole"}]}`, *caller.Account)
	made, err := iam.NewFromConfig(c).CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, Path: aws.String(livePath), AssumeRolePolicyDocument: &trust})
	if err != nil {
		t.Fatalf("making the consumer's role: %v", err)
	}
	return *made.Role.Arn
}

// use reads as the consumer does: with the external ID what is shared, without it and beside it nothing.
func (l live) use(ctx context.Context, consumer, role, id string) error {
	c, err := l.config(ctx, l.consumer)
	if err != nil {
		return err
	}
	c, err = inSession(ctx, c, consumer, "")
	if err != nil {
		return fmt.Errorf("becoming the consumer's role: %w", err)
	}
	shared, err := inSession(ctx, c, role, id)
	if err != nil {
		return fmt.Errorf("assuming the share's role: %w", err)
	}
	bucket := role[strings.LastIndexByte(role, '/')+1:]
	read := func(key string) error {
		_, err := l.s3(shared).GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
		return err
	}
	if err := eventually(ctx, func() error { return read("shared/x") }); err != nil {
		return fmt.Errorf("reading what is shared: %w", err)
	}
	if err := read("private/x"); Code(err) != "AccessDenied" {
		return fmt.Errorf("reading what is not shared: %w", err)
	}
	_, err = sts.NewFromConfig(c).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("live")})
	if Code(err) != "AccessDenied" {
		return fmt.Errorf("assuming the share's role without its external ID: %w", err)
	}
	return nil
}

// inSession gives the configuration of a session, once AWS knows of the role.
func inSession(ctx context.Context, c aws.Config, role, id string) (aws.Config, error) {
	input := &sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("live")}
	if id != "" {
		input.ExternalId = &id
	}
	var session *sts.AssumeRoleOutput
	err := eventually(ctx, func() (err error) {
		session, err = sts.NewFromConfig(c).AssumeRole(ctx, input)
		return err
	})
	if err != nil {
		return c, err
	}
	keys := session.Credentials
	fresh := c.Copy()
	fresh.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: *keys.AccessKeyId, SecretAccessKey: *keys.SecretAccessKey, SessionToken: *keys.SessionToken}, nil
	})
	return fresh, nil
}

// eventually tries again for as long as IAM may take to tell its own hosts.
func eventually(ctx context.Context, try func() error) error {
	err := try()
	for tries := 0; err != nil && tries < 24; tries++ {
		select {
		case <-time.After(5 * time.Second):
		case <-ctx.Done():
			return err
		}
		err = try()
	}
	return err
}
