package acctest

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/examples"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Examples that need hashicorp/aws, too, are applied with a stand-in for it.
func TestExamplesBesideAWS(t *testing.T) {
	RequireCLI(t)
	checks := map[string]struct {
		asConsumer bool
		variables  config.Variables
		check      func(t *testing.T, s *standIn, state *terraform.State) error
	}{
		"audit": {
			variables: config.Variables{"event_data_store_id": config.StringVariable("0a1b2c3d-example")}, check: mustBeAudited,
		},
		"ephemeral-resources/crossaccount_s3_share_external_id": {check: mustBeHandedOver},
		"ephemeral-resources/crossaccount_s3_share_credentials": {
			asConsumer: true,
			variables: config.Variables{
				"role_arn": config.StringVariable("arn:aws:iam::111111111111:role/wide"), "external_id": config.StringVariable(wideID),
			},
			check: mustBeLoaded,
		},
	}
	folders, err := examples.BesideAWS()
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		c, known := checks[folder]
		if !known {
			t.Errorf("nothing is known of example %s", folder)
			continue
		}
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			w.addWideRole(t)
			w.Put(t, "reports/latest.csv", "latest")
			block := w.Provider()
			if c.asConsumer {
				block = fmt.Sprintf("provider \"crossaccount\" {\n%s}\n", w.connection(w.ConsumerKey))
			}
			stand := newStandIn(w)
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: stand.with(), Steps: []resource.TestStep{{
				Config: block + example(t, folder), ConfigVariables: c.variables, ConfigPlanChecks: nothingLeft,
				Check: func(state *terraform.State) error { return c.check(t, stand, state) },
			}}})
		})
	}
}

// example is the configuration of a folder, with the provider from where the tests serve it.
func example(t *testing.T, folder string) string {
	t.Helper()
	files, err := fs.Glob(examples.Files, folder+"/*.tf")
	if err != nil || len(files) != 1 {
		t.Fatalf("found %v, %v", files, err)
	}
	text, err := fs.ReadFile(examples.Files, files[0])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(string(text), `"crossaccount/crossaccount"`, `"hashicorp/crossaccount"`, 1)
}

const reportsRole = "arn:aws:iam::111111111111:role/crossaccount/partner-reports"

func mustBeAudited(_ *testing.T, _ *standIn, state *terraform.State) error {
	have := state.RootModule().Resources["aws_cloudwatch_event_rule.assumed"].Primary.Attributes["event_pattern"]
	if want := share.AuditEventPattern(reportsRole); have != want {
		return fmt.Errorf("the rule matches %s, want %s", have, want)
	}
	query := fmt.Sprint(state.RootModule().Outputs["audit_query"].Value)
	if !strings.Contains(query, "FROM 0a1b2c3d-example\n") || strings.Contains(query, share.AuditStore) {
		return fmt.Errorf("the query is %s", query)
	}
	athena := fmt.Sprint(state.RootModule().Outputs["athena_query"].Value)
	for _, part := range []string{
		"json_extract_scalar(requestparameters, '$.roleSessionName') AS", "FROM cloudtrail_logs\n", "json_extract_scalar(requestparameters, '$.roleArn') = '" + reportsRole + "'",
	} {
		if !strings.Contains(athena, part) {
			return fmt.Errorf("the query for Athena lacks %s: %s", part, athena)
		}
	}
	return nil
}

func mustBeHandedOver(t *testing.T, s *standIn, state *terraform.State) error {
	t.Helper()
	want := state.RootModule().Resources["crossaccount_s3_share.reports"].Primary.Attributes["external_id"]
	secrets, parameters := s.given("partner-reports"), s.given("/partner-reports/external-id")
	if len(secrets) != 1 || len(parameters) != 1 || parameters[0] != want {
		return fmt.Errorf("written were %d secrets and %q", len(secrets), parameters)
	}
	var secret map[string]string
	if err := json.Unmarshal([]byte(secrets[0]), &secret); err != nil {
		return err
	}
	if _, err := s.world.Assume(t.Context(), s.world.Consumer.RoleSession("other", "i-1"), secret["role_arn"], secret["external_id"]); err != nil {
		return fmt.Errorf("the consumer cannot use what it got: %w", err)
	}
	return nil
}

func mustBeLoaded(_ *testing.T, s *standIn, state *terraform.State) error {
	if got := state.RootModule().Outputs["latest"].Value; got != "latest" {
		return fmt.Errorf("read %v", got)
	}
	for _, key := range s.keys {
		if !strings.HasPrefix(key.AccessKeyID, "ASIA") {
			return fmt.Errorf("read with %s, which is no session of a role", key.AccessKeyID)
		}
	}
	return nil
}
