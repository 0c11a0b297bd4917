package functions

import (
	"fmt"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
)

// This file says why a call is allowed or refused, and what is wrong with an argument.

// sentence ends an error as one. Terraform writes the name of the parameter before it, so it begins as it is.
func sentence(err error) string { return strings.TrimSuffix(err.Error(), ".") + "." }

func (q asked) reasons(said verdict.Verdict) []string {
	switch said.Outcome {
	case verdict.ExplicitDeny:
		return []string{fmt.Sprintf("%s of the %s refuses %s", statementOf(said.Sid), said.By, q.request.Action)}
	case verdict.Allowed:
		return q.allowance(said)
	}
	if said.By == "" {
		return []string{fmt.Sprintf("there is no %s that allows %s", q.missing(said.Layer), q.request.Action)}
	}
	return []string{fmt.Sprintf("no statement of the %s allows %s on %s to the caller", said.By, q.request.Action, q.request.Resource)}
}

// allowance names the statement that allows and, across accounts, that both sides do.
func (q asked) allowance(said verdict.Verdict) []string {
	if said.Sid == "" {
		return []string{fmt.Sprintf("the caller is a root user of the account that owns %s, and nothing refuses the call", q.request.Resource)}
	}
	reasons := []string{fmt.Sprintf("%s of the %s allows %s", statementOf(said.Sid), said.By, q.request.Action)}
	caller := q.request.Principal
	if caller.Account != "" && caller.Account != q.request.ResourceAccount {
		reasons = append(reasons, fmt.Sprintf("the caller's own account %s allows it too, as calls across accounts need", caller.Account))
	}
	return reasons
}

func statementOf(sid string) string {
	if number, unnamed := strings.CutPrefix(sid, "#"); unnamed {
		return "statement " + number
	}
	return fmt.Sprintf("statement %q", sid)
}

// missing says which kind of policy would have to allow and was not given.
func (q asked) missing(layer verdict.Layer) string {
	if layer == verdict.IdentityLayer {
		return names[identityKind]
	}
	return "policy of the resource"
}
