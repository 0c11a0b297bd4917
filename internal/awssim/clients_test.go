// This file gives the tests unmodified SDK clients of a simulator.
package awssim_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

func TestMain(m *testing.M) {
	// No test may ask an instance for credentials.
	if err := os.Setenv("AWS_EC2_METADATA_DISABLED", "true"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

const (
	ownerID    = "111111111111"
	consumerID = "222222222222"
	trustEC2   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
)

// world is a simulator with the two accounts of a share, on a clock that stands
// still.
type world struct {
	sim             *awssim.Server
	clock           *awssim.Clock
	owner, consumer *awssim.Account
}

func newWorld(t *testing.T) *world {
	t.Helper()
	clock := awssim.NewClock(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	sim := awssim.Start(awssim.Options{Now: clock.Now, Sleep: clock.Advance})
	t.Cleanup(sim.Close)
	return &world{sim: sim, clock: clock, owner: sim.AddAccount(ownerID), consumer: sim.AddAccount(consumerID)}
}

func config(sim *awssim.Server, key awssim.Credentials) aws.Config {
	return aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(sim.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(key.AccessKeyID, key.SecretAccessKey, key.SessionToken),
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
	}
}

func iamOf(sim *awssim.Server, key awssim.Credentials) *iam.Client {
	return iam.NewFromConfig(config(sim, key))
}

func stsOf(sim *awssim.Server, key awssim.Credentials) *sts.Client {
	return sts.NewFromConfig(config(sim, key))
}

// mustBe fails the test unless err has the code and its text contains the words;
// code "" stands for success.
func mustBe(t *testing.T, err error, code, words string) {
	t.Helper()
	if code == "" {
		if err != nil {
			t.Fatalf("got %v, want success", err)
		}
		return
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		t.Fatalf("got %v, want an answer %s", err, code)
	}
	if api.ErrorCode() != code || !strings.Contains(api.ErrorMessage(), words) {
		t.Fatalf("got %s: %s\nwant %s: …%s…", api.ErrorCode(), api.ErrorMessage(), code, words)
	}
}

// outcome is what an SDK call gives.
type outcome[T any] struct {
	answer T
	err    error
}

func got[T any](answer T, err error) outcome[T] { return outcome[T]{answer, err} }

// must gives the answer of a call that has to succeed.
func (o outcome[T]) must(t *testing.T) T {
	t.Helper()
	mustBe(t, o.err, "", "")
	return o.answer
}

// refused fails the test unless the call was refused with the code and words;
// code "" stands for success.
func (o outcome[T]) refused(t *testing.T, code, words string) {
	t.Helper()
	mustBe(t, o.err, code, words)
}

// makeRole makes a role with a trust policy as the administrator.
func makeRole(t *testing.T, w *world, a *awssim.Account, in iam.CreateRoleInput) {
	t.Helper()
	_, err := iamOf(w.sim, a.AdminKey()).CreateRole(context.Background(), &in)
	mustBe(t, err, "", "")
}

func decoded(t *testing.T, document *string) string {
	t.Helper()
	text, err := url.PathUnescape(aws.ToString(document))
	mustBe(t, err, "", "")
	return text
}

// allow is an identity policy that allows actions on resources.
func allow(action, resource string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"` + resource + `"}]}`
}

// trustIn is a trust policy with a principal and conditions as JSON.
func trustIn(principal, conditions string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal +
		`"},"Action":"sts:AssumeRole","Condition":` + conditions + `}]}`
}

// userWithin makes user ann anew within a boundary, with the inline policies
// that she has.
func (w *world) userWithin(t *testing.T, boundary string) awssim.Credentials {
	t.Helper()
	ctx, admin := context.Background(), iamOf(w.sim, w.owner.AdminKey())
	arn := w.owner.AddPolicy("/", "edge", boundary)
	name := aws.String("ann")
	document := decoded(t, got(admin.GetUserPolicy(ctx, &iam.GetUserPolicyInput{UserName: name, PolicyName: aws.String("setup-1")})).must(t).PolicyDocument)
	for _, k := range got(admin.ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: name})).must(t).AccessKeyMetadata {
		got(admin.DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: name, AccessKeyId: k.AccessKeyId})).must(t)
	}
	got(admin.DeleteUserPolicy(ctx, &iam.DeleteUserPolicyInput{UserName: name, PolicyName: aws.String("setup-1")})).must(t)
	got(admin.DeleteUser(ctx, &iam.DeleteUserInput{UserName: name})).must(t)
	got(admin.CreateUser(ctx, &iam.CreateUserInput{UserName: name, PermissionsBoundary: &arn})).must(t)
	got(admin.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: name, PolicyName: name, PolicyDocument: &document})).must(t)
	key := got(admin.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: name})).must(t).AccessKey
	return awssim.Credentials{AccessKeyID: *key.AccessKeyId, SecretAccessKey: *key.SecretAccessKey}
}
