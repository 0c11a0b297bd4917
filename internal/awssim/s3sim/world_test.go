// This file gives the tests a world: S3 behind HTTP, two accounts, unmodified SDK clients. Signatures are not checked
// here, the access key alone tells who calls.
package s3sim_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/sigv4"
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
	dir             *directory.Directory
	s3              *s3sim.Service
	url             string
	owner, consumer *directory.Account
	mu              sync.Mutex
	now             time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	w.dir = directory.New(directory.Options{Now: w.clock})
	w.s3 = s3sim.New(w.dir)
	w.dir.Lock()
	w.owner = w.dir.AddAccount(directory.Account{ID: "111111111111", Partition: "aws"})
	w.consumer = w.dir.AddAccount(directory.Account{ID: "222222222222", Partition: "aws"})
	w.dir.Unlock()
	server := httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) serve(answer http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(answer, err.Error(), http.StatusBadRequest)
		return
	}
	call := &s3sim.Call{Request: r, Body: body, RequestID: w.dir.NewRequestID()}
	if signature, err := sigv4.Parse(r); err == nil {
		w.dir.Lock()
		key := w.dir.FindKey(signature.AccessKeyID)
		w.dir.Unlock()
		call.Caller = &directory.Caller{
			Key: key, Account: key.Account, User: key.User, Session: key.Session, RemoteIP: "192.0.2.1", Region: signature.Region,
		}
	}
	w.s3.Serve(answer, call)
}

// bucket adds bucket acme of the owner with Block Public Access off, unless o says otherwise.
func (w *world) bucket(o s3sim.BucketOptions) *s3sim.Bucket {
	if o.Block == nil {
		o.Block = &s3sim.PublicAccessBlock{}
	}
	return w.s3.AddBucket(w.owner, "acme", o)
}

// user adds a user with one inline policy, none when it is "", and gives the client of a key.
func (w *world) user(a *directory.Account, name, policy string) *s3.Client {
	w.dir.Lock()
	defer w.dir.Unlock()
	u := &directory.User{Entity: w.entity(a, "AIDA", name, policy)}
	a.Users[name] = u
	return w.client(w.dir.AddUserKey(u))
}

// session adds a role with one inline policy and gives the client of a session.
func (w *world) session(a *directory.Account, name, policy string) *s3.Client {
	w.dir.Lock()
	defer w.dir.Unlock()
	r := &directory.Role{Entity: w.entity(a, "AROA", name, policy)}
	a.Roles[name] = r
	return w.client(w.dir.StartSession(directory.Session{Role: r, Name: "s1"}, nil, time.Hour))
}

func (w *world) entity(a *directory.Account, prefix, name, policy string) directory.Entity {
	e := directory.Entity{Account: a, Path: "/", Name: name, ID: w.dir.NewID(prefix), Created: w.dir.Now()}
	if policy != "" {
		e.PutInline(directory.InlinePolicy{Name: "p", Text: policy})
	}
	return e
}

func (w *world) dirAccount(id string) *directory.Account {
	w.dir.Lock()
	defer w.dir.Unlock()
	return w.dir.AddAccount(directory.Account{ID: id, Partition: "aws"})
}

// admin gives the client of a user who may do everything.
func (w *world) admin(a *directory.Account) *s3.Client {
	return w.user(a, "admin", allow("*", "*"))
}

func (w *world) root(a *directory.Account) *s3.Client {
	w.dir.Lock()
	defer w.dir.Unlock()
	return w.client(w.dir.AddRootKey(a))
}

func (w *world) client(k *directory.Key) *s3.Client {
	return s3.NewFromConfig(aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(w.url),
		Credentials: credentials.NewStaticCredentialsProvider(k.ID, k.Secret, k.Token),
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
	}, func(o *s3.Options) { o.UsePathStyle = true })
}

func (w *world) anonymous() *s3.Client {
	return s3.New(s3.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(w.url), UsePathStyle: true, Credentials: aws.AnonymousCredentials{},
		Retryer: aws.NopRetryer{},
	})
}

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
