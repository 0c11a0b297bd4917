package kmssim_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

func TestLifeOfAKey(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	c := w.admin(w.owner)
	created, err := c.CreateKey(ctx, &kms.CreateKeyInput{Description: aws.String("data")})
	mustBe(t, err, "", "")
	id := created.KeyMetadata.KeyId
	if created.KeyMetadata.KeyState != types.KeyStateEnabled || created.KeyMetadata.KeyManager != types.KeyManagerTypeCustomer {
		t.Fatalf("a new key is %+v", created.KeyMetadata)
	}
	_, err = c.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/data"), TargetKeyId: id})
	mustBe(t, err, "", "")
	_, err = c.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/data"), TargetKeyId: id})
	mustBe(t, err, "AlreadyExistsException", "alias/data already exists")
	_, err = c.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/aws/data"), TargetKeyId: id})
	mustBe(t, err, "NotAuthorizedException", "")
	aliases, err := c.ListAliases(ctx, &kms.ListAliasesInput{KeyId: id})
	mustBe(t, err, "", "")
	if len(aliases.Aliases) != 1 || aws.ToString(aliases.Aliases[0].TargetKeyId) != aws.ToString(id) {
		t.Fatalf("aliases: %+v", aliases.Aliases)
	}
	keys, err := c.ListKeys(ctx, &kms.ListKeysInput{})
	mustBe(t, err, "", "")
	if len(keys.Keys) != 1 {
		t.Fatalf("keys: %+v", keys.Keys)
	}

	mustBe(t, dataKey(t, c, "alias/data", nil), "", "")
	_, err = c.DisableKey(ctx, &kms.DisableKeyInput{KeyId: id})
	mustBe(t, err, "", "")
	mustBe(t, dataKey(t, c, "alias/data", nil), "DisabledException", "is disabled.")
	_, err = c.EnableKey(ctx, &kms.EnableKeyInput{KeyId: id})
	mustBe(t, err, "", "")
	mustBe(t, dataKey(t, c, "alias/data", nil), "", "")

	_, err = c.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: id, PendingWindowInDays: aws.Int32(6)})
	mustBe(t, err, "ValidationException", "pendingWindowInDays")
	_, err = c.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: id, PendingWindowInDays: aws.Int32(7)})
	mustBe(t, err, "", "")
	mustBe(t, dataKey(t, c, "alias/data", nil), "KMSInvalidStateException", "is pending deletion.")
	_, err = c.EnableKey(ctx, &kms.EnableKeyInput{KeyId: id})
	mustBe(t, err, "KMSInvalidStateException", "is pending deletion.")
	described, err := c.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: id})
	mustBe(t, err, "", "")
	if described.KeyMetadata.KeyState != types.KeyStatePendingDeletion || described.KeyMetadata.DeletionDate == nil {
		t.Fatalf("the key is %+v", described.KeyMetadata)
	}
	_, err = c.CancelKeyDeletion(ctx, &kms.CancelKeyDeletionInput{KeyId: id})
	mustBe(t, err, "", "")
	mustBe(t, dataKey(t, c, "alias/data", nil), "DisabledException", "is disabled.")
	_, err = c.DeleteAlias(ctx, &kms.DeleteAliasInput{AliasName: aws.String("alias/data")})
	mustBe(t, err, "", "")
	mustBe(t, dataKey(t, c, "alias/data", nil), "NotFoundException", "is not found")
}

// The policy comes back as it was written but for white space, with principals while they exist.
func TestKeyPolicyComesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.admin(w.owner)
	w.session(w.consumer, "partner", "")
	key := w.owner.AddKey(awssim.KeyOptions{})
	text, err := keyPolicy(t, c, key)
	mustBe(t, err, "", "")
	if !strings.Contains(text, `"Sid": "Enable IAM User Permissions"`) {
		t.Fatalf("the default policy is %s", text)
	}
	want := document(`{"Sid":"Enable IAM policies","Effect":"Allow","Principal":{"AWS":"`+ownerRoot+`"},"Action":"kms:*","Resource":"*"}`,
		statement("Allow", partner, "kms:Decrypt"))
	_, err = c.PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{KeyId: aws.String(key), Policy: aws.String(want)})
	mustBe(t, err, "", "")
	text, err = keyPolicy(t, c, key)
	mustBe(t, err, "", "")
	if compact(t, text) != want {
		t.Fatalf("got  %s\nwant %s", text, want)
	}
	names, err := c.ListKeyPolicies(t.Context(), &kms.ListKeyPoliciesInput{KeyId: aws.String(key)})
	mustBe(t, err, "", "")
	if len(names.PolicyNames) != 1 || names.PolicyNames[0] != "default" {
		t.Fatalf("policies: %v", names.PolicyNames)
	}
}

func compact(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	inString := false
	for i, c := range text {
		if c == '"' && (i == 0 || text[i-1] != '\\') {
			inString = !inString
		}
		if inString || !strings.ContainsRune(" \n", c) {
			b.WriteRune(c)
		}
	}
	if !json.Valid([]byte(b.String())) {
		t.Fatalf("no JSON: %s", text)
	}
	return b.String()
}

func TestPutKeyPolicy(t *testing.T) {
	t.Parallel()
	admin := "arn:aws:iam::111111111111:user/admin"
	long := `{"Sid":"` + strings.Repeat("x", 33000) + `","Effect":"Allow","Principal":{"AWS":"` + ownerRoot + `"},"Action":"kms:*","Resource":"*"}`
	cases := map[string]struct {
		policy      string
		bypass      bool
		code, words string
	}{
		"the usual one":                        {document(iamEnabled), false, "", ""},
		"locks the caller out":                 {document(statement("Allow", etl, "kms:*")), false, "MalformedPolicyDocumentException", "The new key policy will not allow you to update the key policy in the future."},
		"locks the caller out on purpose":      {document(statement("Allow", etl, "kms:*")), true, "", ""},
		"denies the caller the next write":     {document(iamEnabled, statement("Deny", admin, "kms:PutKeyPolicy")), false, "MalformedPolicyDocumentException", "in the future"},
		"names the caller alone":               {document(statement("Allow", admin, "kms:PutKeyPolicy")), false, "", ""},
		"a principal that does not exist":      {document(iamEnabled, statement("Allow", "arn:aws:iam::111111111111:role/none", "kms:Decrypt")), false, "MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals."},
		"no principal":                         {document(iamEnabled, `{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}`), false, "MalformedPolicyDocumentException", "Principal"},
		"no JSON":                              {"{", false, "MalformedPolicyDocumentException", "invalid Json"},
		"an unknown operator":                  {document(statement("Allow", ownerRoot, "kms:*", `{"StringIs":{"kms:ViaService":"s3"}}`)), false, "MalformedPolicyDocumentException", "Invalid Condition type"},
		"a set operator on the context":        {document(iamEnabled, statement("Allow", etl, "kms:Decrypt", `{"ForAllValues:StringEquals":{"kms:EncryptionContext:aws:s3:arn":"a"}}`)), false, "MalformedPolicyDocumentException", "overly permissive"},
		"a plain operator on the context":      {document(iamEnabled, statement("Allow", etl, "kms:Decrypt", `{"StringEquals":{"kms:EncryptionContext:aws:s3:arn":"a"}}`)), false, "", ""},
		"a set operator on the context's keys": {document(iamEnabled, statement("Allow", etl, "kms:Decrypt", `{"ForAllValues:StringEquals":{"kms:EncryptionContextKeys":"a"}}`)), false, "", ""},
		"too long":                             {document(long), false, "LimitExceededException", ""},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.session(w.owner, "etl", "")
			key, c := w.owner.AddKey(awssim.KeyOptions{}), w.admin(w.owner)
			before, err := keyPolicy(t, c, key)
			mustBe(t, err, "", "")
			_, err = c.PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{
				KeyId: aws.String(key), Policy: aws.String(test.policy), BypassPolicyLockoutSafetyCheck: test.bypass,
			})
			mustBe(t, err, test.code, test.words)
			if after, err := keyPolicy(t, w.client(w.owner.RootKey()), key); test.code != "" && (err != nil || after != before) {
				t.Errorf("the refused policy changed it: %v %s", err, after)
			}
		})
	}
}

// Without the statement that enables IAM policies, nobody but those named may read the policy.
func TestPolicyThatIsNotReadable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.session(w.owner, "etl", "")
	key := w.owner.AddKey(awssim.KeyOptions{Policy: document(statement("Allow", etl, "kms:*"))})
	_, err := keyPolicy(t, w.admin(w.owner), key)
	mustBe(t, err, "AccessDeniedException", "kms:GetKeyPolicy")
	_, err = keyPolicy(t, w.client(w.owner.RoleSession("etl", "s2")), key)
	mustBe(t, err, "", "")
	_, err = keyPolicy(t, w.admin(w.consumer), key)
	mustBe(t, err, "AccessDeniedException", unnamed)
}

func TestCiphertexts(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	c, key, other := w.admin(w.owner), w.owner.AddKey(awssim.KeyOptions{}), w.owner.AddKey(awssim.KeyOptions{})
	context := map[string]string{"Department": "IT"}
	out, err := c.Encrypt(ctx, &kms.EncryptInput{KeyId: aws.String(key), Plaintext: []byte("hello"), EncryptionContext: context})
	mustBe(t, err, "", "")
	blob := out.CiphertextBlob
	cases := map[string]struct {
		input kms.DecryptInput
		code  string
	}{
		"as it was":           {kms.DecryptInput{CiphertextBlob: blob, EncryptionContext: context}, ""},
		"by its key":          {kms.DecryptInput{CiphertextBlob: blob, EncryptionContext: context, KeyId: aws.String(key)}, ""},
		"by another key":      {kms.DecryptInput{CiphertextBlob: blob, EncryptionContext: context, KeyId: aws.String(other)}, "IncorrectKeyException"},
		"without its context": {kms.DecryptInput{CiphertextBlob: blob}, "InvalidCiphertextException"},
		"cut short":           {kms.DecryptInput{CiphertextBlob: blob[:len(blob)-1], EncryptionContext: context}, "InvalidCiphertextException"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := c.Decrypt(t.Context(), &test.input)
			mustBe(t, err, test.code, "")
			if err == nil && string(out.Plaintext) != "hello" {
				t.Errorf("got %q", out.Plaintext)
			}
		})
	}
	_, err = w.session(w.owner, "r", "").Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: blob, EncryptionContext: context})
	mustBe(t, err, "AccessDeniedException", "kms:Decrypt on the resource associated with this ciphertext because no identity-based policy allows the kms:Decrypt action")
}
