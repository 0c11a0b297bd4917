package sigv4_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	signer "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/sigv4"
)

const (
	secret = "example secret"
	body   = "Action=ListRoles"
)

var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// signed is a request that the SDK's own signer has signed.
func signed(t *testing.T, service, path string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://127.0.0.1:4566"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Content-Sha256", hash(body))
	r.Header.Set("X-Amz-Note", "  two   words ")
	key := aws.Credentials{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: secret, SessionToken: "token"}
	err = signer.NewSigner().SignHTTP(context.Background(), key, r, hash(body), service, "eu-west-1", at, escapedOnce(service))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// escapedOnce: only S3's paths are.
func escapedOnce(service string) func(*signer.SignerOptions) {
	return func(o *signer.SignerOptions) { o.DisableURIPathEscaping = service == "s3" }
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func verify(r *http.Request, bodyHash string) error {
	s, err := sigv4.Parse(r)
	if err != nil {
		return err
	}
	return s.Verify(r, secret, bodyHash)
}

func TestSignedRequests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		service, path string
		change        func(*http.Request)
		secret, body  string
		refused       bool
	}{
		"iam":                  {service: "iam", path: "/"},
		"s3":                   {service: "s3", path: "/b/a%20b/c%2Bd/%C3%BC?list-type=2&prefix=a%2Fb&empty"},
		"other path":           {service: "s3", path: "/b/k", change: func(r *http.Request) { r.URL.Path, r.URL.RawPath = "/b/k2", "" }, refused: true},
		"other method":         {service: "s3", path: "/b/k", change: func(r *http.Request) { r.Method = http.MethodPut }, refused: true},
		"other query":          {service: "s3", path: "/b?policy", change: func(r *http.Request) { r.URL.RawQuery = "acl" }, refused: true},
		"other host":           {service: "s3", path: "/b", change: func(r *http.Request) { r.Host = "other" }, refused: true},
		"other signed header":  {service: "s3", path: "/b", change: func(r *http.Request) { r.Header.Set("X-Amz-Note", "x") }, refused: true},
		"signed header gone":   {service: "s3", path: "/b", change: func(r *http.Request) { r.Header.Del("X-Amz-Note") }, refused: true},
		"white space":          {service: "s3", path: "/b", change: func(r *http.Request) { r.Header.Set("X-Amz-Note", "two words") }},
		"header that is extra": {service: "s3", path: "/b", change: func(r *http.Request) { r.Header.Set("X-Amz-Acl", "public-read") }, refused: true},
		"header of no concern": {service: "s3", path: "/b", change: func(r *http.Request) { r.Header.Set("Accept", "x") }},
		"other body":           {service: "iam", path: "/", body: "Action=DeleteRole", refused: true},
		"other service": {service: "iam", path: "/", change: func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "/iam/", "/sts/", 1))
		}, refused: true},
		"other day": {service: "iam", path: "/", change: func(r *http.Request) { r.Header.Set("X-Amz-Date", "20260302T120000Z") }, refused: true},
		"no date":   {service: "iam", path: "/", change: func(r *http.Request) { r.Header.Del("X-Amz-Date") }, refused: true},
		"other algorithm": {service: "iam", path: "/", change: func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "SHA256", "SHA1", 1))
		}, refused: true},
		"no credential":   {service: "iam", path: "/", change: func(r *http.Request) { r.Header.Set("Authorization", "AWS4-HMAC-SHA256 x") }, refused: true},
		"empty signature": {service: "iam", path: "/", change: func(r *http.Request) { cutSignature(r) }, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := signed(t, c.service, c.path)
			if c.change != nil {
				c.change(r)
			}
			received := body
			if c.body != "" {
				received = c.body
			}
			if err := verify(r, hash(received)); (err != nil) != c.refused {
				t.Errorf("got %v, refused should be %t", err, c.refused)
			}
		})
	}
}

func cutSignature(r *http.Request) {
	header, _, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
	r.Header.Set("Authorization", header+"Signature=")
}

func TestWrongSecretIsAMismatch(t *testing.T) {
	t.Parallel()
	r := signed(t, "iam", "/")
	s, err := sigv4.Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	if s.AccessKeyID != "AKIAEXAMPLE" || s.Token != "token" || s.Region != "eu-west-1" || s.Service != "iam" || !s.Time.Equal(at) {
		t.Errorf("parsed %+v", s)
	}
	var mismatch *sigv4.Mismatch
	if err := s.Verify(r, secret+"x", hash(body)); !errors.As(err, &mismatch) || !strings.HasPrefix(mismatch.Canonical, "POST\n/\n") {
		t.Errorf("got %v", err)
	}
}

func TestAnonymous(t *testing.T) {
	t.Parallel()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://127.0.0.1/b/k", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sigv4.Parse(r); !errors.Is(err, sigv4.ErrAnonymous) {
		t.Errorf("got %v", err)
	}
}

func TestPresigned(t *testing.T) {
	t.Parallel()
	key := aws.Credentials{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: secret}
	presign := func(t *testing.T, expires string) *http.Request {
		t.Helper()
		r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://127.0.0.1/b/a%20b?X-Amz-Expires="+expires, nil)
		if err != nil {
			t.Fatal(err)
		}
		address, _, err := signer.NewSigner().PresignHTTP(context.Background(), key, r, "UNSIGNED-PAYLOAD", "s3", "eu-west-1", at, escapedOnce("s3"))
		if err != nil {
			t.Fatal(err)
		}
		if r, err = http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil); err != nil {
			t.Fatal(err)
		}
		return r
	}
	for name, c := range map[string]struct {
		expires string
		change  func(*http.Request)
		refused bool
	}{
		"an hour": {expires: "3600"}, "over a week": {expires: "604801", refused: true}, "no number": {expires: "x", refused: true},
		"prolonged": {expires: "3600", refused: true, change: func(r *http.Request) {
			r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "Expires=3600", "Expires=7200", 1)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := presign(t, c.expires)
			if c.change != nil {
				c.change(r)
			}
			if err := verify(r, hash("")); (err != nil) != c.refused {
				t.Errorf("got %v, refused should be %t", err, c.refused)
			}
		})
	}
	if s, err := sigv4.Parse(presign(t, "3600")); err != nil || !s.Presigned || s.Expires != time.Hour {
		t.Errorf("parsed %+v, %v", s, err)
	}
}
