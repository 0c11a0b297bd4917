package awssim

import (
	"net/http"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

func (in *incoming) routeS3() {}

func (s *Server) runS3(w http.ResponseWriter, in *incoming) {
	refuse(w, in, query.Errorf("NotImplemented", http.StatusNotImplemented, "A header you provided implies functionality that is not implemented"))
}
