// This file gives the tests a world: the simulator with two accounts, and unmodified SDK clients that call AWS's own
// host names, which a dialer leads to the simulator.
package s3controlsim_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/s3control/types"
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
	owner, consumer *awssim.Account
	bucket          *awssim.Bucket // acme of the owner, with one object k
}

const (
	ownerID    = "111111111111"
	consumerID = "222222222222"
	etl        = "arn:aws:iam::222222222222:role/etl"
	share      = "arn:aws:iam::111111111111:role/share"
	point      = "arn:aws:s3:us-east-1:111111111111:accesspoint/reports"
)

func newWorld(t *testing.T) *world {
	t.Helper()
	clock := awssim.NewClock(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	quotas := awssim.DefaultQuotas()
	quotas.AccessPoints = 3
	sim := awssim.Start(awssim.Options{Now: clock.Now, Sleep: clock.Advance})
	t.Cleanup(sim.Close)
	w := &world{t: t, sim: sim, owner: sim.AddAccount(ownerID, awssim.WithQuotas(quotas)), consumer: sim.AddAccount(consumerID)}
	w.bucket = w.owner.AddBucket("acme", awssim.BucketOptions{Block: &awssim.PublicAccessBlock{}})
	w.bucket.PutObject("k", "hello", nil)
	return w
}

// config calls every host at the simulator.
func (w *world) config(k awssim.Credentials) aws.Config {
	dialer := &net.Dialer{}
	address := strings.TrimPrefix(w.sim.URL(), "http://")
	return aws.Config{
		Region:      "us-east-1",
		Credentials: credentials.NewStaticCredentialsProvider(k.AccessKeyID, k.SecretAccessKey, k.SessionToken),
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
		HTTPClient: &http.Client{Transport: &http.Transport{
			DisableKeepAlives: true,
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, address)
			},
		}},
	}
}

func (w *world) control(k awssim.Credentials) *s3control.Client {
	return s3control.NewFromConfig(w.config(k), func(o *s3control.Options) {
		o.BaseEndpoint = aws.String("http://s3-control.us-east-1.amazonaws.com")
	})
}

// byARN is a client that takes ARNs of access points for buckets.
func (w *world) byARN(k awssim.Credentials) *s3.Client {
	return s3.NewFromConfig(w.config(k), func(o *s3.Options) { o.BaseEndpoint = aws.String("http://s3-accesspoint.us-east-1.amazonaws.com") })
}

// byName is a client that takes names of buckets and aliases of access points.
func (w *world) byName(k awssim.Credentials) *s3.Client {
	return s3.NewFromConfig(w.config(k), func(o *s3.Options) { o.BaseEndpoint, o.UsePathStyle = aws.String(w.sim.URL()), true })
}

// session adds a role with one inline policy, none when it is "", and gives the keys of a session.
func (w *world) session(a *awssim.Account, name, policy string) awssim.Credentials {
	var policies []string
	if policy != "" {
		policies = append(policies, policy)
	}
	a.AddRole("/", name, policies...)
	return a.RoleSession(name, "s1")
}

// point makes access point reports of the owner, with a policy unless it is "", and gives its alias.
func (w *world) point(policy string) string {
	w.t.Helper()
	c := w.control(w.owner.AdminKey())
	made, err := c.CreateAccessPoint(w.t.Context(), &s3control.CreateAccessPointInput{
		AccountId: aws.String(ownerID), Name: aws.String("reports"), Bucket: aws.String("acme"),
		PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{},
	})
	mustBe(w.t, err, "", "")
	if policy != "" {
		mustBe(w.t, putPolicy(w.t, c, policy), "", "")
	}
	return aws.ToString(made.Alias)
}

func putPolicy(t *testing.T, c *s3control.Client, policy string) error {
	t.Helper()
	_, err := c.PutAccessPointPolicy(t.Context(), &s3control.PutAccessPointPolicyInput{
		AccountId: aws.String(ownerID), Name: aws.String("reports"), Policy: aws.String(policy),
	})
	return err
}

func document(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
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

// delegation is the statement by which a bucket leaves everything to the access points of its account.
var delegation = statement("*", "s3:*", "arn:aws:s3:::acme arn:aws:s3:::acme/*", `{"StringEquals":{"s3:DataAccessPointAccount":"111111111111"}}`)

func (w *world) setPolicy(text string) {
	w.t.Helper()
	if err := w.bucket.SetPolicy(text); err != nil {
		w.t.Fatal(err)
	}
}

func get(t *testing.T, c *s3.Client, bucket, key string) (string, error) {
	t.Helper()
	out, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)})
	if err != nil {
		return "", err
	}
	body, err := io.ReadAll(out.Body)
	return string(body), err
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
