package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

const etlRole = "arn:aws:iam::222222222222:role/etl"

func TestValidBlocks(t *testing.T) {
	t.Parallel()
	unknown := tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	role := func(more map[string]tftypes.Value) tftypes.Value {
		more["role_arn"] = str(etlRole)
		return object(more)
	}
	tests := map[string]block{
		"empty":               {},
		"a region":            {"region": str("eu-central-1")},
		"one role":            {"assume_role": role(map[string]tftypes.Value{"external_id": str("example"), "duration": str("1h")})},
		"a chain":             {"assume_role": tuple(role(map[string]tftypes.Value{}), role(map[string]tftypes.Value{"session_name": str("ci")}))},
		"a role of a map":     {"assume_role": tftypes.NewValue(stringMap, map[string]tftypes.Value{"role_arn": str(etlRole)})},
		"an ID of digits":     {"assume_role": role(map[string]tftypes.Value{"external_id": tftypes.NewValue(tftypes.Number, 12345)})},
		"a role with nulls":   {"assume_role": role(map[string]tftypes.Value{"policy": tftypes.NewValue(tftypes.String, nil), "tags": tftypes.NewValue(stringMap, nil)})},
		"an unknown role ARN": {"assume_role": object(map[string]tftypes.Value{"role_arn": unknown})},
		"an unknown role":     {"assume_role": tftypes.NewValue(tftypes.DynamicPseudoType, tftypes.UnknownValue)},
		"unknown everywhere":  {"region": unknown, "retry_mode": unknown, "role_path": unknown, "max_retries": tftypes.NewValue(tftypes.Number, tftypes.UnknownValue)},
		"session tags":        {"assume_role": role(map[string]tftypes.Value{"tags": object(map[string]tftypes.Value{"team": str("data")})})},
		"a chain of a typed list": {"assume_role": tftypes.NewValue(tftypes.List{ElementType: stringMap}, []tftypes.Value{
			tftypes.NewValue(stringMap, map[string]tftypes.Value{"role_arn": str(etlRole)}),
		})},
		"tags and a path": {
			"role_path":    str("/shares/"),
			"default_tags": block{"tags": tftypes.NewValue(stringMap, map[string]tftypes.Value{"Team": str("data")})}.under(t, "default_tags"),
		},
		"no retries": {"max_retries": tftypes.NewValue(tftypes.Number, 0)},
	}
	for situation, test := range tests {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			if found := validate(t, test); len(found) > 0 {
				t.Errorf("refused: %s", strings.Join(found, "; "))
			}
		})
	}
}

func TestEveryRefusalSaysWhereAndWhy(t *testing.T) {
	t.Parallel()
	role := func(values map[string]tftypes.Value) block {
		if values["role_arn"].IsNull() {
			values["role_arn"] = str(etlRole)
		}
		return block{"assume_role": object(values)}
	}
	tests := map[string]struct {
		block block
		where string
		says  string
	}{
		"a region that is none": {block{"region": str("Frankfurt")}, "region", `Not a region: "Frankfurt" is not the code of an AWS region`},
		"an account ID of 11 digits": {
			block{"allowed_account_ids": strs(stringSet, "11111111111")}, "allowed_account_ids", "Not an account ID: \"11111111111\" is not an AWS account ID",
		},
		"a forbidden account that is none": {block{"forbidden_account_ids": strs(stringSet, "x")}, "forbidden_account_ids", "Not an account ID"},
		"too many retries":                 {block{"max_retries": tftypes.NewValue(tftypes.Number, 101)}, "max_retries", "A call cannot be repeated 101 times: use 0 to 100."},
		"fewer than no retries":            {block{"max_retries": tftypes.NewValue(tftypes.Number, -1)}, "max_retries", "A call cannot be repeated -1 times"},
		"an unknown retry mode":            {block{"retry_mode": str("legacy")}, "retry_mode", `Not a retry mode: "legacy" is not a retry mode: use standard or adaptive.`},
		"a proxy that is none":             {block{"http_proxy": str("proxy")}, "http_proxy", "Not the URL of a proxy: This is not the URL of a proxy"},
		"an endpoint that is none": {
			block{"endpoints": block{"sts": str("sts.example.com")}.under(t, "endpoints")}, `"endpoints").AttributeName("sts")`, "Not the URL of an endpoint",
		},
		"an endpoint of the consumer that is none": {
			block{"consumer": block{"endpoints": block{"s3": str("s3")}.nested(t, "consumer", "endpoints")}.under(t, "consumer")},
			`"consumer").AttributeName("endpoints").AttributeName("s3")`, "Not the URL of an endpoint",
		},
		"a path without slashes": {block{"role_path": str("shares")}, "role_path", `Not an IAM path: "shares" is not an IAM path`},
		"a reserved tag": {
			block{"default_tags": block{"tags": tftypes.NewValue(stringMap, map[string]tftypes.Value{"aws:x": str("y")})}.under(t, "default_tags")},
			"tags", `Not a tag: The tag key "aws:x" is reserved.`,
		},
		"a web identity that lasts too long": {
			block{"assume_role_with_web_identity": block{"duration": str("13h")}.under(t, "assume_role_with_web_identity")},
			"duration", "Not a duration: A session of 13h is not possible: STS allows 15m to 12h.",
		},
		"a role that is text":       {block{"assume_role": str(etlRole)}, "assume_role", "Not a role to assume: It must be an object with role_arn, external_id"},
		"a list of texts":           {block{"assume_role": tuple(str(etlRole))}, "assume_role", "Not a role to assume"},
		"an empty list":             {block{"assume_role": tuple()}, "assume_role", "Leave assume_role out to assume no role."},
		"a role without ARN":        {block{"assume_role": object(map[string]tftypes.Value{"session_name": str("ci")})}, "assume_role", "role_arn is missing: it names the role."},
		"a misspelled argument":     {role(map[string]tftypes.Value{"externalid": str("x")}), "externalid", "assume_role has no externalid. It has role_arn, external_id, session_name"},
		"a user instead of a role":  {role(map[string]tftypes.Value{"role_arn": str("arn:aws:iam::222222222222:user/ann")}), "role_arn", "Invalid role_arn"},
		"an external ID of a space": {role(map[string]tftypes.Value{"external_id": str("example id")}), "external_id", "Invalid external_id: The external ID must have 2 to 1224 characters"},
		"a duration without unit":   {role(map[string]tftypes.Value{"duration": str("3600")}), "duration", `Invalid duration: "3600" is not a duration, for example 30m or 1h.`},
		"a session without name":    {role(map[string]tftypes.Value{"session_name": str("")}), "session_name", "Invalid session_name"},
		"a source identity of one":  {role(map[string]tftypes.Value{"source_identity": str("x")}), "source_identity", "Invalid source_identity"},
		"a policy that is an object": {
			role(map[string]tftypes.Value{"policy": object(map[string]tftypes.Value{"Version": str("x")})}), "policy", "Not a string: policy must be a string.",
		},
		"tags that are text":    {role(map[string]tftypes.Value{"tags": str("x")}), "tags", "Not a map: tags must be a map of strings."},
		"a tag that is an list": {role(map[string]tftypes.Value{"tags": object(map[string]tftypes.Value{"a": tuple()})}), `"tags"`, "A session tag must be a string."},
		"the second role of a chain": {
			block{"assume_role": tuple(object(map[string]tftypes.Value{"role_arn": str(etlRole)}), object(map[string]tftypes.Value{"role_arn": str("x")}))},
			"ElementKeyInt(1)", "Invalid role_arn",
		},
	}
	for situation, test := range tests {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			found := validate(t, test.block)
			if len(found) != 1 || !strings.Contains(found[0], test.where) || !strings.Contains(found[0], test.says) {
				t.Errorf("got %q, want one with %s and %q", found, test.where, test.says)
			}
			for _, text := range found {
				if strings.Contains(text, "example id") {
					t.Errorf("the external ID is in %q", text)
				}
			}
		})
	}
}
