package kmssim_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

const unnamed = "because the resource does not exist in this Region, no resource-based policies allow access, " +
	"or a resource-based policy explicitly denies access"

// Who may use a key: its policy, identity policies and grants, inside the account and across.
func TestUseOfAKey(t *testing.T) {
	t.Parallel()
	const use = "kms:GenerateDataKey"
	cases := map[string]struct {
		policy      []string // statements of the key policy; the default policy when there is none
		inOwner     bool     // the caller is role etl of the owner, else role partner of the consumer
		identity    string
		grantee     string
		code, words string
	}{
		"default policy, identity allows":     {nil, true, allow(use, "*"), "", "", ""},
		"default policy, identity is silent":  {nil, true, "", "", "AccessDeniedException", "because no identity-based policy allows the kms:GenerateDataKey action"},
		"IAM not enabled, identity allows":    {[]string{statement("Allow", "arn:aws:iam::111111111111:user/admin", "kms:*")}, true, allow(use, "*"), "", "AccessDeniedException", "because no resource-based policy allows the kms:GenerateDataKey action"},
		"the key policy names the role":       {[]string{statement("Allow", etl, use)}, true, "", "", "", ""},
		"the key policy names another action": {[]string{statement("Allow", etl, "kms:Decrypt")}, true, "", "", "AccessDeniedException", "because no resource-based policy allows"},
		"the key policy denies":               {[]string{iamEnabled, statement("Deny", etl, use)}, true, allow(use, "*"), "", "AccessDeniedException", "with an explicit deny in a resource-based policy"},
		"a grant to the role":                 {[]string{statement("Allow", "arn:aws:iam::111111111111:user/admin", "kms:*")}, true, "", etl, "", ""},
		"a grant to another role":             {nil, true, "", "arn:aws:iam::111111111111:role/other", "AccessDeniedException", "because no identity-based policy allows"},

		"across, both sides allow":                 {[]string{iamEnabled, statement("Allow", consumerRoot, use)}, false, allow(use, "*"), "", "", ""},
		"across, the role is named, both allow":    {[]string{iamEnabled, statement("Allow", partner, use)}, false, allow(use, "*"), "", "", ""},
		"across, the identity is silent":           {[]string{iamEnabled, statement("Allow", partner, use)}, false, "", "", "AccessDeniedException", "because no identity-based policy allows"},
		"across, the key is silent":                {[]string{iamEnabled}, false, allow("kms:*", "*"), "", "AccessDeniedException", unnamed},
		"across, the key denies":                   {[]string{iamEnabled, statement("Allow", partner, use), statement("Deny", "*", use)}, false, allow(use, "*"), "", "AccessDeniedException", unnamed},
		"across, a grant, the identity allows":     {[]string{iamEnabled}, false, allow(use, "*"), partner, "", ""},
		"across, a grant, the identity is silent":  {[]string{iamEnabled}, false, "", partner, "AccessDeniedException", "because no identity-based policy allows"},
		"across, a grant to somebody else":         {[]string{iamEnabled}, false, allow(use, "*"), etl, "AccessDeniedException", unnamed},
		"across, by kms:CallerAccount":             {[]string{iamEnabled, statement("Allow", "*", use, `{"StringEquals":{"kms:CallerAccount":"222222222222"}}`)}, false, allow(use, "*"), "", "", ""},
		"across, by another kms:CallerAccount":     {[]string{iamEnabled, statement("Allow", "*", use, `{"StringEquals":{"kms:CallerAccount":"333333333333"}}`)}, false, allow(use, "*"), "", "AccessDeniedException", unnamed},
		"only through S3, and it comes directly":   {[]string{iamEnabled, statement("Allow", partner, use, `{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}`)}, false, allow(use, "*"), "", "AccessDeniedException", unnamed},
		"a statement without Resource does not do": {[]string{iamEnabled, `{"Effect":"Allow","Principal":{"AWS":"` + etl + `"},"Action":"kms:*"}`}, true, "", "", "AccessDeniedException", "because no identity-based policy allows"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			inOwner, outside := "", test.identity
			if test.inOwner {
				inOwner, outside = test.identity, ""
			}
			w.owner.AddRole("/", "other")
			caller, other := w.session(w.owner, "etl", inOwner), w.session(w.consumer, "partner", outside)
			if !test.inOwner {
				caller = other
			}
			o := awssim.KeyOptions{}
			if test.policy != nil {
				o.Policy = document(test.policy...)
			}
			key := w.owner.AddKey(o)
			if test.grantee != "" {
				_, err := w.admin(w.owner).CreateGrant(t.Context(), &kms.CreateGrantInput{
					KeyId: aws.String(key), GranteePrincipal: aws.String(test.grantee), Operations: []types.GrantOperation{"GenerateDataKey"},
				})
				mustBe(t, err, "", "")
			}
			mustBe(t, dataKey(t, caller, key, nil), test.code, test.words)
		})
	}
}

// What exists is told to the key's own account only.
func TestNaming(t *testing.T) {
	t.Parallel()
	const id = "1234abcd-12ab-34cd-56ef-1234567890ab"
	cases := map[string]struct{ key, code, words string }{
		"a key that is not there":         {id, "NotFoundException", "Key 'arn:aws:kms:us-east-1:111111111111:key/" + id + "' does not exist"},
		"an alias that is not there":      {"alias/none", "NotFoundException", "Alias arn:aws:kms:us-east-1:111111111111:alias/none is not found."},
		"another region":                  {"arn:aws:kms:eu-west-1:111111111111:key/" + id, "NotFoundException", "Invalid arn eu-west-1"},
		"no key ID":                       {"data", "NotFoundException", "Invalid keyId 'data'"},
		"the ARN of something else":       {"arn:aws:s3:::acme", "InvalidArnException", "Invalid ARN"},
		"a key of another account":        {"arn:aws:kms:us-east-1:222222222222:key/" + id, "AccessDeniedException", unnamed},
		"an alias":                        {"alias/data", "", ""},
		"the ARN of an alias":             {"arn:aws:kms:us-east-1:111111111111:alias/data", "", ""},
		"nothing":                         {"", "ValidationException", "keyId"},
		"another account's managed key":   {"arn:aws:kms:us-east-1:222222222222:alias/aws/s3", "AccessDeniedException", unnamed},
		"the AWS managed key aws/s3":      {"alias/aws/s3", "", ""},
		"an alias that begins like a key": {"alias/key/data", "NotFoundException", "is not found"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.owner.AddKey(awssim.KeyOptions{Alias: "alias/data"})
			_, err := w.admin(w.owner).DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: aws.String(test.key)})
			mustBe(t, err, test.code, test.words)
		})
	}
}

// A caller that KMS does not know gets KMS's codes, not those of IAM.
func TestBadCredentials(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := w.owner.AdminKey()
	cases := map[string]struct {
		key  awssim.Credentials
		code string
	}{
		"a key that is none": {awssim.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "s"}, "UnrecognizedClientException"},
		"a wrong secret":     {awssim.Credentials{AccessKeyID: good.AccessKeyID, SecretAccessKey: "s"}, "InvalidSignatureException"},
		"a token too many":   {awssim.Credentials{AccessKeyID: good.AccessKeyID, SecretAccessKey: good.SecretAccessKey, SessionToken: "t"}, "UnrecognizedClientException"},
		"a good key":         {good, ""},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := w.client(test.key).ListKeys(t.Context(), &kms.ListKeysInput{})
			mustBe(t, err, test.code, "")
		})
	}
}
