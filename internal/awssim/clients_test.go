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

func must[T any](t *testing.T, answer T, err error) T {
	t.Helper()
	mustBe(t, err, "", "")
	return answer
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
