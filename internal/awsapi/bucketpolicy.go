package awsapi

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// bucketCalls are the calls on the policy of one bucket, in the region where the bucket is. Each names the account that
// must own the bucket, so that no call reaches a bucket of somebody else.
type bucketCalls struct {
	account *Account
	bucket  share.Bucket
	owner   string
}

// inRegion calls S3, and once more in the region that S3 names if the bucket is elsewhere.
func (b bucketCalls) inRegion(call func(*s3.Client) error) error {
	err := call(b.account.S3For(b.account.regionOf(b.bucket)))
	if region := bucketRegion(err); region != "" {
		b.account.rememberRegion(b.bucket, region)
		err = call(b.account.S3For(region))
	}
	return err
}

// find reads the bucket policy; absence of the policy or of the bucket is a value.
func (b bucketCalls) find(ctx context.Context) (share.BucketPolicy, error) {
	var text string
	err := b.inRegion(func(client *s3.Client) error {
		answer, err := client.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{
			Bucket: aws.String(string(b.bucket)), ExpectedBucketOwner: &b.owner,
		})
		if err == nil {
			text = aws.ToString(answer.Policy)
		}
		return err
	})
	switch {
	case IsAbsent(err):
		return share.BucketPolicy{State: share.BucketWithoutPolicy}, nil
	case IsBucketMissing(err):
		return share.BucketPolicy{State: share.BucketMissing}, nil
	case err != nil:
		return share.BucketPolicy{}, b.account.failing("s3:GetBucketPolicy", err)
	}
	document, err := policy.Parse(text)
	if err != nil {
		return share.BucketPolicy{}, fmt.Errorf("reading the policy of bucket %s: %w", b.bucket, err)
	}
	return share.BucketPolicy{State: share.BucketHasPolicy, Document: document}, nil
}

// once keeps the SDK from repeating a write: the document would be an old one by then, and what somebody else wrote in the
// meantime would be lost.
func once(o *s3.Options) { o.Retryer = aws.NopRetryer{} }

// put writes the whole document. ConfirmRemoveSelfBucketAccess is never sent: the document only gains or loses
// statements of ours.
func (b bucketCalls) put(ctx context.Context, document policy.Document) error {
	err := b.inRegion(func(client *s3.Client) error {
		_, err := client.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{
			Bucket: aws.String(string(b.bucket)), ExpectedBucketOwner: &b.owner, Policy: aws.String(document.JSON()),
		}, once)
		return err
	})
	return b.account.failing("s3:PutBucketPolicy", err)
}

// delete takes the whole policy away; only when our statements were all that was in it.
func (b bucketCalls) delete(ctx context.Context) error {
	err := b.inRegion(func(client *s3.Client) error {
		_, err := client.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{
			Bucket: aws.String(string(b.bucket)), ExpectedBucketOwner: &b.owner,
		}, once)
		return err
	})
	return b.account.unlessAbsent("s3:DeleteBucketPolicy", err)
}
