package acctest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// config is that of an unmodified SDK; one attempt, so that a refusal is seen at once.
func (w *World) config(key awssim.Credentials) aws.Config {
	return aws.Config{
		Region:           Region,
		Credentials:      credentials.NewStaticCredentialsProvider(key.AccessKeyID, key.SecretAccessKey, key.SessionToken),
		BaseEndpoint:     aws.String(w.Sim.URL()),
		RetryMaxAttempts: 1,
	}
}

// S3 calls S3 with a key.
func (w *World) S3(key awssim.Credentials) *s3.Client {
	return s3.NewFromConfig(w.config(key), func(o *s3.Options) { o.UsePathStyle = true })
}

// IAM calls IAM with a key.
func (w *World) IAM(key awssim.Credentials) *iam.Client { return iam.NewFromConfig(w.config(key)) }

// KMS calls KMS with a key.
func (w *World) KMS(key awssim.Credentials) *kms.Client { return kms.NewFromConfig(w.config(key)) }

// Assume assumes a role; an empty external ID is not sent.
func (w *World) Assume(ctx context.Context, key awssim.Credentials, roleARN, externalID string) (awssim.Credentials, error) {
	input := &sts.AssumeRoleInput{RoleArn: &roleARN, RoleSessionName: aws.String("acctest")}
	if externalID != "" {
		input.ExternalId = &externalID
	}
	answer, err := sts.NewFromConfig(w.config(key)).AssumeRole(ctx, input)
	if err != nil {
		return awssim.Credentials{}, err
	}
	c := answer.Credentials
	return awssim.Credentials{AccessKeyID: *c.AccessKeyId, SecretAccessKey: *c.SecretAccessKey, SessionToken: *c.SessionToken}, nil
}

// Code is AWS's error code, empty for nil.
func Code(err error) string {
	var api smithy.APIError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &api):
		return api.ErrorCode()
	}
	return err.Error()
}

// Put writes an object as the owner.
func (w *World) Put(t testing.TB, key, body string) {
	t.Helper()
	if _, err := w.S3(w.SetupKey).PutObject(contextOf(t), &s3.PutObjectInput{
		Bucket: aws.String(Bucket), Key: &key, Body: bytes.NewReader([]byte(body)),
	}); err != nil {
		t.Fatalf("putting object %s: %v", key, err)
	}
}

// Get reads an object.
func (w *World) Get(ctx context.Context, key awssim.Credentials, name string) (string, error) {
	answer, err := w.S3(key).GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(Bucket), Key: &name})
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return string(body), err
}

// BucketPolicy is the policy as S3 gives it to the owner, empty when there is none.
func (w *World) BucketPolicy(t testing.TB) string {
	t.Helper()
	answer, err := w.S3(w.SetupKey).GetBucketPolicy(contextOf(t), &s3.GetBucketPolicyInput{Bucket: aws.String(Bucket)})
	if Code(err) == "NoSuchBucketPolicy" {
		return ""
	}
	if err != nil {
		t.Fatalf("reading the bucket policy: %v", err)
	}
	return aws.ToString(answer.Policy)
}

// PutBucketPolicy writes the whole policy as the owner.
func (w *World) PutBucketPolicy(t testing.TB, policy string) {
	t.Helper()
	if _, err := w.S3(w.SetupKey).PutBucketPolicy(contextOf(t), &s3.PutBucketPolicyInput{Bucket: aws.String(Bucket), Policy: &policy}); err != nil {
		t.Fatalf("writing the bucket policy: %v", err)
	}
}

// contextOf outlives the test's own context, so that clean-up can still call.
func contextOf(t testing.TB) context.Context { return context.WithoutCancel(t.Context()) }

// identity gives the unique ID of the share's role and the external ID that its trust policy wants.
func (w *World) identity(t testing.TB) (uniqueID, externalID string) {
	t.Helper()
	role, err := w.IAM(w.SetupKey).GetRole(contextOf(t), &iam.GetRoleInput{RoleName: aws.String("etl-reports")})
	if err != nil {
		t.Fatalf("reading the role: %v", err)
	}
	if externalID, err = w.externalID(contextOf(t)); err != nil {
		t.Fatal(err)
	}
	return aws.ToString(role.Role.RoleId), externalID
}

// externalID reads the only external ID that the trust policy wants.
func (w *World) externalID(ctx context.Context) (string, error) {
	ids, err := w.externalIDs(ctx)
	if err == nil && len(ids) != 1 {
		err = fmt.Errorf("the trust policy wants %d external IDs, not one", len(ids))
	}
	if err != nil {
		return "", err
	}
	return ids[0].Reveal(), nil
}

// externalIDs reads those that the trust policy accepts, as it lists them.
func (w *World) externalIDs(ctx context.Context) ([]share.ExternalID, error) {
	answer, err := w.IAM(w.SetupKey).GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("etl-reports")})
	if err != nil {
		return nil, err
	}
	text, err := url.PathUnescape(aws.ToString(answer.Role.AssumeRolePolicyDocument))
	if err != nil {
		return nil, err
	}
	trust, err := policy.Parse(text)
	if err != nil {
		return nil, err
	}
	return share.ExternalIDsOf(trust), nil
}
