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

// Way is how a consumer's calls reach a bucket: by whose keys, and by which name.
type Way struct {
	Spec share.Spec
	// Session is whose keys are used; without one, the consumer calls with its own credentials.
	Session Session
	// Alias of an access point stands for the bucket; empty for the bucket itself. The access point's ARN would do on AWS, too,
	// but not where buckets are in the path of the URL.
	Alias string
}

// name is what calls name as their bucket.
func (w Way) name() share.Bucket {
	if w.Alias != "" {
		return share.Bucket(w.Alias)
	}
	return w.Spec.Bucket
}

// HeadAs asks for the head of an object. The answer to a HEAD has no body: a refusal comes without words.
func (c *Cloud) HeadAs(ctx context.Context, way Way, key string) error {
	return c.along(way, "s3:GetObject", func(client *s3.Client, name *string) error {
		_, err := client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: name, Key: &key, ExpectedBucketOwner: &way.Spec.Owner.ID})
		return err
	})
}

// FirstByteAs reads the first byte of an object. A refusal comes with AWS's words.
func (c *Cloud) FirstByteAs(ctx context.Context, way Way, key string) error {
	return c.along(way, "s3:GetObject", func(client *s3.Client, name *string) error {
		answer, err := client.GetObject(ctx, &s3.GetObjectInput{
			Bucket: name, Key: &key, ExpectedBucketOwner: &way.Spec.Owner.ID, Range: aws.String("bytes=0-0"),
		})
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, 1))
		return errors.Join(err, answer.Body.Close())
	})
}

// ListAs lists one key under a prefix; an empty prefix is not sent.
func (c *Cloud) ListAs(ctx context.Context, way Way, prefix string) error {
	return c.along(way, "s3:ListBucket", func(client *s3.Client, name *string) error {
		_, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{
			Bucket: name, ExpectedBucketOwner: &way.Spec.Owner.ID, MaxKeys: aws.Int32(1), Prefix: optional(prefix),
		})
		return err
	})
}

// along calls S3 on a way, over the connection of the consumer.
func (c *Cloud) along(way Way, action string, call func(client *s3.Client, name *string) error) error {
	account, bucket := c.assuming(), way.name()
	if way.Alias != "" && way.Spec.Region != "" {
		account.rememberRegion(bucket, way.Spec.Region)
	}
	calls := bucketCalls{account: account, bucket: bucket, owner: way.Spec.Owner.ID}
	err := account.failing(action, calls.inRegion(func(client *s3.Client) error {
		return call(s3.New(client.Options(), way.options), aws.String(string(bucket)))
	}))
	var failed *CallError
	if errors.As(err, &failed) && way.Session.Keys.AccessKey != "" {
		failed.secrets = append(slices.Clone(failed.secrets), string(way.Session.Keys.SecretKey), string(way.Session.Keys.Token))
	}
	return err
}

func (w Way) options(o *s3.Options) {
	if keys := w.Session.Keys; keys.AccessKey != "" {
		o.Credentials = credentials.NewStaticCredentialsProvider(keys.AccessKey, string(keys.SecretKey), string(keys.Token))
	}
	// Nobody looks at what is read, and of a part of an object there is no checksum.
	o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
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

// IsUnallowedAtHome tells that no policy of the caller's own allows the call. AWS tells it across accounts only within one
// organization, and has no code of its own for it (IAM User Guide, "Troubleshoot access denied error messages").
func IsUnallowedAtHome(err error) bool {
	return IsDenied(err) && saysAny(err, "because no identity-based policy allows")
}

// IsAboutKey tells that S3 refused a call because of the key that the object is encrypted with: its words then name the
// action of KMS (KMS Developer Guide, "Troubleshooting key access").
func IsAboutKey(err error) bool {
	return IsDenied(err) && saysAny(err, "not authorized to perform: kms:")
}

// IsPointUnknown tells that there is no access point, or none yet, behind a name. The answer to a HEAD has no words.
func IsPointUnknown(err error) bool {
	return code(err) == "NoSuchAccessPoint" || code(err) == "NotFound" || IsBucketMissing(err)
}
