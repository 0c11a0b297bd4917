// This file gives the tests a world: the simulator with two accounts, and unmodified SDK clients.
package s3sim_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
)

func TestMain(m *testing.M) {
	// No test may ask an instance for credentials.
	if err := os.Setenv("AWS_EC2_METADATA_DISABLED", "true"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// world is a simulator with the owner of bucket acme and a consumer, on a clock that stands still.
type world struct {
	t               *testing.T
	sim             *awssim.Server
	s3              *s3sim.Service
	clock           *awssim.Clock
	owner, consumer *awssim.Account
}

func newWorld(t *testing.T) *world {
	t.Helper()
	clock := awssim.NewClock(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	sim := awssim.Start(awssim.Options{Now: clock.Now, Sleep: clock.Advance})
	t.Cleanup(sim.Close)
	return &world{t: t, sim: sim, s3: sim.S3(), clock: clock, owner: sim.AddAccount("111111111111"), consumer: sim.AddAccount("222222222222")}
}

// bucket adds bucket acme of the owner with Block Public Access off, unless o says otherwise.
func (w *world) bucket(o s3sim.BucketOptions) *s3sim.Bucket {
	if o.Block == nil {
		o.Block = &s3sim.PublicAccessBlock{}
	}
	return w.owner.AddBucket("acme", o)
}

func (w *world) setPolicy(b *s3sim.Bucket, text string) {
	w.t.Helper()
	if err := b.SetPolicy(text); err != nil {
		w.t.Fatal(err)
	}
}

// session adds a role with one inline policy, none when it is "", and gives the client of a session.
func (w *world) session(a *awssim.Account, name, policy string) *s3.Client {
	var policies []string
	if policy != "" {
		policies = append(policies, policy)
	}
	a.AddRole("/", name, policies...)
	return w.client(a.RoleSession(name, "s1"))
}

func (w *world) admin(a *awssim.Account) *s3.Client { return w.client(a.AdminKey()) }

func (w *world) root(a *awssim.Account) *s3.Client { return w.client(a.RootKey()) }

func (w *world) client(k awssim.Credentials, options ...func(*s3.Options)) *s3.Client {
	return s3.NewFromConfig(w.config(k), append(options, func(o *s3.Options) { o.UsePathStyle = true })...)
}

func (w *world) config(k awssim.Credentials) aws.Config {
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(w.sim.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(k.AccessKeyID, k.SecretAccessKey, k.SessionToken),
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
	}
}

func (w *world) anonymous() *s3.Client {
	return s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(w.sim.URL()), UsePathStyle: true, Credentials: aws.AnonymousCredentials{},
		Retryer: aws.NopRetryer{},
	})
}

// rootOf is an account as a principal.
func rootOf(a *awssim.Account) string { return "arn:aws:iam::" + a.ID() + ":root" }

// allow writes an identity policy with one statement; conditions are JSON objects.
func allow(action, resource string, condition ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + statement("", action, resource, condition...) + `]}`
}

// statement writes an Allow; principal "" leaves it out, several values are separated by spaces.
func statement(principal, action, resource string, condition ...string) string {
	text := `{"Effect":"Allow",`
	if principal != "" {
		text += `"Principal":{"AWS":` + list(principal) + `},`
	}
	text += `"Action":` + list(action) + `,"Resource":` + list(resource)
	if len(condition) > 0 {
		text += `,"Condition":` + condition[0]
	}
	return text + `}`
}

func list(values string) string { return `["` + strings.ReplaceAll(values, " ", `","`) + `"]` }

func bucketPolicy(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

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

func put(c *s3.Client, key, body string) error {
	_, err := c.PutObject(context.Background(), &s3.PutObjectInput{
		Bucket: aws.String("acme"), Key: aws.String(key), Body: bytes.NewReader([]byte(body)),
	})
	return err
}

func get(c *s3.Client, key string) (string, error) {
	out, err := c.GetObject(context.Background(), &s3.GetObjectInput{Bucket: aws.String("acme"), Key: aws.String(key)})
	if err != nil {
		return "", err
	}
	body, err := io.ReadAll(out.Body)
	return string(body), err
}

func putPolicy(c *s3.Client, text string) error {
	_, err := c.PutBucketPolicy(context.Background(), &s3.PutBucketPolicyInput{Bucket: aws.String("acme"), Policy: aws.String(text)})
	return err
}

func getPolicy(c *s3.Client) (string, error) {
	out, err := c.GetBucketPolicy(context.Background(), &s3.GetBucketPolicyInput{Bucket: aws.String("acme")})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Policy), nil
}
