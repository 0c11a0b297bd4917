// This file answers the calls that end a grant (KMS Developer Guide, "Retiring
// and revoking grants").
package kmssim

import (
	"errors"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
)

func (k *Key) findGrant(id string) (*grant, error) {
	for _, g := range k.grants {
		if g.id == id {
			return g, nil
		}
	}
	return nil, fail("NotFoundException", "Grant ID %s not found", id)
}

func (k *Key) end(ended *grant) {
	k.grants = slices.DeleteFunc(slices.Clone(k.grants), func(g *grant) bool { return g == ended })
}

func revokeGrant(r *request) (any, error) {
	var input struct {
		keyInput
		GrantID string `json:"GrantId"`
	}
	if err := r.read(&input); err != nil {
		return nil, err
	}
	k, err := r.may(input.KeyID, r.use(nil))
	if err != nil {
		return nil, err
	}
	g, err := k.findGrant(input.GrantID)
	if err != nil {
		return nil, err
	}
	k.end(g)
	return nil, nil //nolint:nilnil // the answer is empty
}

func retireGrant(r *request) (any, error) {
	var input struct {
		keyInput
		GrantID    string `json:"GrantId"`
		GrantToken string
	}
	if err := r.read(&input); err != nil {
		return nil, err
	}
	k, g, err := r.retired(input.KeyID, input.GrantID, input.GrantToken)
	if err != nil {
		return nil, err
	}
	if err := r.mayRetire(k, g); err != nil {
		return nil, err
	}
	k.end(g)
	return nil, nil //nolint:nilnil // the answer is empty
}

// retired finds the grant that a call names, by its token or by the ARN of the
// key and its own ID.
func (r *request) retired(keyARN, id, token string) (*Key, *grant, error) {
	if token != "" {
		for _, k := range directory.Sorted(r.keys) {
			for _, g := range k.grants {
				if g.token == token && k.region == r.call.Caller.Region {
					return k, g, nil
				}
			}
		}
		return nil, nil, fail("InvalidGrantTokenException", "The grant token is not valid")
	}
	if !strings.HasPrefix(keyARN, "arn:") {
		return nil, nil, invalid("RetireGrant takes a grant token, or the ARN of a key with the ID of a grant")
	}
	n, err := r.find(r.place(), keyARN)
	switch {
	case err != nil:
		return nil, nil, err
	case n.key == nil:
		return nil, nil, fail("NotFoundException", "Key '%s' does not exist", keyARN)
	}
	g, err := n.key.findGrant(id)
	return n.key, g, err
}

// mayRetire lets in the retiring principal, a grantee whose grant says so, and
// the accounts that issued the grant or are the retiring principal, which leave
// it to their own policies. A Deny of the key policy counts.
func (r *request) mayRetire(k *Key, g *grant) error {
	document, err := policy.Parse(k.policy)
	if err != nil {
		return err
	}
	may := policy.Values{g.issuer.RootARN()}
	if g.retiring != "" {
		may = append(may, g.retiring)
	}
	denying := effective(document).Replace(func(s policy.Statement) bool { return s.Effect != policy.Deny }, policy.Statement{
		Effect: policy.Allow, Principal: &policy.Principal{AWS: may}, Action: policy.Values{"kms:RetireGrant"}, Resource: policy.Values{"*"},
	})
	// Whoever is named needs no policy of its own, in whatever account: it is judged as if the key were there.
	account := r.call.Caller.Account.ID
	err = r.dir.Authorize(r.call.Caller, directory.Request{
		Action: "kms:RetireGrant", Resource: k.ARN(), ResourceAccount: account, Keys: r.use(nil).conditionKeys(""),
		Policy: &verdict.Policy{Name: "grant", Document: denying}, ResourceMustAllow: true,
		Grants: (&Key{grants: []*grant{g}}).granting(),
	})
	var denial *directory.Denial
	if errors.As(err, &denial) {
		return r.use(nil).refusal(denial)
	}
	return err
}
