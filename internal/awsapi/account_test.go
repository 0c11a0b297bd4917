package awsapi

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

const (
	ownerID    = "111111111111"
	consumerID = "222222222222"
)

// newSimulator starts a simulator with an owner and a consumer.
func newSimulator(t *testing.T) (sim *awssim.Server, owner, consumer *awssim.Account) {
	t.Helper()
	sim = awssim.Start(awssim.Options{})
	t.Cleanup(sim.Close)
	return sim, sim.AddAccount(ownerID), sim.AddAccount(consumerID)
}

func keysOf(key awssim.Credentials) Keys {
	return Keys{AccessKey: key.AccessKeyID, SecretKey: Secret(key.SecretAccessKey), Token: Secret(key.SessionToken)}
}

// besideOneAnother are the calls that are made at the same moment about one role, so that their order is chance.
var besideOneAnother = []string{"iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"}

// namesIn gives the calls in their order, and those that are made beside one another by their names.
func namesIn(sim *awssim.Server) string {
	var names []string
	together := 0
	for _, call := range sim.Calls() {
		names = append(names, call.Name())
		if together++; !slices.Contains(besideOneAnother, call.Name()) {
			together = 0
		}
		slices.Sort(names[len(names)-together:])
	}
	return strings.Join(names, " ")
}

func TestIdentityIsAskedOnce(t *testing.T) {
	t.Parallel()
	sim, owner, _ := newSimulator(t)
	account := mustConnect(t, connectionTo(sim.URL(), keysOf(owner.AdminKey())))
	if account.knownHome().ID != "" {
		t.Errorf("the account is known to be %s before anything was asked", account.knownHome().ID)
	}
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if identity, err := account.Identity(background()); err != nil || identity.AccountID != ownerID || identity.Partition != "aws" {
				t.Errorf("identity is %+v, %v", identity, err)
			}
		})
	}
	all.Wait()
	if calls := namesIn(sim); calls != "sts:GetCallerIdentity" || account.knownHome().ID != ownerID {
		t.Errorf("called %s; known as %q", calls, account.knownHome().ID)
	}
}

func TestIdentityIsAskedAgainAfterAnError(t *testing.T) {
	t.Parallel()
	sim, owner, _ := newSimulator(t)
	sim.Inject(awssim.Fault{Operation: "GetCallerIdentity", Error: &awssim.Error{Status: 403, Code: "InvalidClientTokenId", Message: "not yet"}})
	account := mustConnect(t, connectionTo(sim.URL(), keysOf(owner.AdminKey())))
	var call *CallError
	if _, err := account.Identity(background()); !errors.As(err, &call) || call.Call() != "sts:GetCallerIdentity" || call.Side() != OwnerSide {
		t.Errorf("got %v", err)
	}
	if _, err := account.Identity(background()); err != nil {
		t.Errorf("asked again: %v", err)
	}
}

func TestAccountIsRefusedBeforeAnythingElseIsCalled(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		allowed, forbidden []string
		attribute          string
	}{
		"it is not among the allowed":         {allowed: []string{consumerID}, attribute: "allowed_account_ids"},
		"it is forbidden":                     {forbidden: []string{consumerID, ownerID}, attribute: "forbidden_account_ids"},
		"it is both, and forbidden counts":    {allowed: []string{ownerID}, forbidden: []string{ownerID}, attribute: "forbidden_account_ids"},
		"it is allowed":                       {allowed: []string{consumerID, ownerID}},
		"another is forbidden":                {forbidden: []string{consumerID}},
		"nothing is said of accounts":         {},
		"it is allowed and another forbidden": {allowed: []string{ownerID}, forbidden: []string{consumerID}},
	}
	for situation, test := range tests {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			sim, owner, _ := newSimulator(t)
			connection := connectionTo(sim.URL(), keysOf(owner.AdminKey()))
			connection.AllowedAccountIDs, connection.ForbiddenAccountIDs = test.allowed, test.forbidden
			cloud := NewCloud(mustConnect(t, connection), nil, (&pauses{}).pause)
			found, err := cloud.Owner(background())
			if test.attribute == "" {
				if err != nil || found.ID != ownerID {
					t.Errorf("got %+v, %v", found, err)
				}
				return
			}
			var refused *AccountRefusedError
			if !errors.As(err, &refused) || refused.Attribute != test.attribute || refused.Identity.AccountID != ownerID {
				t.Fatalf("got %v, want a refusal by %s", err, test.attribute)
			}
			for _, words := range []string{"credentials for the owner belong to account " + ownerID, test.attribute} {
				if !strings.Contains(err.Error(), words) {
					t.Errorf("%q lacks %q", err, words)
				}
			}
			if calls := namesIn(sim); calls != "sts:GetCallerIdentity" {
				t.Errorf("called %s", calls)
			}
		})
	}
}

const anyoneOf = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + ownerID + `"},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]` +
	`,"Condition":{"StringEquals":{"sts:ExternalId":"example-external-id"}}}]}`

// hop makes a role in an account that the owner account may assume with an external ID.
func hop(t *testing.T, sim *awssim.Server, account *awssim.Account, name string) AssumeRole {
	t.Helper()
	admin := mustConnect(t, connectionTo(sim.URL(), keysOf(account.AdminKey())))
	createRole(t, admin, name, anyoneOf)
	id, err := share.ParseExternalID("example-external-id")
	if err != nil {
		t.Fatal(err)
	}
	return AssumeRole{RoleARN: "arn:aws:iam::" + account.ID() + ":role/" + name, ExternalID: id}
}

func TestRolesOfAChainAreAssumedOneByOne(t *testing.T) {
	t.Parallel()
	sim, owner, consumer := newSimulator(t)
	first, second := hop(t, sim, owner, "first"), hop(t, sim, consumer, "second")
	second.SessionName, second.SourceIdentity, second.Tags = "apply-7", "ann", map[string]string{"team": "data"}
	putInline(t, mustConnect(t, connectionTo(sim.URL(), keysOf(owner.AdminKey()))), "first",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"],"Resource":"*"}]}`)
	connection := connectionTo(sim.URL(), keysOf(owner.AdminKey()))
	connection.AssumeRoles = []AssumeRole{first, second}
	sim.ResetCalls()
	identity, err := mustConnect(t, connection).Identity(background())
	if err != nil {
		t.Fatal(err)
	}
	if want := "arn:aws:sts::" + consumerID + ":assumed-role/second/apply-7"; identity.ARN != want || identity.AccountID != consumerID {
		t.Errorf("the caller is %s, want %s", identity.ARN, want)
	}
	if calls := namesIn(sim); calls != "sts:AssumeRole sts:AssumeRole sts:GetCallerIdentity" {
		t.Errorf("called %s", calls)
	}
	if caller := sim.Calls()[1].Caller; !strings.Contains(caller, "assumed-role/first/terraform-provider-crossaccount") {
		t.Errorf("the second role was assumed by %s", caller)
	}
}

func TestRoleThatMayNotBeAssumedIsAnErrorWithoutSecrets(t *testing.T) {
	t.Parallel()
	sim, owner, consumer := newSimulator(t)
	role := hop(t, sim, consumer, "etl")
	wrong, err := share.ParseExternalID("example-wrong-id")
	if err != nil {
		t.Fatal(err)
	}
	role.ExternalID = wrong
	keys := keysOf(owner.AdminKey())
	connection := connectionTo(sim.URL(), keys)
	connection.Side, connection.AssumeRoles = ConsumerSide, []AssumeRole{role}
	_, err = mustConnect(t, connection).Identity(background())
	var call *CallError
	if !errors.As(err, &call) || !IsDenied(err) || call.Side() != ConsumerSide || call.AccountID() != "" {
		t.Fatalf("got %v, want a refusal", err)
	}
	for _, secret := range []string{wrong.Reveal(), string(keys.SecretKey)} {
		if strings.Contains(err.Error()+call.Words(), secret) {
			t.Errorf("the error gives a secret away: %v", err)
		}
	}
}

func TestSecretsThatAWSRepeatsAreMasked(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte("<ErrorResponse><Error><Code>ValidationError</Code><Message>Value '" + r.PostForm.Get("AssumeRolePolicyDocument") +
			r.PostForm.Get("ExternalId") + "' failed to satisfy constraint</Message></Error><RequestId>REQUEST1</RequestId></ErrorResponse>"))
	}))
	t.Cleanup(server.Close)
	check := func(err error, secret string) {
		var call *CallError
		if !errors.As(err, &call) || call.Code() != "ValidationError" {
			t.Fatalf("got %v, want AWS's refusal", err)
		}
		for _, text := range []string{err.Error(), call.Words()} {
			if strings.Contains(text, secret) || !strings.Contains(text, masked) {
				t.Errorf("%q does not mask the secret", text)
			}
		}
	}
	id, err := share.ParseExternalID("example-external-id")
	if err != nil {
		t.Fatal(err)
	}
	connection := connectionTo(server.URL, testKeys)
	desired := share.Render(specWith(id))
	_, err = mustConnect(t, connection).createRole(background(), desired)
	check(err, id.Reveal())
	connection.AssumeRoles = []AssumeRole{{RoleARN: "arn:aws:iam::222222222222:role/etl", ExternalID: id}}
	_, err = mustConnect(t, connection).Identity(background())
	check(err, id.Reveal())
}
