package share

import (
	"errors"
	"fmt"
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// maxAccepted is how many external IDs a share accepts at a time: the newest, and the one before it during a rotation.
const maxAccepted = 2

// HandedOver gives the external IDs that a trust policy accepts, for whoever hands them to the consumer: the newest, which
// stands first in the policies of shares, and the one before, zero when there is none. A policy from which that cannot be
// told is an error, because a consumer with a wrong ID is locked out, or let into somebody else's share.
func HandedOver(trust policy.Document) (newest, previous ExternalID, err error) {
	all := ExternalIDsOf(trust)
	switch {
	case len(all) == 0:
		return newest, previous, errors.New("the trust policy accepts no external ID: none of its Allow statements compares sts:ExternalId by StringEquals")
	case len(all) > maxAccepted:
		return newest, previous, fmt.Errorf("the trust policy accepts %d external IDs, and a share has at most two, the newest and the one before", len(all))
	}
	for _, statement := range trust.Statements() {
		ids := ExternalIDsOf(policy.New(statement))
		if len(ids) > 0 && slices.ContainsFunc(all, func(id ExternalID) bool { return !slices.Contains(ids, id) }) {
			return newest, previous, errors.New("the statements of the trust policy accept different external IDs, so it cannot be told whose is whose")
		}
	}
	if len(all) == maxAccepted {
		previous = all[1]
	}
	return all[0], previous, nil
}
