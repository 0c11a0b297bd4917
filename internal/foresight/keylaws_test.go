package foresight_test

// This file holds what is foreseen of keys to the judge, as laws_test.go does for buckets.

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/foresight"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

const shareRole = "arn:aws:iam::111111111111:role/crossaccount/etl"

// keyTests are conditions that key policies have.
var keyTests = []policy.Condition{
	nil, nil,
	{"StringEquals": {"kms:ViaService": {"s3.eu-central-1.amazonaws.com"}}},
	{"StringNotEquals": {"kms:ViaService": {"s3.eu-central-1.amazonaws.com"}}},
	{"StringEquals": {"kms:CallerAccount": {"111111111111"}}},
	{"StringNotEquals": {"kms:CallerAccount": {"111111111111"}}},
	{"StringLike": {"kms:EncryptionContext:aws:s3:arn": {"arn:aws:s3:::acme-data"}}},
	{"StringLike": {"kms:EncryptionContext:aws:s3:arn": {"arn:aws:s3:::acme-data/in/secret/*"}}},
	{"StringNotLike": {"kms:EncryptionContext:aws:s3:arn": {"arn:aws:s3:::acme-data", "arn:aws:s3:::acme-data/*"}}},
	{"StringEquals": {"aws:PrincipalOrgID": {"o-a1b2c3d4e5"}}},
	{"StringNotEqualsIfExists": {"aws:PrincipalOrgID": {"o-a1b2c3d4e5"}}},
	{"ArnNotLike": {"aws:PrincipalArn": {shareRole}}},
	{"ArnNotLike": {"aws:PrincipalArn": {"arn:aws:iam::111111111111:role/admin"}}},
}

func drawKeyStatement(t *rapid.T) policy.Statement {
	return policy.Statement{
		Sid:    rapid.SampledFrom([]string{"A", "B", ""}).Draw(t, "sid"),
		Effect: rapid.SampledFrom([]policy.Effect{policy.Allow, policy.Allow, policy.Deny}).Draw(t, "effect"),
		Principal: rapid.SampledFrom([]*policy.Principal{
			{Any: true}, {AWS: policy.Values{"arn:aws:iam::111111111111:root"}}, {AWS: policy.Values{shareRole}}, {AWS: policy.Values{"arn:aws:iam::111111111111:role/admin"}},
		}).Draw(t, "whom"),
		Action:    rapid.SampledFrom([]policy.Values{{"kms:*"}, {"kms:Decrypt"}, {"kms:GenerateDataKey*"}, {"kms:Decrypt", "kms:GenerateDataKey"}}).Draw(t, "action"),
		Resource:  policy.Values{"*"},
		Condition: rapid.SampledFrom(keyTests).Draw(t, "condition"),
	}
}

func keyedSituation(t *rapid.T) foresight.Situation {
	around, spec := foresight.Situation{Bucket: share.BucketPolicy{State: share.BucketWithoutPolicy}}, plain()
	spec.Access, spec.KMSKeys, spec.RoleUniqueID = []share.Word{share.Read, share.Write}, []share.KeyARN{keyARN}, "AROAEXAMPLESHARE00001"
	if rapid.Bool().Draw(t, "bounded") {
		spec.PermissionsBoundary = "arn:aws:iam::111111111111:policy/limit"
		boundary := policy.New(policy.Statement{
			Effect: policy.Allow, Resource: policy.Values{"*"},
			Action: rapid.SampledFrom([]policy.Values{{"s3:*"}, {"s3:*", "kms:*"}, {"s3:*", "kms:Decrypt"}}).Draw(t, "within"),
		})
		around.Boundary = &boundary
	}
	around.Desired = share.Render(spec)
	document := policy.New(rapid.SliceOfN(rapid.Custom(drawKeyStatement), 1, 4).Draw(t, "statements")...)
	around.Keys = []foresight.Key{{ARN: keyARN, State: "Enabled", Policy: &document, Grants: &foresight.Grants{}}}
	return around
}

// Nothing but the key and the boundary says anything here: with "yes" KMS answers all calls that S3 makes for the word, with
// and without a bucket key; with "no" never all of them.
func TestForecastsAreTrueOfEveryUseOfAKey(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		around := keyedSituation(t)
		policies := verdict.Policies{
			Identity:          []verdict.Policy{{Name: "permissions", Document: around.Desired.Permissions}},
			Resource:          &verdict.Policy{Name: "key", Document: *around.Keys[0].Policy},
			ResourceMustAllow: true,
		}
		if around.Boundary != nil {
			policies.Boundary = &verdict.Policy{Name: "boundary", Document: *around.Boundary}
		}
		actions := map[share.Word][]string{share.Read: {"kms:Decrypt"}, share.Write: {"kms:Decrypt", "kms:GenerateDataKey"}}
		for _, finding := range foresight.Foresee(around).Access {
			for _, object := range []string{"arn:aws:s3:::acme-data/in/a", "arn:aws:s3:::acme-data/in/secret/b"} {
				for _, organization := range []string{"", "o-a1b2c3d4e5", "o-other00000"} {
					goes := true
					for _, action := range actions[finding.Word] {
						for _, context := range []string{"arn:aws:s3:::acme-data", object} {
							said, err := verdict.Judge(keyCall(action, context, organization), policies)
							if err != nil {
								t.Fatal(err)
							}
							goes = goes && said.Outcome == verdict.Allowed
						}
					}
					if finding.Answer == verdict.Yes && !goes || finding.Answer == verdict.No && goes {
						t.Fatalf("%s is answered %s, and for %s of %q it goes through: %v\n%s",
							finding.Word, finding.Answer, object, organization, goes, around.Keys[0].Policy.JSON())
					}
				}
			}
		}
	})
}

func keyCall(action, context, organization string) verdict.Request {
	keys := verdict.Keys{
		"aws:SecureTransport": {"true"}, "aws:ViaAWSService": {"true"}, "aws:ResourceAccount": {"111111111111"}, "kms:CallerAccount": {"111111111111"},
		"kms:ViaService": {"s3.eu-central-1.amazonaws.com"}, "kms:EncryptionContext:aws:s3:arn": {context},
	}
	if organization != "" {
		keys["aws:PrincipalOrgID"] = []string{organization}
	}
	return verdict.Request{
		Principal: verdict.Principal{
			Kind: verdict.RoleSession, Account: "111111111111", ARN: shareRole, UniqueID: "AROAEXAMPLESHARE00001",
			SessionARN: "arn:aws:sts::111111111111:assumed-role/etl/nightly",
		},
		Action: action, Resource: keyARN, ResourceAccount: "111111111111", Keys: keys,
	}
}
