package provider

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

const (
	ownerID    = "111111111111"
	consumerID = "222222222222"
	assumeAny  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}`
)

// simulated is a block that reaches a simulator with a key.
func simulated(key awssim.Credentials) block {
	return block{"region": str("eu-central-1"), "access_key": str(key.AccessKeyID), "secret_key": str(key.SecretAccessKey)}
}

func TestBothAccountsAreReachedFromOneBlock(t *testing.T) {
	t.Parallel()
	sim := awssim.Start(awssim.Options{})
	t.Cleanup(sim.Close)
	owner, consumer := sim.AddAccount(ownerID), sim.AddAccount(consumerID)
	endpoints := block{"iam": str(sim.URL()), "s3": str(sim.URL()), "sts": str(sim.URL())}
	there := simulated(consumer.AdminKey())
	there["endpoints"] = endpoints.nested(t, "consumer", "endpoints")
	here := simulated(owner.AdminKey())
	here["endpoints"], here["consumer"] = endpoints.under(t, "endpoints"), there.under(t, "consumer")
	data, diags := configure(t, here)
	if diags.HasError() {
		t.Fatal(diags)
	}
	if calls := sim.Calls(); len(calls) != 0 {
		t.Errorf("configuring called %+v", calls)
	}
	first, err := data.Shares.Owner(t.Context())
	second, errConsumer := data.Shares.Consumer(t.Context())
	if err != nil || errConsumer != nil || first.ID != ownerID || second == nil || second.ID != consumerID {
		t.Errorf("reached %+v and %+v, %v, %v", first, second, err, errConsumer)
	}
}

// One role and a chain of roles are two types of HCL; either leads to the account of the last role.
func TestRolesAreAssumedAsWritten(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		roles   func(first, second tftypes.Value) tftypes.Value
		account string
		calls   string
		refused bool
	}{
		"one role": {func(_, second tftypes.Value) tftypes.Value { return second }, consumerID, "AssumeRole GetCallerIdentity", false},
		"a list of one role": {
			func(first, _ tftypes.Value) tftypes.Value { return tuple(first) }, ownerID, "AssumeRole GetCallerIdentity", false,
		},
		"a chain": {
			func(first, second tftypes.Value) tftypes.Value { return tuple(first, second) }, consumerID, "AssumeRole AssumeRole GetCallerIdentity", false,
		},
		"a role with a wrong external ID": {
			func(tftypes.Value, tftypes.Value) tftypes.Value {
				return object(map[string]tftypes.Value{"role_arn": str("arn:aws:iam::" + consumerID + ":role/second"), "external_id": str("example-wrong")})
			}, "", "AssumeRole", true,
		},
	}
	for situation, test := range tests {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			sim := awssim.Start(awssim.Options{})
			t.Cleanup(sim.Close)
			owner, consumer := sim.AddAccount(ownerID), sim.AddAccount(consumerID)
			key := owner.AdminKey()
			for name, account := range map[string]*awssim.Account{"first": owner, "second": consumer} {
				makeHop(t, sim, account, name)
			}
			role := func(id, name string) tftypes.Value {
				return object(map[string]tftypes.Value{"role_arn": str("arn:aws:iam::" + id + ":role/" + name), "external_id": str("example-" + name)})
			}
			b := simulated(key)
			b["endpoints"] = block{"iam": str(sim.URL()), "s3": str(sim.URL()), "sts": str(sim.URL())}.under(t, "endpoints")
			b["assume_role"] = test.roles(role(ownerID, "first"), role(consumerID, "second"))
			data, diags := configure(t, b)
			if diags.HasError() {
				t.Fatal(diags)
			}
			sim.ResetCalls()
			reached, err := data.Shares.Owner(t.Context())
			var call *awsapi.CallError
			switch {
			case test.refused && (!errors.As(err, &call) || !awsapi.IsDenied(err) || strings.Contains(err.Error(), "example-wrong")):
				t.Errorf("got %v, want a refusal without the ID", err)
			case !test.refused && (err != nil || reached.ID != test.account):
				t.Errorf("reached %+v, %v", reached, err)
			}
			var calls []string
			for _, made := range sim.Calls() {
				calls = append(calls, made.Operation)
			}
			if got := strings.Join(calls, " "); got != test.calls {
				t.Errorf("called %s, want %s", got, test.calls)
			}
		})
	}
}

// makeHop makes a role that the owner account may assume under the external ID example-<name>.
func makeHop(t *testing.T, sim *awssim.Server, account *awssim.Account, name string) {
	t.Helper()
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + ownerID + `"},"Action":"sts:AssumeRole",` +
		`"Condition":{"StringEquals":{"sts:ExternalId":"example-` + name + `"}}}]}`
	key := account.AdminKey()
	admin := iam.New(iam.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(sim.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(key.AccessKeyID, key.SecretAccessKey, ""),
	})
	makeRole(t, admin, name, trust)
}

func makeRole(t *testing.T, client *iam.Client, name, trust string) {
	t.Helper()
	if _, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
		RoleName: &name, PolicyName: aws.String("test"), PolicyDocument: aws.String(assumeAny),
	}); err != nil {
		t.Fatal(err)
	}
}
