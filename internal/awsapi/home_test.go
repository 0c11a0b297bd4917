package awsapi

import (
	"errors"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

var recorded = share.Account{ID: ownerID, Partition: "aws"}

const whoAmI = "sts:GetCallerIdentity"

func TestRoleOfTheAccountTellsWhoseCredentialsTheseAre(t *testing.T) {
	t.Parallel()
	sim, owner := populated(t, "a", "b")
	cloud := newCloud(t, sim, owner)
	if given, err := cloud.OwnerOrRecorded(background(), recorded); err != nil || given != recorded {
		t.Errorf("the account of the state was not taken on trust: %+v, %v", given, err)
	}
	if _, err := cloud.FindRole(background(), desiredNamed(t, "a").Spec); err != nil {
		t.Fatal(err)
	}
	if found, err := cloud.Owner(background()); err != nil || found != recorded {
		t.Errorf("found %+v, %v", found, err)
	}
	mustCall(t, sim, "iam:GetRole")

	swept := newCloud(t, sim, owner)
	swept.ExpectRead()
	swept.ExpectRead()
	mustRefresh(t, swept, "b")
	if found, err := swept.Owner(background()); err != nil || found != recorded {
		t.Errorf("found %+v, %v", found, err)
	}
	mustCall(t, sim, oneSweep)
}

// With other credentials nothing of the share may be taken for gone, nor what has its name for its own.
func TestCredentialsOfAnotherAccountAreNoticedByTheRole(t *testing.T) {
	t.Parallel()
	spec := desiredNamed(t, "a").Spec
	looks := map[string]func(*Cloud) error{
		"FindRole":    func(c *Cloud) error { _, err := c.FindRole(background(), spec); return err },
		"ObserveRole": func(c *Cloud) error { _, err := c.ObserveRole(background(), spec); return err },
		"RefreshRole": func(c *Cloud) error { _, err := c.RefreshRole(background(), spec); return err },
		"RefreshRole among many": func(c *Cloud) error {
			c.ExpectRead()
			c.ExpectRead()
			_, err := c.RefreshRole(background(), spec)
			return err
		},
	}
	situations := map[string]func(t *testing.T, sim *awssim.Server, consumer *awssim.Account) *Cloud{
		"it has no such role": func(t *testing.T, sim *awssim.Server, consumer *awssim.Account) *Cloud {
			t.Helper()
			return newCloud(t, sim, consumer)
		},
		"it has a role of that name": func(t *testing.T, sim *awssim.Server, consumer *awssim.Account) *Cloud {
			t.Helper()
			cloud := newCloud(t, sim, consumer)
			makeRole(t, cloud, desiredNamed(t, "a"))
			return newCloud(t, sim, consumer)
		},
		"its roles may not be read": func(t *testing.T, sim *awssim.Server, consumer *awssim.Account) *Cloud {
			t.Helper()
			return lookerAt(t, sim, consumer, `"sts:GetCallerIdentity"`)
		},
	}
	for situation, prepare := range situations {
		for look, at := range looks {
			t.Run(situation+", "+look, func(t *testing.T) {
				t.Parallel()
				sim, owner, consumer := newSimulator(t)
				makeRole(t, newCloud(t, sim, owner), desiredNamed(t, "a"))
				var other *OtherAccountError
				cloud := prepare(t, sim, consumer)
				if given, err := cloud.OwnerOrRecorded(background(), recorded); err != nil || given != recorded {
					t.Errorf("the account of the state was not taken on trust: %+v, %v", given, err)
				}
				if err := at(cloud); !errors.As(err, &other) || other.Account.ID != consumerID || other.Spec.Owner.ID != ownerID {
					t.Errorf("got %v", err)
				}
				if err := at(newCloud(t, sim, owner)); err != nil {
					t.Errorf("with the right credentials: %v", err)
				}
			})
		}
	}
}

func TestAccountIsAskedForWhereNoRoleTells(t *testing.T) {
	t.Parallel()
	spec := desiredNamed(t, "gone").Spec
	t.Run("the role is gone", func(t *testing.T) {
		t.Parallel()
		sim, owner := populated(t)
		cloud := newCloud(t, sim, owner)
		for range 2 {
			if role, err := cloud.FindRole(background(), spec); err != nil || role != nil {
				t.Errorf("found %+v, %v", role, err)
			}
		}
		mustCall(t, sim, "iam:GetRole "+whoAmI+" iam:GetRole")
	})
	t.Run("it may not be read", func(t *testing.T) {
		t.Parallel()
		sim, owner := populated(t)
		var call *CallError
		_, err := lookerAt(t, sim, owner, `"s3:ListBucket"`).FindRole(background(), spec)
		if !errors.As(err, &call) || !IsDenied(err) || call.Call() != "iam:GetRole" || call.AccountID() != ownerID {
			t.Errorf("got %v", err)
		}
		mustCall(t, sim, "iam:GetRole "+whoAmI)
	})
	t.Run("IAM fails", func(t *testing.T) {
		t.Parallel()
		sim, owner := populated(t)
		cloud := newCloud(t, sim, owner)
		sim.Inject(awssim.Fault{Operation: "GetRole", Error: &awssim.Error{Status: 400, Code: "ValidationError", Message: "no"}})
		if _, err := cloud.FindRole(background(), spec); err == nil {
			t.Error("no error")
		}
		mustCall(t, sim, "iam:GetRole")
	})
	t.Run("STS fails", func(t *testing.T) {
		t.Parallel()
		sim, owner := populated(t)
		cloud := newCloud(t, sim, owner)
		sim.Inject(awssim.Fault{Operation: "GetCallerIdentity", Error: &awssim.Error{Status: 403, Code: "InvalidClientTokenId", Message: "not yet"}})
		var call *CallError
		if _, err := cloud.FindRole(background(), spec); !errors.As(err, &call) || call.Call() != whoAmI {
			t.Errorf("got %v", err)
		}
	})
	t.Run("the state has no role", func(t *testing.T) {
		t.Parallel()
		sim, owner := populated(t)
		if found, err := newCloud(t, sim, owner).OwnerOrRecorded(background(), share.Account{}); err != nil || found != recorded {
			t.Errorf("found %+v, %v", found, err)
		}
		mustCall(t, sim, whoAmI)
	})
	t.Run("the connection allows accounts", func(t *testing.T) {
		t.Parallel()
		sim, owner := populated(t, "gone")
		connection := connectionTo(sim.URL(), keysOf(owner.AdminKey()))
		connection.AllowedAccountIDs = []string{consumerID}
		var refused *AccountRefusedError
		if _, err := NewCloud(mustConnect(t, connection), nil, nil).OwnerOrRecorded(background(), recorded); !errors.As(err, &refused) {
			t.Errorf("got %v", err)
		}
		mustCall(t, sim, whoAmI)
	})
}
