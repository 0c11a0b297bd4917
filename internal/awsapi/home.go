package awsapi

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file spares the question whose credentials these are, where a role that is read anyway answers it: IAM knows no
// roles but those of the caller's account (API reference of GetRole: a name, and no account).

// OtherAccountError tells that the credentials belong to another account than the share.
type OtherAccountError struct {
	Spec share.Spec
	// Account has the credentials.
	Account share.Account
}

// Error implements error.
func (e *OtherAccountError) Error() string {
	return fmt.Sprintf("share %s lives in account %s, but the credentials are of account %s", e.Spec.ID(), e.Spec.Owner.ID, e.Account.ID)
}

// OwnerOrRecorded is Owner for a share that is in an account by its state: AWS is not asked, and that account is given on trust,
// unless the connection allows or forbids accounts. FindRole, ObserveRole and RefreshRole of the share then show whether it
// is true, and nobody may write before.
func (c *Cloud) OwnerOrRecorded(ctx context.Context, recorded share.Account) (share.Account, error) {
	if known := c.owner.knownHome(); known.ID != "" {
		return known, nil
	}
	if recorded.ID == "" || recorded.Partition == "" || len(c.owner.allowed) > 0 || len(c.owner.forbidden) > 0 {
		return c.Owner(ctx)
	}
	return recorded, nil
}

// confirm fails with an OtherAccountError when the credentials do not belong to the account of a share, whose role was looked
// for with the result that is given. A role of that account proves it. Where none was found, and where the look failed, AWS
// is asked: with other credentials a role is missing that is there.
func (c *Cloud) confirm(ctx context.Context, spec share.Spec, role *share.Role, failed error) error {
	if spec.Owner.ID == "" {
		return failed
	}
	switch unknown := c.owner.knownHome().ID == ""; {
	case unknown && failed != nil && !IsDenied(failed):
		return failed // nothing was told of the role
	case unknown && failed == nil && role != nil && inAccount(role.ARN, spec.Owner):
		c.owner.settle(spec.Owner)
	}
	home, err := c.owner.Home(ctx)
	if err != nil {
		return errors.Join(failed, err)
	}
	if home.ID != spec.Owner.ID {
		return &OtherAccountError{Spec: spec, Account: home}
	}
	var call *CallError
	if errors.As(failed, &call) {
		call.account = home.ID
	}
	return failed
}

func inAccount(text string, account share.Account) bool {
	named, err := arn.Parse(text)
	return err == nil && named.AccountID == account.ID && named.Partition == account.Partition
}

// settle notes what a role has told.
func (a *Account) settle(home share.Account) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.home = home
}
