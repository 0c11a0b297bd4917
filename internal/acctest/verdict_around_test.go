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
	"github.com/crossaccount/terraform-provider-crossaccount/internal/terraformcli"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// This file holds the verdict to what the permissions boundary, the policies of keys and Block Public Access do to calls.

// judged is one share on a bucket of its own, whose name ends in the name of the case.
type judged struct {
	boundary, key string // ARNs
	// public tells that somebody's statement makes the bucket policy public, restricted that RestrictPublicBuckets is set.
	public, restricted bool
	more               string
	// warned is what the one warning of the plan says; empty for none.
	warned []string
	// verdict is what the attribute says, besides.
	verdict []string
	// refused tells that enforce_verdict = true refuses the share, and that reading is refused.
	refused bool
	// granted tells that somebody made a grant of the key for the consumer.
	granted bool
	// unreached tells that nobody calls: on what the case depends, a call of this test does not show.
	unreached bool
}

const (
	leftAlone = direct + "\nkms_access = \"none\""
	byLimited = "provider = crossaccount.limited\n"
	keyOwner  = `{"Sid":"Owner","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"kms:*","Resource":"*"}`
	listing   = `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}`
	// unseeing may do everything but read what a verdict rests on.
	unseeing = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:*","s3:*","kms:*"],"Resource":"*"},{"Effect":"Deny",` +
		`"Action":["iam:GetPolicy","kms:GetKeyPolicy","s3:GetBucketPublicAccessBlock","s3:GetAccountPublicAccessBlock"],"Resource":"*"}]}`
)

func document(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

func (w *World) judgedCases() map[string]judged {
	const (
		allS3       = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
		noData      = `{"Sid":"NoData","Effect":"Deny","Action":"s3:GetObject","Resource":"*"}`
		nearby      = `{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}}`
		onlyAdmin   = `{"Sid":"OnlyAdmin","Effect":"Deny","Principal":"*","Action":"kms:Decrypt","Resource":"*","Condition":{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111111111111:user/admin"}}}`
		onlyAccount = `{"Sid":"OnlyAccount","Effect":"Deny","Principal":"*","Action":"kms:Decrypt","Resource":"*","Condition":{"StringNotEquals":{"kms:CallerAccount":"111111111111"}}}`
	)
	key := func(statements ...string) string {
		return w.Owner.AddKey(awssim.KeyOptions{Region: Region, Policy: document(statements...)})
	}
	boundary := func(name string, statements ...string) string {
		return w.Owner.AddPolicy("/", name, document(statements...))
	}
	wide, silent, denies := boundary("wide", allS3), boundary("silent", listing), boundary("denies", allS3, noData)
	near := boundary("nearby", nearby)
	open, closed := key(keyOwner), w.Owner.AddKey(awssim.KeyOptions{Region: Region, Policy: onlyAdmins})
	guarded, ours := key(keyOwner, onlyAdmin), key(keyOwner, onlyAccount)
	alone, granted := key(keyOwner), key(keyOwner)
	const wider = "Grants are wider than the share"
	return map[string]judged{
		"boundary":        {boundary: wide},
		"boundary-of-aws": {boundary: "arn:aws:iam::aws:policy/AmazonS3FullAccess"},
		"boundary-silent": {boundary: silent, refused: true, warned: []string{"the permissions boundary " + silent + " does not allow s3:GetObject"}},
		"boundary-denies": {boundary: denies, refused: true, warned: []string{`statement "NoData" of the permissions boundary ` + denies + " refuses s3:GetObject for sessions of this role"}},
		"boundary-if":     {boundary: near, warned: []string{"works under conditions that others set", "allows s3:GetObject only if aws:SourceIp is in 127.0.0.0/8"}},
		"boundary-unread": {boundary: wide, more: byLimited, warned: []string{"iam:GetPolicy is refused", "how much of the share permissions boundary " + wide + " leaves is not known"},
			verdict: []string{"under the conditions below", "the permissions boundary " + wide + " was not read"}},
		"boundary-and-key": {boundary: wide, key: open, refused: true, warned: []string{"the permissions boundary " + wide + " does not allow kms:Decrypt"}},

		"key":        {key: open},
		"key-closed": {key: closed, refused: true, warned: []string{"the policy of key " + closed + " does not allow kms:Decrypt: a statement for arn:aws:iam::111111111111:role/crossaccount/key-closed"}},
		"key-denies": {key: guarded, refused: true, warned: []string{`statement "OnlyAdmin" of the policy of key ` + guarded + " refuses kms:Decrypt for sessions of this role"}},
		"key-unread": {key: open, more: byLimited, warned: []string{"kms:GetKeyPolicy is refused", "whether the policy of key " + open + " lets the role use it is not known"},
			verdict: []string{"under the conditions below", "the policy of key " + open + " was not read"}},

		"direct-key":        {key: open, more: direct},
		"direct-key-denies": {key: ours, more: direct, refused: true, warned: []string{`statement "OnlyAccount" of the policy of key ` + ours + " refuses kms:Decrypt for role etl of account 222222222222"}},
		"direct-key-none":   {key: alone, more: leftAlone, refused: true, warned: []string{"the policy of key " + alone + ` does not allow kms:Decrypt: kms_access = "key_policy" or "grant" would`}},
		"direct-key-granted": {key: granted, more: leftAlone, granted: true, warned: []string{"the policy of key " + granted +
			` does not allow kms:Decrypt, but grant "by-hand" of the key does, as far as its constraints let it`}},
		"direct-grant":        {key: open, more: direct + "\nkms_access = \"grant\"", warned: []string{wider}},
		"direct-grant-denies": {key: ours, more: direct + "\nkms_access = \"grant\"", refused: true, warned: []string{wider, `statement "OnlyAccount" of the policy of key ` + ours + " refuses kms:Decrypt"}},

		"public":        {public: true, restricted: true},
		"direct-public": {public: true, restricted: true, more: direct, refused: true, warned: []string{"RestrictPublicBuckets of bucket acme-direct-public refuses s3:GetObject", `statement "Web"`}},
		"direct-open":   {public: true, more: direct},
		"direct-unread": {public: true, more: byLimited + direct, unreached: true,
			warned:  []string{"s3:GetBucketPublicAccessBlock is refused", "s3:GetAccountPublicAccessBlock is refused"},
			verdict: []string{"whether RestrictPublicBuckets of bucket acme-direct-unread or account 111111111111 keeps out everybody outside account 111111111111 is not known"}},
	}
}

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
	cli, err := terraformcli.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mirror, err := workspace.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
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
	mustRun(t, in, "plan", "-detailed-exitcode") // the outputs have the verdicts
	for name, made := range sharesIn(t, in) {
		w.mustComeTrue(t, name, cases[name], made)
	}
	w.changePolicy(t, cases["boundary"].boundary, listing)
	changed := cases["boundary-silent"]
	changed.warned = []string{"the permissions boundary " + cases["boundary"].boundary + " does not allow s3:GetObject"}
	told := diagnosticsOf(t, in)["crossaccount_s3_share.boundary"] // nothing of it is to be changed
	changed.mustBeTold(t, "boundary", enforced["crossaccount_s3_share.boundary-silent"], told)
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
