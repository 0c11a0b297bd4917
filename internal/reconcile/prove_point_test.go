package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file tries shares whose role reaches the bucket through an access point: its own one, and not past it.

// throughPoint is etlReports through an access point.
func throughPoint() share.Spec {
	spec := etlReports()
	spec.Via, spec.Region = share.ViaAccessPoint, region
	return spec
}

const (
	pastRead = "stops reading by the bucket's name: proved at reports/q1.csv"
	pastList = "stops listing by the bucket's name: proved at reports/"
)

// putPoint adds a statement of somebody else's to the policy of the share's access point.
func putPoint(effect policy.Effect, principal string) func(t *testing.T, w *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		spec := throughPoint()
		document := share.Render(spec).AccessPoint.Replace(func(policy.Statement) bool { return false }, policy.Statement{
			Sid: "Theirs", Effect: effect, Principal: &policy.Principal{AWS: policy.Values{principal}},
			Action: policy.Values{"s3:GetObject"}, Resource: policy.Values{spec.AccessPointARN() + "/object/*"},
		})
		cloud := awsapi.NewCloud(w.connect(t, awsapi.OwnerSide, w.ownerKey), nil, w.pause)
		if err := cloud.PutAccessPointPolicy(t.Context(), spec, spec.AccessPointName(), document); err != nil {
			t.Fatal(err)
		}
	}
}

// allowRole lets the share's role itself do anything in the bucket, by name.
const allowRole = `{"Sid":"Theirs","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111111111111:role/crossaccount/etl-reports","arn:aws:iam::222222222222:role/etl"]},` +
	`"Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::acme-data","arn:aws:s3:::acme-data/*"]}`

var pointSituations = map[string]situation{
	"all is well": {want: []string{entered, asked, read, pastRead, stopped, listed, pastList, stoppedList}},
	"the whole bucket": {
		change: func(s *share.Spec) { s.Prefixes = nil },
		want: []string{
			entered, asked, "reads inside: proved at raw/x", "stops reading by the bucket's name: proved at raw/x",
			"lists inside: proved", "stops listing by the bucket's name: proved",
		},
	},
	"reading alone": {
		change: func(s *share.Spec) { s.Access = []share.Word{share.Read} }, want: []string{entered, asked, read, pastRead, stopped, stoppedList},
	},
	"listing alone": {
		change: func(s *share.Spec) { s.Access = []share.Word{share.List} },
		want:   []string{entered, asked, stoppedInside, listed, pastList, stoppedList},
	},
	"writing alone": {
		change: func(s *share.Spec) { s.Access = []share.Word{share.Write} },
		want:   []string{entered, asked, stoppedInside, stoppedList, "reads inside: not shown, nothing to try"},
	},
	"an object under the share's key": {
		change: func(s *share.Spec) { s.KMSKeys = []share.KeyARN{someKey} }, since: encrypt,
		want: []string{entered, asked, read, pastRead, stopped, listed, pastList, stoppedList},
	},
	"another share through an access point": {
		since: func(t *testing.T, w *world) {
			t.Helper()
			second := throughPoint()
			second.Name, second.Prefixes = "second", nil
			created(t, w, second)
		},
		want: []string{entered, asked, read, pastRead, stopped, listed, pastList, stoppedList},
	},

	"the caller has no permission of its own": {
		change: func(s *share.Spec) { s.Consumer.AttachToRoles = nil }, who: session("etl"),
		want: []string{"lets in: refuted, no permission, organization policy"},
	},
	"the trust policy asks for no external ID": {
		since: putTrust(openTrust),
		want: []string{
			entered, "asks for the external ID: refuted, open trust policy", read, pastRead, stopped, listed, pastList, stoppedList,
		},
	},
	"somebody's Deny in the bucket policy": {
		since: addStatement(theirDeny),
		want: []string{
			entered, asked, "reads inside: refuted at reports/q1.csv, denied by others (statement NoReports of the bucket policy)",
			pastRead, stopped, listed, pastList, stoppedList,
		},
	},
	"somebody's Deny in the access point's policy": {
		since: putPoint(policy.Deny, "*"),
		want: []string{
			entered, asked, "reads inside: refuted at reports/q1.csv, access point changed", pastRead, stopped, listed, pastList, stoppedList,
		},
	},
	"somebody took away what the bucket policy leaves to access points": {
		since: func(t *testing.T, w *world) { t.Helper(); w.putPolicy(t, foreign) },
		want: []string{
			entered, asked, "reads inside: refuted at reports/q1.csv, access point changed, key, foreign object, organization policy", pastRead, stopped,
			"lists inside: refuted at reports/, access point changed, organization policy", pastList, stoppedList,
		},
	},

	"somebody's statement opens the bucket past the access point": {
		since: addStatement(allowRole),
		want: []string{
			entered, asked, read,
			"stops reading by the bucket's name: refuted at reports/q1.csv, allowed by others (statement Theirs of the bucket policy)",
			stopped, listed,
			"stops listing by the bucket's name: refuted at reports/, allowed by others (statement Theirs of the bucket policy)", stoppedList,
		},
	},
	"somebody's policy on the role": {
		since: putInline(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`),
		want: []string{
			entered, asked, read,
			"stops reading by the bucket's name: refuted at reports/q1.csv, allowed by others (inline policy extra on the role)",
			"stops reading outside: refuted at raw/x, allowed by others (inline policy extra on the role)", listed, pastList, stoppedList,
		},
	},
	"somebody's statement in the access point's policy": {
		since: putPoint(policy.Allow, throughPoint().RoleARN()),
		want: []string{
			entered, asked, read, pastRead, "stops reading outside: refuted at raw/x, access point changed", listed, pastList, stoppedList,
		},
	},
	"a bucket policy that nobody has completed": {
		change: func(s *share.Spec) { s.BucketPolicyMode = share.OutputOnly },
		want: []string{
			entered, asked, "reads inside: not shown at reports/q1.csv, not in the bucket policy", pastRead, stopped,
			"lists inside: not shown at reports/, not in the bucket policy", pastList, stoppedList,
		},
	},
	"a bucket policy that somebody has completed": {
		change: func(s *share.Spec) { s.BucketPolicyMode = share.OutputOnly }, since: complete(throughPoint()),
		want: []string{entered, asked, read, pastRead, stopped, listed, pastList, stoppedList},
	},
}

func TestProveAShareWithAnAccessPoint(t *testing.T) {
	t.Parallel()
	play(t, throughPoint(), pointSituations)
}

// The bucket is in another region than the credentials of the consumer say.
func TestProveAnAccessPointElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "reports/q1.csv")
	spec := throughPoint()
	spec = created(t, w, spec).Spec
	there, err := awsapi.Connect(t.Context(), awsapi.Connection{
		Side: awsapi.ConsumerSide, Region: "us-east-1", S3UsePathStyle: true, Delay: w.delay,
		Keys:      awsapi.Keys{AccessKey: w.consumer.AccessKeyID, SecretKey: awsapi.Secret(w.consumer.SecretAccessKey)},
		Endpoints: awsapi.Endpoints{IAM: w.url, S3: w.url, STS: w.url, KMS: w.url, S3Control: w.url},
	})
	if err != nil {
		t.Fatal(err)
	}
	cloud := awsapi.NewCloud(w.connect(t, awsapi.OwnerSide, w.ownerKey), there, w.pause)
	proof, err := reconcile.NewProver(cloud, w.now).Prove(t.Context(), spec)
	if err != nil || !proof.Holds() || !strings.Contains(strings.Join(told(proof), ", "), read) {
		t.Errorf("the proof says %q, %v", told(proof), err)
	}
}

// An access point that was made moments ago may not be known yet, and one that is gone is no finding about the share.
func TestProveAYoungAccessPoint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put(t, "reports/q1.csv")
	spec := created(t, w, throughPoint()).Spec
	w.sim.Inject(awssim.Fault{Operation: "HeadObject", Times: 2, Error: &awssim.Error{Code: "NoSuchAccessPoint", Status: 404}})
	p := w.prover(t, w.ownerKey, w.consumer)
	proof, err := p.Prove(t.Context(), spec)
	if err != nil || !proof.Holds() || p.sum() != 3*time.Second {
		t.Errorf("the proof says %q after %v, %v", told(proof), p.sum(), err)
	}
	cloud := awsapi.NewCloud(w.connect(t, awsapi.OwnerSide, w.ownerKey), nil, w.pause)
	if err := cloud.DeleteAccessPoint(t.Context(), spec, spec.AccessPointName()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.prover(t, w.ownerKey, w.consumer).Prove(t.Context(), spec); err == nil || !strings.Contains(err.Error(), spec.AccessPointName()) {
		t.Errorf("without its access point: %v", err)
	}
}
