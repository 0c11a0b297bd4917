// Package s3controlsim is S3 Control as API version 2018-08-20 has it: access
// points with their policies, and Block Public Access of an account, over REST and
// XML. What it writes is kept, and enforced, by s3sim.
package s3controlsim

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
)

// Service is S3 Control over the buckets of s3, whose directory's lock guards
// everything.
type Service struct {
	dir *directory.Directory
	s3  *s3sim.Service
}

// New makes S3 Control over the buckets of s3.
func New(dir *directory.Directory, s3 *s3sim.Service) *Service { return &Service{dir: dir, s3: s3} }

// Call is one call, its signature checked.
type Call struct {
	Request   *http.Request
	Body      []byte
	Caller    *directory.Caller // nil for an anonymous call
	RequestID string
}

// request is a call being carried out; the lock is held.
type request struct {
	*Service
	call *Call
	name string // of the access point
}

// operation carries out one call and gives what is answered as XML, nil for an
// empty answer.
type operation func(*request) (any, error)

var operations = map[string]operation{
	"CreateAccessPoint": createAccessPoint, "GetAccessPoint": getAccessPoint, "ListAccessPoints": listAccessPoints,
	"DeleteAccessPoint":    deleteAccessPoint,
	"GetAccessPointPolicy": getAccessPointPolicy, "PutAccessPointPolicy": putAccessPointPolicy,
	"DeleteAccessPointPolicy": deleteAccessPointPolicy, "GetAccessPointPolicyStatus": getAccessPointPolicyStatus,
	"GetPublicAccessBlock": getPublicAccessBlock, "PutPublicAccessBlock": putPublicAccessBlock,
	"DeletePublicAccessBlock": deletePublicAccessBlock,
	"ListTagsForResource":     listTags, "TagResource": tagResource, "UntagResource": untagResource,
}

const (
	// root begins every path; a bucket of that name is told apart by accountHeader.
	root          = "/v20180820/"
	accountHeader = "X-Amz-Account-Id"
)

// Is tells a call of S3 Control from one of S3: both are signed for s3.
func Is(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, root) && r.Header.Get(accountHeader) != ""
}

// methods name the operations of a resource by method.
type methods map[string]string

var (
	onPoint = map[string]methods{
		"":             {"PUT": "CreateAccessPoint", "GET": "GetAccessPoint", "DELETE": "DeleteAccessPoint"},
		"policy":       {"PUT": "PutAccessPointPolicy", "GET": "GetAccessPointPolicy", "DELETE": "DeleteAccessPointPolicy"},
		"policyStatus": {"GET": "GetAccessPointPolicyStatus"},
	}
	onBlock = methods{"PUT": "PutPublicAccessBlock", "GET": "GetPublicAccessBlock", "DELETE": "DeletePublicAccessBlock"}
	onTags  = methods{"POST": "TagResource", "GET": "ListTagsForResource", "DELETE": "UntagResource"}
)

// Route gives the operation as the SDK names it, with the name of the access
// point. An operation that is not known here is the method and the path.
func Route(r *http.Request) (operation, name string) {
	path := strings.TrimPrefix(r.URL.Path, root)
	kind, rest, _ := strings.Cut(path, "/")
	switch kind {
	case "accesspoint":
		var part string
		if name, part, _ = strings.Cut(rest, "/"); name == "" && r.Method == http.MethodGet {
			operation = "ListAccessPoints"
		} else {
			operation = onPoint[part][r.Method]
		}
	case "configuration":
		if rest == "publicAccessBlock" {
			operation = onBlock[r.Method]
		}
	case "tags":
		operation = onTags[r.Method]
		arn, err := url.PathUnescape(rest)
		if err == nil {
			name = arn[strings.LastIndexByte(arn, '/')+1:]
		}
	}
	if operation == "" {
		operation = r.Method + " " + path
	}
	return operation, name
}

// Serve answers one call.
func (s *Service) Serve(w http.ResponseWriter, c *Call) {
	answer, err := s.run(c)
	if err != nil {
		Refuse(w, c.RequestID, asError(err))
		return
	}
	write(w, c, answer)
}

// run makes the checks that come before any policy: calls of S3 Control do not
// work across accounts.
func (s *Service) run(c *Call) (any, error) {
	operation, name := Route(c.Request)
	run, known := operations[operation]
	switch {
	case !known:
		return nil, query.Errorf("NotImplemented", http.StatusNotImplemented, "The simulator does not know the operation %s", operation)
	case c.Caller == nil, c.Request.Header.Get(accountHeader) != c.Caller.Account.ID:
		return nil, accessDenied()
	}
	s.dir.Lock()
	defer s.dir.Unlock()
	return run(&request{Service: s, call: c, name: name})
}
