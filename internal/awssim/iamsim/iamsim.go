// Package iamsim is IAM: roles, users and policies over the Query protocol, as
// API version 2010-05-08 has them, each call judged by the caller's policies.
package iamsim

import (
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/grammar"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

// Protocol is how IAM signs its answers.
var Protocol = query.Service{Name: "iam", Version: "2010-05-08", Namespace: "https://iam.amazonaws.com/doc/2010-05-08/"}

// Service is IAM over a directory.
type Service struct {
	// PageSize caps the pages of every list, 0 for no cap; guarded by the lock
	// of the directory.
	PageSize int

	dir        *directory.Directory
	operations map[string]query.Operation
}

// New makes IAM over a directory.
func New(dir *directory.Directory) *Service {
	s := &Service{dir: dir, operations: map[string]query.Operation{}}
	for _, group := range []map[string]query.Operation{
		s.roleOperations(), s.policyOperations(), s.userOperations(), s.profileOperations(),
	} {
		for name, run := range group {
			s.operations[name] = s.alone(run)
		}
	}
	return s
}

// alone runs an operation with the directory locked: IAM's own operations are
// atomic.
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

// authorize judges the caller for the operation of a call on one resource of
// the caller's account.
func (s *Service) authorize(c *query.Call, resource string, keys directory.Keys) error {
	return s.dir.Authorize(c.Caller, directory.Request{
		Action: "iam:" + c.Operation, Resource: resource, ResourceAccount: c.Caller.Account.ID, Keys: keys,
	})
}

// malformed gives a fault of a document as IAM answers it.
func malformed(err error) error {
	var m *grammar.Malformed
	if errors.As(err, &m) {
		return query.Errorf("MalformedPolicyDocument", http.StatusBadRequest, "%s", m.Words)
	}
	return err
}

func noSuchEntity(format string, args ...any) error {
	return query.Errorf("NoSuchEntity", http.StatusNotFound, format, args...)
}

func limitExceeded(format string, args ...any) error {
	return query.Errorf("LimitExceeded", http.StatusConflict, format, args...)
}

func deleteConflict(words string) error {
	return query.Errorf("DeleteConflict", http.StatusConflict, "Cannot delete entity, %s", words)
}

// paging is the tail of every list's answer.
type paging struct {
	IsTruncated bool   `xml:"IsTruncated"`
	Marker      string `xml:"Marker,omitempty"`
}

// page cuts the page that a call asks for out of items sorted by key: at most
// MaxItems (100 when absent) after Marker.
func page[T any](s *Service, c *query.Call, items []T, key func(T) string) ([]T, paging, error) {
	size, err := c.Params.Int("MaxItems", 100)
	if err != nil {
		return nil, paging{}, err
	}
	var check query.Constraints
	check.Range(query.Rule{Field: "maxItems", Min: 1, Max: 1000}, size)
	if err := check.Err(); err != nil {
		return nil, paging{}, err
	}
	if s.PageSize > 0 {
		size = min(size, s.PageSize)
	}
	items = slices.SortedStableFunc(slices.Values(items), func(a, b T) int { return strings.Compare(key(a), key(b)) })
	if marker := c.Params.Get("Marker"); marker != "" {
		after, err := base64.RawURLEncoding.DecodeString(marker)
		if err != nil {
			return nil, paging{}, query.Errorf("ValidationError", http.StatusBadRequest, "Invalid Marker.")
		}
		start := slices.IndexFunc(items, func(item T) bool { return key(item) > string(after) })
		if start < 0 {
			start = len(items)
		}
		items = items[start:]
	}
	if len(items) <= size {
		return items, paging{}, nil
	}
	items = items[:size]
	return items, paging{IsTruncated: true, Marker: base64.RawURLEncoding.EncodeToString([]byte(key(items[size-1])))}, nil
}
