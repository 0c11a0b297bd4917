// This file has the cases of the wire suite about objects.
package awssim_test

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func putObject(w *wire, key, body string) {
	send(w, key, (*s3.Client).PutObject, &s3.PutObjectInput{Bucket: theBucket, Key: &key, Body: strings.NewReader(body)}, "ETag")
}

var wireObjects = map[string]func(*wire){
	"an object": func(w *wire) {
		createBucket(w)
		key := aws.String("reports/a b+c")
		send(w, "", (*s3.Client).PutObject, &s3.PutObjectInput{
			Bucket: theBucket, Key: key, Body: strings.NewReader("hello"), ContentType: aws.String("text/plain"), Metadata: map[string]string{"k": "v"}, Tagging: aws.String("team=blue"),
		}, "ETag")
		send(w, "", (*s3.Client).HeadObject, &s3.HeadObjectInput{Bucket: theBucket, Key: key}, "ContentLength ContentType ETag Metadata")
		send(w, "", (*s3.Client).GetObject, &s3.GetObjectInput{Bucket: theBucket, Key: key}, "ContentLength ContentType ETag Metadata TagCount")
		send(w, "a range", (*s3.Client).GetObject, &s3.GetObjectInput{Bucket: theBucket, Key: key, Range: aws.String("bytes=1-2")}, "ContentLength ContentRange")
		send(w, "beyond the end", (*s3.Client).GetObject, &s3.GetObjectInput{Bucket: theBucket, Key: key, Range: aws.String("bytes=10-12")}, "ContentLength ContentRange")
		send(w, "", (*s3.Client).GetObjectTagging, &s3.GetObjectTaggingInput{Bucket: theBucket, Key: key}, "TagSet")
		send(w, "", (*s3.Client).GetObjectAttributes, &s3.GetObjectAttributesInput{Bucket: theBucket, Key: key, ObjectAttributes: []types.ObjectAttributes{"ObjectSize", "ETag"}}, "ObjectSize ETag")
		send(w, "", (*s3.Client).CopyObject, &s3.CopyObjectInput{Bucket: theBucket, Key: aws.String("copy"), CopySource: aws.String("acme-data/reports/a%20b%2Bc")}, "CopyObjectResult.ETag")
		send(w, "with objects", (*s3.Client).DeleteBucket, &s3.DeleteBucketInput{Bucket: theBucket}, "")
		send(w, "", (*s3.Client).DeleteObject, &s3.DeleteObjectInput{Bucket: theBucket, Key: key}, "")
		send(w, "again", (*s3.Client).DeleteObject, &s3.DeleteObjectInput{Bucket: theBucket, Key: key}, "")
		send(w, "no more", (*s3.Client).GetObject, &s3.GetObjectInput{Bucket: theBucket, Key: key}, "")
		send(w, "no more", (*s3.Client).HeadObject, &s3.HeadObjectInput{Bucket: theBucket, Key: key}, "")
		send(w, "no more", (*s3.Client).CopyObject, &s3.CopyObjectInput{Bucket: theBucket, Key: aws.String("copy"), CopySource: aws.String("acme-data/none")}, "")
	},
	"listing": func(w *wire) {
		createBucket(w)
		for _, key := range []string{"a/1", "a/2", "b/1", "top"} {
			putObject(w, key, "x")
		}
		list := func(note string, in s3.ListObjectsV2Input) *s3.ListObjectsV2Output {
			in.Bucket = theBucket
			return send(w, note, (*s3.Client).ListObjectsV2, &in, "Name Prefix Delimiter KeyCount MaxKeys IsTruncated Contents.Key Contents.Size CommonPrefixes.Prefix")
		}
		list("all", s3.ListObjectsV2Input{})
		list("a prefix", s3.ListObjectsV2Input{Prefix: aws.String("a/")})
		list("folders", s3.ListObjectsV2Input{Delimiter: aws.String("/")})
		list("nothing", s3.ListObjectsV2Input{Prefix: aws.String("none/")})
		page := list("first page", s3.ListObjectsV2Input{MaxKeys: aws.Int32(3)})
		list("second page", s3.ListObjectsV2Input{MaxKeys: aws.Int32(3), ContinuationToken: page.NextContinuationToken})
		list("after a key", s3.ListObjectsV2Input{StartAfter: aws.String("b/1")})
		send(w, "", (*s3.Client).ListObjects, &s3.ListObjectsInput{Bucket: theBucket, Delimiter: aws.String("/"), MaxKeys: aws.Int32(2)}, "IsTruncated NextMarker Contents.Key CommonPrefixes.Prefix")
		send(w, "", (*s3.Client).DeleteObjects, &s3.DeleteObjectsInput{Bucket: theBucket, Delete: &types.Delete{Objects: []types.ObjectIdentifier{{Key: aws.String("top")}, {Key: aws.String("none")}}}}, "Deleted.Key Errors")
	},
	"versions": func(w *wire) {
		createBucket(w)
		send(w, "", (*s3.Client).PutBucketVersioning, &s3.PutBucketVersioningInput{Bucket: theBucket, VersioningConfiguration: &types.VersioningConfiguration{Status: "Enabled"}}, "")
		putObject(w, "k", "one")
		send(w, "", (*s3.Client).DeleteObject, &s3.DeleteObjectInput{Bucket: theBucket, Key: aws.String("k")}, "DeleteMarker")
		send(w, "", (*s3.Client).ListObjectVersions, &s3.ListObjectVersionsInput{Bucket: theBucket}, "IsTruncated Versions.Key Versions.IsLatest DeleteMarkers.Key DeleteMarkers.IsLatest")
		send(w, "marked as deleted", (*s3.Client).GetObject, &s3.GetObjectInput{Bucket: theBucket, Key: aws.String("k")}, "")
		send(w, "with versions", (*s3.Client).DeleteBucket, &s3.DeleteBucketInput{Bucket: theBucket}, "")
	},
	"an upload in parts": func(w *wire) {
		createBucket(w)
		key := aws.String("big")
		upload := send(w, "", (*s3.Client).CreateMultipartUpload, &s3.CreateMultipartUploadInput{Bucket: theBucket, Key: key}, "Bucket Key").UploadId
		part := send(w, "", (*s3.Client).UploadPart, &s3.UploadPartInput{Bucket: theBucket, Key: key, UploadId: upload, PartNumber: aws.Int32(1), Body: strings.NewReader("hello")}, "ETag")
		send(w, "", (*s3.Client).ListParts, &s3.ListPartsInput{Bucket: theBucket, Key: key, UploadId: upload}, "IsTruncated Parts.PartNumber Parts.Size")
		send(w, "", (*s3.Client).ListMultipartUploads, &s3.ListMultipartUploadsInput{Bucket: theBucket}, "IsTruncated Uploads.Key")
		send(w, "", (*s3.Client).CompleteMultipartUpload, &s3.CompleteMultipartUploadInput{Bucket: theBucket, Key: key, UploadId: upload,
			MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{PartNumber: aws.Int32(1), ETag: part.ETag}}}}, "Bucket Key ETag")
		send(w, "that is complete", (*s3.Client).AbortMultipartUpload, &s3.AbortMultipartUploadInput{Bucket: theBucket, Key: key, UploadId: aws.String("none")}, "")
		send(w, "", (*s3.Client).HeadObject, &s3.HeadObjectInput{Bucket: theBucket, Key: key}, "ContentLength ETag")
	},
	"tags of an object": func(w *wire) {
		createBucket(w)
		putObject(w, "k", "x")
		tags := &types.Tagging{TagSet: []types.Tag{{Key: aws.String("team"), Value: aws.String("blue")}}}
		key := aws.String("k")
		send(w, "", (*s3.Client).PutObjectTagging, &s3.PutObjectTaggingInput{Bucket: theBucket, Key: key, Tagging: tags}, "")
		send(w, "", (*s3.Client).GetObjectTagging, &s3.GetObjectTaggingInput{Bucket: theBucket, Key: key}, "TagSet")
		send(w, "", (*s3.Client).DeleteObjectTagging, &s3.DeleteObjectTaggingInput{Bucket: theBucket, Key: key}, "")
		send(w, "none", (*s3.Client).GetObjectTagging, &s3.GetObjectTaggingInput{Bucket: theBucket, Key: key}, "TagSet")
		send(w, "of nothing", (*s3.Client).GetObjectTagging, &s3.GetObjectTaggingInput{Bucket: theBucket, Key: aws.String("none")}, "")
	},
}
