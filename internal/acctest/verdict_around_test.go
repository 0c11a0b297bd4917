package acctest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// This file holds the verdict to what the permissions boundary, the policies of keys and Block Public Access do to calls.

// Everything is planned with enforce_verdict and without, applied, planned again and called, in one workspace.
func TestVerdictFollowsWhatIsAround(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	limited := w.permitted(unseeing, s3Only)
	cases := w.judgedCases()
	config := required + w.Provider(w.ConsumerConnection()) + limited.Provider(`  alias = "limited"`)
	for name, test := range cases {
		w.addJudged(t, name, test)
		config += test.config(name)
	}
	mirror, cli := built(t)
	in := emptyWorkspace(t, mirror, cli)
	mustWrite(t, in, "main.tf", strings.ReplaceAll(config, "name =", "enforce_verdict = true\n  name ="))
	mustRun(t, in, "init")
	enforced := diagnosticsOf(t, in)
	w.mustHaveWrittenNothing(t)
	mustWrite(t, in, "main.tf", config)
	warned := diagnosticsOf(t, in)
	for name, test := range cases {
		test.mustBeTold(t, name, enforced["crossaccount_s3_share."+name], warned["crossaccount_s3_share."+name])
	}
	mustRun(t, in, "apply", "-auto-approve")
	w.Sim.ResetCalls()
	mustRun(t, in, "plan", "-detailed-exitcode") // the outputs have the verdicts
	w.mustHaveAskedOnce(t)
	for name, made := range sharesIn(t, in) {
		w.mustComeTrue(t, name, cases[name], made)
	}
	w.changePolicy(t, cases["boundary"].boundary, listing)
	changed := cases["boundary-silent"]
	changed.warned = []string{"the permissions boundary " + cases["boundary"].boundary + " does not allow s3:GetObject"}
	told := diagnosticsOf(t, in)["crossaccount_s3_share.boundary"] // nothing of it is to be changed
	changed.mustBeTold(t, "boundary", enforced["crossaccount_s3_share.boundary-silent"], told)
}

// mustHaveAskedOnce counts what a run asks for of five boundaries and six keys, and beside it the provider that may read none
// of the policies, of one of each.
func (w *World) mustHaveAskedOnce(t *testing.T) {
	t.Helper()
	counts := map[string]int{}
	for _, call := range w.Sim.Calls() {
		counts[call.Name()]++
	}
	for name, want := range map[string]int{"iam:GetPolicy": 6, "iam:GetPolicyVersion": 5, "kms:DescribeKey": 7} {
		if counts[name] != want {
			t.Errorf("%s was called %d times, want %d", name, counts[name], want)
		}
	}
}

// changePolicy gives a managed policy another statement.
func (w *World) changePolicy(t *testing.T, arn, statement string) {
	t.Helper()
	if _, err := w.IAM(w.SetupKey).CreatePolicyVersion(t.Context(), &iam.CreatePolicyVersionInput{
		PolicyArn: &arn, PolicyDocument: aws.String(document(statement)), SetAsDefault: true,
	}); err != nil {
		t.Fatal(err)
	}
}

// addJudged makes the bucket of a case with an object in it.
func (w *World) addJudged(t *testing.T, name string, test judged) {
	t.Helper()
	bucket, client := "acme-"+name, w.S3(w.SetupKey)
	w.Owner.AddBucket(bucket, awssim.BucketOptions{Region: Region, Block: &awssim.PublicAccessBlock{}})
	var errs []error
	if test.public {
		_, err := client.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &bucket, Policy: aws.String(strings.ReplaceAll(document(webStatement), "BUCKET", bucket))})
		errs = append(errs, err)
	}
	if test.restricted {
		_, err := client.PutPublicAccessBlock(t.Context(), &s3.PutPublicAccessBlockInput{
			Bucket: &bucket, PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{RestrictPublicBuckets: aws.Bool(true)},
		})
		errs = append(errs, err)
	}
	put := &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("q1.csv"), Body: strings.NewReader("q1")}
	if test.key != "" {
		put.ServerSideEncryption, put.SSEKMSKeyId = types.ServerSideEncryptionAwsKms, &test.key
	}
	if test.granted {
		_, err := w.KMS(w.SetupKey).CreateGrant(t.Context(), &kms.CreateGrantInput{
			KeyId: &test.key, Name: aws.String("by-hand"), GranteePrincipal: aws.String("arn:aws:iam::222222222222:role/etl"),
			Operations: []kmstypes.GrantOperation{kmstypes.GrantOperationDecrypt},
		})
		errs = append(errs, err)
	}
	_, err := client.PutObject(t.Context(), put)
	if err := errors.Join(append(errs, err)...); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func (j judged) config(name string) string {
	var arguments []string
	if j.boundary != "" {
		arguments = append(arguments, fmt.Sprintf("permissions_boundary = %q", j.boundary))
	}
	keys := "[]"
	if j.key != "" {
		keys = fmt.Sprintf("[%q]", j.key)
	}
	consumer := etlAttached
	if strings.Contains(j.more, byLimited) {
		consumer = WholeAccount // its role other may assume what it likes
	}
	arguments = append(arguments, j.more, consumer, "kms_key_arns = "+keys)
	return fmt.Sprintf("resource \"crossaccount_s3_share\" %[1]q {\n  name = %[1]q\n  bucket = \"acme-%[1]s\"\n  %[2]s\n}\noutput %[1]q {\n  value = crossaccount_s3_share.%[1]s.verdict\n}\n",
		name, strings.Join(arguments, "\n  "))
}

// mustBeTold holds the diagnostics of a plan that enforces the verdict, and of one that does not, to the case.
func (j judged) mustBeTold(t *testing.T, name string, enforced, warned []diagnostic) {
	t.Helper()
	refused := slices.ContainsFunc(enforced, func(d diagnostic) bool {
		return d.Severity == "error" && strings.Contains(d.Summary, "will not give all that it promises")
	})
	if refused != j.refused {
		t.Errorf("%s: enforced, it says %v", name, enforced)
	}
	told := ""
	for _, one := range warned {
		told += one.Severity + " " + one.Summary + "\n" + one.Detail + "\n"
	}
	for _, words := range j.warned {
		if !strings.Contains(told, words) {
			t.Errorf("%s: it does not say %q:\n%s", name, words, told)
		}
	}
	if most := min(1, len(j.warned)); len(warned) > most && !strings.Contains(told, "Grants are wider") {
		t.Errorf("%s: it says %d things:\n%s", name, len(warned), told)
	}
}

// applied is what the state has of a share.
type applied struct {
	Verdict    []string
	RoleARN    string `json:"role_arn"`
	ExternalID string `json:"external_id"`
}

func sharesIn(t *testing.T, in *workspace.Workspace) map[string]applied {
	t.Helper()
	var shown struct {
		Values struct {
			Root struct {
				Resources []struct {
					Name   string
					Values applied
				}
			} `json:"root_module"`
		}
	}
	if err := json.Unmarshal([]byte(mustRun(t, in, "show", "-json")), &shown); err != nil {
		t.Fatal(err)
	}
	all := map[string]applied{}
	for _, one := range shown.Values.Root.Resources {
		all[one.Name] = one.Values
	}
	return all
}

// mustComeTrue reads the object of a case as its consumer does.
func (w *World) mustComeTrue(t *testing.T, name string, test judged, made applied) {
	t.Helper()
	said := strings.Join(made.Verdict, "\n")
	for _, words := range test.verdict {
		if !strings.Contains(said, words) {
			t.Errorf("%s: the verdict does not say %q:\n%s", name, words, said)
		}
	}
	if strings.Contains(said, "cannot read") != test.refused {
		t.Errorf("%s: the verdict says\n%s", name, said)
	}
	if test.unreached {
		return
	}
	session := w.Consumer.RoleSession("etl", "i-1")
	if strings.Contains(test.more, byLimited) {
		session = w.Consumer.RoleSession("other", "i-1")
	}
	if !strings.Contains(test.more, direct) {
		var err error
		if session, err = w.Assume(t.Context(), session, made.RoleARN, made.ExternalID); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	_, err := w.S3(session).GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("acme-" + name), Key: aws.String("q1.csv")})
	if want := map[bool]string{true: refused, false: in}[test.refused]; Code(err) != want {
		t.Errorf("%s: reading gives %v, want %q; the verdict says\n%s", name, err, want, said)
	}
}
