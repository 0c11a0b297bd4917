// This file holds faults: what a test wants to go wrong.
package awssim

import (
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

// Always is the Times of a Fault that strikes for ever.
const Always = math.MaxInt

// Error is an answer that refuses.
type Error = query.Error

// Fault is data: which calls it strikes, and what happens to them. Only calls
// whose signature holds are struck.
type Fault struct {
	// Which calls match; empty fields match everything. Account is that of the
	// caller, Resource a part of what the call names, see Call.Resource.
	Service, Operation, Account, AccessKeyID, Resource string
	// Writes matches only calls that change something.
	Writes bool
	// Nth is the first matching call that is struck, 1 when 0; Times how many
	// from there on, 1 when 0.
	Nth, Times int
	// Limit, when set, lets so many matching calls pass; those beyond are struck,
	// by Throttling when there is no other Error. Nth and Times do not count then.
	Limit *Limit

	// Before runs before the call does, After when it is done: an outside writer
	// acts in them. They may call the server.
	Before, After func()
	Delay         time.Duration
	DropBefore    bool   // the connection is closed, nothing is done
	Error         *Error // nothing is done, this is the answer
	DropAfter     bool   // done, but the connection is closed without an answer
	Truncate      bool   // done, half the answer is sent, then the connection is closed
}

// Limit is a bucket of tokens, as AWS has it for the calls of an account: each
// call that passes takes one, and they come back with time, on Options.Now.
type Limit struct {
	PerSecond float64
	Burst     int // how many there are at most, and at first
}

type armedFault struct {
	Fault
	matched int
	tokens  float64
	filled  time.Time // when tokens came back last
}

// Inject arms a fault. When several strike one call, the one injected first
// does; each counts the calls that match it.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	armed := &armedFault{Fault: f}
	if f.Limit != nil {
		armed.tokens, armed.filled = float64(f.Limit.Burst), s.options.Now()
		if f.Error == nil {
			armed.Error = Throttling()
		}
	}
	s.faults = append(s.faults, armed)
}

// ClearFaults disarms all faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// strike finds the fault that strikes a call; the zero Fault does nothing.
func (s *Server) strike(c Call) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var striking *armedFault
	for _, f := range s.faults {
		if f.matches(c) && f.strikes(s.options.Now) && striking == nil {
			striking = f
		}
	}
	if striking == nil {
		return Fault{}
	}
	return striking.Fault
}

func (f *armedFault) matches(c Call) bool {
	for _, pair := range [][2]string{
		{f.Service, c.Service}, {f.Operation, c.Operation}, {f.Account, c.Account}, {f.AccessKeyID, c.AccessKeyID},
	} {
		if pair[0] != "" && pair[0] != pair[1] {
			return false
		}
	}
	return strings.Contains(c.Resource, f.Resource) && (!f.Writes || c.writes())
}

// strikes counts one more matching call and tells whether it is struck.
func (f *armedFault) strikes(now func() time.Time) bool {
	if f.Limit != nil {
		return !f.pass(now())
	}
	f.matched++
	after := f.matched - max(f.Nth, 1)
	return after >= 0 && after < max(f.Times, 1)
}

// pass takes a token, if there is one.
func (f *armedFault) pass(now time.Time) bool {
	f.tokens = min(f.tokens+now.Sub(f.filled).Seconds()*f.Limit.PerSecond, float64(f.Limit.Burst))
	f.filled = now
	if f.tokens < 1 {
		return false
	}
	f.tokens--
	return true
}

// Throttling is how IAM and STS refuse too many calls.
func Throttling() *Error {
	return &Error{Code: "Throttling", Status: http.StatusBadRequest, Message: "Rate exceeded"}
}

// ServiceFailure is IAM's own fault.
func ServiceFailure() *Error {
	return &Error{Code: "ServiceFailure", Status: http.StatusInternalServerError, Message: "The request processing has failed because of an unknown error, exception or failure."}
}

// ConcurrentModification is IAM's answer to two writers at once; it comes with
// no words.
func ConcurrentModification() *Error {
	return &Error{Code: "ConcurrentModification", Status: http.StatusConflict}
}

// OperationAborted is S3's answer to two writers of one bucket's configuration.
func OperationAborted() *Error {
	return &Error{
		Code: "OperationAborted", Status: http.StatusConflict,
		Message: "A conflicting conditional operation is currently in progress against this resource. Please try again.",
	}
}

// SlowDown is how S3 refuses too many calls.
func SlowDown() *Error {
	return &Error{Code: "SlowDown", Status: http.StatusServiceUnavailable, Message: "Please reduce your request rate."}
}
