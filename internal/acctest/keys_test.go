package acctest

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// encryptBy makes a key the default of the bucket, named as given; "" is the AWS managed key.
func (w *World) encryptBy(t *testing.T, key string, bucketKey bool) {
	t.Helper()
	standard := &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAwsKms}
	if key != "" {
		standard.KMSMasterKeyID = &key
	}
	if _, err := w.S3(w.SetupKey).PutBucketEncryption(t.Context(), &s3.PutBucketEncryptionInput{
		Bucket: aws.String(Bucket),
		ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{{
			ApplyServerSideEncryptionByDefault: standard, BucketKeyEnabled: &bucketKey,
		}}},
	}); err != nil {
		t.Fatalf("encrypting the bucket: %v", err)
	}
}

// keysAre holds the keys of a plan.
func keysAre(keys ...string) plancheck.PlanCheck {
	all := make([]knownvalue.Check, 0, len(keys))
	for _, key := range keys {
		all = append(all, knownvalue.StringExact(key))
	}
	return plancheck.ExpectKnownValue(address, tfjsonpath.New("kms_key_arns"), knownvalue.SetExact(all))
}

// Whatever names the bucket's key, the session of the share reads and writes encrypted objects of its prefix, and no others.
func TestKeyOfTheBucket(t *testing.T) {
	RequireCLI(t)
	for name, c := range map[string]struct {
		named     string // how the bucket names its key
		bucketKey bool
	}{
		"by its ARN":              {named: "arn"},
		"by its ARN, bucket keys": {named: "arn", bucketKey: true},
		"by an alias":             {named: "alias"},
		"by its ID":               {named: "id"},
		"the AWS managed key":     {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			arn := w.Owner.AddKey(awssim.KeyOptions{Region: Region})
			named, keys := map[string]string{"arn": arn, "alias": "alias/feed", "id": arn[len(arn)-36:], "": ""}[c.named], []string{arn}
			if c.named == "" {
				keys = nil
			}
			if _, err := w.KMS(w.SetupKey).CreateAlias(t.Context(), &kms.CreateAliasInput{AliasName: aws.String("alias/feed"), TargetKeyId: &arn}); err != nil {
				t.Fatal(err)
			}
			w.encryptBy(t, named, c.bucketKey)
			w.Put(t, "reports/q1.csv", "q1")
			w.Put(t, "secret/q1.csv", "q1")
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
				{
					Config:           w.Provider() + Share(WholeAccount, `access = ["read", "write"]`, `prefixes = ["reports/"]`),
					ConfigPlanChecks: before(keysAre(keys...), known("permissions_policy", "Statement")),
					Check: func(state *terraform.State) error {
						session := w.session(t, theShare(state, "test"))
						_, err := w.Get(t.Context(), session, "reports/q1.csv")
						_, outside := w.Get(t.Context(), session, "secret/q1.csv")
						_, plain := w.KMS(session).Encrypt(t.Context(), &kms.EncryptInput{KeyId: &arn, Plaintext: []byte("x")})
						return errors.Join(about("reading", err), about("writing", w.put(t, session, "reports/q2.csv")),
							about("reading outside", mustBe(refused, outside)), about("using the key without S3", mustBe("AccessDeniedException", plain)))
					},
				},
				{ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateId: Bucket + "/etl-reports", ImportStateVerifyIgnore: notReadBack},
			}})
			w.mustBeEmpty(t)
		})
	}
}

func (w *World) put(t *testing.T, session awssim.Credentials, key string) error {
	t.Helper()
	_, err := w.S3(session).PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(Bucket), Key: &key, Body: bytes.NewReader([]byte("x"))})
	return err
}

// Keys can be given, and taken away again: without the permission the session is refused by KMS.
func TestGivenKeys(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	old, young := w.Owner.AddKey(awssim.KeyOptions{Region: Region}), w.Owner.AddKey(awssim.KeyOptions{Region: Region})
	w.encryptBy(t, old, false)
	w.Put(t, "old", "1")
	w.encryptBy(t, young, false)
	w.Put(t, "young", "2")
	reads := func(oldCode, youngCode string) resource.TestCheckFunc {
		return func(state *terraform.State) error {
			session := w.session(t, theShare(state, "test"))
			_, first := w.Get(t.Context(), session, "old")
			_, second := w.Get(t.Context(), session, "young")
			return errors.Join(about("the old object", mustBe(oldCode, first)), about("the young object", mustBe(youngCode, second)))
		}
	}
	config := func(keys string) string { return w.Provider() + Share(WholeAccount, keys) }
	both := fmt.Sprintf("kms_key_arns = [%q, %q]", old, young)
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{Config: config(""), ConfigPlanChecks: before(keysAre(young)), Check: reads(refused, in)},
		{Config: config(both), ConfigPlanChecks: before(updates, keysAre(old, young)), Check: reads(in, in)},
		{Config: config("kms_key_arns = []"), ConfigPlanChecks: before(updates, keysAre()), Check: reads(refused, refused)},
		{Config: config(""), ConfigPlanChecks: before(updates, keysAre(young)), Check: reads(refused, in)},
		{PreConfig: func() { w.encryptBy(t, old, false) }, Config: config(""), ConfigPlanChecks: before(plancheck.ExpectEmptyPlan())},
	}})
	w.mustBeEmpty(t)
}

func TestKeysThatAreNone(t *testing.T) {
	RequireCLI(t)
	for name, c := range map[string]struct{ keys, says string }{
		"an alias":          {`["arn:aws:kms:eu-central-1:111111111111:alias/feed"]`, "is an alias, which stands for no key in a policy"},
		"an ID":             {`["01234567-89ab-cdef-0123-456789abcdef"]`, "is the ID of a key: give its ARN"},
		"two regions":       {`["arn:aws:kms:eu-central-1:111111111111:key/a", "arn:aws:kms:eu-west-1:111111111111:key/b"]`, "a bucket only uses keys of its own region"},
		"another partition": {`["arn:aws-cn:kms:cn-north-1:111111111111:key/a"]`, "AWS has no access across partitions"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
				{Config: w.Provider() + Share(WholeAccount, "kms_key_arns = "+c.keys), ExpectError: words(c.says)},
			}})
			w.mustHaveWrittenNothing(t)
		})
	}
}
