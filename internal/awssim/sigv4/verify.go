// Package sigv4 checks Signature Version 4 on incoming requests: the header
// form and the presigned query form. It is written against the IAM User Guide,
// "Create a signed AWS API request", independently of the SDK's signer, so that
// the two check one another.
package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	timeFormat = "20060102T150405Z"
	// MaxSkew is how far the date of a request may be from the server's clock.
	MaxSkew = 15 * time.Minute
	// unsigned is the payload hash of a request whose body is not signed.
	unsigned = "UNSIGNED-PAYLOAD"
)

// Mismatch says why a signature does not hold, with the canonical request as
// AWS reports it; it carries no secret.
type Mismatch struct {
	Canonical    string
	StringToSign string
}

func (m *Mismatch) Error() string { return "the signature does not match" }

// Verify recomputes the signature with the secret. The payload hash is that of
// the body as received; service s3 takes the one that the request declares.
func (s *Signature) Verify(r *http.Request, secret, bodyHash string) error {
	payload := bodyHash
	if s.Service == "s3" {
		payload = s.declaredHash(r, bodyHash)
	}
	canonical, err := s.canonical(r, payload)
	if err != nil {
		return err
	}
	scope := strings.Join([]string{s.day, s.Region, s.Service, "aws4_request"}, "/")
	text := strings.Join([]string{algorithm, s.Time.Format(timeFormat), scope, hash(canonical)}, "\n")
	key := mac([]byte("AWS4"+secret), s.day)
	for _, part := range []string{s.Region, s.Service, "aws4_request"} {
		key = mac(key, part)
	}
	if want := hex.EncodeToString(mac(key, text)); !hmac.Equal([]byte(want), []byte(s.signature)) {
		return &Mismatch{Canonical: canonical, StringToSign: text}
	}
	return nil
}

func (s *Signature) declaredHash(r *http.Request, bodyHash string) string {
	if declared := r.Header.Get("X-Amz-Content-Sha256"); declared != "" {
		return declared
	}
	if s.Presigned {
		return unsigned
	}
	return bodyHash
}

func (s *Signature) canonical(r *http.Request, payload string) (string, error) {
	headers, err := s.canonicalHeaders(r)
	if err != nil {
		return "", err
	}
	query, err := canonicalQuery(r.URL.RawQuery)
	if err != nil {
		return "", err
	}
	return strings.Join([]string{
		r.Method, s.canonicalPath(r), query, headers, strings.Join(s.signedHeaders, ";"), payload,
	}, "\n"), nil
}

// canonicalPath encodes the path once for S3 and twice for every other service.
func (s *Signature) canonicalPath(r *http.Request) string {
	path := r.URL.Path
	if path == "" {
		path = "/"
	}
	once := escape(path, "/")
	if s.Service == "s3" {
		return once
	}
	return escape(once, "/")
}

func (s *Signature) canonicalHeaders(r *http.Request) (string, error) {
	var b strings.Builder
	for _, name := range s.signedHeaders {
		values, err := headerValues(r, name)
		if err != nil {
			return "", err
		}
		for i, v := range values {
			values[i] = strings.Join(strings.Fields(v), " ")
		}
		b.WriteString(name + ":" + strings.Join(values, ",") + "\n")
	}
	return b.String(), nil
}

// headerValues finds headers also where net/http keeps them outside the map.
func headerValues(r *http.Request, name string) ([]string, error) {
	switch name {
	case "host":
		return []string{r.Host}, nil
	case "content-length":
		return []string{fmt.Sprint(r.ContentLength)}, nil
	case "transfer-encoding":
		return slices.Clone(r.TransferEncoding), nil
	}
	values := r.Header.Values(name)
	if len(values) == 0 {
		return nil, fmt.Errorf("finding the signed header %s: it was not sent", name)
	}
	return slices.Clone(values), nil
}

func canonicalQuery(raw string) (string, error) {
	var pairs []string
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name, err := unescape(name)
		if err != nil {
			return "", err
		}
		value, err = unescape(value)
		if err != nil {
			return "", err
		}
		if name == "X-Amz-Signature" {
			continue
		}
		pairs = append(pairs, escape(name, "")+"\x00"+escape(value, ""))
	}
	// Sorted by name, then by value: 0x00 sorts before every encoded byte.
	slices.Sort(pairs)
	return strings.ReplaceAll(strings.Join(pairs, "&"), "\x00", "="), nil
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
