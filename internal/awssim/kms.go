// This file plugs KMS into the server: it takes everything that is signed for kms.
package awssim

import (
	"net/http"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/kmssim"
)

// KeyOptions are the settings that a key starts with.
type KeyOptions = kmssim.KeyOptions

// AddKey makes a symmetric key of the account, without the checks of CreateKey,
// and gives its ARN.
func (a *Account) AddKey(o KeyOptions) string { return a.server.kms.AddKey(a.dir, o).ARN() }

func (in *incoming) routeKMS() {
	in.operation = strings.TrimPrefix(in.request.Header.Get("X-Amz-Target"), kmssim.TargetPrefix)
	in.resource = kmssim.NamedKey(in.body)
}

func (s *Server) runKMS(w http.ResponseWriter, in *incoming) {
	s.kms.Serve(w, &kmssim.Call{Operation: in.operation, Body: in.body, Caller: in.caller, RequestID: in.requestID})
}
