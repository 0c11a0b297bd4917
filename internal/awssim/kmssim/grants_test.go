package kmssim_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

func grantInput(key, grantee string, operations ...types.GrantOperation) *kms.CreateGrantInput {
	return &kms.CreateGrantInput{KeyId: aws.String(key), GranteePrincipal: aws.String(grantee), Operations: operations}
}

func listed(t *testing.T, c *kms.Client, key string) []types.GrantListEntry {
	t.Helper()
	out, err := c.ListGrants(t.Context(), &kms.ListGrantsInput{KeyId: aws.String(key)})
	mustBe(t, err, "", "")
	return out.Grants
}

func TestCreateGrant(t *testing.T) {
	t.Parallel()
	pair := func(value string) *types.GrantConstraints {
		return &types.GrantConstraints{EncryptionContextEquals: map[string]string{"aws:s3:arn": value}}
	}
	cases := map[string]struct {
		change      func(*kms.CreateGrantInput)
		code, words string
	}{
		"as it should be":                  {func(*kms.CreateGrantInput) {}, "", ""},
		"with a constraint":                {func(i *kms.CreateGrantInput) { i.Constraints = pair("arn:aws:s3:::acme") }, "", ""},
		"with a name":                      {func(i *kms.CreateGrantInput) { i.Name = aws.String("share/acme:etl") }, "", ""},
		"with a name that is none":         {func(i *kms.CreateGrantInput) { i.Name = aws.String("a b") }, "ValidationException", "name"},
		"a grantee that does not exist":    {func(i *kms.CreateGrantInput) { i.GranteePrincipal = aws.String(etl) }, "InvalidArnException", "ARN does not refer to a valid principal"},
		"everybody":                        {func(i *kms.CreateGrantInput) { i.GranteePrincipal = aws.String("*") }, "ValidationException", ""},
		"the other account":                {func(i *kms.CreateGrantInput) { i.GranteePrincipal = aws.String(consumerRoot) }, "", ""},
		"an operation of other keys":       {func(i *kms.CreateGrantInput) { i.Operations = []types.GrantOperation{"Sign"} }, "ValidationError", "Sign"},
		"an operation that is none":        {func(i *kms.CreateGrantInput) { i.Operations = []types.GrantOperation{"PutKeyPolicy"} }, "UnsupportedOperationException", "PutKeyPolicy"},
		"a retiring principal":             {func(i *kms.CreateGrantInput) { i.RetiringPrincipal = aws.String(ownerRoot) }, "", ""},
		"a retiring principal of nowhere":  {func(i *kms.CreateGrantInput) { i.RetiringPrincipal = aws.String(etl) }, "InvalidArnException", ""},
		"a key by its alias":               {func(i *kms.CreateGrantInput) { i.KeyId = aws.String("alias/data") }, "NotFoundException", "Invalid keyId 'alias/data'"},
		"what the simulator does not know": {func(i *kms.CreateGrantInput) { i.DryRun = aws.Bool(true) }, "UnsupportedOperationException", "DryRun"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.session(w.consumer, "partner", "")
			key := w.owner.AddKey(awssim.KeyOptions{Alias: "alias/data"})
			input := grantInput(key, partner, "Decrypt")
			test.change(input)
			_, err := w.admin(w.owner).CreateGrant(t.Context(), input)
			mustBe(t, err, test.code, test.words)
			if grants := listed(t, w.admin(w.owner), key); (len(grants) == 1) != (test.code == "") {
				t.Errorf("grants: %+v", grants)
			}
		})
	}
}

// A call with a name that is made twice makes one grant; without a name, or with anything else changed, it makes two.
func TestGrantsByName(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		name  *string
		again func(*kms.CreateGrantInput)
		want  int
	}{
		"the same again":    {aws.String("share"), func(*kms.CreateGrantInput) {}, 1},
		"without a name":    {nil, func(*kms.CreateGrantInput) {}, 2},
		"another operation": {aws.String("share"), func(i *kms.CreateGrantInput) { i.Operations = append(i.Operations, "DescribeKey") }, 2},
		"another order":     {aws.String("share"), func(i *kms.CreateGrantInput) { i.Operations = []types.GrantOperation{"GenerateDataKey", "Decrypt"} }, 1},
		"another grantee":   {aws.String("share"), func(i *kms.CreateGrantInput) { i.GranteePrincipal = aws.String(consumerRoot) }, 2},
		"a constraint": {aws.String("share"), func(i *kms.CreateGrantInput) {
			i.Constraints = &types.GrantConstraints{EncryptionContextSubset: map[string]string{"a": "b"}}
		}, 2},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.session(w.consumer, "partner", "")
			key, c := w.owner.AddKey(awssim.KeyOptions{}), w.admin(w.owner)
			input := grantInput(key, partner, "Decrypt", "GenerateDataKey")
			input.Name = test.name
			first, err := c.CreateGrant(t.Context(), input)
			mustBe(t, err, "", "")
			test.again(input)
			second, err := c.CreateGrant(t.Context(), input)
			mustBe(t, err, "", "")
			if same := aws.ToString(first.GrantId) == aws.ToString(second.GrantId); same != (test.want == 1) {
				t.Errorf("the grants are %v and %v", aws.ToString(first.GrantId), aws.ToString(second.GrantId))
			}
			if grants := listed(t, c, key); len(grants) != test.want {
				t.Errorf("grants: %+v", grants)
			}
		})
	}
}

// A revoked grant opens nothing any more, and a grant of a disabled key cannot be made.
func TestRevoking(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	user := w.session(w.consumer, "partner", allow("kms:GenerateDataKey", "*"))
	key, c := w.owner.AddKey(awssim.KeyOptions{}), w.admin(w.owner)
	made, err := c.CreateGrant(ctx, grantInput(key, partner, "GenerateDataKey"))
	mustBe(t, err, "", "")
	entry := listed(t, c, key)[0]
	if aws.ToString(entry.GranteePrincipal) != partner || aws.ToString(entry.IssuingAccount) != ownerRoot || aws.ToString(entry.KeyId) != key {
		t.Fatalf("the grant is shown as %+v", entry)
	}
	mustBe(t, dataKey(t, user, key, nil), "", "")
	revoke := &kms.RevokeGrantInput{KeyId: aws.String(key), GrantId: made.GrantId}
	_, err = user.RevokeGrant(ctx, revoke)
	mustBe(t, err, "AccessDeniedException", "kms:RevokeGrant")
	_, err = c.RevokeGrant(ctx, revoke)
	mustBe(t, err, "", "")
	mustBe(t, dataKey(t, user, key, nil), "AccessDeniedException", unnamed)
	_, err = c.RevokeGrant(ctx, revoke)
	mustBe(t, err, "NotFoundException", "")
	_, err = c.DisableKey(ctx, &kms.DisableKeyInput{KeyId: aws.String(key)})
	mustBe(t, err, "", "")
	_, err = c.CreateGrant(ctx, grantInput(key, partner, "GenerateDataKey"))
	mustBe(t, err, "DisabledException", "")
}

func TestRetiring(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		retiring   string // principal, "" for none
		operations []types.GrantOperation
		by         string // who retires it
		code       string
	}{
		"the retiring principal":                        {partner, []types.GrantOperation{"Decrypt"}, "partner", ""},
		"a grantee who is not the retiring principal":   {"", []types.GrantOperation{"Decrypt"}, "partner", "AccessDeniedException"},
		"a grantee whose grant has RetireGrant":         {"", []types.GrantOperation{"Decrypt", "RetireGrant"}, "partner", ""},
		"the account that issued it":                    {"", []types.GrantOperation{"Decrypt"}, "admin", ""},
		"a role of that account without permission":     {"", []types.GrantOperation{"Decrypt"}, "etl", "AccessDeniedException"},
		"an administrator of another account":           {"", []types.GrantOperation{"Decrypt"}, "consumer admin", "AccessDeniedException"},
		"an administrator of the account that retires":  {consumerRoot, []types.GrantOperation{"Decrypt"}, "consumer admin", ""},
		"a role of that account with no permission yet": {consumerRoot, []types.GrantOperation{"Decrypt"}, "partner", "AccessDeniedException"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			callers := map[string]*kms.Client{
				"partner": w.session(w.consumer, "partner", ""), "etl": w.session(w.owner, "etl", ""),
				"admin": w.admin(w.owner), "consumer admin": w.admin(w.consumer),
			}
			key := w.owner.AddKey(awssim.KeyOptions{})
			input := grantInput(key, partner, test.operations...)
			if test.retiring != "" {
				input.RetiringPrincipal = aws.String(test.retiring)
			}
			made, err := callers["admin"].CreateGrant(t.Context(), input)
			mustBe(t, err, "", "")
			_, err = callers[test.by].RetireGrant(t.Context(), &kms.RetireGrantInput{KeyId: aws.String(key), GrantId: made.GrantId})
			mustBe(t, err, test.code, "")
			if grants := listed(t, callers["admin"], key); (len(grants) == 0) != (test.code == "") {
				t.Errorf("grants: %+v", grants)
			}
		})
	}
}

// The encryption context of a request must be that of the grant.
func TestConstraints(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.session(w.owner, "etl", "")
	key, c := w.owner.AddKey(awssim.KeyOptions{}), w.admin(w.owner)
	input := grantInput(key, etl, "GenerateDataKey")
	input.Constraints = &types.GrantConstraints{EncryptionContextEquals: map[string]string{"aws:s3:arn": "arn:aws:s3:::acme"}}
	_, err := c.CreateGrant(t.Context(), input)
	mustBe(t, err, "", "")
	mustBe(t, dataKey(t, user, key, map[string]string{"aws:s3:arn": "arn:aws:s3:::acme"}), "", "")
	for _, context := range []map[string]string{nil, {"aws:s3:arn": "arn:aws:s3:::acme/k"}, {"aws:s3:arn": "arn:aws:s3:::acme", "b": "c"}} {
		mustBe(t, dataKey(t, user, key, context), "AccessDeniedException", "")
	}
}

// A policy may limit which grants somebody makes.
func TestConditionsOnCreateGrant(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	w.session(w.consumer, "partner", "")
	policy := document(iamEnabled, statement("Allow", etl, "kms:CreateGrant",
		`{"StringEquals":{"kms:GranteePrincipal":"`+partner+`"},"ForAllValues:StringEquals":{"kms:GrantOperations":["Decrypt","DescribeKey"]}}`))
	granter := w.session(w.owner, "etl", "")
	key := w.owner.AddKey(awssim.KeyOptions{Policy: policy})
	_, err := granter.CreateGrant(ctx, grantInput(key, partner, "Decrypt"))
	mustBe(t, err, "", "")
	_, err = granter.CreateGrant(ctx, grantInput(key, partner, "Decrypt", "GenerateDataKey"))
	mustBe(t, err, "AccessDeniedException", "kms:CreateGrant")
	_, err = granter.CreateGrant(ctx, grantInput(key, etl, "Decrypt"))
	mustBe(t, err, "AccessDeniedException", "kms:CreateGrant")
}
