package acctest

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// notReadBack are attributes that nothing in the owner's account tells.
var notReadBack = []string{"external_id_created_at", "consumer.attach_to_roles.#", "consumer.attach_to_roles.0"}

// An import reads every argument back, and the configuration that made the share plans empty afterwards.
func TestImportReadsEverythingBack(t *testing.T) {
	RequireCLI(t)
	for name, arguments := range map[string][]string{
		"only required arguments": {WholeAccount},
		"principals":              {OnlyEtl, `access = ["read", "list", "write", "delete", "read_versions", "tag"]`, `prefixes = ["a/", "ab/"]`},
		"pinned principals":       {`consumer = { account_id = "222222222222", principals = ["arn:aws:iam::222222222222:role/etl"], pin_principals = true }`},
		"every setting": {
			OnlyEtl, `external_id = "given-by-the-consumer"`, `expires_at = "2099-01-01T00:00:00Z"`, `max_session_duration = 7200`,
			`permissions_boundary = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"`, `path = "/partners/"`, `description = "for the partner"`,
			`tags = { Team = "data" }`,
			`perimeter = { principal_org_id = "o-a1b2c3d4e5", source_ips = ["203.0.113.0/24"], source_vpce_ids = ["vpce-0a1b2c3d"] }`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			config := w.Provider("  default_tags = { tags = { managed-by = \"terraform\" } }") + Share(arguments...)
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
				{Config: config},
				{ResourceName: address, ImportState: true, ImportStateId: Bucket + "/etl-reports", ImportStateVerify: true, ImportStateVerifyIgnore: notReadBack},
				// The plan of an import block must be nothing but the import.
				{ResourceName: address, Config: config, ImportState: true, ImportStateKind: resource.ImportBlockWithID, ImportStateId: Bucket + "/etl-reports"},
				{ResourceName: address, Config: config, ImportState: true, ImportStateIdFunc: roleOf, ImportStateVerify: true, ImportStateVerifyIgnore: notReadBack},
			}})
		})
	}
}

// roleOf imports by the ARN of the role.
func roleOf(state *terraform.State) (string, error) {
	return state.RootModule().Resources[address].Primary.Attributes["role_arn"], nil
}

// With credentials of the consumer, the roles that carry the consumer policy are read back, too.
func TestImportFindsTheConsumersRoles(t *testing.T) {
	RequireCLI(t)
	for name, consumer := range map[string]string{
		"named":         `consumer = { account_id = "222222222222", principals = ["arn:aws:iam::222222222222:role/etl"], attach_to_roles = ["etl"] }`,
		"whole account": `consumer = { account_id = "222222222222", attach_to_roles = ["etl", "other"] }`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			config := w.Provider(w.ConsumerConnection()) + Share(consumer)
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
				{Config: config},
				{ResourceName: address, ImportState: true, ImportStateId: Bucket + "/etl-reports", ImportStateVerify: true, ImportStateVerifyIgnore: []string{"external_id_created_at"}},
				{ResourceName: address, Config: config, ImportState: true, ImportStateKind: resource.ImportBlockWithID, ImportStateId: Bucket + "/etl-reports"},
			}})
		})
	}
}

func TestImportOfNothing(t *testing.T) {
	RequireCLI(t)
	for name, c := range map[string]struct{ id, says string }{
		"no such role":            {Bucket + "/nobody", "Account 111111111111 has no role named nobody"},
		"an ARN of no role":       {"arn:aws:iam::111111111111:user/ann", "is not the ARN of a role"},
		"a role of nobody":        {"arn:aws:iam::111111111111:role/nobody", "Account 111111111111 has no role named nobody"},
		"a role elsewhere":        {"arn:aws:iam::333333333333:role/etl", "lives in account 333333333333, but the provider's credentials are of account 111111111111"},
		"not an ID":               {"etl-reports", "is not the ID of a share: it is written <bucket>/<name>"},
		"a role for nobody's use": {Bucket + "/service", "names no AWS account that could be the consumer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			w.Owner.AddRole("/", "service") // trusts ec2.amazonaws.com
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
				{
					ResourceName: address, Config: w.Provider() + Share(WholeAccount),
					ImportState: true, ImportStateId: c.id, ExpectError: words(c.says),
				},
			}})
			w.mustHaveWrittenNothing(t)
		})
	}
}
