// This file plugs S3 Control into the server: it takes what is signed for s3 and
// asks for a path of S3 Control.
package awssim

import (
	"net/http"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3controlsim"
)

func (in *incoming) routeS3Control() { in.operation, in.resource = s3controlsim.Route(in.request) }

func (s *Server) runS3Control(w http.ResponseWriter, in *incoming) {
	s.control.Serve(w, &s3controlsim.Call{Request: in.request, Body: in.body, Caller: in.caller, RequestID: in.requestID})
}
