// This file carries a request through the server: read, authenticate, log, let
// faults strike, run, answer.
package awssim

import (
	"net/http"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/analyzersim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

// ServeHTTP answers one request of any service.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.options.CallLatency > 0 {
		wait(s.options.CallLatency)
	}
	in, err := s.read(r)
	if err == nil {
		err = s.authenticate(in)
	}
	call := Call{Service: in.service, Operation: in.operation, Resource: in.resource, Caller: in.caller.ARN(), Attempt: attempt(r.Header)}
	if in.signature != nil {
		call.AccessKeyID = in.signature.AccessKeyID
	}
	if in.caller != nil {
		call.Account = in.caller.Account.ID
	}
	logged := s.log(call)
	a := newAnswer()
	in.setRequestID(a)
	if err != nil {
		refuse(a, in, query.AsError(err))
		s.logAnswer(logged, a)
		a.send(w)
		return
	}
	s.serveUnder(w, a, struck{in, logged, s.strike(call)})
}

// struck is an authenticated request with the fault that strikes it.
type struck struct {
	*incoming
	logged *Call
	fault  Fault
}

func (s *Server) serveUnder(w http.ResponseWriter, a *answer, in struck) {
	fault := in.fault
	if fault.Before != nil {
		fault.Before()
	}
	if fault.Delay > 0 {
		s.options.Sleep(fault.Delay)
	}
	if fault.DropBefore {
		panic(http.ErrAbortHandler)
	}
	if fault.Error != nil {
		refuse(a, in.incoming, fault.Error)
	} else {
		s.run(a, in.incoming)
	}
	s.logAnswer(in.logged, a)
	if fault.After != nil {
		fault.After()
	}
	switch {
	case fault.DropAfter:
		panic(http.ErrAbortHandler)
	case fault.Truncate:
		a.sendHalf(w)
	}
	a.send(w)
}

func (s *Server) run(w http.ResponseWriter, in *incoming) {
	switch in.service {
	case "s3":
		s.runS3(w, in)
		return
	case "kms":
		s.runKMS(w, in)
		return
	case "s3control":
		s.runS3Control(w, in)
		return
	case analyzersim.SigningName:
		s.runAnalyzer(w, in)
		return
	}
	call := &query.Call{
		Operation: in.operation, Version: in.params.Get("Version"), Params: in.params, Caller: in.caller, RequestID: in.requestID,
	}
	if in.service == "sts" {
		s.sts.Serve(w, call)
		return
	}
	s.iam.Serve(w, call)
}

func (in *incoming) setRequestID(a *answer) {
	if in.isS3() {
		a.Header().Set("X-Amz-Request-Id", in.requestID)
		a.Header().Set("X-Amz-Id-2", in.requestID)
		return
	}
	a.Header().Set("X-Amzn-Requestid", in.requestID)
}
