// This file holds a key, finds keys by what callers name them, and says what may
// be done with them in each state.
package kmssim

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
)

// state is where a key is in its life (KMS Developer Guide, "Key states of KMS keys").
type state string

const (
	enabled         state = "Enabled"
	disabled        state = "Disabled"
	pendingDeletion state = "PendingDeletion"
)

// Key is a symmetric encryption key.
type Key struct {
	id          string
	owner       *directory.Account
	region      string
	description string
	created     time.Time
	state       state
	deletion    time.Time // when a key that is pending deletion goes
	managed     bool      // by AWS: nobody may change it
	policy      string    // JSON with principals as unique IDs
	grants      []*grant  // in the order of creation
}

// ARN of the key.
func (k *Key) ARN() string { return arn(k.owner, k.region, "key/"+k.id) }

func arn(account *directory.Account, region, rest string) string {
	return "arn:" + account.Partition + ":kms:" + region + ":" + account.ID + ":" + rest
}

// newKeyID deals a key ID; those of AWS are UUIDs.
func (s *Service) newKeyID() string {
	sum := sha256.Sum256([]byte(s.dir.NewID("key")))
	text := hex.EncodeToString(sum[:16])
	return strings.Join([]string{text[:8], text[8:12], text[12:16], text[16:20], text[20:]}, "-")
}

var keyID = regexp.MustCompile(`^(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$`)

// named is a key as a call names it.
type named struct {
	arn   string // of the key; of the alias where it has none
	key   *Key   // nil where there is none
	alias string // alias/name when the call names one
}

// place is where a call looks for keys.
type place struct {
	account *directory.Account
	region  string
}

func (r *request) place() place { return place{r.call.Caller.Account, r.call.Caller.Region} }

// find finds a key by its ID, its ARN, an alias or the ARN of an alias. An ID or
// an alias is one of the caller's account; an ARN must be of the endpoint's
// region (KMS API Reference, "KeyId" of each operation).
func (s *Service) find(at place, text string) (named, error) {
	account, region, rest := at.account.ID, at.region, text
	if strings.HasPrefix(text, "arn:") {
		fields := strings.SplitN(text, ":", 6)
		if len(fields) != 6 || fields[2] != "kms" || fields[1] != at.account.Partition {
			return named{}, fail("InvalidArnException", "Invalid ARN: %s", text)
		}
		if region, account, rest = fields[3], fields[4], fields[5]; region != at.region {
			return named{}, fail("NotFoundException", "Invalid arn %s", region)
		}
	}
	full := "arn:" + at.account.Partition + ":kms:" + region + ":" + account + ":" + rest
	bare, isKey := strings.CutPrefix(rest, "key/")
	switch {
	case strings.HasPrefix(rest, "alias/"):
		n := named{arn: full, key: s.aliases[full], alias: rest}
		if n.key != nil {
			n.arn = n.key.ARN()
		}
		return n, nil
	case isKey && keyID.MatchString(bare) && rest != text:
		return named{arn: full, key: s.keys[full]}, nil
	case rest == text && keyID.MatchString(text):
		full = arn(at.account, region, "key/"+text)
		return named{arn: full, key: s.keys[full]}, nil
	case rest != text:
		return named{}, fail("InvalidArnException", "Invalid ARN: %s", text)
	}
	return named{}, fail("NotFoundException", "Invalid keyId '%s'", text)
}

// checkState refuses what a key is in no state for.
func (k *Key) checkState(allowed ...state) error {
	for _, one := range allowed {
		if k.state == one {
			return nil
		}
	}
	switch k.state {
	case disabled:
		return fail("DisabledException", "%s is disabled.", k.ARN())
	case pendingDeletion:
		return fail("KMSInvalidStateException", "%s is pending deletion.", k.ARN())
	}
	return fail("KMSInvalidStateException", "%s is not pending deletion.", k.ARN())
}

// Refusal gives code and words of a refusal of KMS; the code is "" for an error that is none.
func Refusal(err error) (code, words string) {
	var refused *query.Error
	if !errors.As(err, &refused) {
		return "", ""
	}
	return refused.Code, refused.Message
}

// granting are the grants of the key as the judge hears them.
func (k *Key) granting() []verdict.Grant {
	heard := make([]verdict.Grant, 0, len(k.grants))
	for _, g := range k.grants {
		heard = append(heard, verdict.Grant{
			Name: "grant " + g.id, Grantee: g.grantee, Issuer: g.issuer.ID, Operations: g.operations,
			ContextEquals: g.constraints.Equals, ContextSubset: g.constraints.Subset,
		})
	}
	return heard
}
