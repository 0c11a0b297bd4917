package awssim

import (
	"net/http"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
)

// routeS3 names the operation, and the bucket with the key behind a slash.
func (in *incoming) routeS3() {
	operation, bucket, key := s3sim.Route(in.request)
	in.operation, in.resource = operation, strings.TrimSuffix(bucket+"/"+key, "/")
}

func (s *Server) runS3(w http.ResponseWriter, in *incoming) {
	s.s3.Serve(w, &s3sim.Call{
		Request: in.request, Body: in.body, Caller: in.caller, RequestID: in.requestID, Operation: in.operation, Resource: in.resource,
	})
}
