package s3sim_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
)

// This file tests calls that are judged more than once or cannot be judged.

func TestDeletingManyJudgesEach(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bucket(s3sim.BucketOptions{})
	for _, key := range []string{"a/1", "a/2", "b/1"} {
		b.PutObject(key, "x", nil)
	}
	c := w.session(w.owner, "r", allow("s3:DeleteObject", acme+"/a/*"))
	var ids []types.ObjectIdentifier
	for _, key := range []string{"a/1", "a/2", "a/none", "b/1"} {
		ids = append(ids, types.ObjectIdentifier{Key: aws.String(key)})
	}
	out, err := c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{Objects: ids}})
	mustBe(t, err, "", "")
	if len(out.Deleted) != 3 || len(out.Errors) != 1 || aws.ToString(out.Errors[0].Key) != "b/1" || aws.ToString(out.Errors[0].Code) != "AccessDenied" {
		t.Errorf("deleted %v, errors %v", out.Deleted, out.Errors)
	}
	if got := b.Keys(); !slices.Equal(got, []string{"b/1"}) {
		t.Errorf("left are %v", got)
	}
}

func TestCopyingNeedsBothSides(t *testing.T) {
	t.Parallel()
	read, write := statement("", "s3:GetObject", acme+"/in/*"), statement("", "s3:PutObject", acme+"/out/*")
	tagged := statement("", "s3:GetObjectTagging", acme+"/in/*")
	retag := statement("", "s3:PutObjectTagging", acme+"/out/*")
	byTag := statement("", "s3:GetObject", acme+"/in/*", `{"StringEquals":{"s3:ExistingObjectTag/k":"v"}}`)
	from := statement("", "s3:PutObject", acme+"/out/*", `{"StringLike":{"s3:x-amz-copy-source":"acme/in/*"}}`)
	cases := map[string]struct{ policy, source, words string }{
		"both":                           {bucketPolicy(read, write), "in/plain", ""},
		"reading only":                   {bucketPolicy(read), "in/plain", "s3:PutObject"},
		"writing only":                   {bucketPolicy(write), "in/plain", "s3:GetObject"},
		"tags, all four":                 {bucketPolicy(read, write, tagged, retag), "in/tagged", ""},
		"tags, not to be read":           {bucketPolicy(read, write, retag), "in/tagged", "s3:GetObjectTagging"},
		"tags, not to be written":        {bucketPolicy(read, write, tagged), "in/tagged", "s3:PutObjectTagging"},
		"reading by tag never matches":   {bucketPolicy(byTag, write, tagged, retag), "in/tagged", "s3:GetObject"},
		"from the right source":          {bucketPolicy(read, from), "in/plain", ""},
		"a source that is not allowed":   {bucketPolicy(read, from, statement("", "s3:GetObject", acme+"/else/*")), "else/x", "s3:PutObject"},
		"a source that is not there":     {bucketPolicy(read, write), "in/none", "s3:ListBucket"},
		"a source outside what is there": {bucketPolicy(read, write), "else/x", "s3:GetObject"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b := w.bucket(s3sim.BucketOptions{})
			b.PutObject("in/plain", "x", nil)
			b.PutObject("in/tagged", "x", map[string]string{"k": "v"})
			b.PutObject("else/x", "x", nil)
			_, err := w.session(w.owner, "r", test.policy).CopyObject(ctx, &s3.CopyObjectInput{
				Bucket: bucket, Key: aws.String("out/k"), CopySource: aws.String("acme/" + test.source),
			})
			code := ""
			if test.words != "" {
				code = "AccessDenied"
			}
			mustBe(t, err, code, test.words)
			if copied := slices.Contains(b.Keys(), "out/k"); copied != (code == "") {
				t.Errorf("copied: %v", copied)
			}
		})
	}
}

func TestWhatIsNotKnownIsNotLetPass(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bucket(s3sim.BucketOptions{})
	c := w.admin(w.owner)
	_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("k"), ServerSideEncryption: types.ServerSideEncryptionAwsKmsDsse})
	mustBe(t, err, "NotImplemented", "dual-layer")
	_, err = c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("k"), ServerSideEncryption: types.ServerSideEncryptionAwsKms, SSEKMSEncryptionContext: aws.String("e30=")})
	mustBe(t, err, "NotImplemented", "encryption context")
	_, err = c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("k"), ObjectLockLegalHoldStatus: types.ObjectLockLegalHoldStatusOn})
	mustBe(t, err, "NotImplemented", "x-amz-object-lock-legal-hold")
	_, err = c.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: bucket})
	mustBe(t, err, "NotImplemented", "acl")
	mustBe(t, put(c, "k", "x"), "", "")
}

func TestErrorsCarryTheIDsOfTheCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer, err := http.Get(w.sim.URL() + "/none/k")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	id, host := answer.Header.Get("x-amz-request-id"), answer.Header.Get("x-amz-id-2")
	for _, part := range []string{"<Code>NoSuchBucket</Code>", "<BucketName>none</BucketName>", "<RequestId>" + id + "</RequestId>", "<HostId>" + host + "</HostId>"} {
		if !strings.Contains(string(body), part) {
			t.Errorf("%s is not in %s", part, body)
		}
	}
	if id == "" || host == "" || answer.StatusCode != http.StatusNotFound {
		t.Errorf("IDs %q, %q, status %d", id, host, answer.StatusCode)
	}
}
