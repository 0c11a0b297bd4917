package awsapi

import (
	"errors"
	"testing"

	"github.com/aws/smithy-go"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

func TestWhatErrorsMean(t *testing.T) {
	t.Parallel()
	meanings := map[string]func(error) bool{
		"absent": IsAbsent, "bucket missing": IsBucketMissing, "taken": IsTaken, "denied": IsDenied,
		"public policy blocked": IsPublicPolicyBlocked, "invalid principal": IsInvalidPrincipal, "quota reached": IsQuotaReached,
	}
	tests := map[string]struct {
		code, message string
		means         []string
	}{
		"no such role":                         {"NoSuchEntity", "The role with name x cannot be found.", []string{"absent"}},
		"no bucket policy":                     {"NoSuchBucketPolicy", "The bucket policy does not exist", []string{"absent"}},
		"no bucket":                            {"NoSuchBucket", "The specified bucket does not exist", []string{"bucket missing"}},
		"a role of that name":                  {"EntityAlreadyExists", "Role with name x already exists.", []string{"taken"}},
		"no permission":                        {"AccessDenied", "User: x is not authorized to perform: s3:PutBucketPolicy", []string{"denied"}},
		"Block Public Access":                  {"AccessDenied", "because public policies are blocked by the BlockPublicPolicy block public access setting.", []string{"denied", "public policy blocked"}},
		"unknown principal in IAM":             {"MalformedPolicyDocument", `Invalid principal in policy: "AWS":"arn:aws:iam::222222222222:role/x"`, []string{"invalid principal"}},
		"unknown principal in S3":              {"MalformedPolicy", "Invalid principal in policy", []string{"invalid principal"}},
		"trust policy too long":                {"LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048", []string{"quota reached"}},
		"bucket policy too large":              {"MalformedPolicy", "Policy exceeds the maximum allowed document size.", []string{"quota reached"}},
		"bucket policy too large, by its code": {"PolicyTooLarge", "x", []string{"quota reached"}},
		"a malformed document":                 {"MalformedPolicy", "Policy has invalid resource", nil},
		"words of one API in another":          {"ValidationError", "Invalid principal in policy; BlockPublicPolicy", nil},
	}
	for situation, test := range tests {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			account := &Account{identity: newKnown[Identity]()}
			err := account.failing("s3:PutBucketPolicy", &smithy.GenericAPIError{Code: test.code, Message: test.message})
			for name, is := range meanings {
				want := false
				for _, meant := range test.means {
					want = want || meant == name
				}
				if got := is(err); got != want {
					t.Errorf("%s is %t, want %t", name, got, want)
				}
			}
		})
	}
	for name, is := range meanings {
		if is(nil) || is(errors.New("no network")) {
			t.Errorf("what AWS did not say is taken for %s", name)
		}
	}
}

func TestListsAreReadToTheirEnd(t *testing.T) {
	t.Parallel()
	sim, owner := newWorld(t)
	cloud := newCloud(t, sim, owner)
	createRole(t, cloud.owner, "etl", anyoneOf)
	const document = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`
	names := []string{"a", "b", "c", "d", "e"}
	for _, name := range names {
		policy := share.NamedPolicy{Name: name, Document: desiredNamed(t, "etl").Permissions}
		if err := cloud.owner.putInlinePolicy(background(), "etl", policy); err != nil {
			t.Fatal(err)
		}
		attach(t, sim, owner.AdminKey(), "etl", owner.AddPolicy("/", name, document))
	}
	sim.SetPageSize(2)
	sim.ResetCalls()
	observed, err := cloud.ObserveRole(background(), desiredNamed(t, "etl").Spec)
	if err != nil || len(observed.Inline) != len(names) || len(observed.Attached) != len(names) {
		t.Fatalf("found %d inline and %d attached policies, %v", len(observed.Inline), len(observed.Attached), err)
	}
	if lists := countOf(sim, "iam:ListRolePolicies"); lists != 3 {
		t.Errorf("the list was read in %d pages, want 3", lists)
	}
	for i, name := range names {
		if observed.Inline[i].Name != name {
			t.Errorf("inline policy %d is %s, want %s", i, observed.Inline[i].Name, name)
		}
	}
}
