// This file tells from a request which operation it asks for, on which bucket and key.
package s3sim

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Route gives the operation as the SDK names it, with the bucket and the key. The path names the bucket, or the host
// does: bucket.localhost, bucket.s3.REGION.amazonaws.com. An operation that is not known here is METHOD followed by its
// subresources.
func Route(r *http.Request) (operation, bucket, key string) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	if bucket = hostBucket(r.Host); bucket != "" {
		key = path
	} else {
		bucket, key, _ = strings.Cut(path, "/")
	}
	query := r.URL.Query()
	switch {
	case bucket == "":
		operation = onService[r.Method]
	case key == "":
		operation = find(onBucket, r, query)
	default:
		operation = find(onObject, r, query)
	}
	if operation == "" {
		operation = r.Method + " ?" + r.URL.RawQuery
	}
	return operation, bucket, key
}

func hostBucket(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if id, is := hostPoint(host); is {
		return id.Name + "-" + id.Account
	}
	if bucket, ok := strings.CutSuffix(host, ".localhost"); ok {
		return bucket
	}
	if !strings.Contains(host, ".amazonaws.com") {
		return ""
	}
	for _, mark := range []string{".s3.", ".s3-"} {
		if bucket, _, ok := strings.Cut(host, mark); ok {
			return bucket
		}
	}
	return ""
}

// route is one line of a table: the first line whose method, query parameters and header fit wins.
type route struct {
	method    string
	query     string // parameters that must be there, separated by &
	header    string
	operation string
}

func find(routes []route, r *http.Request, query url.Values) string {
	for _, line := range routes {
		if line.method == r.Method && line.fits(query) && (line.header == "" || r.Header.Get(line.header) != "") {
			return line.operation
		}
	}
	return ""
}

func (line route) fits(query url.Values) bool {
	if line.query == "" {
		for _, name := range subresources {
			if query.Has(name) {
				return false
			}
		}
		return true
	}
	for name := range strings.SplitSeq(line.query, "&") {
		want, value, fixed := strings.Cut(name, "=")
		if !query.Has(want) || fixed && query.Get(want) != value {
			return false
		}
	}
	return true
}

// subresources are query parameters that make a call another operation; no line without parameters takes them.
var subresources = []string{
	"accelerate", "acl", "analytics", "attributes", "cors", "delete", "encryption", "intelligent-tiering", "inventory",
	"legal-hold", "lifecycle", "location", "logging", "metrics", "notification", "object-lock", "ownershipControls",
	"policy", "policyStatus", "publicAccessBlock", "replication", "requestPayment", "restore", "retention", "select",
	"session", "tagging", "torrent", "uploads", "uploadId", "versioning", "versions", "website",
}

var onService = map[string]string{http.MethodGet: "ListBuckets"}

var onBucket = []route{
	{"GET", "policy", "", "GetBucketPolicy"},
	{"PUT", "policy", "", "PutBucketPolicy"},
	{"DELETE", "policy", "", "DeleteBucketPolicy"},
	{"GET", "policyStatus", "", "GetBucketPolicyStatus"},
	{"GET", "publicAccessBlock", "", "GetPublicAccessBlock"},
	{"PUT", "publicAccessBlock", "", "PutPublicAccessBlock"},
	{"DELETE", "publicAccessBlock", "", "DeletePublicAccessBlock"},
	{"GET", "ownershipControls", "", "GetBucketOwnershipControls"},
	{"PUT", "ownershipControls", "", "PutBucketOwnershipControls"},
	{"DELETE", "ownershipControls", "", "DeleteBucketOwnershipControls"},
	{"GET", "versioning", "", "GetBucketVersioning"},
	{"PUT", "versioning", "", "PutBucketVersioning"},
	{"GET", "encryption", "", "GetBucketEncryption"},
	{"PUT", "encryption", "", "PutBucketEncryption"},
	{"DELETE", "encryption", "", "DeleteBucketEncryption"},
	{"GET", "location", "", "GetBucketLocation"},
	{"GET", "versions", "", "ListObjectVersions"},
	{"GET", "uploads", "", "ListMultipartUploads"},
	{"POST", "delete", "", "DeleteObjects"},
	{"GET", "list-type=2", "", "ListObjectsV2"},
	{"GET", "", "", "ListObjects"},
	{"PUT", "", "", "CreateBucket"},
	{"DELETE", "", "", "DeleteBucket"},
	{"HEAD", "", "", "HeadBucket"},
}

var onObject = []route{
	{"GET", "tagging", "", "GetObjectTagging"},
	{"PUT", "tagging", "", "PutObjectTagging"},
	{"DELETE", "tagging", "", "DeleteObjectTagging"},
	{"GET", "attributes", "", "GetObjectAttributes"},
	{"POST", "uploads", "", "CreateMultipartUpload"},
	{"PUT", "uploadId&partNumber", "X-Amz-Copy-Source", "UploadPartCopy"},
	{"PUT", "uploadId&partNumber", "", "UploadPart"},
	{"POST", "uploadId", "", "CompleteMultipartUpload"},
	{"DELETE", "uploadId", "", "AbortMultipartUpload"},
	{"GET", "uploadId", "", "ListParts"},
	{"PUT", "", "X-Amz-Copy-Source", "CopyObject"},
	{"PUT", "", "", "PutObject"},
	{"GET", "", "", "GetObject"},
	{"HEAD", "", "", "HeadObject"},
	{"DELETE", "", "", "DeleteObject"},
}
