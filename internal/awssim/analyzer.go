// This file plugs Access Analyzer into the server: it takes everything that is
// signed for access-analyzer.
package awssim

import (
	"net/http"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/analyzersim"
)

func (in *incoming) routeAnalyzer() { in.operation = analyzersim.Route(in.request) }

func (s *Server) runAnalyzer(w http.ResponseWriter, in *incoming) {
	s.analyzer.Serve(w, &analyzersim.Call{Operation: in.operation, Body: in.body, Caller: in.caller})
}
