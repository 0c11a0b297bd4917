// This file says which key policies KMS stores (KMS Developer Guide, "Key policies
// in AWS KMS"; KMS API Reference, "PutKeyPolicy").
package grammar

import "strings"

// keyLanguage: a Sid may contain spaces (AWS's own default policy has some), and
// whether it must be unique is not documented.
var keyLanguage = language{errJSON, checkKeySid, checkKeyStatement}

func checkKeySid(n *node, _ map[string]bool) error {
	if n == nil {
		return nil
	}
	if _, ok := n.text(); !ok {
		return errSyntax
	}
	return nil
}

// checkKeyStatement lets pass a statement without Action or Resource: KMS stores
// it, though it has no effect.
func checkKeyStatement(s *node) error {
	if s.get("Action") != nil || s.get("NotAction") != nil {
		if err := checkActions(s); err != nil {
			return err
		}
	}
	if _, err := either(s, "Resource", "NotResource"); err != nil {
		return err
	}
	is, not := s.get("Principal"), s.get("NotPrincipal")
	effect, _ := s.get("Effect").text()
	switch {
	case is == nil && not == nil:
		return malformed("Missing required field Principal")
	case is != nil && not != nil, not != nil && effect == "Allow":
		return errSyntax
	}
	return checkContextOperators(s.get("Condition"))
}

// checkContextOperators refuses set operators on the encryption context: a
// request may have no pair at all, so that ForAllValues would always hold (KMS
// Developer Guide, "kms:EncryptionContext:context-key").
func checkContextOperators(condition *node) error {
	if condition == nil {
		return nil
	}
	for _, operator := range condition.members {
		if !strings.Contains(operator.name, ":") {
			continue
		}
		for _, key := range operator.value.members {
			if strings.HasPrefix(strings.ToLower(key.name), "kms:encryptioncontext:") {
				return malformed("The policy contains an overly permissive condition: %s on %s", operator.name, key.name)
			}
		}
	}
	return nil
}

// MapKeyPrincipals checks a key policy and gives it compact, every principal
// mapped, lists of one principal collapsed.
func MapKeyPrincipals(text string, to Principals) (string, error) {
	return mapAll(text, keyLanguage, to)
}
