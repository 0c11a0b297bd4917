// This file turns a signature into a caller, or into the refusal that each
// protocol has for a bad one.
package awssim

import (
	"errors"
	"net"
	"net/http"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/analyzersim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/sigv4"
)

// refusal is how the protocols refuse for one reason. KMS has the words of the
// Query protocol and codes of its own.
type refusal struct{ query, s3 query.Error }

// jsonCodes are the codes of KMS for those of the Query protocol (KMS API
// Reference, "Common Errors").
var jsonCodes = map[string]string{
	"InvalidClientTokenId": "UnrecognizedClientException", "ExpiredToken": "ExpiredTokenException",
	"SignatureDoesNotMatch": "InvalidSignatureException", "IncompleteSignature": "IncompleteSignatureException",
}

var (
	unknownKey = refusal{
		query.Error{Code: "InvalidClientTokenId", Status: http.StatusForbidden, Message: "The security token included in the request is invalid."},
		query.Error{Code: "InvalidAccessKeyId", Status: http.StatusForbidden, Message: "The AWS Access Key Id you provided does not exist in our records."},
	}
	wrongToken = refusal{
		query.Error{Code: "InvalidClientTokenId", Status: http.StatusForbidden, Message: "The security token included in the request is invalid."},
		query.Error{Code: "InvalidToken", Status: http.StatusBadRequest, Message: "The provided token is malformed or otherwise invalid."},
	}
	expiredToken = refusal{
		query.Error{Code: "ExpiredToken", Status: http.StatusForbidden, Message: "The security token included in the request is expired"},
		query.Error{Code: "ExpiredToken", Status: http.StatusBadRequest, Message: "The provided token has expired."},
	}
	wrongSignature = refusal{
		query.Error{
			Code: "SignatureDoesNotMatch", Status: http.StatusForbidden,
			Message: "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
		},
		query.Error{
			Code: "SignatureDoesNotMatch", Status: http.StatusForbidden,
			Message: "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
		},
	}
	skewed = refusal{
		query.Error{Code: "SignatureDoesNotMatch", Status: http.StatusForbidden, Message: "Signature not yet current or expired: the date of the request is more than 15 minutes from the time of the server."},
		query.Error{Code: "RequestTimeTooSkewed", Status: http.StatusForbidden, Message: "The difference between the request time and the current time is too large."},
	}
	presignExpired = refusal{
		query.Error{Code: "SignatureDoesNotMatch", Status: http.StatusForbidden, Message: "Signature expired"},
		query.Error{Code: "AccessDenied", Status: http.StatusForbidden, Message: "Request has expired"},
	}
	wrongBody = refusal{
		query.Error{}, // the Query protocol declares no hash of the body
		query.Error{Code: "XAmzContentSHA256Mismatch", Status: http.StatusBadRequest, Message: "The provided 'x-amz-content-sha256' header does not match what was computed."},
	}
)

func (r refusal) of(service string) error {
	switch service {
	case "s3", "s3control":
		return &r.s3
	case analyzersim.SigningName:
		return &query.Error{Code: jsonCodes[r.query.Code], Status: http.StatusForbidden, Message: r.query.Message}
	case "kms":
		return &query.Error{Code: jsonCodes[r.query.Code], Status: http.StatusBadRequest, Message: r.query.Message}
	}
	return &r.query
}

// authenticate finds who signed a request; the caller stays nil where nobody did.
func (s *Server) authenticate(in *incoming) error {
	if in.signature == nil {
		return nil
	}
	key, err := s.findKey(in)
	if err != nil {
		return err
	}
	if err := s.checkDate(in); err != nil {
		return err
	}
	if err := in.signature.Verify(in.request, key.Secret, in.bodyHash()); err != nil {
		var mismatch *sigv4.Mismatch
		if errors.As(err, &mismatch) {
			return wrongSignature.of(in.service)
		}
		return in.malformedSignature(err)
	}
	if err := checkBody(in); err != nil {
		return err
	}
	return s.admit(in, key)
}

func (s *Server) findKey(in *incoming) (*directory.Key, error) {
	s.dir.Lock()
	defer s.dir.Unlock()
	key := s.dir.FindKey(in.signature.AccessKeyID)
	if key == nil {
		return nil, unknownKey.of(in.service)
	}
	return key, nil
}

func (s *Server) checkDate(in *incoming) error {
	now, signed := s.options.SigningNow(), in.signature
	if in.signature.Presigned && in.signature.Expires > 0 {
		if now.After(signed.Time.Add(signed.Expires)) {
			return presignExpired.of(in.service)
		}
	} else if now.Sub(signed.Time) > sigv4.MaxSkew {
		return skewed.of(in.service)
	}
	if signed.Time.Sub(now) > sigv4.MaxSkew {
		return skewed.of(in.service)
	}
	return nil
}

// checkBody checks the hash that S3 clients declare. Bodies that are not signed
// or signed in chunks declare a word instead.
func checkBody(in *incoming) error {
	declared := in.request.Header.Get("X-Amz-Content-Sha256")
	if !in.isS3() || declared == "" || declared == "UNSIGNED-PAYLOAD" || strings.HasPrefix(declared, "STREAMING-") {
		return nil
	}
	if declared != in.bodyHash() {
		return wrongBody.of(in.service)
	}
	return nil
}

// admit checks that the key is still good, and makes the caller.
func (s *Server) admit(in *incoming, key *directory.Key) error {
	s.dir.Lock()
	defer s.dir.Unlock()
	switch {
	case key.Token != in.signature.Token:
		return wrongToken.of(in.service)
	case key.Dead():
		return unknownKey.of(in.service)
	case key.Expired(s.dir.Now()):
		return expiredToken.of(in.service)
	}
	host, _, err := net.SplitHostPort(in.request.RemoteAddr)
	if err != nil {
		return query.Errorf("InternalFailure", http.StatusInternalServerError, "reading the address of the caller: %s", err)
	}
	in.caller = &directory.Caller{
		Key: key, Account: key.Account, User: key.User, Session: key.Session,
		RemoteIP: host, Region: in.signature.Region, Insecure: s.options.InsecureTransport,
	}
	if key.Session != nil {
		key.Session.Role.LastUsed, key.Session.Role.LastRegion = s.dir.Now(), in.signature.Region
	}
	return nil
}
