package s3sim_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/kmssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
)

// The signature of these calls is not checked, since no SDK would send them.
func TestBodiesMustBeWhatTheyDeclare(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256([]byte("hello"))
	streaming := func(length int) http.Header {
		return http.Header{
			"X-Amz-Content-Sha256": {"STREAMING-UNSIGNED-PAYLOAD-TRAILER"}, "X-Amz-Trailer": {"x-amz-checksum-crc32"},
			"X-Amz-Decoded-Content-Length": {strconv.Itoa(length)}, "Content-Encoding": {"aws-chunked"},
		}
	}
	cases := map[string]struct {
		header http.Header
		body   string
		code   string
	}{
		"plain":                          {nil, "hello", ""},
		"its hash":                       {http.Header{"X-Amz-Content-Sha256": {hex.EncodeToString(sum[:])}}, "hello", ""},
		"the hash of another":            {http.Header{"X-Amz-Content-Sha256": {hex.EncodeToString(sum[:])}}, "hallo", "XAmzContentSHA256Mismatch"},
		"its MD5":                        {http.Header{"Content-Md5": {"XUFAKrxLKna5cZ2REBfFkg=="}}, "hello", ""},
		"the MD5 of another":             {http.Header{"Content-Md5": {"XUFAKrxLKna5cZ2REBfFkg=="}}, "hallo", "BadDigest"},
		"an MD5 that is none":            {http.Header{"Content-Md5": {"x"}}, "hello", "InvalidDigest"},
		"its CRC32":                      {http.Header{"X-Amz-Checksum-Crc32": {"NhCmhg=="}}, "hello", ""},
		"the CRC32 of another":           {http.Header{"X-Amz-Checksum-Crc32": {"NhCmhg=="}}, "hallo", "BadDigest"},
		"in chunks":                      {streaming(5), "3\r\nhel\r\n2\r\nlo\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", ""},
		"in signed chunks":               {streaming(5), "5;chunk-signature=00\r\nhello\r\n0;chunk-signature=00\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", ""},
		"in chunks, wrong checksum":      {streaming(5), "5\r\nhallo\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", "BadDigest"},
		"in chunks, no checksum":         {streaming(5), "5\r\nhello\r\n0\r\n\r\n", "MalformedTrailerError"},
		"in chunks, another length":      {streaming(6), "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", "IncompleteBody"},
		"in chunks, cut off":             {streaming(5), "5\r\nhel", "IncompleteBody"},
		"in chunks, without the end":     {streaming(5), "5\r\nhello\r\n", "IncompleteBody"},
		"in chunks, a size that is none": {streaming(5), "-5\r\nhello\r\n", "IncompleteBody"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := directory.New(directory.Options{Now: func() time.Time { return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC) }})
			service := s3sim.New(dir, kmssim.New(dir))
			account := dir.AddAccount(directory.Account{ID: "111111111111", Partition: "aws"})
			b := service.AddBucket(account, "acme", s3sim.BucketOptions{})
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPut, "/acme/k", nil)
			if test.header != nil {
				r.Header = test.header
			}
			w := httptest.NewRecorder()
			root := &directory.Caller{Account: account, Key: &directory.Key{Account: account}}
			service.Serve(w, &s3sim.Call{Request: r, Body: []byte(test.body), Caller: root})
			if test.code == "" {
				if w.Code != http.StatusOK || len(b.Keys()) != 1 || w.Header().Get("ETag") != `"5d41402abc4b2a76b9719d911017c592"` {
					t.Errorf("got %d %s, keys %v", w.Code, w.Body, b.Keys())
				}
				return
			}
			if !strings.Contains(w.Body.String(), "<Code>"+test.code+"</Code>") || len(b.Keys()) != 0 {
				t.Errorf("got %d %s, keys %v; want %s", w.Code, w.Body, b.Keys(), test.code)
			}
		})
	}
}

func TestEveryChecksumOfTheSDK(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bucket(s3sim.BucketOptions{})
	c := w.admin(w.owner)
	for _, algorithm := range []types.ChecksumAlgorithm{"CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"} {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{
			Bucket: bucket, Key: aws.String(string(algorithm)), Body: bytes.NewReader([]byte("hello")), ChecksumAlgorithm: algorithm,
		})
		mustBe(t, err, "", "")
	}
}
