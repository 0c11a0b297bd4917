package awsapi

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Caller gives who AssumeAsConsumer calls as.
func (c *Cloud) Caller(ctx context.Context) (share.Caller, error) {
	identity, err := c.assuming().Identity(ctx)
	return share.Caller(identity.ARN), err
}

// assuming is the account that AssumeAsConsumer calls with.
func (c *Cloud) assuming() *Account {
	if c.consumer != nil {
		return c.consumer
	}
	return c.owner
}

// FindKey gives the first key of the bucket that begins with prefix and sorts behind after, by the owner's own credentials.
// It is not the session that is asked: without s3:ListBucket, S3 answers 403 for a key that does not exist as for one that
// may not be read (S3 API reference, HeadObject). ok is false when there is no such key.
func (c *Cloud) FindKey(ctx context.Context, spec share.Spec, prefix, after string) (key string, ok bool, err error) {
	var page *s3.ListObjectsV2Output
	err = c.bucket(spec).inRegion(func(client *s3.Client) (err error) {
		page, err = client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{
			Bucket: aws.String(string(spec.Bucket)), ExpectedBucketOwner: &spec.Owner.ID, MaxKeys: aws.Int32(1),
			Prefix: optional(prefix), StartAfter: optional(after),
		})
		return err
	})
	if err != nil {
		return "", false, c.owner.failing("s3:ListBucket", err)
	}
	if len(page.Contents) == 0 {
		return "", false, nil
	}
	return aws.ToString(page.Contents[0].Key), true, nil
}

// HeadAs asks for the head of an object with the keys of a session, over the connection of the consumer. The answer to a
// HEAD has no body: a refusal comes without words.
func (c *Cloud) HeadAs(ctx context.Context, session Session, spec share.Spec, key string) error {
	return c.asSession(session, spec, "s3:GetObject", func(client *s3.Client) error {
		_, err := client.HeadObject(ctx, &s3.HeadObjectInput{
			Bucket: aws.String(string(spec.Bucket)), Key: &key, ExpectedBucketOwner: &spec.Owner.ID,
		})
		return err
	})
}

// FirstByteAs reads the first byte of an object with the keys of a session. A refusal comes with AWS's words.
func (c *Cloud) FirstByteAs(ctx context.Context, session Session, spec share.Spec, key string) error {
	return c.asSession(session, spec, "s3:GetObject", func(client *s3.Client) error {
		answer, err := client.GetObject(ctx, &s3.GetObjectInput{
			Bucket: aws.String(string(spec.Bucket)), Key: &key, ExpectedBucketOwner: &spec.Owner.ID, Range: aws.String("bytes=0-0"),
		})
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, 1))
		return errors.Join(err, answer.Body.Close())
	})
}

// ListAs lists one key under a prefix with the keys of a session; an empty prefix is not sent.
func (c *Cloud) ListAs(ctx context.Context, session Session, spec share.Spec, prefix string) error {
	return c.asSession(session, spec, "s3:ListBucket", func(client *s3.Client) error {
		_, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{
			Bucket: aws.String(string(spec.Bucket)), ExpectedBucketOwner: &spec.Owner.ID, MaxKeys: aws.Int32(1), Prefix: optional(prefix),
		})
		return err
	})
}

// asSession calls S3 with the keys of a session.
func (c *Cloud) asSession(session Session, spec share.Spec, name string, call func(*s3.Client) error) error {
	account := c.assuming()
	calls := bucketCalls{account: account, bucket: spec.Bucket, owner: spec.Owner.ID}
	err := account.failing(name, calls.inRegion(func(client *s3.Client) error {
		return call(s3.New(client.Options(), func(o *s3.Options) {
			o.Credentials = credentials.NewStaticCredentialsProvider(
				session.Keys.AccessKey, string(session.Keys.SecretKey), string(session.Keys.Token))
			// Nobody looks at what is read, and of a part of an object there is no checksum.
			o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
		}))
	}))
	var failed *CallError
	if errors.As(err, &failed) {
		failed.secrets = append(slices.Clone(failed.secrets), string(session.Keys.SecretKey), string(session.Keys.Token))
	}
	return err
}

// IsRefused tells that S3 refused a call that may have been a HEAD: an answer without a body has no code, so the SDK names
// it by its status.
func IsRefused(err error) bool { return IsDenied(err) || code(err) == "Forbidden" }

// IsUnreadableByItself tells that the caller may read the object and that there is nothing to read: it is empty, or it
// lies in an archive (S3 API reference, GetObject).
func IsUnreadableByItself(err error) bool {
	switch code(err) {
	case "InvalidRange", "InvalidObjectState":
		return true
	}
	return false
}

// IsExplicitlyDenied tells that a policy refuses the call by a Deny. STS and S3 have no code of its own for it, so the text
// of AssumeRole and of calls to S3 decides (IAM User Guide, "Troubleshoot access denied error messages").
func IsExplicitlyDenied(err error) bool {
	var call *CallError
	return errors.As(err, &call) && IsDenied(err) && strings.Contains(call.Words(), "with an explicit deny in")
}
