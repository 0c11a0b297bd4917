// Package kmssim is KMS as API version 2014-11-01 has it: symmetric keys with
// their policies, aliases and grants, over JSON, each call judged by the key
// policy, the grants and the caller's policies.
package kmssim

import (
	"net/http"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

// Service is KMS over a directory, whose lock guards everything that it holds.
// Methods take the lock unless they say that it must be held.
type Service struct {
	dir     *directory.Directory
	keys    map[string]*Key // by ARN
	aliases map[string]*Key // by ARN
	// grantsMade numbers grants, so that lists have the order of creation.
	grantsMade int
}

// New makes KMS without keys over a directory.
func New(dir *directory.Directory) *Service {
	return &Service{dir: dir, keys: map[string]*Key{}, aliases: map[string]*Key{}}
}

// Call is one call, its signature checked.
type Call struct {
	Operation string // CreateGrant
	Body      []byte
	Caller    *directory.Caller // nil for an unsigned call
	RequestID string
}

// request is a call being carried out; the lock is held.
type request struct {
	*Service
	call *Call
}

// operation carries out one call and gives its answer, nil for an empty one.
type operation func(*request) (any, error)

var operations = map[string]operation{
	"CreateKey": createKey, "DescribeKey": describeKey, "ListKeys": listKeys,
	"EnableKey": enableKey, "DisableKey": disableKey,
	"ScheduleKeyDeletion": scheduleKeyDeletion, "CancelKeyDeletion": cancelKeyDeletion,
	"CreateAlias": createAlias, "DeleteAlias": deleteAlias, "ListAliases": listAliases,
	"GetKeyPolicy": getKeyPolicy, "PutKeyPolicy": putKeyPolicy, "ListKeyPolicies": listKeyPolicies,
	"CreateGrant": createGrant, "ListGrants": listGrants, "RevokeGrant": revokeGrant, "RetireGrant": retireGrant,
	"Encrypt": encrypt, "Decrypt": decrypt,
	"GenerateDataKey": generateDataKey, "GenerateDataKeyWithoutPlaintext": generateDataKeyWithoutPlaintext,
}

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
		return nil, query.Errorf("UnknownOperationException", http.StatusBadRequest, "The simulator does not know the operation %s", c.Operation)
	case c.Caller == nil:
		return nil, query.Errorf("MissingAuthenticationTokenException", http.StatusBadRequest, "Missing Authentication Token")
	}
	s.dir.Lock()
	defer s.dir.Unlock()
	return run(&request{Service: s, call: c})
}
