package s3sim_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
)

func TestUploadsInParts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bucket(s3sim.BucketOptions{})
	c := w.session(w.owner, "writer", allow("s3:PutObject", acme+"/a/*"))
	admin := w.admin(w.owner)
	key := aws.String("a/big")
	start := func() *string {
		t.Helper()
		out, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: key, ContentType: aws.String("text/x")})
		mustBe(t, err, "", "")
		return out.UploadId
	}
	upload := start()
	bodies := [][]byte{bytes.Repeat([]byte("a"), 5<<20), []byte("end")}
	var parts []types.CompletedPart
	for i, body := range bodies {
		out, err := c.UploadPart(ctx, &s3.UploadPartInput{Bucket: bucket, Key: key, UploadId: upload, PartNumber: aws.Int32(int32(i + 1)), Body: bytes.NewReader(body)})
		mustBe(t, err, "", "")
		parts = append(parts, types.CompletedPart{ETag: out.ETag, PartNumber: aws.Int32(int32(i + 1))})
	}
	complete := func(parts ...types.CompletedPart) error {
		_, err := c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
			Bucket: bucket, Key: key, UploadId: upload, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
		})
		return err
	}
	mustBe(t, complete(parts[1], parts[0]), "InvalidPartOrder", "")
	mustBe(t, complete(types.CompletedPart{ETag: aws.String("x"), PartNumber: aws.Int32(1)}), "InvalidPart", "")
	stranger := w.session(w.owner, "stranger", allow("s3:PutObject", acme+"/a/*"))
	_, err := stranger.ListParts(ctx, &s3.ListPartsInput{Bucket: bucket, Key: key, UploadId: upload})
	mustBe(t, err, "AccessDenied", "s3:ListMultipartUploadParts")
	listed, err := c.ListParts(ctx, &s3.ListPartsInput{Bucket: bucket, Key: key, UploadId: upload}) // its own
	mustBe(t, err, "", "")
	if len(listed.Parts) != 2 {
		t.Errorf("the parts are %v", listed.Parts)
	}
	mustBe(t, complete(parts...), "", "")
	mustBe(t, complete(parts...), "NoSuchUpload", "")
	got, err := get(admin, "a/big")
	mustBe(t, err, "", "")
	if got != string(bytes.Join(bodies, nil)) {
		t.Errorf("the object has %d bytes", len(got))
	}
	second := start()
	pending, err := admin.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: bucket})
	mustBe(t, err, "", "")
	if len(pending.Uploads) != 1 || aws.ToString(pending.Uploads[0].UploadId) != *second {
		t.Errorf("pending are %v", pending.Uploads)
	}
	w.setPolicy(b, bucketPolicy(`{"Effect":"Deny","Principal":"*","Action":"s3:AbortMultipartUpload","Resource":"`+objects+`"}`))
	abort := func() error {
		_, err := c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: bucket, Key: key, UploadId: second})
		return err
	}
	mustBe(t, abort(), "AccessDenied", "with an explicit deny")
	w.setPolicy(b, "")
	mustBe(t, abort(), "", "")
	mustBe(t, abort(), "AccessDenied", "") // no longer its own
}

func TestSmallPartsAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bucket(s3sim.BucketOptions{})
	c, key := w.admin(w.owner), aws.String("k")
	upload, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: key})
	mustBe(t, err, "", "")
	var parts []types.CompletedPart
	for number := range int32(2) {
		out, err := c.UploadPart(ctx, &s3.UploadPartInput{
			Bucket: bucket, Key: key, UploadId: upload.UploadId, PartNumber: aws.Int32(number + 1), Body: strings.NewReader("x"),
		})
		mustBe(t, err, "", "")
		parts = append(parts, types.CompletedPart{ETag: out.ETag, PartNumber: aws.Int32(number + 1)})
	}
	_, err = c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: bucket, Key: key, UploadId: upload.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
	})
	mustBe(t, err, "EntityTooSmall", "")
}
