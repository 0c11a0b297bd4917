package acctest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// around is one share with what is around it, on a bucket of its own whose name ends in the name of the case.
type around struct {
	// policy are the statements that are in the bucket policy already.
	policy string
	// prepare does the rest, before the plan.
	prepare func(t *testing.T, w *World, bucket string)
	// more are arguments of the share; shares is how many there are, one when 0.
	more   string
	shares int
	// principals is how many the consumer has, one when 0.
	principals int
	// severity and says are of the one diagnostic; empty when there is none.
	severity string
	says     []string
}

// diagnostic is what terraform plan -json says.
type diagnostic struct {
	Severity, Summary, Detail, Address string
}

// diagnosticsOf plans and gives the diagnostics by resource.
func diagnosticsOf(t *testing.T, in *workspace.Workspace) map[string][]diagnostic {
	t.Helper()
	result, err := in.Terraform(t.Context(), nil, "plan", "-json", "-out=plan")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]diagnostic{}
	for line := range strings.Lines(result.Stdout) {
		var event struct{ Diagnostic *diagnostic }
		if json.Unmarshal([]byte(line), &event) == nil && event.Diagnostic != nil {
			found[event.Diagnostic.Address] = append(found[event.Diagnostic.Address], *event.Diagnostic)
		}
	}
	return found
}

func put(of string, condition string) string {
	return fmt.Sprintf(`{"Sid":"Guard","Effect":"Deny","Principal":%s,"Action":"s3:PutBucketPolicy","Resource":"arn:aws:s3:::BUCKET","Condition":%s}`, of, condition)
}

const (
	webStatement = `{"Sid":"Web","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::BUCKET/web/*"}`
	orgStatement = `{"Sid":"Org","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::BUCKET/web/*",` +
		`"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}`
	onlyAdmins = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:user/admin"},"Action":"kms:*","Resource":"*"}]}`
)

// onlyPolicies is what a plan cannot do without.
const onlyPolicies = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetBucketPolicy","Resource":"*"}]}`

// filled is a statement of about so many bytes.
func filled(size int) string {
	return `{"Effect":"Deny","Principal":{"AWS":"333333333333"},"Action":"s3:PutObjectAcl","Resource":"arn:aws:s3:::BUCKET/*",` +
		`"Condition":{"StringEquals":{"s3:x-amz-acl":` + numbered(size/50, "%047d") + `}}}`
}

func blocked(t *testing.T, w *World, bucket string) {
	t.Helper()
	_, err := w.S3(w.SetupKey).PutPublicAccessBlock(t.Context(), &s3.PutPublicAccessBlockInput{
		Bucket: &bucket, PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{BlockPublicPolicy: aws.Bool(true)},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func versioned(t *testing.T, w *World, bucket string) {
	t.Helper()
	_, err := w.S3(w.SetupKey).PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: &bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// numbered gives a list of n texts.
func numbered(n int, format string) string {
	texts := make([]string, 0, n)
	for i := range n {
		texts = append(texts, fmt.Sprintf(format, i))
	}
	return `["` + strings.Join(texts, `", "`) + `"]`
}

// Each case that a plan tells of stands beside its harmless twin. All of them are shares of one plan.
func TestPlanLooksAround(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	good, closed := w.Owner.AddKey(awssim.KeyOptions{Region: Region}), w.Owner.AddKey(awssim.KeyOptions{Region: Region, Policy: onlyAdmins})
	off, dying := w.Owner.AddKey(awssim.KeyOptions{Region: Region}), w.Owner.AddKey(awssim.KeyOptions{Region: Region})
	far := w.Owner.AddKey(awssim.KeyOptions{Region: "eu-west-1"})
	if _, err := w.KMS(w.SetupKey).DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &off}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.KMS(w.SetupKey).ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: &dying}); err != nil {
		t.Fatal(err)
	}
	keys := func(key string) string { return fmt.Sprintf(`kms_key_arns = [%q]`, key) }
	const limited = "provider = crossaccount.limited\n"
	cases := map[string]around{
		"locked": {policy: put(`"*"`, `{}`), severity: "error", says: []string{"does not let these credentials change it",
			`bucket policy statement "Guard" refuses s3:PutBucketPolicy for arn:aws:iam::111111111111:user/admin`, "Nothing was changed"}},
		"locked-others":     {policy: put(`{"AWS":"arn:aws:iam::222222222222:root"}`, `{}`)},
		"locked-left-alone": {policy: put(`"*"`, `{}`), more: `bucket_policy_mode = "output_only"`},
		"locked-perhaps": {policy: put(`"*"`, `{"StringNotEquals":{"aws:SourceVpce":"vpce-1a2b3c4d"}}`), severity: "warning",
			says: []string{"may not let these credentials change it", "unless aws:SourceVpce is vpce-1a2b3c4d"}},
		"locked-past": {policy: put(`"*"`, `{"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}`)},

		"public": {policy: webStatement, prepare: blocked, severity: "error", says: []string{"Block Public Access refuses the policy",
			`public because of statement "Web"`, "BlockPublicPolicy of bucket acme-public refuses every write"}},
		"public-unblocked":  {policy: webStatement},
		"public-to-an-org":  {policy: orgStatement, prepare: blocked},
		"public-left-alone": {policy: webStatement, prepare: blocked, more: `bucket_policy_mode = "output_only"`},

		"large": {policy: filled(19600), shares: 3, severity: "error", says: []string{"The policy of bucket acme-large would be too large",
			"more than the 20,480 that S3 takes", "of the same run", `bucket_policy_mode = "delegated"`}},
		"large-in-common": {policy: filled(16500), shares: 8, more: `bucket_policy_mode = "delegated"`},
		"large-half":      {policy: filled(9000), shares: 3},
		"nearly-full": {policy: filled(18000), severity: "warning",
			says: []string{"The policy of bucket acme-nearly-full is nearly full", "of the 20,480 bytes that S3 takes"}},
		"many-prefixes": {more: "prefixes = " + numbered(140, "reports/of/the/department/of/many/papers/%03d/"), severity: "error",
			says: []string{"The permissions policy of share acme-many-prefixes/many-prefixes-0 would be too large", "of the 10,240 that IAM takes", "too many"}},
		"some-prefixes": {more: "prefixes = " + numbered(30, "reports/of/the/department/of/many/papers/%03d/")},
		"many-principals": {principals: 40, severity: "warning", says: []string{"The trust policy of share acme-many-principals/many-principals-0 may be too long",
			"IAM takes 2,048, unless the quota (L-C07B4B0D) was raised", "consumer.principals"}},
		"some-principals": {principals: 10},

		"unseen": {more: limited + keys(good) + "\n" + `access = ["read_versions"]`, severity: "warning", says: []string{
			"Not everything around share acme-unseen/unseen-0 could be looked at", "kms:DescribeKey is refused", "whether key " + good + " can be used is not known",
			"s3:GetBucketVersioning is refused", "whether bucket acme-unseen keeps versions is not known"}},
		"unseen-public": {policy: webStatement, prepare: blocked, more: limited, severity: "warning", says: []string{"s3:GetBucketPolicyStatus is refused",
			"s3:GetBucketPublicAccessBlock is refused", "s3:GetAccountPublicAccessBlock is refused", "whether Block Public Access of bucket acme-unseen-public refuses"}},
		"unseen-nothing": {more: limited},

		"no-versions": {more: `access = ["read_versions"]`, severity: "warning", says: []string{"Bucket acme-no-versions keeps no versions"}},
		"versions":    {more: `access = ["read_versions"]`, prepare: versioned},

		"no-boundary": {more: `permissions_boundary = "arn:aws:iam::111111111111:policy/none"`, severity: "warning",
			says: []string{"There is no policy arn:aws:iam::111111111111:policy/none", "IAM refuses to put it on the role"}},
		"boundary": {more: `permissions_boundary = "arn:aws:iam::aws:policy/AmazonS3FullAccess"`},

		"key": {more: keys(good)},
		"closed-key": {more: keys(closed), severity: "warning", says: []string{"will not give all that it promises",
			"the policy of key " + closed + " does not allow kms:Decrypt", "arn:aws:iam::111111111111:root"}},
		"closed-key-unused": {more: keys(closed) + "\n" + `access = ["list"]`},
		"disabled-key":      {more: keys(off), severity: "warning", says: []string{"will not give all that it promises", "key " + off + " is disabled"}},
		"dying-key":         {more: keys(dying), severity: "warning", says: []string{"will not give all that it promises", "key " + dying + " is about to be deleted"}},
		"no-key": {more: keys("arn:aws:kms:eu-central-1:111111111111:key/00000000-0000-0000-0000-000000000000"), severity: "warning",
			says: []string{"will not give all that it promises", "there is no key arn:aws:kms:eu-central-1:111111111111:key/00000000-0000-0000-0000-000000000000"}},
		"far-key": {more: keys(far), severity: "warning", says: []string{"The keys are in another region than the bucket",
			"Bucket acme-far-key is in eu-central-1"}},
		"far-key-left-alone": {more: keys(far) + "\n" + `bucket_policy_mode = "output_only"`, severity: "warning",
			says: []string{"The keys are in another region than the bucket"}},
		"key-of-others": {more: keys("arn:aws:kms:eu-central-1:333333333333:key/00000000-0000-0000-0000-000000000000")},
	}
	w.mustTell(t, cases)
}

// mustTell plans the shares of all cases in one run and looks for what each is told.
func (w *World) mustTell(t *testing.T, cases map[string]around) {
	t.Helper()
	config := w.plannedAround(t, cases)
	mirror, cli := built(t)
	in := emptyWorkspace(t, mirror, cli)
	mustWrite(t, in, "main.tf", required+w.Provider()+w.permitted(onlyPolicies, s3Only).Provider(`  alias = "limited"`)+config)
	mustRun(t, in, "init")
	found := diagnosticsOf(t, in)
	for name, test := range cases {
		mustBeTold(t, name, test, found)
	}
	w.mustHaveWrittenNothing(t)
}

// plannedAround makes the buckets and gives the shares.
func (w *World) plannedAround(t *testing.T, cases map[string]around) string {
	t.Helper()
	var config strings.Builder
	for name, test := range cases {
		bucket := "acme-" + name
		w.Owner.AddBucket(bucket, awssim.BucketOptions{Region: Region, Block: &awssim.PublicAccessBlock{}})
		if test.policy != "" {
			policy := strings.ReplaceAll(`{"Version":"2012-10-17","Statement":[`+test.policy+`]}`, "BUCKET", bucket)
			if _, err := w.S3(w.SetupKey).PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &bucket, Policy: &policy}); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if test.prepare != nil {
			test.prepare(t, w, bucket)
		}
		if !strings.Contains(test.more, "kms_key_arns") {
			test.more += "\n  kms_key_arns = []"
		}
		for i := range max(1, test.shares) {
			fmt.Fprintf(&config, "resource \"crossaccount_s3_share\" \"%[1]s-%[2]d\" {\n  name = \"%[1]s-%[2]d\"\n  bucket = %[3]q\n  consumer = { account_id = %[4]q, principals = %[5]s }\n  %[6]s\n}\n",
				name, i, bucket, ConsumerID, numbered(max(1, test.principals), "arn:aws:iam::222222222222:role/department/data-engineer-%02d"), test.more)
		}
	}
	return config.String()
}

// mustBeTold holds the diagnostics of the shares of one case; of several shares one is told.
func mustBeTold(t *testing.T, name string, test around, found map[string][]diagnostic) {
	t.Helper()
	var said []diagnostic
	for i := range max(1, test.shares) {
		said = append(said, found[fmt.Sprintf("crossaccount_s3_share.%s-%d", name, i)]...)
	}
	if test.severity == "" {
		if len(said) > 0 {
			t.Errorf("%s: it says %v", name, said)
		}
		return
	}
	told := slices.DeleteFunc(slices.Clone(said), func(d diagnostic) bool {
		return d.Severity != test.severity || slices.ContainsFunc(test.says, func(words string) bool { return !strings.Contains(d.Summary+"\n"+d.Detail, words) })
	})
	if len(told) == 0 || len(said) > max(1, test.shares) {
		t.Errorf("%s: it does not say %q and nothing else, as %s: %v", name, test.says, test.severity, said)
	}
}
