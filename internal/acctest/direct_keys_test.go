package acctest

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// What the key lets the consumer do depends on how it is let in; nothing is left in it after the share.
func TestDirectKeys(t *testing.T) {
	RequireCLI(t)
	for name, c := range map[string]struct {
		access string
		// reads and decrypts are the answers to reading through S3 and to decrypting without it.
		reads, plain string
	}{
		"by the key policy": {``, in, "AccessDeniedException"},
		"by a grant":        {`kms_access = "grant"`, in, "AccessDeniedException"},
		"not at all":        {`kms_access = "none"`, refused, "AccessDeniedException"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			key := w.Owner.AddKey(awssim.KeyOptions{Region: Region})
			w.encryptBy(t, key, false)
			w.Put(t, "reports/q1.csv", "q1")
			w.Put(t, "secret/q1.csv", "q1")
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
				{
					Config:           w.Provider(w.ConsumerConnection()) + Share(direct, etlAttached, c.access, `prefixes = ["reports/"]`),
					ConfigPlanChecks: nothingLeft,
					Check: func(*terraform.State) error {
						_, plain := w.KMS(w.Consumer.RoleSession("etl", "i-1")).GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{KeyId: &key, KeySpec: "AES_256"})
						return errors.Join(about("reading", mustBe(c.reads, w.getAs(t, w.Consumer, "etl", "reports/q1.csv"))),
							about("reading outside", mustBe(refused, w.getAs(t, w.Consumer, "etl", "secret/q1.csv"))),
							about("using the key without S3", mustBe(c.plain, plain)))
					},
				},
				{ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateId: Bucket + "/etl-reports"},
			}})
			w.mustBeEmpty(t)
			if err := w.mustHaveOwnKeyPolicy(t, key); err != nil {
				t.Error(err)
			}
		})
	}
}

// The way in which keys let the consumer in changes in place, and so do the keys.
func TestDirectKeysInPlace(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	old, young := w.Owner.AddKey(awssim.KeyOptions{Region: Region}), w.Owner.AddKey(awssim.KeyOptions{Region: Region})
	w.encryptBy(t, old, false)
	w.Put(t, "old", "1")
	w.encryptBy(t, young, false)
	w.Put(t, "young", "2")
	step := func(old, young string, more ...string) resource.TestStep {
		return resource.TestStep{
			Config: w.Provider(w.ConsumerConnection()) + Share(append(more, direct, etlAttached)...), ConfigPlanChecks: nothingLeft,
			Check: func(*terraform.State) error {
				return errors.Join(about("the old object", mustBe(old, w.getAs(t, w.Consumer, "etl", "old"))), about("the young object", mustBe(young, w.getAs(t, w.Consumer, "etl", "young"))))
			},
		}
	}
	both := `kms_key_arns = ["` + old + `", "` + young + `"]`
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		step(refused, in),
		step(in, in, both),
		step(in, in, both, `kms_access = "grant"`),
		step(in, refused, `kms_key_arns = ["`+old+`"]`, `kms_access = "grant"`),
		step(in, in, both),
		step(refused, refused, both, `kms_access = "none"`),
	}})
	for _, key := range []string{old, young} {
		if err := w.mustHaveOwnKeyPolicy(t, key); err != nil {
			t.Error(err)
		}
	}
}

// What would not work for another account is told at plan.
func TestDirectSurroundings(t *testing.T) {
	RequireCLI(t)
	t.Run("an AWS managed key", func(t *testing.T) {
		t.Parallel()
		w := NewWorld(t, awssim.Options{})
		w.encryptBy(t, "", false)
		resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{{
			Config: w.Provider() + Share(direct, WholeAccount), PlanOnly: true, ExpectError: words("encrypted with the AWS managed key alias/aws/s3"),
		}}})
		w.mustHaveWrittenNothing(t)
	})
}
