package s3sim_test

import (
	"context"
	"strconv"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
)

const (
	acme    = "arn:aws:s3:::acme"
	objects = "arn:aws:s3:::acme/*"
	etl     = "arn:aws:iam::222222222222:role/etl"
)

// Every call of a share is tried by a session of a role of the owner that may do just that, and by one that may not.
func TestEachCallNeedsItsActionOnItsResource(t *testing.T) {
	t.Parallel()
	bucket, key := aws.String("acme"), aws.String("a/1")
	ctx := context.Background()
	cases := []struct {
		call, action, resource string
		run                    func(*s3.Client, string) error
	}{
		{"GetObject", "s3:GetObject", acme + "/a/*", func(c *s3.Client, _ string) error { _, err := get(c, "a/1"); return err }},
		{"GetObject of a version", "s3:GetObjectVersion", acme + "/a/*", func(c *s3.Client, id string) error {
			_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key, VersionId: &id})
			return err
		}},
		{"GetObjectAttributes", "s3:GetObject s3:GetObjectAttributes", acme + "/a/*", func(c *s3.Client, _ string) error {
			_, err := c.GetObjectAttributes(ctx, &s3.GetObjectAttributesInput{
				Bucket: bucket, Key: key, ObjectAttributes: []types.ObjectAttributes{types.ObjectAttributesEtag},
			})
			return err
		}},
		{"PutObject", "s3:PutObject", acme + "/a/*", func(c *s3.Client, _ string) error { return put(c, "a/2", "x") }},
		{"DeleteObject", "s3:DeleteObject", acme + "/a/*", func(c *s3.Client, _ string) error {
			_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: key})
			return err
		}},
		{"DeleteObject of a version", "s3:DeleteObjectVersion", acme + "/a/*", func(c *s3.Client, id string) error {
			_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: key, VersionId: &id})
			return err
		}},
		{"ListObjectsV2", "s3:ListBucket", acme, func(c *s3.Client, _ string) error {
			_, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket})
			return err
		}},
		{"ListObjects", "s3:ListBucket", acme, func(c *s3.Client, _ string) error {
			_, err := c.ListObjects(ctx, &s3.ListObjectsInput{Bucket: bucket})
			return err
		}},
		{"ListObjectVersions", "s3:ListBucketVersions", acme, func(c *s3.Client, _ string) error {
			_, err := c.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: bucket})
			return err
		}},
		{"GetBucketLocation", "s3:GetBucketLocation", acme, func(c *s3.Client, _ string) error {
			_, err := c.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: bucket})
			return err
		}},
		{"GetObjectTagging", "s3:GetObjectTagging", acme + "/a/*", func(c *s3.Client, _ string) error {
			_, err := c.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: bucket, Key: key})
			return err
		}},
		{"GetObjectTagging of a version", "s3:GetObjectVersionTagging", acme + "/a/*", func(c *s3.Client, id string) error {
			_, err := c.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: bucket, Key: key, VersionId: &id})
			return err
		}},
		{"PutObjectTagging", "s3:PutObjectTagging", acme + "/a/*", func(c *s3.Client, _ string) error {
			_, err := c.PutObjectTagging(ctx, &s3.PutObjectTaggingInput{Bucket: bucket, Key: key, Tagging: &types.Tagging{
				TagSet: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
			}})
			return err
		}},
		{"DeleteObjectTagging", "s3:DeleteObjectTagging", acme + "/a/*", func(c *s3.Client, _ string) error {
			_, err := c.DeleteObjectTagging(ctx, &s3.DeleteObjectTaggingInput{Bucket: bucket, Key: key})
			return err
		}},
		{"PutObject with tags", "s3:PutObject s3:PutObjectTagging", acme + "/a/*", func(c *s3.Client, _ string) error {
			_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: key, Tagging: aws.String("k=v")})
			return err
		}},
		{"CreateMultipartUpload", "s3:PutObject", acme + "/a/*", func(c *s3.Client, _ string) error {
			_, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: key})
			return err
		}},
		{"ListMultipartUploads", "s3:ListBucketMultipartUploads", acme, func(c *s3.Client, _ string) error {
			_, err := c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: bucket})
			return err
		}},
		{"GetBucketPolicyStatus", "s3:GetBucketPolicyStatus", acme, func(c *s3.Client, _ string) error {
			_, err := c.GetBucketPolicyStatus(ctx, &s3.GetBucketPolicyStatusInput{Bucket: bucket})
			return err
		}},
		{"GetBucketPolicy", "s3:GetBucketPolicy", acme, func(c *s3.Client, _ string) error { _, err := getPolicy(c); return err }},
		{"GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock", acme, func(c *s3.Client, _ string) error {
			_, err := c.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: bucket})
			return err
		}},
		{"GetBucketEncryption", "s3:GetEncryptionConfiguration", acme, func(c *s3.Client, _ string) error {
			_, err := c.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: bucket})
			return err
		}},
	}
	for _, test := range cases {
		t.Run(test.call, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b := w.bucket(s3sim.BucketOptions{Versioning: s3sim.VersioningEnabled})
			w.setPolicy(b, bucketPolicy(statement(rootOf(w.owner), "s3:GetObject", objects)))
			id := b.PutObject("a/1", "x", nil)
			may := w.session(w.owner, "may", allow(test.action, test.resource))
			mayElse := w.session(w.owner, "else", everythingBut(test.action))
			elsewhere := w.session(w.owner, "elsewhere", allow(test.action, "arn:aws:s3:::acme2 arn:aws:s3:::acme/b/* arn:aws:s3:::acme/"))
			mustBe(t, test.run(mayElse, id), "AccessDenied", "is not authorized to perform: s3:")
			mustBe(t, test.run(elsewhere, id), "AccessDenied", "because no identity-based policy allows the s3:")
			mustBe(t, test.run(may, id), "", "")
		})
	}
}

// everythingBut allows all but the last of some actions.
func everythingBut(actionList string) string {
	last := actionList
	for i := range actionList {
		if actionList[i] == ' ' {
			last = actionList[i+1:]
		}
	}
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":"` + last + `","Resource":"*"}]}`
}

func TestListingIsLimitedByItsPrefix(t *testing.T) {
	t.Parallel()
	condition := `{"StringLike":{"s3:prefix":["a/","a/*"]}}`
	cases := map[string]struct {
		prefix *string
		code   string
	}{
		"the prefix itself":       {aws.String("a/"), ""},
		"below the prefix":        {aws.String("a/b/"), ""},
		"beside the prefix":       {aws.String("ab/"), "AccessDenied"},
		"the prefix without /":    {aws.String("a"), "AccessDenied"},
		"an empty prefix":         {aws.String(""), "AccessDenied"},
		"no prefix, the whole of": {nil, "AccessDenied"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.bucket(s3sim.BucketOptions{})
			c := w.session(w.owner, "r", allow("s3:ListBucket", acme, condition))
			_, err := c.ListObjectsV2(context.Background(), &s3.ListObjectsV2Input{Bucket: aws.String("acme"), Prefix: test.prefix})
			mustBe(t, err, test.code, "")
		})
	}
}

func TestAcrossAccountsBothSidesMustAllow(t *testing.T) {
	t.Parallel()
	grant := bucketPolicy(statement(etl, "s3:GetObject", objects))
	cases := map[string]struct{ identity, bucket, code string }{
		"both":                      {allow("s3:GetObject", objects), grant, ""},
		"the bucket only":           {"", grant, "AccessDenied"},
		"the caller's account only": {allow("s3:GetObject", objects), "", "AccessDenied"},
		"another role of the account": {
			allow("s3:GetObject", objects), bucketPolicy(statement("arn:aws:iam::222222222222:role/other", "s3:GetObject", objects)), "AccessDenied",
		},
		"both, but a statement denies": {
			allow("s3:GetObject", objects),
			bucketPolicy(statement(etl, "s3:GetObject", objects), `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"`+objects+`"}`),
			"AccessDenied",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b := w.bucket(s3sim.BucketOptions{})
			b.PutObject("k", "x", nil)
			c := w.session(w.consumer, "etl", test.identity)
			w.session(w.consumer, "other", "")
			if test.bucket != "" {
				w.setPolicy(b, test.bucket)
			}
			_, err := get(c, "k")
			mustBe(t, err, test.code, "")
			if err != nil {
				mustBe(t, err, test.code, "Access Denied") // nothing is told across accounts
			}
		})
	}
}

func TestAMissingKeyIsShownOnlyToThoseWhoMayList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bucket(s3sim.BucketOptions{})
	_, err := get(w.session(w.owner, "lister", allow("s3:GetObject s3:ListBucket", acme+" "+objects)), "none")
	mustBe(t, err, "NoSuchKey", "The specified key does not exist.")
	_, err = get(w.session(w.owner, "reader", allow("s3:GetObject", objects)), "none")
	mustBe(t, err, "AccessDenied", `s3:ListBucket on resource: "arn:aws:s3:::acme"`)
}

func TestTagsDecide(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bucket(s3sim.BucketOptions{})
	b.PutObject("open", "x", map[string]string{"class": "public"})
	b.PutObject("closed", "x", map[string]string{"class": "secret"})
	b.PutObject("untagged", "x", nil)
	reader := w.session(w.owner, "reader", allow("s3:GetObject", objects, `{"StringEquals":{"s3:ExistingObjectTag/class":"public"}}`))
	writer := w.session(w.owner, "writer", allow("s3:PutObject s3:PutObjectTagging", objects, `{"StringEquals":{"s3:RequestObjectTag/class":"public"}}`))
	for key, code := range map[string]string{"open": "", "closed": "AccessDenied", "untagged": "AccessDenied"} {
		_, err := get(reader, key)
		mustBe(t, err, code, "")
	}
	for tags, code := range map[string]string{"class=public": "", "class=secret": "AccessDenied", "": "AccessDenied"} {
		in := &s3.PutObjectInput{Bucket: aws.String("acme"), Key: aws.String("new")}
		if tags != "" {
			in.Tagging = aws.String(tags)
		}
		_, err := writer.PutObject(context.Background(), in)
		mustBe(t, err, code, "")
	}
}

func TestAnonymousCallsNeedAPublicPolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bucket(s3sim.BucketOptions{})
	b.PutObject("k", "x", nil)
	_, err := get(w.anonymous(), "k")
	mustBe(t, err, "AccessDenied", "Access Denied")
	w.setPolicy(b, bucketPolicy(statement("*", "s3:GetObject", objects)))
	_, err = get(w.anonymous(), "k")
	mustBe(t, err, "", "")
}

func TestTheExpectedOwnerMustOwnTheBucket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bucket(s3sim.BucketOptions{}).PutObject("k", "x", nil)
	admin := w.admin(w.owner)
	for owner, code := range map[string]string{"111111111111": "", "222222222222": "AccessDenied"} {
		_, err := admin.GetObject(context.Background(), &s3.GetObjectInput{
			Bucket: aws.String("acme"), Key: aws.String("k"), ExpectedBucketOwner: aws.String(owner),
		})
		mustBe(t, err, code, "")
	}
}

// Many callers at once see one bucket; the race detector watches.
func TestCallsAtTheSameTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bucket(s3sim.BucketOptions{})
	admin := w.admin(w.owner)
	var group sync.WaitGroup
	errs := make(chan error, 60)
	for i := range 20 {
		group.Go(func() {
			key := "k" + strconv.Itoa(i)
			errs <- put(admin, key, "x")
			errs <- putPolicy(admin, bucketPolicy(statement(w.consumer.ID(), "s3:GetObject", objects)))
			_, err := get(admin, key)
			errs <- err
		})
	}
	group.Wait()
	close(errs)
	for err := range errs {
		mustBe(t, err, "", "")
	}
	if got := len(b.Keys()); got != 20 {
		t.Errorf("there are %d objects", got)
	}
}
