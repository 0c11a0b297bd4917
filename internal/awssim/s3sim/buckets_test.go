package s3sim_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
)

func TestTheLifeOfABucket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, other := w.admin(w.owner), w.admin(w.consumer)
	create := func(c *s3.Client, name string) error {
		_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &name})
		return err
	}
	remove := func(name string) error {
		_, err := c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &name})
		return err
	}
	mustBe(t, create(w.session(w.owner, "plain", ""), "acme"), "AccessDenied", "s3:CreateBucket")
	mustBe(t, create(c, "Upper"), "InvalidBucketName", "")
	mustBe(t, create(c, "acme"), "", "")
	mustBe(t, create(c, "acme"), "", "") // so it is in us-east-1
	mustBe(t, create(other, "acme"), "BucketAlreadyExists", "")
	block, err := c.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: bucket})
	mustBe(t, err, "", "")
	if p := block.PublicAccessBlockConfiguration; !aws.ToBool(p.BlockPublicAcls) || !aws.ToBool(p.BlockPublicPolicy) || !aws.ToBool(p.IgnorePublicAcls) || !aws.ToBool(p.RestrictPublicBuckets) {
		t.Errorf("a new bucket is not closed to the public: %+v", p)
	}
	controls, err := c.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: bucket})
	mustBe(t, err, "", "")
	if got := controls.OwnershipControls.Rules[0].ObjectOwnership; got != types.ObjectOwnershipBucketOwnerEnforced {
		t.Errorf("the ownership of a new bucket is %s", got)
	}
	mustBe(t, put(c, "k", "x"), "", "")
	mustBe(t, remove("acme"), "BucketNotEmpty", "The bucket you tried to delete is not empty")
	_, err = c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: aws.String("k")})
	mustBe(t, err, "", "")
	mustBe(t, remove("acme"), "", "")
	mustBe(t, remove("acme"), "NoSuchBucket", "The specified bucket does not exist")
	mustBe(t, putPolicy(c, sized(1000)), "NoSuchBucket", "")
	mustBe(t, create(other, "acme"), "", "")
}

func TestListingBucketsShowsOnesOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.owner.AddBucket("one", s3sim.BucketOptions{})
	w.owner.AddBucket("two", s3sim.BucketOptions{})
	w.consumer.AddBucket("theirs", s3sim.BucketOptions{})
	out, err := w.admin(w.owner).ListBuckets(ctx, &s3.ListBucketsInput{})
	mustBe(t, err, "", "")
	var names []string
	for _, b := range out.Buckets {
		names = append(names, aws.ToString(b.Name))
	}
	if !slices.Equal(names, []string{"one", "two"}) {
		t.Errorf("listed are %v", names)
	}
	_, err = w.session(w.owner, "r", allow("s3:ListBucket", "*")).ListBuckets(ctx, &s3.ListBucketsInput{})
	mustBe(t, err, "AccessDenied", "s3:ListAllMyBuckets")
}

func TestHeadBucketNeedsListing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bucket(s3sim.BucketOptions{})
	head := func(c *s3.Client, name string) error {
		_, err := c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &name})
		return err
	}
	mustBe(t, head(w.session(w.owner, "may", allow("s3:ListBucket", acme)), "acme"), "", "")
	mustBe(t, head(w.session(w.owner, "maynot", allow("s3:GetObject", objects)), "acme"), "Forbidden", "")
	mustBe(t, head(w.admin(w.owner), "none"), "NotFound", "")
}

func TestABucketAnswersInItsRegion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.owner.AddBucket("far", s3sim.BucketOptions{Region: "eu-west-1"})
	key := w.owner.AdminKey()
	call := func(region, name string) error {
		c := w.client(key, func(o *s3.Options) { o.Region = region })
		_, err := c.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &name})
		return err
	}
	mustBe(t, call("eu-west-1", "far"), "NoSuchBucketPolicy", "")
	err := call("us-east-1", "far")
	mustBe(t, err, "PermanentRedirect", "must be addressed using the specified endpoint")
	var response *awshttp.ResponseError
	if !errors.As(err, &response) || response.HTTPStatusCode() != http.StatusMovedPermanently || response.Response.Header.Get("X-Amz-Bucket-Region") != "eu-west-1" {
		t.Errorf("the answer does not name the region: %v", err)
	}
	w.bucket(s3sim.BucketOptions{})
	mustBe(t, call("ap-south-1", "acme"), "NoSuchBucketPolicy", "") // a bucket without region takes every one
	location, err := w.client(key).GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: aws.String("far")})
	mustBe(t, err, "", "")
	if location.LocationConstraint != "eu-west-1" {
		t.Errorf("the location is %q", location.LocationConstraint)
	}
	location, err = w.client(key).GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: bucket})
	mustBe(t, err, "", "")
	if location.LocationConstraint != "" {
		t.Errorf("the location of us-east-1 is %q", location.LocationConstraint)
	}
}

func TestCreatingInARegion(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ region, constraint, code, again string }{
		"us-east-1, none":        {"us-east-1", "", "", ""},
		"us-east-1, another":     {"us-east-1", "eu-west-1", "", "BucketAlreadyOwnedByYou"},
		"eu-west-1, its own":     {"eu-west-1", "eu-west-1", "", "BucketAlreadyOwnedByYou"},
		"eu-west-1, none":        {"eu-west-1", "", "IllegalLocationConstraintException", "IllegalLocationConstraintException"},
		"eu-west-1, another one": {"eu-west-1", "ap-south-1", "IllegalLocationConstraintException", "IllegalLocationConstraintException"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			in := &s3.CreateBucketInput{Bucket: bucket}
			if test.constraint != "" {
				in.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(test.constraint)}
			}
			c := w.client(w.owner.AdminKey(), func(o *s3.Options) { o.Region = test.region })
			_, err := c.CreateBucket(ctx, in)
			mustBe(t, err, test.code, "")
			_, err = c.CreateBucket(ctx, in)
			mustBe(t, err, test.again, "")
		})
	}
}

func TestSettingsAreKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bucket(s3sim.BucketOptions{})
	c := w.admin(w.owner)
	_, err := c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: "Enabled"}})
	mustBe(t, err, "", "")
	versioning, err := c.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: bucket})
	mustBe(t, err, "", "")
	_, err = c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: bucket, VersioningConfiguration: &types.VersioningConfiguration{}})
	mustBe(t, err, "IllegalVersioningConfigurationException", "")
	encrypt := func(algorithm types.ServerSideEncryption, key string) error {
		rule := types.ServerSideEncryptionByDefault{SSEAlgorithm: algorithm, KMSMasterKeyID: &key}
		_, err := c.PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{Bucket: bucket, ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{
			Rules: []types.ServerSideEncryptionRule{{ApplyServerSideEncryptionByDefault: &rule}},
		}})
		return err
	}
	const kmsKey = "arn:aws:kms:us-east-1:111111111111:key/1"
	mustBe(t, encrypt("AES256", kmsKey), "InvalidArgument", "")
	mustBe(t, encrypt("aws:kms", kmsKey), "", "")
	encryption, err := c.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: bucket})
	mustBe(t, err, "", "")
	rule := encryption.ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault
	if versioning.Status != "Enabled" || rule.SSEAlgorithm != "aws:kms" || aws.ToString(rule.KMSMasterKeyID) != kmsKey {
		t.Errorf("versioning %q, encryption %+v", versioning.Status, rule)
	}
}

func TestSettingsThatAreGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bucket(s3sim.BucketOptions{})
	c := w.admin(w.owner)
	_, err := c.PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{
		Bucket: bucket, PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{BlockPublicPolicy: aws.Bool(true)},
	})
	mustBe(t, err, "", "")
	public := bucketPolicy(statement("*", "s3:GetObject", objects))
	mustBe(t, putPolicy(c, public), "AccessDenied", "BlockPublicPolicy")
	_, err = c.DeletePublicAccessBlock(ctx, &s3.DeletePublicAccessBlockInput{Bucket: bucket})
	mustBe(t, err, "", "")
	_, err = c.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: bucket})
	mustBe(t, err, "NoSuchPublicAccessBlockConfiguration", "")
	mustBe(t, putPolicy(c, public), "", "")
	_, err = c.PutBucketOwnershipControls(ctx, &s3.PutBucketOwnershipControlsInput{Bucket: bucket, OwnershipControls: &types.OwnershipControls{
		Rules: []types.OwnershipControlsRule{{ObjectOwnership: types.ObjectOwnershipObjectWriter}},
	}})
	mustBe(t, err, "", "")
	_, err = c.DeleteBucketOwnershipControls(ctx, &s3.DeleteBucketOwnershipControlsInput{Bucket: bucket})
	mustBe(t, err, "", "")
	_, err = c.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: bucket})
	mustBe(t, err, "OwnershipControlsNotFoundError", "")
}
