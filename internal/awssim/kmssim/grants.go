// This file answers the calls that create and list grants (KMS Developer Guide,
// "Grants in AWS KMS").
package kmssim

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
)

// grant is a grant of a key.
type grant struct {
	id, token   string
	name        string
	grantee     string // as stored: unique IDs of roles and users
	retiring    string // as stored, "" for none
	issuer      *directory.Account
	created     time.Time
	operations  []string // sorted
	constraints constraints
}

// constraints are nil where the grant has none.
type constraints struct {
	Equals map[string]string `json:"EncryptionContextEquals,omitempty"`
	Subset map[string]string `json:"EncryptionContextSubset,omitempty"`
}

// maxGrants is how many grants a key may have (KMS Developer Guide, "Resource
// quotas").
const maxGrants = 50000

var (
	// grantOperations are those for a symmetric key, but for CreateGrant and
	// ReEncrypt*, which the simulator does not have (KMS Developer Guide, "Grant
	// operations").
	grantOperations = []string{
		"Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "DescribeKey", "RetireGrant",
	}
	// foreignOperations are grant operations that symmetric keys do not have.
	foreignOperations = []string{"GenerateMac", "GetPublicKey", "Sign", "Verify", "VerifyMac", "DeriveSharedSecret"}
	grantName         = regexp.MustCompile(`^[a-zA-Z0-9:/_-]{1,256}$`)
)

type grantInput struct {
	keyInput
	GranteePrincipal, RetiringPrincipal string
	Operations                          []string
	Constraints                         constraints
	Name                                *string
	GrantTokens                         []string
}

func createGrant(r *request) (any, error) {
	var input grantInput
	if err := r.read(&input); err != nil {
		return nil, err
	}
	if err := input.check(); err != nil {
		return nil, err
	}
	u := r.use(nil)
	u.keys = input.conditionKeys()
	k, err := r.may(input.KeyID, u)
	if err != nil {
		return nil, err
	}
	if err := k.checkState(enabled); err != nil {
		return nil, err
	}
	g, err := r.newGrant(k, input)
	if err != nil {
		return nil, err
	}
	if old := k.sameGrant(g); old != nil {
		g = old
	} else {
		if len(k.grants) >= maxGrants {
			return nil, fail("LimitExceededException", "The key has %d grants already", maxGrants)
		}
		k.grants = append(k.grants, g)
	}
	return struct {
		GrantID string `json:"GrantId"`
		Token   string `json:"GrantToken"`
	}{g.id, g.token}, nil
}

func (i grantInput) check() error {
	switch {
	case i.GranteePrincipal == "" || i.GranteePrincipal == "*":
		return invalid("1 validation error detected: Value '%s' at 'granteePrincipal' failed to satisfy constraint: "+
			"Member must be the ARN of a principal", i.GranteePrincipal)
	case len(i.Operations) == 0:
		return invalid("1 validation error detected: Value null at 'operations' failed to satisfy constraint: Member must not be null")
	case i.Name != nil && !grantName.MatchString(*i.Name):
		return invalid("1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: "+
			"Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$", *i.Name)
	}
	for _, operation := range i.Operations {
		if slices.Contains(foreignOperations, operation) {
			return fail("ValidationError", "The operation %s is not supported by a symmetric encryption key", operation)
		}
		if !slices.Contains(grantOperations, operation) {
			return fail("UnsupportedOperationException", "The simulator has no grants of %s", operation)
		}
	}
	for _, pairs := range []map[string]string{i.Constraints.Equals, i.Constraints.Subset} {
		if len(pairs) > 8 {
			return invalid("A grant constraint can have up to 8 encryption context pairs")
		}
		for name, value := range pairs {
			if utf8.RuneCountInString(value) > 384 {
				return invalid("The value of encryption context pair %s is longer than 384 characters", name)
			}
		}
	}
	return nil
}

// conditionKeys are those of the KMS Developer Guide, "Controlling access to grants".
func (i grantInput) conditionKeys() directory.Keys {
	keys := directory.Keys{
		"kms:GranteePrincipal": {i.GranteePrincipal}, "kms:GrantOperations": i.Operations, "kms:GrantIsForAWSResource": {"false"},
	}
	if i.RetiringPrincipal != "" {
		keys["kms:RetiringPrincipal"] = []string{i.RetiringPrincipal}
	}
	switch {
	case i.Constraints.Equals != nil:
		keys["kms:GrantConstraintType"] = []string{"EncryptionContextEquals"}
	case i.Constraints.Subset != nil:
		keys["kms:GrantConstraintType"] = []string{"EncryptionContextSubset"}
	}
	return keys
}

func (r *request) newGrant(k *Key, input grantInput) (*grant, error) {
	r.grantsMade++
	sum := sha256.Sum256(fmt.Appendf(nil, "grant %d %s", r.grantsMade, r.dir.NewID("grant")))
	g := &grant{
		id: hex.EncodeToString(sum[:]), token: base64.StdEncoding.EncodeToString(sum[:]), issuer: r.call.Caller.Account,
		created: r.dir.Now(), operations: slices.Sorted(slices.Values(input.Operations)), constraints: input.Constraints,
	}
	g.operations = slices.Compact(g.operations)
	if input.Name != nil {
		g.name = *input.Name
	}
	var known bool
	if g.grantee, known = r.dir.StorePrincipal(k.owner.Partition, input.GranteePrincipal); !known {
		return nil, fail("InvalidArnException", "ARN does not refer to a valid principal: %s", input.GranteePrincipal)
	}
	if input.RetiringPrincipal == "" {
		return g, nil
	}
	if g.retiring, known = r.dir.StorePrincipal(k.owner.Partition, input.RetiringPrincipal); !known || g.retiring == "*" {
		return nil, fail("InvalidArnException", "ARN does not refer to a valid principal: %s", input.RetiringPrincipal)
	}
	return g, nil
}

// sameGrant finds the grant that a call with a name repeats, nil where there is
// none. Calls without a name always make a new grant.
func (k *Key) sameGrant(g *grant) *grant {
	for _, old := range k.grants {
		if g.name != "" && old.name == g.name && old.grantee == g.grantee && old.retiring == g.retiring && old.issuer == g.issuer &&
			slices.Equal(old.operations, g.operations) && maps.Equal(old.constraints.Equals, g.constraints.Equals) &&
			maps.Equal(old.constraints.Subset, g.constraints.Subset) {
			return old
		}
	}
	return nil
}

type grantEntry struct {
	KeyID             string `json:"KeyId"`
	GrantID           string `json:"GrantId"`
	Name              string
	CreationDate      float64
	GranteePrincipal  string
	RetiringPrincipal string `json:",omitempty"`
	IssuingAccount    string
	Operations        []string
	Constraints       *constraints `json:",omitempty"`
}

func (r *request) entry(k *Key, g *grant) grantEntry {
	e := grantEntry{
		KeyID: k.ARN(), GrantID: g.id, Name: g.name, CreationDate: seconds(g.created), GranteePrincipal: r.dir.ShowPrincipal(g.grantee),
		RetiringPrincipal: r.dir.ShowPrincipal(g.retiring), IssuingAccount: g.issuer.RootARN(), Operations: g.operations,
	}
	if g.constraints.Equals != nil || g.constraints.Subset != nil {
		e.Constraints = &g.constraints
	}
	return e
}

func listGrants(r *request) (any, error) {
	var input struct {
		keyInput
		GrantID          string `json:"GrantId"`
		GranteePrincipal string
		Limit            *int
		Marker           string
	}
	if err := r.read(&input); err != nil {
		return nil, err
	}
	k, err := r.may(input.KeyID, r.use(nil))
	if err != nil {
		return nil, err
	}
	all := []grantEntry{}
	for _, g := range k.grants {
		e := r.entry(k, g)
		if (input.GrantID == "" || input.GrantID == e.GrantID) && (input.GranteePrincipal == "" || input.GranteePrincipal == e.GranteePrincipal) {
			all = append(all, e)
		}
	}
	shown, next, err := page(all, limits{50, 100}.of(input.Limit), input.Marker)
	return struct {
		Grants     []grantEntry
		NextMarker string `json:",omitempty"`
		Truncated  bool
	}{shown, next, next != ""}, err
}
