package s3sim_test

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
)

const (
	kmsIAM      = `{"Sid":"Enable IAM policies","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"kms:*","Resource":"*"}`
	onlyAdmin   = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:user/admin"},"Action":"kms:*","Resource":"*"}`
	throughS3   = `{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}`
	crossReason = "because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access"
)

// identity writes an identity policy of several statements, S3 in it always allowed.
func identity(statements ...string) string {
	return bucketPolicy(append(statements, statement("", "s3:*", "*"))...)
}

// kmsAllow is a statement on all keys.
func kmsAllow(action string, condition ...string) string {
	return statement("", action, "*", condition...)
}

// Reading an object under a key of KMS needs kms:Decrypt, whose conditions see S3 as the service between and the object,
// or with bucket keys the bucket, as the encryption context.
func TestReadingUnderAKey(t *testing.T) {
	t.Parallel()
	context := func(values ...string) string {
		return `{"StringLike":{"kms:EncryptionContext:aws:s3:arn":["` + strings.Join(values, `","`) + `"]}}`
	}
	cases := map[string]struct {
		key         []string // statements of the key policy
		bucketKey   bool
		outside     bool // the caller is etl of the consumer, else share of the owner
		identity    string
		code, words string
	}{
		"IAM enabled, identity allows":             {[]string{kmsIAM}, false, false, identity(kmsAllow("kms:Decrypt")), "", ""},
		"IAM enabled, identity is silent":          {[]string{kmsIAM}, false, false, identity(), "AccessDenied", "assumed-role/share/s1 is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext because no identity-based policy allows the kms:Decrypt action"},
		"IAM enabled, identity has another action": {[]string{kmsIAM}, false, false, identity(kmsAllow("kms:GenerateDataKey")), "AccessDenied", "kms:Decrypt"},
		"IAM not enabled, identity allows":         {[]string{onlyAdmin}, false, false, identity(kmsAllow("kms:Decrypt")), "AccessDenied", "because no resource-based policy allows the kms:Decrypt action"},
		"only through S3":                          {[]string{kmsIAM}, false, false, identity(kmsAllow("kms:Decrypt", throughS3)), "", ""},
		"only through S3 of another region":        {[]string{kmsIAM}, false, false, identity(kmsAllow("kms:Decrypt", `{"StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}`)), "AccessDenied", ""},
		"only what is not called by a service":     {[]string{kmsIAM}, false, false, identity(kmsAllow("kms:Decrypt", `{"Bool":{"aws:ViaAWSService":"false"}}`)), "AccessDenied", ""},

		"the context of the object":                        {[]string{kmsIAM}, false, false, identity(kmsAllow("kms:Decrypt", context("arn:aws:s3:::acme/k*"))), "", ""},
		"the context of another object":                    {[]string{kmsIAM}, false, false, identity(kmsAllow("kms:Decrypt", context("arn:aws:s3:::acme/j*"))), "AccessDenied", ""},
		"the context of the bucket":                        {[]string{kmsIAM}, false, false, identity(kmsAllow("kms:Decrypt", context("arn:aws:s3:::acme"))), "AccessDenied", ""},
		"bucket key, the context of the bucket":            {[]string{kmsIAM}, true, false, identity(kmsAllow("kms:Decrypt", context("arn:aws:s3:::acme"))), "", ""},
		"bucket key, the context of the object":            {[]string{kmsIAM}, true, false, identity(kmsAllow("kms:Decrypt", context("arn:aws:s3:::acme/k*"))), "AccessDenied", ""},
		"bucket key, the context of bucket and the object": {[]string{kmsIAM}, true, false, identity(kmsAllow("kms:Decrypt", context("arn:aws:s3:::acme", "arn:aws:s3:::acme/k*"))), "", ""},

		"across, both allow":             {[]string{kmsIAM, statement(etl, "kms:Decrypt", "*")}, false, true, identity(kmsAllow("kms:Decrypt")), "", ""},
		"across, only the key allows":    {[]string{kmsIAM, statement(etl, "kms:Decrypt", "*")}, false, true, identity(), "AccessDenied", "because no identity-based policy allows the kms:Decrypt action"},
		"across, only identity allows":   {[]string{kmsIAM}, false, true, identity(kmsAllow("kms:*")), "AccessDenied", "kms:Decrypt on the resource associated with this ciphertext " + crossReason},
		"across, the account is let in":  {[]string{kmsIAM, statement("222222222222", "kms:Decrypt", "*", throughS3)}, false, true, identity(kmsAllow("kms:Decrypt")), "", ""},
		"across, another is let in":      {[]string{kmsIAM, statement("arn:aws:iam::222222222222:user/admin", "kms:Decrypt", "*")}, false, true, identity(kmsAllow("kms:Decrypt")), "AccessDenied", crossReason},
		"across, the key denies sources": {[]string{kmsIAM, statement(etl, "kms:Decrypt", "*"), strings.Replace(statement("*", "kms:Decrypt", "*", `{"StringNotEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}`), "Allow", "Deny", 1)}, false, true, identity(kmsAllow("kms:Decrypt")), "", ""},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			inside, outside := test.identity, ""
			if test.outside {
				inside, outside = "", test.identity
			}
			reader, other := w.session(w.owner, "share", inside), w.session(w.consumer, "etl", outside)
			if test.outside {
				reader = other
			}
			key := w.owner.AddKey(awssim.KeyOptions{Policy: bucketPolicy(test.key...)})
			b := w.bucket(s3sim.BucketOptions{KMSKeyARN: key, BucketKey: test.bucketKey})
			w.setPolicy(b, bucketPolicy(statement(etl, "s3:GetObject s3:PutObject", objects)))
			b.PutObject("k", "hello", nil)
			body, err := get(reader, "k")
			mustBe(t, err, test.code, test.words)
			if err == nil && body != "hello" {
				t.Errorf("read %q", body)
			}
			head, err := reader.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("k")})
			mustBe(t, err, "", "") // the key is not asked to say what an object is
			if aws.ToString(head.SSEKMSKeyId) != key || aws.ToBool(head.BucketKeyEnabled) != test.bucketKey {
				t.Errorf("the object is under %v, bucket key %v", aws.ToString(head.SSEKMSKeyId), aws.ToBool(head.BucketKeyEnabled))
			}
		})
	}
}

// What each call that writes needs of the key: GenerateDataKey, and Decrypt for uploads in parts.
func TestWritingUnderAKey(t *testing.T) {
	t.Parallel()
	upload := func(c *s3.Client) error { return multipart(c, "k") }
	simple := func(c *s3.Client) error { return put(c, "k", "x") }
	copying := func(c *s3.Client) error {
		_, err := c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: bucket, Key: aws.String("k"), CopySource: aws.String("acme/old")})
		return err
	}
	cases := map[string]struct {
		do      func(*s3.Client) error
		actions string
		code    string
		words   string
	}{
		"put":                           {simple, "kms:GenerateDataKey", "", ""},
		"put, with Decrypt only":        {simple, "kms:Decrypt", "AccessDenied", "kms:GenerateDataKey on resource: arn:aws:kms:us-east-1:111111111111:key/"},
		"parts":                         {upload, "kms:GenerateDataKey kms:Decrypt", "", ""},
		"parts, without Decrypt":        {upload, "kms:GenerateDataKey", "AccessDenied", "kms:Decrypt on the resource associated with this ciphertext"},
		"parts, with Decrypt only":      {upload, "kms:Decrypt", "AccessDenied", "kms:GenerateDataKey"},
		"copy":                          {copying, "kms:GenerateDataKey kms:Decrypt", "", ""},
		"copy, without Decrypt":         {copying, "kms:GenerateDataKey", "AccessDenied", "kms:Decrypt"},
		"copy, without GenerateDataKey": {copying, "kms:Decrypt", "AccessDenied", "kms:GenerateDataKey"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b := w.bucket(s3sim.BucketOptions{KMSKeyARN: w.owner.AddKey(awssim.KeyOptions{})})
			b.PutObject("old", "x", nil)
			err := test.do(w.session(w.owner, "share", identity(kmsAllow(test.actions, throughS3))))
			mustBe(t, err, test.code, test.words)
			if written := len(b.Keys()) == 1; err == nil && written {
				t.Error("nothing was written")
			} else if err != nil && !written {
				t.Error("the refused object was written")
			}
		})
	}
}

// multipart uploads an object in one part.
func multipart(c *s3.Client, key string) error {
	made, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: aws.String(key)})
	if err != nil {
		return err
	}
	part, err := c.UploadPart(ctx, &s3.UploadPartInput{
		Bucket: bucket, Key: aws.String(key), UploadId: made.UploadId, PartNumber: aws.Int32(1), Body: strings.NewReader("x"),
	})
	if err != nil {
		return err
	}
	_, err = c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: bucket, Key: aws.String(key), UploadId: made.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{ETag: part.ETag, PartNumber: aws.Int32(1)}}},
	})
	return err
}

// Which key an object gets: that of the headers, else the bucket's default.
func TestWhichKeyAnObjectGets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, second := w.owner.AddKey(awssim.KeyOptions{}), w.owner.AddKey(awssim.KeyOptions{Alias: "alias/second"})
	far := w.owner.AddKey(awssim.KeyOptions{Region: "eu-west-1"})
	off := w.owner.AddKey(awssim.KeyOptions{})
	keys := kms.NewFromConfig(w.config(w.owner.AdminKey()))
	_, err := keys.DisableKey(ctx, &kms.DisableKeyInput{KeyId: aws.String(off)})
	mustBe(t, err, "", "")
	managed, err := keys.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("alias/aws/s3")})
	mustBe(t, err, "", "")
	w.owner.AddBucket("plain", s3sim.BucketOptions{})
	w.owner.AddBucket("keyed", s3sim.BucketOptions{KMSKeyARN: first, BucketKey: true})
	const ofKMS = types.ServerSideEncryptionAwsKms
	cases := map[string]struct {
		bucket    string
		sse       types.ServerSideEncryption
		key       string
		code      string
		wantKey   string
		bucketKey bool
	}{
		"no key, no header":               {"plain", "", "", "", "", false},
		"default key, no header":          {"keyed", "", "", "", first, true},
		"default key, header for S3":      {"keyed", types.ServerSideEncryptionAes256, "", "", "", false},
		"default key, header without key": {"keyed", ofKMS, "", "", aws.ToString(managed.KeyMetadata.Arn), true},
		"header with a key":               {"plain", ofKMS, second, "", second, false},
		"header with an alias":            {"plain", ofKMS, "alias/second", "", second, false},
		"a key of another region":         {"plain", ofKMS, far, "KMS.NotFoundException", "", false},
		"a key that is none":              {"plain", ofKMS, "alias/none", "KMS.NotFoundException", "", false},
		"a disabled key":                  {"plain", ofKMS, off, "KMS.DisabledException", "", false},
		"a key without the algorithm":     {"plain", "", second, "InvalidArgument", "", false},
		"an algorithm that is none":       {"plain", "rot13", "", "InvalidArgument", "", false},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			input := &s3.PutObjectInput{Bucket: aws.String(test.bucket), Key: aws.String(name), ServerSideEncryption: test.sse}
			if test.key != "" {
				input.SSEKMSKeyId = aws.String(test.key)
			}
			out, err := w.admin(w.owner).PutObject(context.Background(), input)
			mustBe(t, err, test.code, "")
			if err == nil && (aws.ToString(out.SSEKMSKeyId) != test.wantKey || aws.ToBool(out.BucketKeyEnabled) != test.bucketKey) {
				t.Errorf("key %q, bucket key %v", aws.ToString(out.SSEKMSKeyId), aws.ToBool(out.BucketKeyEnabled))
			}
		})
	}
}

// What else opens an object or an upload needs kms:Decrypt; what only tells of it does not.
func TestOtherCallsUnderAKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bucket(s3sim.BucketOptions{KMSKeyARN: w.owner.AddKey(awssim.KeyOptions{})})
	b.PutObject("k", "x", map[string]string{"a": "b"})
	made, err := w.admin(w.owner).CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: aws.String("u")})
	mustBe(t, err, "", "")
	calls := map[string]struct {
		do   func(*s3.Client) error
		code string // without kms:Decrypt
	}{
		"head with its checksum": {func(c *s3.Client) error {
			_, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("k"), ChecksumMode: types.ChecksumModeEnabled})
			return err
		}, "Forbidden"},
		"parts of an upload": {func(c *s3.Client) error {
			_, err := c.ListParts(ctx, &s3.ListPartsInput{Bucket: bucket, Key: aws.String("u"), UploadId: made.UploadId})
			return err
		}, "AccessDenied"},
		"a part that is copied": {func(c *s3.Client) error {
			_, err := c.UploadPartCopy(ctx, &s3.UploadPartCopyInput{
				Bucket: bucket, Key: aws.String("u"), UploadId: made.UploadId, PartNumber: aws.Int32(1), CopySource: aws.String("acme/k"),
			})
			return err
		}, "AccessDenied"},
		"listing": {func(c *s3.Client) error {
			_, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket})
			return err
		}, ""},
		"tags": {func(c *s3.Client) error {
			_, err := c.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: bucket, Key: aws.String("k")})
			return err
		}, ""},
	}
	with, without := w.session(w.owner, "with", identity(kmsAllow("kms:Decrypt"))), w.session(w.owner, "without", identity())
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mustBe(t, call.do(with), "", "")
			mustBe(t, call.do(without), call.code, "")
		})
	}
}
