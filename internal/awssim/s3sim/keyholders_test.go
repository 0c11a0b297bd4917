package s3sim_test

import (
	"bytes"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
)

// This file tests to whom keys of KMS open objects, beside those whom policies name.

// The AWS managed key opens to everybody of its account who may read the object, and to nobody else.
func TestTheManagedKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bucket(s3sim.BucketOptions{})
	inside, outside := w.session(w.owner, "share", identity()), w.session(w.consumer, "etl", identity(kmsAllow("kms:*")))
	w.setPolicy(b, bucketPolicy(statement(etl, "s3:GetObject s3:PutObject", objects)))
	_, err := inside.PutObject(ctx, &s3.PutObjectInput{
		Bucket: bucket, Key: aws.String("k"), Body: bytes.NewReader([]byte("x")), ServerSideEncryption: types.ServerSideEncryptionAwsKms,
	})
	mustBe(t, err, "", "")
	_, err = get(inside, "k")
	mustBe(t, err, "", "")
	_, err = get(outside, "k")
	mustBe(t, err, "AccessDenied", crossReason)
	_, err = outside.PutObject(ctx, &s3.PutObjectInput{
		Bucket: bucket, Key: aws.String("j"), Body: bytes.NewReader([]byte("x")), ServerSideEncryption: types.ServerSideEncryptionAwsKms,
	})
	mustBe(t, err, "AccessDenied", "kms:GenerateDataKey")
	mustBe(t, put(outside, "plain", "x"), "", "")
}

// A grant lets another account's role read, as far as its constraint goes; revoking it ends that.
func TestAGrantForReading(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		constraint string
		bucketKey  bool
		code       string
	}{
		"without constraint":                {"", false, ""},
		"for the bucket, with a bucket key": {"arn:aws:s3:::acme", true, ""},
		"for the bucket, without one":       {"arn:aws:s3:::acme", false, "AccessDenied"},
		"for all objects by a wildcard":     {"arn:aws:s3:::acme/*", false, "AccessDenied"},
		"for another bucket":                {"arn:aws:s3:::other", true, "AccessDenied"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			key := w.owner.AddKey(awssim.KeyOptions{})
			b := w.bucket(s3sim.BucketOptions{KMSKeyARN: key, BucketKey: test.bucketKey})
			b.PutObject("k", "x", nil)
			reader := w.session(w.consumer, "etl", identity(kmsAllow("kms:Decrypt")))
			w.setPolicy(b, bucketPolicy(statement(etl, "s3:GetObject", objects)))
			_, err := get(reader, "k")
			mustBe(t, err, "AccessDenied", crossReason)
			keys := kms.NewFromConfig(w.config(w.owner.AdminKey()))
			input := &kms.CreateGrantInput{KeyId: aws.String(key), GranteePrincipal: aws.String(etl), Operations: []kmstypes.GrantOperation{"Decrypt"}}
			if test.constraint != "" {
				input.Constraints = &kmstypes.GrantConstraints{EncryptionContextEquals: map[string]string{"aws:s3:arn": test.constraint}}
			}
			made, err := keys.CreateGrant(ctx, input)
			mustBe(t, err, "", "")
			_, err = get(reader, "k")
			mustBe(t, err, test.code, "")
			_, err = keys.RevokeGrant(ctx, &kms.RevokeGrantInput{KeyId: aws.String(key), GrantId: made.GrantId})
			mustBe(t, err, "", "")
			_, err = get(reader, "k")
			mustBe(t, err, "AccessDenied", crossReason)
		})
	}
}

// An anonymous caller cannot use a key, whatever the policies say.
func TestAnonymousAndKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := w.owner.AddKey(awssim.KeyOptions{Policy: bucketPolicy(kmsIAM, statement("*", "kms:Decrypt", "*"))})
	b := w.bucket(s3sim.BucketOptions{KMSKeyARN: key})
	b.PutObject("k", "x", nil)
	w.owner.AddBucket("plain", s3sim.BucketOptions{Block: &s3sim.PublicAccessBlock{}}).PutObject("k", "x", nil)
	w.setPolicy(b, bucketPolicy(statement("*", "s3:GetObject", objects)))
	w.setPolicy(w.s3.Bucket("plain"), bucketPolicy(statement("*", "s3:GetObject", "arn:aws:s3:::plain/*")))
	_, err := get(w.anonymous(), "k")
	mustBe(t, err, "InvalidArgument", "require AWS Signature Version 4")
	_, err = w.anonymous().GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("plain"), Key: aws.String("k")})
	mustBe(t, err, "", "")
}
