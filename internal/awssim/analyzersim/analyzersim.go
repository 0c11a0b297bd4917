// Package analyzersim is IAM Access Analyzer as far as it judges documents that a
// caller sends, API version 2019-11-01: it validates policies and checks them for
// public and for new access, more coarsely than AWS does.
package analyzersim

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// SigningName is the service that calls are signed for.
const SigningName = "access-analyzer"

// Service is Access Analyzer over a directory, which judges who may call it.
type Service struct{ dir *directory.Directory }

// New makes Access Analyzer.
func New(dir *directory.Directory) *Service { return &Service{dir: dir} }

// Call is one call, its signature checked.
type Call struct {
	Operation string
	Body      []byte
	Caller    *directory.Caller // nil for an unsigned call
}

// operation carries out one call and gives its answer.
type operation func(body []byte) (any, error)

var operations = map[string]operation{
	"ValidatePolicy": validatePolicy, "CheckNoPublicAccess": checkNoPublicAccess, "CheckNoNewAccess": checkNoNewAccess,
}

// paths are those of the operations (Access Analyzer API Reference).
var paths = map[string]string{
	"/policy/validation": "ValidatePolicy", "/policy/check-no-public-access": "CheckNoPublicAccess", "/policy/check-no-new-access": "CheckNoNewAccess",
}

// Route names the operation of a request.
func Route(r *http.Request) string { return paths[r.URL.Path] }

// Serve answers one call.
func (s *Service) Serve(w http.ResponseWriter, c *Call) {
	answer, err := s.run(c)
	if err != nil {
		Refuse(w, query.AsError(err))
		return
	}
	write(w, http.StatusOK, answer)
}

func (s *Service) run(c *Call) (any, error) {
	run, known := operations[c.Operation]
	switch {
	case !known:
		return nil, query.Errorf("UnknownOperationException", http.StatusNotFound, "The simulator does not know this operation of Access Analyzer")
	case c.Caller == nil:
		return nil, query.Errorf("MissingAuthenticationTokenException", http.StatusForbidden, "Missing Authentication Token")
	}
	if err := s.may(c); err != nil {
		return nil, err
	}
	return run(c.Body)
}

// may judges the call: about no resource (Service Authorization Reference, Access
// Analyzer).
func (s *Service) may(c *Call) error {
	s.dir.Lock()
	defer s.dir.Unlock()
	err := s.dir.Authorize(c.Caller, directory.Request{
		Action: SigningName + ":" + c.Operation, Resource: "*", ResourceAccount: c.Caller.Account.ID, Keys: directory.Keys{},
	})
	var denial *directory.Denial
	if errors.As(err, &denial) {
		return query.Errorf("AccessDeniedException", http.StatusForbidden, "%s", denial)
	}
	return err
}

// read reads an input. A member that the simulator does not know is an error: it
// would be left out of account.
func read(body []byte, input any) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(input)
	switch {
	case err == nil:
		return nil
	case strings.Contains(err.Error(), "unknown field"):
		return query.Errorf("UnsupportedOperationException", http.StatusNotImplemented, "The simulator cannot carry it out: %s", err)
	}
	return invalid("%s", err)
}

// document reads a document; one that is none is unprocessable for checks of access.
func document(text string) (policy.Document, error) {
	read, err := policy.Parse(text)
	if err != nil {
		return read, query.Errorf("UnprocessableEntityException", http.StatusUnprocessableEntity, "The policy document is not a valid policy document.")
	}
	return read, nil
}

func invalid(format string, args ...any) error {
	return query.Errorf("ValidationException", http.StatusBadRequest, format, args...)
}

// Refuse writes an error.
func Refuse(w http.ResponseWriter, e *query.Error) {
	w.Header().Set("X-Amzn-Errortype", e.Code)
	write(w, e.Status, map[string]string{"message": e.Message})
}

func write(w http.ResponseWriter, status int, answer any) {
	body, err := json.Marshal(answer)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The caller may have gone away; there is nobody left to tell.
	_, _ = w.Write(body)
}
