package s3sim_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
)

func TestRoute(t *testing.T) {
	t.Parallel()
	cases := []struct{ method, host, path, operation, bucket, key string }{
		{"GET", "127.0.0.1:80", "/", "ListBuckets", "", ""},
		{"GET", "127.0.0.1:80", "/acme", "ListObjects", "acme", ""},
		{"GET", "127.0.0.1:80", "/acme/?list-type=2&prefix=policy", "ListObjectsV2", "acme", ""},
		{"GET", "127.0.0.1:80", "/acme?policy", "GetBucketPolicy", "acme", ""},
		{"PUT", "127.0.0.1:80", "/acme?policy", "PutBucketPolicy", "acme", ""},
		{"GET", "127.0.0.1:80", "/acme?policyStatus", "GetBucketPolicyStatus", "acme", ""},
		{"GET", "127.0.0.1:80", "/acme?versions&prefix=a", "ListObjectVersions", "acme", ""},
		{"GET", "127.0.0.1:80", "/acme?cors", "GET ?cors", "acme", ""},
		{"PUT", "127.0.0.1:80", "/acme?cors", "PUT ?cors", "acme", ""},
		{"DELETE", "127.0.0.1:80", "/acme?lifecycle", "DELETE ?lifecycle", "acme", ""},
		{"GET", "127.0.0.1:80", "/acme/a/b%20c%2Fd?versionId=1", "GetObject", "acme", "a/b c/d"},
		{"PUT", "127.0.0.1:80", "/acme/k?acl", "PUT ?acl", "acme", "k"},
		{"PUT", "127.0.0.1:80", "/acme/k?partNumber=1&uploadId=u", "UploadPart", "acme", "k"},
		{"POST", "127.0.0.1:80", "/acme/k?uploads", "CreateMultipartUpload", "acme", "k"},
		{"DELETE", "127.0.0.1:80", "/acme/k?uploadId=u", "AbortMultipartUpload", "acme", "k"},
		{"GET", "acme.localhost:80", "/a/k", "GetObject", "acme", "a/k"},
		{"GET", "acme.localhost:80", "/", "ListObjects", "acme", ""},
		{"GET", "acme.data.s3.eu-west-1.amazonaws.com", "/k", "GetObject", "acme.data", "k"},
		{"GET", "s3.eu-west-1.amazonaws.com", "/acme/k", "GetObject", "acme", "k"},
	}
	for _, test := range cases {
		t.Run(test.method+" "+test.host+test.path, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequestWithContext(t.Context(), test.method, "http://"+test.host+test.path, http.NoBody)
			operation, bucket, key := s3sim.Route(r)
			if operation != test.operation || bucket != test.bucket || key != test.key {
				t.Errorf("got %q %q %q", operation, bucket, key)
			}
		})
	}
}
