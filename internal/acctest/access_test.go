package acctest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// probe is one call of a consumer on one key, or on what lies below one prefix.
type probe struct {
	name string
	// words are those of access of which any one lets the call through.
	words []string
	// listing tells that the place is a prefix to list, not a key.
	listing bool
	call    func(ctx context.Context, client *s3.Client, place, version string) error
}

var probes = []probe{
	{name: "GetObject", words: []string{"read"}, call: func(ctx context.Context, c *s3.Client, key, _ string) error {
		_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(Bucket), Key: &key})
		return err
	}},
	{name: "HeadObject", words: []string{"read"}, call: func(ctx context.Context, c *s3.Client, key, _ string) error {
		_, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String(Bucket), Key: &key})
		return err
	}},
	{name: "GetObject of a version", words: []string{"read_versions"}, call: func(ctx context.Context, c *s3.Client, key, version string) error {
		_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(Bucket), Key: &key, VersionId: &version})
		return err
	}},
	{name: "PutObject", words: []string{"write"}, call: func(ctx context.Context, c *s3.Client, key, _ string) error {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String(Bucket), Key: &key, Body: bytes.NewReader([]byte("x"))})
		return err
	}},
	{name: "PutObject with an ACL", call: func(ctx context.Context, c *s3.Client, key, _ string) error {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{
			Bucket: aws.String(Bucket), Key: &key, Body: bytes.NewReader([]byte("x")), ACL: types.ObjectCannedACLPublicRead,
		})
		return err
	}},
	{name: "a multipart upload", words: []string{"write"}, call: upload},
	{name: "DeleteObject", words: []string{"delete"}, call: func(ctx context.Context, c *s3.Client, key, _ string) error {
		_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String(Bucket), Key: &key})
		return err
	}},
	{name: "DeleteObject of a version", call: func(ctx context.Context, c *s3.Client, key, version string) error {
		_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String(Bucket), Key: &key, VersionId: &version})
		return err
	}},
	{name: "PutObjectTagging", words: []string{"tag"}, call: func(ctx context.Context, c *s3.Client, key, _ string) error {
		_, err := c.PutObjectTagging(ctx, &s3.PutObjectTaggingInput{Bucket: aws.String(Bucket), Key: &key, Tagging: &types.Tagging{
			TagSet: []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}},
		}})
		return err
	}},
	{name: "GetObjectTagging", words: []string{"tag"}, call: func(ctx context.Context, c *s3.Client, key, _ string) error {
		_, err := c.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: aws.String(Bucket), Key: &key})
		return err
	}},
	{name: "DeleteObjectTagging", words: []string{"tag"}, call: func(ctx context.Context, c *s3.Client, key, _ string) error {
		_, err := c.DeleteObjectTagging(ctx, &s3.DeleteObjectTaggingInput{Bucket: aws.String(Bucket), Key: &key})
		return err
	}},
	{name: "ListObjectsV2", words: []string{"list"}, listing: true, call: func(ctx context.Context, c *s3.Client, prefix, _ string) error {
		_, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String(Bucket), Prefix: &prefix})
		return err
	}},
	{name: "ListObjectVersions", words: []string{"read_versions"}, listing: true, call: func(ctx context.Context, c *s3.Client, prefix, _ string) error {
		_, err := c.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: aws.String(Bucket), Prefix: &prefix})
		return err
	}},
}

func upload(ctx context.Context, c *s3.Client, key, _ string) error {
	begun, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: aws.String(Bucket), Key: &key})
	if err != nil {
		return err
	}
	part, err := c.UploadPart(ctx, &s3.UploadPartInput{
		Bucket: aws.String(Bucket), Key: &key, UploadId: begun.UploadId, PartNumber: aws.Int32(1), Body: bytes.NewReader([]byte("x")),
	})
	if err != nil {
		return err
	}
	_, err = c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: aws.String(Bucket), Key: &key, UploadId: begun.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{PartNumber: aws.Int32(1), ETag: part.ETag}}},
	})
	return err
}

// Prefixes of one another, and one that only looks like it.
var (
	sharedPrefixes = []string{"", "a/", "a/b/", "ab/"}
	keys           = []string{"a/x", "a/b/x", "ab/x", "abc", "c/x", "a"}
	listings       = []string{"", "a", "a/", "a/b/", "a/b/c", "ab/", "c/"}
)

func TestExactlyThePromisedCallsWork(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.version(t)
	words := []string{"read", "list", "write", "delete", "read_versions", "tag"}
	var config strings.Builder
	config.WriteString(w.Provider())
	for _, word := range words {
		for i, prefix := range sharedPrefixes {
			prefixes := ""
			if prefix != "" {
				prefixes = fmt.Sprintf("prefixes = [%q]", prefix)
			}
			fmt.Fprintf(&config, "resource \"crossaccount_s3_share\" \"%s_%d\" {\n  name = \"%s-%d\"\n  bucket = %q\n  access = [%q]\n  %s\n%s\n}\n",
				word, i, word, i, Bucket, word, prefixes, WholeAccount)
		}
	}
	caller := w.Consumer.RoleSession("other", "i-1")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: Factories(),
		Steps: []resource.TestStep{{
			Config: config.String(), ConfigPlanChecks: nothingLeft,
			Check: func(state *terraform.State) error {
				for _, word := range words {
					for i, prefix := range sharedPrefixes {
						attributes := state.RootModule().Resources[fmt.Sprintf("crossaccount_s3_share.%s_%d", word, i)].Primary.Attributes
						session, err := w.Assume(t.Context(), caller, attributes["role_arn"], attributes["external_id"])
						if err != nil {
							return fmt.Errorf("assuming the role of %s on %q: %w", word, prefix, err)
						}
						w.probe(t, session, word, prefix)
					}
				}
				return nil
			},
		}},
	})
	w.mustBeEmpty(t)
}

// probe makes every call at every place and fails where what happens is not what the share says.
func (w *World) probe(t *testing.T, session awssim.Credentials, word, prefix string) {
	t.Helper()
	client := w.S3(session)
	for _, p := range probes {
		places := keys
		if p.listing {
			places = listings
		}
		for _, place := range places {
			version := w.freshVersion(t, p, place)
			err := p.call(t.Context(), client, place, version)
			promised := slices.Contains(p.words, word) && strings.HasPrefix(place, prefix)
			// HEAD has no body, so that the SDK names the status.
			refused := Code(err) == "AccessDenied" || p.name == "HeadObject" && Code(err) == "Forbidden"
			switch {
			case promised && err != nil:
				t.Errorf("%s on %q: %s at %q must work: %v", word, prefix, p.name, place, err)
			case !promised && !refused:
				t.Errorf("%s on %q: %s at %q must be refused: %v", word, prefix, p.name, place, err)
			}
		}
	}
}

// freshVersion puts the object anew, so that no call depends on one before, and gives its version.
func (w *World) freshVersion(t *testing.T, p probe, key string) string {
	t.Helper()
	if p.listing {
		return ""
	}
	answer, err := w.S3(w.SetupKey).PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(Bucket), Key: &key, Body: bytes.NewReader([]byte("x"))})
	if err != nil {
		t.Fatalf("putting object %s: %v", key, err)
	}
	return aws.ToString(answer.VersionId)
}

func (w *World) version(t *testing.T) {
	t.Helper()
	if _, err := w.S3(w.SetupKey).PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: aws.String(Bucket), VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	}); err != nil {
		t.Fatalf("turning versioning on: %v", err)
	}
}
