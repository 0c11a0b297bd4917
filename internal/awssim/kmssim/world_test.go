// This file gives the tests a world: the simulator with two accounts, and unmodified SDK clients.
package kmssim_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
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

type world struct {
	t               *testing.T
	sim             *awssim.Server
	clock           *awssim.Clock
	owner, consumer *awssim.Account
}

func newWorld(t *testing.T) *world {
	t.Helper()
	clock := awssim.NewClock(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	sim := awssim.Start(awssim.Options{Now: clock.Now, Sleep: clock.Advance})
	t.Cleanup(sim.Close)
	return &world{t: t, sim: sim, clock: clock, owner: sim.AddAccount("111111111111"), consumer: sim.AddAccount("222222222222")}
}

func (w *world) client(k awssim.Credentials) *kms.Client {
	return kms.NewFromConfig(aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(w.sim.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(k.AccessKeyID, k.SecretAccessKey, k.SessionToken),
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
	})
}

// session adds a role with one inline policy, none when it is "", and gives the client of a session.
func (w *world) session(a *awssim.Account, name, policy string) *kms.Client {
	var policies []string
	if policy != "" {
		policies = append(policies, policy)
	}
	a.AddRole("/", name, policies...)
	return w.client(a.RoleSession(name, "s1"))
}

func (w *world) admin(a *awssim.Account) *kms.Client { return w.client(a.AdminKey()) }

func document(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

// allow is an identity policy with one statement.
func allow(action, resource string) string {
	return document(`{"Effect":"Allow","Action":"` + action + `","Resource":"` + resource + `"}`)
}

// statement is one of a key policy.
func statement(effect, principal, action string, condition ...string) string {
	text := `{"Effect":"` + effect + `","Principal":{"AWS":"` + principal + `"},"Action":"` + action + `","Resource":"*"`
	if len(condition) > 0 {
		text += `,"Condition":` + condition[0]
	}
	return text + `}`
}

const (
	ownerRoot    = "arn:aws:iam::111111111111:root"
	consumerRoot = "arn:aws:iam::222222222222:root"
	etl          = "arn:aws:iam::111111111111:role/etl"
	partner      = "arn:aws:iam::222222222222:role/partner"
)

// iamEnabled is the statement that lets identity policies of the owner count.
var iamEnabled = statement("Allow", ownerRoot, "kms:*")

// mustBe fails the test unless err has the code and its words contain those given; code "" stands for success.
func mustBe(t *testing.T, err error, code, words string) {
	t.Helper()
	if got, text := codeOf(err), fmt.Sprint(err); got != code || !strings.Contains(text, words) {
		t.Fatalf("got %q (%v), want %q with %q", got, err, code, words)
	}
}

func codeOf(err error) string {
	if err == nil {
		return ""
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return "no answer"
}

func dataKey(t *testing.T, c *kms.Client, key string, context map[string]string) error {
	t.Helper()
	_, err := c.GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{
		KeyId: aws.String(key), KeySpec: types.DataKeySpecAes256, EncryptionContext: context,
	})
	return err
}

func keyPolicy(t *testing.T, c *kms.Client, key string) (string, error) {
	t.Helper()
	out, err := c.GetKeyPolicy(t.Context(), &kms.GetKeyPolicyInput{KeyId: aws.String(key)})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Policy), nil
}
