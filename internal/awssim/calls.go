// This file is the call log: what was called, by whom, on what, how it ended.
package awssim

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Call is one request that reached the server, in the order of arrival.
type Call struct {
	Service   string // iam, sts, kms, s3, s3control, access-analyzer
	Operation string // PutRolePolicy
	// Account is that of the caller; empty for a call that is not signed or
	// whose signature was refused.
	Account     string
	AccessKeyID string
	Caller      string // ARN, "anonymous" for a call that is not signed
	// Resource is what the call names: for IAM the name of a role, user, policy
	// or profile, with that of an inline policy behind a slash; for STS the ARN
	// of the role; for S3 the bucket, with the key behind a slash; for KMS the key
	// as the call names it; for S3 Control the name of the access point.
	Resource string
	// Attempt counts how often the SDK has sent this call, from 1; it repeats what
	// failed, also when only the connection did.
	Attempt int
	Status  int    // of the answer; 0 while there is none, and where there was none
	Code    string // AWS's error code; empty for success
}

// Name is the call as policies name it: iam:PutRolePolicy.
func (c Call) Name() string { return c.Service + ":" + c.Operation }

// attempt reads the header in which SDKs say which attempt a request is:
// "attempt=2; max=10".
func attempt(header http.Header) int {
	_, rest, _ := strings.Cut(header.Get("Amz-Sdk-Request"), "attempt=")
	number, _, _ := strings.Cut(rest, ";")
	if n, err := strconv.Atoi(number); err == nil {
		return n
	}
	return 1
}

// writes tells that the call changes what the server stores.
func (c Call) writes() bool {
	if c.Service == "sts" {
		return false
	}
	return !slices.ContainsFunc([]string{"Get", "List", "Head", "Simulate", "Describe"}, func(verb string) bool {
		return strings.HasPrefix(c.Operation, verb)
	})
}

// Calls gives the log so far.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	log := make([]Call, 0, len(s.calls))
	for _, c := range s.calls {
		log = append(log, *c)
	}
	return log
}

// ResetCalls empties the log.
func (s *Server) ResetCalls() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = slices.Delete(s.calls, 0, len(s.calls))
}

func (s *Server) log(c Call) *Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, &c)
	return &c
}

func (s *Server) logAnswer(c *Call, a *answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Status, c.Code = a.status, a.errorCode()
}
