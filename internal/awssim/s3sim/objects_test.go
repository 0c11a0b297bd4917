package s3sim_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
)

var (
	ctx    = context.Background()
	bucket = aws.String("acme")
)

func TestAnObjectComesBackAsItWasPut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bucket(s3sim.BucketOptions{})
	c := w.admin(w.owner)
	for _, key := range []string{"plain", "a/b c+d&e=f%2F?", "ü/日本", "//slashes//", "dots/../x"} {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{
			Bucket: bucket, Key: &key, Body: strings.NewReader("body of " + key), ContentType: aws.String("text/plain"),
			Metadata: map[string]string{"team": "etl"}, Tagging: aws.String("k=v%20w"),
		})
		mustBe(t, err, "", "")
		out, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: &key})
		mustBe(t, err, "", "")
		body, err := io.ReadAll(out.Body)
		mustBe(t, err, "", "")
		if string(body) != "body of "+key || aws.ToString(out.ContentType) != "text/plain" || out.Metadata["team"] != "etl" || aws.ToInt32(out.TagCount) != 1 {
			t.Errorf("%q came back as %q, %v %v", key, body, aws.ToString(out.ContentType), out.Metadata)
		}
		tags, err := c.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: bucket, Key: &key})
		mustBe(t, err, "", "")
		if len(tags.TagSet) != 1 || aws.ToString(tags.TagSet[0].Value) != "v w" {
			t.Errorf("the tags are %v", tags.TagSet)
		}
		head, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: &key})
		mustBe(t, err, "", "")
		if aws.ToInt64(head.ContentLength) != int64(len("body of "+key)) {
			t.Errorf("HEAD of %q gives %d bytes", key, aws.ToInt64(head.ContentLength))
		}
	}
	_, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("none")})
	mustBe(t, err, "NotFound", "")
}

func TestRangesAndConditions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bucket(s3sim.BucketOptions{}).PutObject("k", "0123456789", nil)
	c := w.admin(w.owner)
	for header, want := range map[string]string{"bytes=2-4": "234", "bytes=7-": "789", "bytes=-2": "89", "bytes=5-100": "56789", "bytes=10-": "InvalidRange"} {
		out, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("k"), Range: &header})
		if want == "InvalidRange" {
			mustBe(t, err, want, "")
			continue
		}
		mustBe(t, err, "", "")
		if body, _ := io.ReadAll(out.Body); string(body) != want {
			t.Errorf("%s gave %q", header, body)
		}
	}
	write := func(key string) error {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: &key, IfNoneMatch: aws.String("*")})
		return err
	}
	mustBe(t, write("k"), "PreconditionFailed", "")
	mustBe(t, write("new"), "", "")
	_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("k"), IfMatch: aws.String(`"other"`)})
	mustBe(t, err, "PreconditionFailed", "")
}

func TestVersions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bucket(s3sim.BucketOptions{Versioning: s3sim.VersioningEnabled})
	c := w.admin(w.owner)
	first, second := b.PutObject("k", "1", nil), b.PutObject("k", "2", nil)
	read := func(id string) (string, error) {
		in := &s3.GetObjectInput{Bucket: bucket, Key: aws.String("k")}
		if id != "" {
			in.VersionId = &id
		}
		out, err := c.GetObject(ctx, in)
		if err != nil {
			return "", err
		}
		body, err := io.ReadAll(out.Body)
		return string(body), err
	}
	for id, want := range map[string]string{"": "2", first: "1", second: "2"} {
		if got, err := read(id); err != nil || got != want {
			t.Errorf("version %q is %q (%v)", id, got, err)
		}
	}
	_, err := read("none")
	mustBe(t, err, "NoSuchVersion", "")
	gone, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: aws.String("k")})
	mustBe(t, err, "", "")
	if !aws.ToBool(gone.DeleteMarker) {
		t.Error("deleting left no delete marker")
	}
	_, err = read("")
	mustBe(t, err, "NoSuchKey", "")
	_, err = read(aws.ToString(gone.VersionId))
	mustBe(t, err, "MethodNotAllowed", "")
	if got, err := read(first); err != nil || got != "1" {
		t.Errorf("below the delete marker there is %q (%v)", got, err)
	}
	_, err = c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: aws.String("k"), VersionId: gone.VersionId})
	mustBe(t, err, "", "")
	if got, err := read(""); err != nil || got != "2" {
		t.Errorf("without the delete marker there is %q (%v)", got, err)
	}
}

func TestListingVersionsInPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bucket(s3sim.BucketOptions{Versioning: s3sim.VersioningEnabled})
	c := w.admin(w.owner)
	var want []string
	for _, key := range []string{"a", "b"} {
		old, latest := b.PutObject(key, "1", nil), b.PutObject(key, "2", nil)
		want = append(want, key+" "+latest+" true", key+" "+old+" false")
	}
	b.PutObject("p/x", "1", nil)
	b.PutObject("p/y", "1", nil)
	for _, size := range []int32{1, 2, 3, 100} {
		var got, prefixes []string
		pages := s3.NewListObjectVersionsPaginator(c, &s3.ListObjectVersionsInput{Bucket: bucket, Delimiter: aws.String("/"), MaxKeys: &size})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			mustBe(t, err, "", "")
			for _, v := range page.Versions {
				got = append(got, fmt.Sprint(aws.ToString(v.Key), " ", aws.ToString(v.VersionId), " ", aws.ToBool(v.IsLatest)))
			}
			for _, p := range page.CommonPrefixes {
				prefixes = append(prefixes, aws.ToString(p.Prefix))
			}
		}
		if !slices.Equal(got, want) || !slices.Equal(prefixes, []string{"p/"}) {
			t.Errorf("in pages of %d:\ngot  %v %v\nwant %v", size, got, prefixes, want)
		}
	}
}

func TestListingInPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bucket(s3sim.BucketOptions{})
	for _, key := range []string{"a/1", "a/2", "a/b/1", "a/b/2", "a/c d/1", "ab/1", "z"} {
		b.PutObject(key, "x", nil)
	}
	c := w.admin(w.owner)
	cases := map[string]struct{ prefix, delimiter, want string }{
		"everything":             {"", "", "a/1 a/2 a/b/1 a/b/2 a/c d/1 ab/1 z"},
		"a prefix":               {"a/", "", "a/1 a/2 a/b/1 a/b/2 a/c d/1"},
		"the top level":          {"", "/", "z [a/] [ab/]"},
		"a level further down":   {"a/", "/", "a/1 a/2 [a/b/] [a/c d/]"},
		"a prefix of a name":     {"a", "/", "[a/] [ab/]"},
		"a prefix of no name":    {"b", "", ""},
		"a delimiter of its own": {"", "b", "a/1 a/2 a/c d/1 z [a/b] [ab]"},
	}
	for name, test := range cases {
		for _, size := range []int32{1, 2, 1000} {
			var got, prefixes []string
			pages := s3.NewListObjectsV2Paginator(c, &s3.ListObjectsV2Input{
				Bucket: bucket, Prefix: &test.prefix, Delimiter: &test.delimiter, MaxKeys: &size, EncodingType: types.EncodingTypeUrl,
			})
			for pages.HasMorePages() {
				page, err := pages.NextPage(ctx)
				mustBe(t, err, "", "")
				for _, o := range page.Contents {
					got = append(got, strings.ReplaceAll(aws.ToString(o.Key), "+", " "))
				}
				for _, p := range page.CommonPrefixes {
					prefixes = append(prefixes, "["+strings.ReplaceAll(aws.ToString(p.Prefix), "+", " ")+"]")
				}
			}
			if all := strings.Join(append(got, prefixes...), " "); all != test.want {
				t.Errorf("%s, pages of %d: got %q, want %q", name, size, all, test.want)
			}
		}
	}
	first, err := c.ListObjects(ctx, &s3.ListObjectsInput{Bucket: bucket, Delimiter: aws.String("/"), MaxKeys: aws.Int32(1)})
	mustBe(t, err, "", "")
	second, err := c.ListObjects(ctx, &s3.ListObjectsInput{Bucket: bucket, Delimiter: aws.String("/"), MaxKeys: aws.Int32(1), Marker: first.NextMarker})
	mustBe(t, err, "", "")
	if aws.ToString(first.CommonPrefixes[0].Prefix) != "a/" || aws.ToString(second.CommonPrefixes[0].Prefix) != "ab/" {
		t.Errorf("the pages of ListObjects are %v and %v", first.CommonPrefixes, second.CommonPrefixes)
	}
	_, err = c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket, ContinuationToken: aws.String("?")})
	mustBe(t, err, "InvalidArgument", "")
}
