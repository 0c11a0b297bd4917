package reconcile_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

const (
	ownerID    = "111111111111"
	consumerID = "222222222222"
	bucket     = "acme-data"
	region     = "eu-central-1"
)

// foreign is what somebody else has in the bucket policy.
const foreign = `{"Version":"2008-10-17","Id":"theirs","Statement":[` +
	`{"Sid":"Deny insecure","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::acme-data","arn:aws:s3:::acme-data/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}},` +
	`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::333333333333:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/public/*"}]}`

// world is a simulator with an owner, a bucket with somebody's policy and a consumer with a role etl.
type world struct {
	sim *awssim.Server
	// url is where calls go.
	url string
	// clock moves when the provider waits; nil for the wall clock, and nobody waits.
	clock *awssim.Clock
	owner *awssim.Account
	// key is a KMS key of the owner, where a test has one.
	key share.KeyARN
	// account is the consumer's; the keys belong to administrators of the owner, the consumer and a third account.
	account                   *awssim.Account
	ownerKey, consumer, third awssim.Credentials
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldAt(t, nil)
}

// newWorldAt is a world with a clock of its own.
func newWorldAt(t *testing.T, clock *awssim.Clock) *world {
	t.Helper()
	options := awssim.Options{}
	if clock != nil {
		options.Now = clock.Now
	}
	w := &world{sim: awssim.Start(options), clock: clock}
	w.url = w.sim.URL()
	t.Cleanup(w.sim.Close)
	w.owner = w.sim.AddAccount(ownerID)
	w.owner.AddBucket(bucket, awssim.BucketOptions{Region: region})
	w.ownerKey = w.owner.AdminKey()
	w.account = w.sim.AddAccount(consumerID)
	w.third = w.sim.AddAccount("333333333333").AdminKey()
	w.account.AddRole("/", "etl")
	w.consumer = w.account.AdminKey()
	return w
}

func (w *world) config(key awssim.Credentials) aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: aws.String(w.url), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(key.AccessKeyID, key.SecretAccessKey, key.SessionToken),
	}
}

func (w *world) s3() *s3.Client {
	return s3.NewFromConfig(w.config(w.ownerKey), func(o *s3.Options) { o.UsePathStyle = true })
}

func (w *world) iam() *iam.Client { return iam.NewFromConfig(w.config(w.ownerKey)) }

// start gives a reconciler as a fresh process of the provider has it.
func (w *world) start(t *testing.T) *reconcile.Reconciler {
	t.Helper()
	return reconcile.New(awsapi.NewCloud(w.connect(t, awsapi.OwnerSide, w.ownerKey), w.connect(t, awsapi.ConsumerSide, w.consumer), w.pause), w.now)
}

func (w *world) connect(t *testing.T, side awsapi.Side, key awssim.Credentials) *awsapi.Account {
	t.Helper()
	account, err := awsapi.Connect(t.Context(), awsapi.Connection{
		Side: side, Region: region, S3UsePathStyle: true, Delay: w.delay,
		Keys:      awsapi.Keys{AccessKey: key.AccessKeyID, SecretKey: awsapi.Secret(key.SecretAccessKey), Token: awsapi.Secret(key.SessionToken)},
		Endpoints: awsapi.Endpoints{IAM: w.url, S3: w.url, STS: w.url, KMS: w.url, S3Control: w.url},
	})
	if err != nil {
		t.Fatalf("connecting: %v", err)
	}
	return account
}

// delay lets time pass on the world's clock.
func (w *world) delay(wanted time.Duration) time.Duration {
	if w.clock != nil {
		w.clock.Advance(wanted)
	}
	return 0
}

func (w *world) pause(ctx context.Context, wanted time.Duration) error {
	w.delay(wanted)
	return ctx.Err()
}

func (w *world) now() time.Time {
	if w.clock != nil {
		return w.clock.Now()
	}
	return time.Now()
}

// etlReports is a share with every kind of part.
func etlReports() share.Spec {
	return share.Spec{
		Owner: share.Account{ID: ownerID, Partition: "aws"},
		Name:  "etl-reports", Bucket: bucket, Path: share.DefaultRolePath,
		Consumer:           share.Consumer{AccountID: consumerID, Trust: share.TrustAccount, AttachToRoles: []string{"etl"}},
		Access:             []share.Word{share.Read, share.List},
		Prefixes:           []share.Prefix{"reports/"},
		MaxSessionDuration: time.Hour,
		Description:        "for tests",
		Tags:               map[string]string{"Team": "data"},
		BucketPolicyMode:   share.OwnStatements,
		Exclusive:          true,
	}
}

func (w *world) putPolicy(t *testing.T, text string) {
	t.Helper()
	if _, err := w.s3().PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String(bucket), Policy: &text}); err != nil {
		t.Fatalf("writing the bucket policy: %v", err)
	}
}

// statements gives the statements of the bucket policy as S3 has them now.
func (w *world) statements(t *testing.T) []policy.Statement {
	t.Helper()
	answer, err := w.s3().GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String(bucket)})
	if codeOf(err) == "NoSuchBucketPolicy" {
		return nil
	}
	if err != nil {
		t.Fatalf("reading the bucket policy: %v", err)
	}
	document, err := policy.Parse(aws.ToString(answer.Policy))
	if err != nil {
		t.Fatalf("parsing the bucket policy: %v", err)
	}
	return document.Statements()
}

// mustMatch fails unless AWS has exactly what the spec says.
func mustMatch(t *testing.T, r *reconcile.Reconciler, outcome reconcile.Outcome) {
	t.Helper()
	desired := share.Render(outcome.Spec)
	desired.Spec.RoleUniqueID = outcome.RoleUniqueID
	reading, err := r.Read(t.Context(), desired)
	if err != nil {
		t.Fatalf("reading the share: %v", err)
	}
	if drift := changes.Sentences(reading.Drift); len(drift) > 0 {
		t.Errorf("the share differs from what was wanted: %q", drift)
	}
}

// mustKeepForeign fails unless everybody else's statements stand as they were written.
func (w *world) mustKeepForeign(t *testing.T) {
	t.Helper()
	written, err := policy.Parse(foreign)
	if err != nil {
		t.Fatal(err)
	}
	have := w.statements(t)
	for _, theirs := range written.Statements() {
		found := false
		for _, statement := range have {
			found = found || statement.Equal(theirs)
		}
		if !found {
			t.Errorf("somebody else's statement was lost or changed: %s", theirs.JSON())
		}
	}
}
