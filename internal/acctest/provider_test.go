package acctest

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// This file tests the provider block: whose credentials are accepted, what happens while they are not known, tags.

// The wrong account is an error at plan, and nothing is written anywhere.
func TestWrongAccount(t *testing.T) {
	RequireCLI(t)
	attached := `  consumer = { account_id = "222222222222", attach_to_roles = ["etl"] }`
	for name, c := range map[string]struct {
		config func(w *World) string
		says   string
	}{
		"not among allowed_account_ids": {
			func(w *World) string {
				return w.Provider(`allowed_account_ids = ["333333333333", "444444444444"]`) + Share(WholeAccount)
			},
			"belong to account 111111111111 (arn:aws:iam::111111111111:user/admin), which allowed_account_ids refuses: it has 333333333333, 444444444444",
		},
		"among forbidden_account_ids": {
			func(w *World) string {
				return w.Provider(`forbidden_account_ids = ["111111111111"]`) + Share(WholeAccount)
			},
			"which forbidden_account_ids refuses",
		},
		"the consumer's not among allowed_account_ids": {
			func(w *World) string {
				return w.Provider(strings.Replace(w.ConsumerConnection(), "{", "{\n  allowed_account_ids = [\"333333333333\"]", 1)) + Share(attached)
			},
			"The credentials for the consumer belong to account 222222222222 (arn:aws:iam::222222222222:user/admin), which allowed_account_ids refuses",
		},
		"a bucket of somebody else": {
			func(w *World) string {
				w.Other.AddBucket("their-data", awssim.BucketOptions{Region: Region})
				return w.Provider() + strings.Replace(Share(WholeAccount), Bucket, "their-data", 1)
			},
			"bucket their-data does not belong to account 111111111111",
		},
		"consumer credentials of a third account": {
			func(w *World) string {
				mistaken := *w
				mistaken.ConsumerKey = w.Other.AdminKey()
				return mistaken.Provider(mistaken.ConsumerConnection()) + Share(attached)
			},
			"belongs into account 222222222222, but the provider's consumer credentials are of account 333333333333",
		},
		"consumer credentials of the owner": {
			func(w *World) string {
				mistaken := *w
				mistaken.ConsumerKey = w.OwnerKey
				return mistaken.Provider(mistaken.ConsumerConnection()) + Share(attached)
			},
			"belongs into account 222222222222, but the provider's consumer credentials are of account 111111111111",
		},
		"a consumer in another partition": {
			func(w *World) string {
				mistaken := *w
				mistaken.ConsumerKey = w.Sim.AddAccount("444444444444", awssim.InPartition("aws-cn")).AdminKey()
				return mistaken.Provider(mistaken.ConsumerConnection()) + strings.Replace(Share(attached), ConsumerID, "444444444444", 1)
			},
			"Account 444444444444 is in partition aws-cn, the bucket is in aws",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			config := c.config(w)
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
				{Config: config, PlanOnly: true, ExpectError: words(c.says)},
			}})
			w.mustHaveWrittenNothing(t)
		})
	}
}

// The twin of all of them: the right accounts, named in every list.
func TestRightAccounts(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	consumer := strings.Replace(w.ConsumerConnection(), "{", "{\n  allowed_account_ids = [\"222222222222\"]\n  forbidden_account_ids = [\"111111111111\"]", 1)
	config := w.Provider(`allowed_account_ids = ["333333333333", "111111111111"]`, `forbidden_account_ids = ["222222222222"]`, consumer) +
		Share(`  consumer = { account_id = "222222222222", attach_to_roles = ["etl"] }`)
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{{Config: config, ConfigPlanChecks: nothingLeft}}})
	w.mustBeEmpty(t)
}

// With credentials of another account a share must not seem to be gone: nothing is made there, and nothing forgotten.
func TestCredentialsOfAnotherAccountThanTheShares(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	mistaken := *w
	mistaken.OwnerKey = w.Other.AdminKey()
	same := sameRole{}
	right, wrong := w.Provider()+Share(WholeAccount), mistaken.Provider()+Share(WholeAccount)
	says := words("Share acme-data/etl-reports lives in account 111111111111, but the provider's credentials are of account 333333333333")
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{Config: right, Check: same.check},
		{Config: wrong, PlanOnly: true, ExpectError: says},
		{Config: wrong, Destroy: true, ExpectError: says},
		{Config: right, Check: same.check, ConfigPlanChecks: nothingLeft},
	}})
	w.mustBeEmpty(t)
}

// What the provider needs may be made by the same apply: the first plan waits, and so does one that changes it.
func TestProviderConfigurationThatIsNotKnownYet(t *testing.T) {
	RequireCLI(t)
	for name, replace := range map[string]func(w *World, provider string) string{
		"an endpoint": func(w *World, provider string) string {
			return strings.Replace(provider, fmt.Sprintf("iam = %q", w.Sim.URL()), "iam = terraform_data.late.output.url", 1)
		},
		"a key": func(w *World, provider string) string {
			return strings.Replace(provider, fmt.Sprintf("%q", w.OwnerKey.SecretAccessKey), "terraform_data.late.output.key", 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			config := func(times int) string {
				return fmt.Sprintf("resource \"terraform_data\" \"late\" {\n  input = { url = %q, key = %q, times = %d }\n}\n", w.Sim.URL(), w.OwnerKey.SecretAccessKey, times) +
					replace(w, w.Provider("role_path = \"/partners/\"", "default_tags = { tags = { Team = \"data\" } }")) + Share(OnlyEtl)
			}
			if !strings.Contains(config(1), "= terraform_data.late") {
				t.Fatal("the provider block has nothing unknown")
			}
			same := sameRole{}
			var waits []plancheck.PlanCheck
			for _, attribute := range []string{"role_arn", "path", "tags_all", "trust_policy"} {
				waits = append(waits, plancheck.ExpectUnknownValue(address, tfjsonpath.New(attribute)))
			}
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
				{Config: config(1), Check: same.check, ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: waits, PostApplyPostRefresh: nothingLeft.PostApplyPostRefresh,
				}},
				{Config: config(2), Check: same.check, ConfigPlanChecks: nothingLeft},
			}})
			w.mustBeEmpty(t)
		})
	}
}

// The share's own tags win over the provider's, whatever the case of their keys, as IAM compares them.
func TestDefaultTags(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	same := sameRole{}
	var steps []resource.TestStep
	for _, c := range []struct {
		defaults, own string
		want          map[string]string
	}{
		{`{ Team = "platform", Env = "prod" }`, `{ Cost = "1" }`, map[string]string{"team": "platform", "env": "prod", "cost": "1"}},
		{`{ Team = "platform", Env = "prod" }`, `{ Team = "data" }`, map[string]string{"team": "data", "env": "prod"}},
		{`{ Team = "platform", Env = "prod" }`, `{ team = "data", ENV = "test" }`, map[string]string{"team": "data", "env": "test"}},
		{`{ Team = "platform", Env = "prod" }`, `{}`, map[string]string{"team": "platform", "env": "prod"}},
		{`{ team = "platform" }`, `null`, map[string]string{"team": "platform"}},
		{`{ TEAM = "other" }`, `{ TeaM = "" }`, map[string]string{"team": ""}},
		{`{}`, `null`, map[string]string{}},
	} {
		steps = append(steps, resource.TestStep{
			Config:           w.Provider("default_tags = { tags = "+c.defaults+" }") + Share(WholeAccount, "tags = "+c.own),
			ConfigPlanChecks: nothingLeft,
			Check: func(state *terraform.State) error {
				return errors.Join(same.check(state), about(c.defaults+" and "+c.own, w.hasTags(t, state, c.want)))
			},
		})
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: steps})
	w.mustBeEmpty(t)
}

// hasTags compares the tags of the role, keys in lower case, and tags_all with what they should be.
func (w *World) hasTags(t *testing.T, state *terraform.State, want map[string]string) error {
	t.Helper()
	answer, err := w.IAM(w.SetupKey).ListRoleTags(t.Context(), &iam.ListRoleTagsInput{RoleName: aws.String("etl-reports")})
	if err != nil {
		return err
	}
	have, all := map[string]string{}, map[string]string{}
	for _, tag := range answer.Tags {
		have[strings.ToLower(*tag.Key)] = *tag.Value
	}
	if have["crossaccount:bucket"] != Bucket {
		return fmt.Errorf("the role does not say whose it is: %v", have)
	}
	delete(have, "crossaccount:bucket")
	for attribute, value := range state.RootModule().Resources[address].Primary.Attributes {
		if key, tag := strings.CutPrefix(attribute, "tags_all."); tag && key != "%" {
			all[strings.ToLower(key)] = value
		}
	}
	if !maps.Equal(have, want) || !maps.Equal(all, want) {
		return fmt.Errorf("the role has %v, tags_all has %v, want %v", have, all, want)
	}
	return nil
}
