// This file reads a request: which service and operation it calls, and on what.
package awssim

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/analyzersim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/kmssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3controlsim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/sigv4"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/stssim"
)

// maxBody bounds what the simulator keeps in memory of one request.
const maxBody = 64 << 20

// incoming is one request on its way through the server.
type incoming struct {
	request   *http.Request
	body      []byte
	requestID string
	signature *sigv4.Signature // nil for a request that is not signed
	service   string           // iam, sts, kms, s3, s3control or access-analyzer
	params    query.Params     // iam and sts
	operation string
	resource  string // as Call.Resource has it
	caller    *directory.Caller
}

func (s *Server) read(r *http.Request) (*incoming, error) {
	in := &incoming{request: r, requestID: s.dir.NewRequestID(), service: "s3"}
	switch {
	case isForm(r):
		in.service = "iam"
	case strings.HasPrefix(r.Header.Get("X-Amz-Target"), kmssim.TargetPrefix):
		in.service = "kms"
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		return in, query.Errorf("EntityTooLarge", http.StatusBadRequest, "reading the body: %s", err)
	}
	in.body = body
	signature, err := sigv4.Parse(r)
	switch {
	case errors.Is(err, sigv4.ErrAnonymous):
	case err != nil:
		return in, in.malformedSignature(err)
	default:
		in.signature, in.service = signature, signature.Service
	}
	if in.service == "s3" && s3controlsim.Is(r) {
		in.service = "s3control"
	}
	return in, in.route()
}

// isS3 tells the two services of S3 from those that speak another protocol.
func (in *incoming) isS3() bool { return in.service == "s3" || in.service == "s3control" }

// isForm tells a call of a Query service from one of S3 where no signature
// names the service.
func isForm(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Path == "/" &&
		strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
}

// route finds operation and resource.
func (in *incoming) route() error {
	switch in.service {
	case "s3":
		in.routeS3()
		return nil
	case "iam", "sts":
		return in.routeQuery()
	case "kms":
		in.routeKMS()
		return nil
	case "s3control":
		in.routeS3Control()
		return nil
	case analyzersim.SigningName:
		in.routeAnalyzer()
		return nil
	}
	return query.Errorf("UnknownService", http.StatusNotFound, "The simulator has no service %s", in.service)
}

func (in *incoming) routeQuery() error {
	form := string(in.body)
	if in.request.Method == http.MethodGet {
		form = in.request.URL.RawQuery
	}
	params, err := query.ParseParams(form)
	if err != nil {
		return query.Errorf("MalformedInput", http.StatusBadRequest, "%s", err)
	}
	in.params, in.operation = params, params.Get("Action")
	if in.signature == nil && params.Get("Version") == stssim.Protocol.Version {
		in.service = "sts"
	}
	in.resource = named(params)
	return nil
}

// named is what a call of a Query service names.
func named(p query.Params) string {
	for _, parameter := range []string{"RoleArn", "RoleName", "UserName", "PolicyArn", "InstanceProfileName", "PolicyName"} {
		name := p.Get(parameter)
		if name == "" {
			continue
		}
		if inline := p.Get("PolicyName"); parameter != "PolicyName" && inline != "" {
			name += "/" + inline
		}
		return name
	}
	return ""
}

func (in *incoming) bodyHash() string {
	sum := sha256.Sum256(in.body)
	return hex.EncodeToString(sum[:])
}

func (in *incoming) malformedSignature(err error) error {
	if errors.Is(err, sigv4.ErrUnsignedHeader) {
		return query.Errorf("AccessDenied", http.StatusForbidden, "There were headers present in the request which were not signed")
	}
	if in.isS3() {
		return query.Errorf("AuthorizationHeaderMalformed", http.StatusBadRequest, "The authorization header is malformed; %s", err)
	}
	return refusal{query: query.Error{Code: "IncompleteSignature", Status: http.StatusBadRequest, Message: fmt.Sprint(err)}}.of(in.service)
}
