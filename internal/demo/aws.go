package main

import (
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// This file calls AWS with the unmodified SDK, as whoever holds a key.

// client holds a key.
type client struct {
	config aws.Config
}

// as gives the client of a key. It tries once, so that a refusal is seen at once.
func (w *world) as(key awssim.Credentials) client {
	return client{aws.Config{
		Region: region, BaseEndpoint: aws.String(w.sim.URL()), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(key.AccessKeyID, key.SecretAccessKey, key.SessionToken),
	}}
}

// running is a workload of the consumer that has the role as an instance profile gives it.
func (w *world) running(role string) client { return w.as(w.consumer.RoleSession(role, "nightly-job")) }

func (c client) iam() *iam.Client { return iam.NewFromConfig(c.config) }

func (c client) s3() *s3.Client { return s3.NewFromConfig(c.config) }

// assume assumes a role and gives the client of its session. An empty external ID is not sent.
func (c client) assume(ctx context.Context, roleARN, externalID string) (client, error) {
	input := &sts.AssumeRoleInput{RoleArn: &roleARN, RoleSessionName: aws.String("nightly-job")}
	if externalID != "" {
		input.ExternalId = &externalID
	}
	answer, err := sts.NewFromConfig(c.config).AssumeRole(ctx, input)
	if err != nil {
		return client{}, err
	}
	key, session := answer.Credentials, c
	session.config.Credentials = credentials.NewStaticCredentialsProvider(*key.AccessKeyId, *key.SecretAccessKey, *key.SessionToken)
	return session, nil
}

func (c client) read(ctx context.Context, key string) (string, error) {
	answer, err := c.s3().GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(bucketName), Key: &key})
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return string(body), err
}

func (c client) write(ctx context.Context, key, body string) error {
	_, err := c.s3().PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String(bucketName), Key: &key, Body: bytes.NewReader([]byte(body))})
	return err
}

func (c client) list(ctx context.Context, prefix string) (string, error) {
	answer, err := c.s3().ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String(bucketName), Prefix: &prefix})
	if err != nil {
		return "", err
	}
	var keys string
	for _, object := range answer.Contents {
		keys += *object.Key + "\n"
	}
	return keys, nil
}

// inlinePolicies names the inline policies of a role.
func (c client) inlinePolicies(ctx context.Context, role string) (string, error) {
	answer, err := c.iam().ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: &role})
	if err != nil {
		return "", err
	}
	return strings.Join(answer.PolicyNames, ", "), nil
}
