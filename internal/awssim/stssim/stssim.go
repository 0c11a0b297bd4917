// Package stssim is STS: who am I, and sessions of roles, over the Query
// protocol of API version 2011-06-15, each call judged by the policies of both
// sides.
package stssim

import (
	"net/http"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

// Protocol is how STS signs its answers.
var Protocol = query.Service{Name: "sts", Version: "2011-06-15", Namespace: "https://sts.amazonaws.com/doc/2011-06-15/"}

// Service is STS over a directory.
type Service struct {
	dir        *directory.Directory
	operations map[string]query.Operation
}

// New makes STS over a directory.
func New(dir *directory.Directory) *Service {
	s := &Service{dir: dir}
	s.operations = map[string]query.Operation{
		"GetCallerIdentity": s.alone(s.getCallerIdentity),
		"GetAccessKeyInfo":  s.alone(s.getAccessKeyInfo),
		"AssumeRole":        s.alone(s.assumeRole),
	}
	return s
}

func (s *Service) alone(run query.Operation) query.Operation {
	return func(c *query.Call) (any, error) {
		s.dir.Lock()
		defer s.dir.Unlock()
		return run(c)
	}
}

// Serve answers one call.
func (s *Service) Serve(w http.ResponseWriter, c *query.Call) {
	if c.Caller == nil {
		Protocol.Refuse(w, c.RequestID, query.Errorf("MissingAuthenticationToken", http.StatusForbidden, "Request is missing Authentication Token"))
		return
	}
	Protocol.Serve(w, c, s.operations)
}

type identity struct {
	ARN     string `xml:"Arn"`
	UserID  string `xml:"UserId"`
	Account string
}

// getCallerIdentity needs no permission, and no policy can deny it (API
// reference, GetCallerIdentity).
func (s *Service) getCallerIdentity(c *query.Call) (any, error) {
	return identity{ARN: c.Caller.ARN(), UserID: c.Caller.UserID(), Account: c.Caller.Account.ID}, nil
}

func (s *Service) getAccessKeyInfo(c *query.Call) (any, error) {
	var check query.Constraints
	id := check.Required(accessKeyID, c.Params, "AccessKeyId")
	if err := check.Err(); err != nil {
		return nil, err
	}
	err := s.dir.Authorize(c.Caller, directory.Request{
		Action: "sts:GetAccessKeyInfo", Resource: "*", ResourceAccount: c.Caller.Account.ID,
	})
	if err != nil {
		return nil, err
	}
	k := s.dir.FindKey(id)
	if k == nil {
		return nil, query.Errorf("ValidationError", http.StatusBadRequest, "The access key ID is invalid.")
	}
	return struct{ Account string }{k.Account.ID}, nil
}
