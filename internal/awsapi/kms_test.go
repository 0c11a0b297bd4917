package awsapi

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

const (
	ownerMay     = `{"Sid":"Enable IAM policies","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + ownerID + `:root"},"Action":"kms:*","Resource":"*"}`
	consumerRole = "arn:aws:iam::" + consumerID + ":role/etl"
)

func keyPolicy(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

func TestFindKMSKey(t *testing.T) {
	t.Parallel()
	sim, owner, consumer := newSimulator(t)
	consumer.AddRole("/", "etl")
	arn := owner.AddKey(awssim.KeyOptions{Region: "eu-west-1", Alias: "alias/data", Policy: keyPolicy(ownerMay)})
	closed := owner.AddKey(awssim.KeyOptions{Region: "eu-west-1", Policy: keyPolicy(
		`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + ownerID + `:user/admin"},"Action":"kms:DescribeKey","Resource":"*"}`,
	)})
	cases := map[string]struct {
		name       string
		found      string // "" for none
		byAWS, err bool
	}{
		"by its ARN":                            {name: arn, found: arn},
		"by an alias":                           {name: "alias/data", found: arn},
		"the AWS managed key":                   {name: "alias/aws/s3", byAWS: true},
		"a key that is not there":               {name: "alias/none"},
		"a key whose policy may not be read":    {name: closed, found: closed},
		"a key of another account":              {name: strings.Replace(arn, ownerID, consumerID, 1), err: true},
		"a key of another region than that one": {name: strings.Replace(arn, "eu-west-1", "eu-central-1", 1)},
	}
	cloud := newCloud(t, sim, owner)
	for situation, test := range cases {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			key, err := cloud.FindKMSKey(background(), "eu-west-1", test.name)
			if (err != nil) != test.err || err != nil && !IsDenied(err) {
				t.Fatalf("got %v", err)
			}
			if test.found == "" && !test.byAWS {
				if key != nil {
					t.Errorf("found %+v", key)
				}
				return
			}
			if key == nil || !test.byAWS && string(key.ARN) != test.found || key.ByAWS != test.byAWS || key.State != "Enabled" {
				t.Fatalf("found %+v", key)
			}
		})
	}
	t.Cleanup(func() {
		if countOf(sim, "kms:GetKeyPolicy") > 0 {
			t.Error("a policy was read that nobody asked for")
		}
	})
}

func TestFindKeyPolicy(t *testing.T) {
	t.Parallel()
	sim, owner, _ := newSimulator(t)
	open := share.KeyARN(owner.AddKey(awssim.KeyOptions{Region: "eu-west-1", Policy: keyPolicy(ownerMay)}))
	closed := share.KeyARN(owner.AddKey(awssim.KeyOptions{Region: "eu-west-1", Policy: keyPolicy(
		`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + ownerID + `:user/admin"},"Action":"kms:DescribeKey","Resource":"*"}`,
	)}))
	cloud := newCloud(t, sim, owner)
	if key, err := cloud.FindKeyPolicy(background(), open); err != nil || key.Missing || len(key.Policy.Statements()) != 1 {
		t.Errorf("found %+v, %v", key, err)
	}
	if key, err := cloud.FindKeyPolicy(background(), share.KeyARN(strings.Replace(string(open), "eu-west-1", "eu-west-2", 1))); err != nil || !key.Missing {
		t.Errorf("a key that is not there is %+v, %v", key, err)
	}
	if _, err := cloud.FindKeyPolicy(background(), closed); !IsDenied(err) {
		t.Errorf("a policy that may not be read gives %v", err)
	}
}

func TestPutKeyPolicy(t *testing.T) {
	t.Parallel()
	sim, owner, consumer := newSimulator(t)
	consumer.AddRole("/", "etl")
	cloud := newCloud(t, sim, owner)
	arn := share.KeyARN(owner.AddKey(awssim.KeyOptions{Region: "eu-central-1"}))
	put := func(statements ...string) error {
		t.Helper()
		document, err := policy.Parse(keyPolicy(statements...))
		if err != nil {
			t.Fatal(err)
		}
		return cloud.PutKeyPolicy(background(), arn, document)
	}
	decrypt := `{"Sid":"share","Effect":"Allow","Principal":{"AWS":"` + consumerRole + `"},"Action":"kms:Decrypt","Resource":"*"}`
	if err := put(ownerMay, decrypt); err != nil {
		t.Fatal(err)
	}
	if err := put(decrypt); !IsLockOut(err) {
		t.Errorf("a policy that locks out gives %v", err)
	}
	young := strings.Replace(decrypt, "role/etl", "role/none", 1)
	if err := put(ownerMay, young); !IsInvalidPrincipal(err) || IsLockOut(err) {
		t.Errorf("a principal that is not there gives %v", err)
	}
	key, err := cloud.FindKeyPolicy(background(), arn)
	if err != nil || len(key.Policy.Statements()) != 2 || key.Policy.Statements()[1].Sid != "share" {
		t.Errorf("the policy is %+v, %v", key, err)
	}
}

func TestGrants(t *testing.T) {
	t.Parallel()
	sim, owner, consumer := newSimulator(t)
	consumer.AddRole("/", "etl")
	cloud := newCloud(t, sim, owner)
	key := share.KeyARN(owner.AddKey(awssim.KeyOptions{Region: "eu-central-1"}))
	wanted := Grant{
		Name: "crossaccount/acme-data/etl", Grantee: consumerRole, Retiring: "arn:aws:iam::" + ownerID + ":root",
		Operations: []string{"Decrypt", "GenerateDataKey"}, ContextEquals: map[string]string{"aws:s3:arn": "arn:aws:s3:::acme-data"},
	}
	id, err := cloud.PutGrant(background(), key, wanted)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := cloud.PutGrant(background(), key, wanted); err != nil || again != id {
		t.Errorf("the same grant again is %s, %v", again, err)
	}
	wanted.ID = id
	found, err := cloud.FindGrants(background(), key)
	if diff := cmp.Diff([]Grant{wanted}, found); err != nil || diff != "" {
		t.Errorf("grants (-want +got): %v\n%s", err, diff)
	}
	nobody := wanted
	nobody.Grantee = "arn:aws:iam::" + consumerID + ":role/none"
	sim.ResetCalls()
	if _, err := cloud.PutGrant(background(), key, nobody); !IsInvalidPrincipal(err) {
		t.Errorf("a grantee that is not there gives %v", err)
	}
	if countOf(sim, "kms:CreateGrant") < 2 {
		t.Error("a grantee that may be young was not waited for")
	}
	for range 2 {
		if err := cloud.DeleteGrant(background(), key, id); err != nil {
			t.Errorf("revoking: %v", err)
		}
	}
	if found, err := cloud.FindGrants(background(), key); err != nil || len(found) != 0 {
		t.Errorf("left: %+v, %v", found, err)
	}
	looker := lookerAt(t, sim, owner, `"kms:DescribeKey"`)
	if _, err := looker.FindGrants(background(), key); !IsDenied(err) {
		t.Errorf("without permission: %v", err)
	}
}
