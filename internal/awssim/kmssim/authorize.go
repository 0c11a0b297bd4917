// This file puts a call before the judge: the key policy and the grants of the
// key, the caller's policies, and what condition keys say of the call.
package kmssim

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
)

// across are the operations that may be called on a key of another account (KMS
// Developer Guide, "Allowing users in other accounts to use a KMS key").
var across = []string{
	"Encrypt", "Decrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "CreateGrant", "DescribeKey", "ListGrants",
	"RetireGrant", "RevokeGrant",
}

// byAlias are the operations that take an alias in place of a key (KMS API
// Reference, "KeyId" of each operation).
var byAlias = []string{"Encrypt", "Decrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "DescribeKey"}

// use is what somebody wants to do with a key.
type use struct {
	caller    *directory.Caller
	operation string // Decrypt
	at        place
	// byCiphertext tells that the call names no key: the ciphertext does.
	byCiphertext bool
	context      map[string]string // the encryption context
	via          string            // the service that calls for the caller, "" for none
	keys         directory.Keys    // further condition keys
}

// use makes the use of the call itself.
func (r *request) use(context map[string]string) use {
	return use{caller: r.call.Caller, operation: r.call.Operation, at: r.place(), context: context}
}

// may finds the key that a call names and judges the use of it.
func (s *Service) may(text string, u use) (*Key, error) {
	if text == "" {
		return nil, invalid("1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null")
	}
	n, err := s.find(u.at, text)
	if err != nil {
		return nil, err
	}
	if n.alias != "" && !slices.Contains(byAlias, u.operation) {
		return nil, fail("NotFoundException", "Invalid keyId '%s'", text)
	}
	own := strings.Contains(n.arn, ":"+u.at.account.ID+":")
	switch {
	case n.key == nil && own && n.alias != "":
		return nil, fail("NotFoundException", "Alias %s is not found.", n.arn)
	case n.key == nil && own:
		return nil, fail("NotFoundException", "Key '%s' does not exist", n.arn)
	case n.key == nil, !own && !slices.Contains(across, u.operation):
		return nil, notForYou(u, n.arn)
	}
	return n.key, s.judge(n, u)
}

func (s *Service) judge(n named, u use) error {
	k := n.key
	document, err := policy.Parse(k.policy)
	if err != nil {
		return err
	}
	keys := u.conditionKeys(n.alias)
	if aliases := s.aliasesOf(k); len(aliases) > 0 {
		keys["kms:ResourceAliases"] = aliases
	}
	err = s.dir.Authorize(u.caller, directory.Request{
		Action: "kms:" + u.operation, Resource: k.ARN(), ResourceAccount: k.owner.ID, Keys: keys,
		Policy:            &verdict.Policy{Name: "key policy", Document: effective(document)},
		ResourceMustAllow: true, Grants: k.granting(), ViaService: u.via,
	})
	var denial *directory.Denial
	if errors.As(err, &denial) {
		return u.refusal(denial)
	}
	return err
}

// effective leaves out statements without Action or Resource, which have no
// effect (KMS API Reference, "PutKeyPolicy").
func effective(document policy.Document) policy.Document {
	return document.Replace(func(s policy.Statement) bool {
		return s.Action == nil && s.NotAction == nil || s.Resource == nil && s.NotResource == nil
	})
}

// conditionKeys are those of the KMS Developer Guide, "AWS KMS condition keys".
func (u use) conditionKeys(alias string) directory.Keys {
	keys := directory.Keys{
		"kms:CallerAccount": {u.caller.Account.ID}, "kms:KeySpec": {"SYMMETRIC_DEFAULT"}, "kms:KeyUsage": {"ENCRYPT_DECRYPT"},
		"kms:KeyOrigin": {"AWS_KMS"}, "kms:MultiRegion": {"false"},
	}
	if alias != "" {
		keys["kms:RequestAlias"] = []string{alias}
	}
	if u.via != "" {
		keys["kms:ViaService"] = []string{u.via}
	}
	for name, value := range u.context {
		keys["kms:EncryptionContext:"+name] = []string{value}
	}
	if len(u.context) > 0 {
		keys["kms:EncryptionContextKeys"] = slices.Sorted(maps.Keys(u.context))
	}
	maps.Copy(keys, u.keys)
	return keys
}

// refusal words a denial as KMS does; to a caller of another account it does not
// tell whether the key exists.
func (u use) refusal(denial *directory.Denial) error {
	if denial.CrossAccount && (denial.Layer == verdict.ResourceLayer || denial.Layer == verdict.GrantLayer) {
		return notForYou(u, denial.Resource)
	}
	return fail("AccessDeniedException", "User: %s is not authorized to perform: %s on %s %s",
		denial.Caller, denial.Action, u.shown(denial.Resource), denial.Reason)
}

func notForYou(u use, resource string) error {
	return fail("AccessDeniedException", "User: %s is not authorized to perform: kms:%s on %s because the resource does not exist in this "+
		"Region, no resource-based policies allow access, or a resource-based policy explicitly denies access",
		u.caller.ARN(), u.operation, u.shown(resource))
}

func (u use) shown(resource string) string {
	if u.byCiphertext {
		return "the resource associated with this ciphertext"
	}
	return "resource: " + resource
}
