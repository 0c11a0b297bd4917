package acctest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

const handOver = `
ephemeral "crossaccount_s3_share_external_id" "test" {
  bucket = crossaccount_s3_share.test.bucket
  name   = crossaccount_s3_share.test.name
}

resource "aws_ssm_parameter" "newest" {
  name             = "newest"
  type             = "SecureString"
  value_wo         = ephemeral.crossaccount_s3_share_external_id.test.external_id
  value_wo_version = %[1]s
}

resource "aws_ssm_parameter" "previous" {
  name             = "previous"
  type             = "SecureString"
  value_wo         = coalesce(ephemeral.crossaccount_s3_share_external_id.test.external_id_previous, "none")
  value_wo_version = %[1]s
}
`

// One apply makes the share and hands its external ID over, the first time and after each change.
func TestExternalIDIsHandedOver(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	kept := newStandIn(w)
	var first string
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: kept.with(), Steps: []resource.TestStep{
		{
			Config: w.Provider() + Share(WholeAccount) + fmt.Sprintf(handOver, "1"), ConfigPlanChecks: nothingLeft,
			Check: func(state *terraform.State) error {
				first, _ = w.externalID(t.Context())
				return kept.mustHave(first, "none", state)
			},
		},
		{
			Config: w.Provider() + Share(WholeAccount, `  external_id = "Given-By-The-Consumer"`) + fmt.Sprintf(handOver, "2"), ConfigPlanChecks: nothingLeft,
			Check: func(state *terraform.State) error { return kept.mustHave("Given-By-The-Consumer", first, state) },
		},
	}})
}

// mustHave compares what was handed over last.
func (s *standIn) mustHave(newest, previous string, state *terraform.State) error {
	for name, want := range map[string]string{"newest": newest, "previous": previous} {
		given := s.given(name)
		if len(given) == 0 || given[len(given)-1] != want {
			return fmt.Errorf("handed over as the %s external ID: %q, want %q last", name, given, want)
		}
		for attribute, value := range state.RootModule().Resources["aws_ssm_parameter."+name].Primary.Attributes {
			if strings.Contains(value, want) {
				return fmt.Errorf("the state has the external ID as %s", attribute)
			}
		}
	}
	return nil
}

const assumed = `
ephemeral "crossaccount_s3_share_credentials" "test" {
  role_arn    = crossaccount_s3_share.test.role_arn
  external_id = crossaccount_s3_share.test.external_id
%s
}

provider "aws" {
  access_key = ephemeral.crossaccount_s3_share_credentials.test.access_key
  secret_key = ephemeral.crossaccount_s3_share_credentials.test.secret_key
  token      = ephemeral.crossaccount_s3_share_credentials.test.token
}

data "aws_s3_object" "test" {
  bucket     = crossaccount_s3_share.test.bucket
  key        = %q
  depends_on = [crossaccount_s3_share.test]
}
`

// One apply makes the share, assumes its role as the consumer and reads with it through another provider.
func TestCredentialsOfAShare(t *testing.T) {
	RequireCLI(t)
	for name, c := range map[string]struct {
		share, session, key string
		says                string
	}{
		"generated external ID":           {"", "", "reports/q1.csv", ""},
		"given external ID":               {`  external_id = "Given-By-The-Consumer"`, `  session_name = "night-run"`, "reports/q1.csv", ""},
		"outside of the share":            {"", "", "secret.csv", "AccessDenied"},
		"narrowed by a session policy":    {"", `  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "*", Resource = "*" }] })`, "reports/q1.csv", "AccessDenied"},
		"longer than the role allows":     {`  external_id = "Given-By-The-Consumer"`, `  duration_seconds = 7200`, "reports/q1.csv", "duration_seconds is 7200, more than the role's max_session_duration"},
		"a duration that cannot be asked": {"", `  duration_seconds = 60`, "reports/q1.csv", "STS allows 900"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			w.Put(t, "reports/q1.csv", "q1")
			w.Put(t, "secret.csv", "secret")
			kept := newStandIn(w)
			step := resource.TestStep{
				Config: w.Provider(w.ConsumerConnection()) + Share(WholeAccount, `  prefixes = ["reports/"]`, c.share) + fmt.Sprintf(assumed, c.session, c.key),
			}
			if c.says != "" {
				step.ExpectError = words(c.says)
			} else {
				step.ConfigPlanChecks = nothingLeft
				step.Check = func(state *terraform.State) error { return kept.mustHaveRead(state, "q1") }
			}
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: kept.with(), Steps: []resource.TestStep{step}})
		})
	}
}

func (s *standIn) mustHaveRead(state *terraform.State, body string) error {
	if have := state.RootModule().Resources["data.aws_s3_object.test"].Primary.Attributes["body"]; have != body {
		return fmt.Errorf("read %q, want %q", have, body)
	}
	sessions := s.world.Sim.Sessions()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range s.keys {
		if !slices.Contains(sessions, key) {
			return fmt.Errorf("read with %s, which is no session of a role", key.AccessKeyID)
		}
	}
	return nil
}
