package verdict

// This file lets grants of a KMS key have a say (KMS Developer Guide, "Grants in AWS KMS" and "Using grant constraints").

import (
	"maps"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// Grant allows one principal some operations with one KMS key. It stands beside the key policy, and cannot deny.
type Grant struct {
	Name string // how a sentence names it, such as `grant "share"`
	// Grantee is a principal as key policies name it: the ARN or unique ID of a role or user, the ARN of a session, an
	// account.
	Grantee string
	// Issuer is the account whose principal created the grant, 12 digits. A grant that the caller's own account issued
	// stands in for an identity policy there (KMS Developer Guide, "Troubleshooting key access", key trust).
	Issuer     string
	Operations []string // Decrypt, GenerateDataKey …
	// ContextEquals and ContextSubset constrain the encryption context: all pairs of the request, or some of them. Both
	// are compared with regard to case, and know no wildcards; nil for no constraint.
	ContextEquals, ContextSubset map[string]string
}

// encryptionContext is how condition keys show a pair of the encryption context: kms:EncryptionContext:NAME.
const encryptionContext = "kms:EncryptionContext:"

// withoutContext are operations that have no encryption context, so that no constraint applies to them.
var withoutContext = []string{"DescribeKey", "RetireGrant"}

// consult asks one grant, as a policy of the key that names the grantee.
func (g Grant) consult(c call) opinion {
	said := opinion{layer: GrantLayer, by: g.Name}
	operation, allowed := g.operation(c.action)
	if !allowed || !slices.Contains(withoutContext, operation) && !g.fits(c.context) {
		return said
	}
	said.reach = whom{names: policy.Principal{AWS: policy.Values{g.Grantee}}}.closest(c.principal)
	if said.reach != nobody {
		said.allows, said.trusted = g.Name, g.Issuer == c.principal.Account
	}
	return said
}

// operation finds the operation of the grant that is the action, which is in lower case.
func (g Grant) operation(action string) (string, bool) {
	for _, operation := range g.Operations {
		if "kms:"+strings.ToLower(operation) == action {
			return operation, true
		}
	}
	return "", false
}

func (g Grant) fits(context map[string]string) bool {
	if g.ContextEquals != nil && !maps.Equal(g.ContextEquals, context) {
		return false
	}
	for name, value := range g.ContextSubset {
		if has, there := context[name]; !there || has != value {
			return false
		}
	}
	return true
}

// contextOf reads the encryption context from condition keys, whose names keep their case behind the prefix.
func contextOf(keys Keys) map[string]string {
	context := map[string]string{}
	for name, values := range keys {
		if len(name) < len(encryptionContext) || !strings.EqualFold(name[:len(encryptionContext)], encryptionContext) || len(values) != 1 {
			continue
		}
		context[name[len(encryptionContext):]] = values[0]
	}
	return context
}
