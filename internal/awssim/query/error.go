// Package query speaks AWS's Query protocol as IAM and STS do: form parameters
// in, XML out, errors with a code, a status and AWS's words.
package query

import "fmt"

// Error is an answer that refuses: AWS's error code, its HTTP status and its
// words. Every service of the simulator answers with it.
type Error struct {
	Code    string
	Status  int
	Message string
}

// Error gives code and words as the SDK would show them.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Errorf makes an Error whose words are formatted.
func Errorf(code string, status int, format string, args ...any) *Error {
	return &Error{Code: code, Status: status, Message: fmt.Sprintf(format, args...)}
}

// Sender tells whether the caller is at fault, which the Query protocol
// reports as Type Sender, or the service, Type Receiver.
func (e *Error) Sender() bool { return e.Status < 500 }
