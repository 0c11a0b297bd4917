// This file carries one call through a Query service: find the operation, run
// it, answer.
package query

import (
	"errors"
	"net/http"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
)

// Call is one call of a Query service.
type Call struct {
	Operation string
	Version   string
	Params    Params
	Caller    *directory.Caller // nil for an unsigned call
	RequestID string
}

// Operation carries out a call; the result is nil where the operation has none.
type Operation func(*Call) (any, error)

// Serve finds the operation of a call among those of a service, runs it and
// writes the answer.
func (s Service) Serve(w http.ResponseWriter, c *Call, operations map[string]Operation) {
	run, known := operations[c.Operation]
	if !known || c.Version != s.Version {
		s.Refuse(w, c.RequestID, Errorf("InvalidAction", 400, "Could not find operation %s for version %s", c.Operation, c.Version))
		return
	}
	result, err := run(c)
	if err != nil {
		s.Refuse(w, c.RequestID, AsError(err))
		return
	}
	if err := s.Answer(w, c, result); err != nil {
		s.Refuse(w, c.RequestID, AsError(err))
	}
}

// AsError turns any error into an answer: a denial becomes AccessDenied, what
// has no AWS form becomes a 500 that says what the simulator could not do.
func AsError(err error) *Error {
	var answer *Error
	if errors.As(err, &answer) {
		return answer
	}
	var denial *directory.Denial
	if errors.As(err, &denial) {
		return &Error{Code: "AccessDenied", Status: http.StatusForbidden, Message: denial.Error()}
	}
	return &Error{Code: "InternalFailure", Status: http.StatusInternalServerError, Message: err.Error()}
}
