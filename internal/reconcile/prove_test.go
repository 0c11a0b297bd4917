package reconcile_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// prover is a process of the provider that tries shares, and what it waited for.
type prover struct {
	*reconcile.Prover
	desk
}

// prover connects as owner and as consumer; a key without an ID means that there are no credentials of a consumer.
func (w *world) prover(t *testing.T, owner, consumer awssim.Credentials) *prover {
	t.Helper()
	p := &prover{}
	var there *awsapi.Account
	if consumer.AccessKeyID != "" {
		there = w.connect(t, awsapi.ConsumerSide, consumer)
	}
	p.Prover = reconcile.NewProver(awsapi.NewCloud(w.connect(t, awsapi.OwnerSide, owner), there, p.pause), time.Now)
	return p
}

func (w *world) put(t *testing.T, keys ...string) {
	t.Helper()
	for _, key := range keys {
		if _, err := w.s3().PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(bucket), Key: &key, Body: strings.NewReader("x")}); err != nil {
			t.Fatalf("putting %s: %v", key, err)
		}
	}
}

// hashes in Sids of a second share.
var hashes = regexp.MustCompile(`(Crossaccountsecond)[0-9a-f]{12}`)

// told writes a proof in a form that tables can hold: claim, verdict, and what belongs to it.
func told(proof reconcile.Proof) []string {
	var lines []string
	for _, f := range proof.Findings {
		line := fmt.Sprintf("%s: %s", f.Claim, f.Verdict)
		if f.Target != "" {
			line += " at " + f.Target
		}
		if f.Obstacle != "" {
			line += ", " + string(f.Obstacle)
		}
		for _, cause := range f.Causes {
			line += ", " + string(cause)
		}
		if len(f.Others) > 0 {
			line += " (" + strings.Join(f.Others, ", ") + ")"
		}
		lines = append(lines, hashes.ReplaceAllString(line, "${1}HASH"))
	}
	return lines
}

const (
	entered = "lets in: proved"
	asked   = "asks for the external ID: proved"
	read    = "reads inside: proved at reports/q1.csv"
	// stoppedInside is of shares that give no reading.
	stoppedInside = "stops reading outside: proved at reports/q1.csv"
	stopped       = "stops reading outside: proved at raw/x"
	listed        = "lists inside: proved at reports/"
	stoppedList   = "stops listing outside: proved"
)

// situation is a share, what was done to it since, and how its proof has to end.
type situation struct {
	change func(*share.Spec)
	// since happens after the share was made; objects are there from before.
	since   func(t *testing.T, w *world)
	objects []string
	who     func(w *world) awssim.Credentials
	owner   func(w *world) awssim.Credentials
	want    []string
}

func putInline(document string) func(t *testing.T, w *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		if _, err := w.iam().PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
			RoleName: aws.String("etl-reports"), PolicyName: aws.String("extra"), PolicyDocument: &document,
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func putTrust(document string) func(t *testing.T, w *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		if _, err := w.iam().UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{
			RoleName: aws.String("etl-reports"), PolicyDocument: &document,
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func addStatement(statement string) func(t *testing.T, w *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		answer, err := w.s3().GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String(bucket)})
		if err != nil {
			t.Fatal(err)
		}
		w.putPolicy(t, strings.Replace(aws.ToString(answer.Policy), `"Statement":[`, `"Statement":[`+statement+`,`, 1))
	}
}

// encrypt puts the object of the share under the key of the world.
func encrypt(t *testing.T, w *world) {
	t.Helper()
	if _, err := w.s3().PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(bucket), Key: aws.String("reports/q1.csv"), Body: strings.NewReader("x"),
		ServerSideEncryption: types.ServerSideEncryptionAwsKms, SSEKMSKeyId: aws.String(string(w.key)),
	}); err != nil {
		t.Fatal(err)
	}
}

func session(role string) func(w *world) awssim.Credentials {
	return func(w *world) awssim.Credentials { return w.account.RoleSession(role, "i-1") }
}

func principals(texts ...string) []share.Principal {
	var all []share.Principal
	for _, text := range texts {
		principal, err := share.ParsePrincipal("arn:aws:iam::" + consumerID + ":" + text)
		if err != nil {
			panic(err)
		}
		all = append(all, principal)
	}
	return all
}

// play makes the share of each situation, lets happen what happens since, and tries it.
func play(t *testing.T, base share.Spec, situations map[string]situation) {
	t.Helper()
	for name, s := range situations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.key = share.KeyARN(w.owner.AddKey(awssim.KeyOptions{Region: region}))
			w.account.AddRole("/", "other", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::111111111111:role/etl-reports"}]}`)
			w.putPolicy(t, foreign)
			if s.objects == nil {
				s.objects = []string{"raw/x", "reports/q1.csv"}
			}
			w.put(t, s.objects...)
			spec := base
			if s.change != nil {
				s.change(&spec)
			}
			spec = created(t, w, w.placed(spec)).Spec
			if s.since != nil {
				s.since(t, w)
			}
			owner, consumer := w.ownerKey, w.consumer
			if s.owner != nil {
				owner = s.owner(w)
			}
			if s.who != nil {
				consumer = s.who(w)
			}
			w.sim.ResetCalls()
			proof, err := w.prover(t, owner, consumer).Prove(t.Context(), spec)
			if err != nil {
				t.Fatalf("proving: %v", err)
			}
			if have := told(proof); !slices.Equal(have, s.want) {
				t.Errorf("the proof says\n  %s\nwant\n  %s", strings.Join(have, "\n  "), strings.Join(s.want, "\n  "))
			}
			if refuted := strings.Contains(strings.Join(s.want, "\n"), "refuted"); proof.Holds() == refuted {
				t.Errorf("the proof holds: %v", proof.Holds())
			}
			w.mustHide(t, spec, proof)
			w.mustOnlyHaveLooked(t)
		})
	}
}

// mustHide fails when an error of a finding shows what nobody may read.
func (w *world) mustHide(t *testing.T, spec share.Spec, proof reconcile.Proof) {
	t.Helper()
	for _, finding := range proof.Findings {
		if finding.Err != nil && len(spec.ExternalIDs) > 0 && strings.Contains(finding.Err.Error(), spec.ExternalIDs[0].Reveal()) {
			t.Errorf("the error of %s shows the external ID", finding.Claim)
		}
	}
}

// mustOnlyHaveLooked fails when a call since the last reset may have left something.
func (w *world) mustOnlyHaveLooked(t *testing.T) {
	t.Helper()
	for _, call := range w.sim.Calls() {
		if call.Operation != "AssumeRole" && !strings.HasPrefix(call.Operation, "Get") && !strings.HasPrefix(call.Operation, "List") && call.Operation != "HeadObject" {
			t.Errorf("trying a share called %s", call.Name())
		}
	}
}

func seconds(all ...int) (durations []time.Duration) {
	for _, one := range all {
		durations = append(durations, time.Duration(one)*time.Second)
	}
	return durations
}
