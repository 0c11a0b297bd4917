package share

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// This file is about the KMS keys of shares without a role: the key must let the other account in, too (KMS Developer
// Guide, "Allowing users in other accounts to use a KMS key").

// KMSAccess tells how the keys of a direct share let the consumer in.
type KMSAccess string

const (
	// KeyPolicies keeps a statement of ours in the policy of each key.
	KeyPolicies KMSAccess = "key_policy"
	// KeyGrants makes a grant for each principal of the consumer. A grant cannot tell S3 from other callers, and its
	// constraints take no patterns, so that it holds for whatever the key encrypts (KMS API Reference, "GrantConstraints").
	KeyGrants KMSAccess = "grant"
	// NoKeyAccess leaves keys alone.
	NoKeyAccess KMSAccess = "none"
)

// keyBase begins the Sid of our statement in the policy of a key, and the names of our grants. Without a role nothing keeps
// shares of one name apart that are on several buckets and use one key, so the bucket is in it.
func (s Spec) keyBase() string {
	sum := sha256.Sum256([]byte(s.ID()))
	return sidPrefix + keysPurpose + hex.EncodeToString(sum[:8])
}

// OwnsKeyStatement tells whether a statement of a key policy belongs to the share.
func (s Spec) OwnsKeyStatement(statement policy.Statement) bool { return statement.Sid == s.keyBase() }

// renderKeyStatements renders what the policy of each key says; nothing when policies are not the way. The resource of a
// key policy is its key (KMS Developer Guide, "Elements in a key policy").
func (s Spec) renderKeyStatements() []policy.Statement {
	if s.KMSAccess != KeyPolicies {
		return nil
	}
	statements := s.renderKeyUse()
	for i := range statements {
		statements[i].Sid, statements[i].Resource = s.keyBase(), policy.Values{"*"}
		s.restrictToConsumer(&statements[i])
	}
	return statements
}

// KeyGrant is a grant of a key for one principal.
type KeyGrant struct {
	Name, Grantee string
	// Operations are sorted: Decrypt, GenerateDataKey.
	Operations []string
}

// Equal compares grants.
func (g KeyGrant) Equal(other KeyGrant) bool {
	return g.Name == other.Name && g.Grantee == other.Grantee && slices.Equal(g.Operations, other.Operations)
}

// OwnsGrant tells whether a grant of that name belongs to the share.
func (s Spec) OwnsGrant(name string) bool { return name == s.keyBase() }

// renderKeyGrants renders the grants of each key; nothing when grants are not the way.
func (s Spec) renderKeyGrants() []KeyGrant {
	if s.KMSAccess != KeyGrants || len(s.KMSKeys) == 0 {
		return nil
	}
	var operations []string
	for _, action := range s.actions(keyActions) {
		operations = append(operations, strings.TrimPrefix(action, "kms:"))
	}
	if len(operations) == 0 {
		return nil
	}
	grantees := s.principalARNs()
	if len(grantees) == 0 {
		grantees = s.trusted()
	}
	var grants []KeyGrant
	for _, grantee := range grantees {
		grants = append(grants, KeyGrant{Name: s.keyBase(), Grantee: grantee, Operations: operations})
	}
	return grants
}

// Key is what a KMS key has of a share.
type Key struct {
	ARN KeyARN
	// Missing tells that there is no such key.
	Missing bool
	// Policy is the whole key policy.
	Policy policy.Document
	// Grants are those of the share.
	Grants []KeyGrant
}

// Statements gives the statements of the key policy that belong to the share.
func (k Key) Statements(spec Spec) []policy.Statement {
	var ours []policy.Statement
	for _, statement := range k.Policy.Statements() {
		if spec.OwnsKeyStatement(statement) {
			ours = append(ours, statement)
		}
	}
	return ours
}

// existingKeys is what would be observed of the keys if all of the share were there.
func (d Desired) existingKeys() []Key {
	if len(d.KeyStatements)+len(d.KeyGrants) == 0 {
		return nil
	}
	keys := make([]Key, 0, len(d.Spec.KMSKeys))
	for _, arn := range d.Spec.KMSKeys {
		keys = append(keys, Key{ARN: arn, Policy: policy.New(d.KeyStatements...), Grants: d.KeyGrants})
	}
	return keys
}

// ParseKMSAccess accepts the way in which keys let the consumer in.
func ParseKMSAccess(text string) (KMSAccess, error) {
	ways := []KMSAccess{KeyPolicies, KeyGrants, NoKeyAccess}
	if slices.Contains(ways, KMSAccess(text)) {
		return KMSAccess(text), nil
	}
	return "", fmt.Errorf("%q is no way to let the consumer use a key: use %s", text, strings.Join(texts(ways), ", "))
}
