package provider

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

func yes() tftypes.Value { return tftypes.NewValue(tftypes.Bool, true) }

func TestArgumentsBecomeAConnection(t *testing.T) {
	t.Parallel()
	id, err := share.ParseExternalID("example-external-id")
	if err != nil {
		t.Fatal(err)
	}
	given := func(outer string) block {
		endpoints := block{"iam": str("https://iam.x"), "s3": str("https://s3.x"), "s3control": str("https://s3c.x"), "sts": str("https://sts.x"), "kms": str("https://kms.x")}
		identity := block{
			"role_arn": str(etlRole), "session_name": str("ci"), "duration": str("30m"), "policy": str("{}"),
			"web_identity_token": str("example-jwt"), "web_identity_token_file": str("/token"),
		}
		b := block{
			"region": str("eu-central-1"), "profile": str("work"), "access_key": str("AKIAEXAMPLE"), "secret_key": str("example-secret"), "token": str("example-token"),
			"shared_config_files": strs(stringList, "/a", "/b"), "shared_credentials_files": strs(stringList, "/c"),
			"allowed_account_ids": strs(stringSet, "111111111111"), "forbidden_account_ids": strs(stringSet, "222222222222"),
			"s3_use_path_style": yes(), "use_fips_endpoint": yes(), "use_dualstack_endpoint": tftypes.NewValue(tftypes.Bool, false),
			"max_retries": tftypes.NewValue(tftypes.Number, 0), "retry_mode": str("adaptive"), "custom_ca_bundle": str("/ca.pem"),
			"http_proxy": str("http://proxy:3128"), "insecure": yes(),
			"assume_role": tuple(
				object(map[string]tftypes.Value{
					"role_arn": str(etlRole), "external_id": str("example-external-id"), "session_name": str("apply"), "duration": str("1h"),
					"policy": str("{}"), "source_identity": str("ann"), "tags": object(map[string]tftypes.Value{"team": str("data")}),
				}),
				object(map[string]tftypes.Value{"role_arn": str(etlRole + "2")}),
			),
		}
		if outer == "" {
			b["endpoints"], b["assume_role_with_web_identity"] = endpoints.under(t, "endpoints"), identity.under(t, "assume_role_with_web_identity")
			return b
		}
		b["endpoints"], b["assume_role_with_web_identity"] = endpoints.nested(t, outer, "endpoints"), identity.nested(t, outer, "assume_role_with_web_identity")
		return block{"consumer": b.under(t, "consumer")}
	}
	no, never, fips := false, 0, true
	want := awsapi.Connection{
		Region: "eu-central-1", Profile: "work",
		Keys:              awsapi.Keys{AccessKey: "AKIAEXAMPLE", SecretKey: "example-secret", Token: "example-token"},
		SharedConfigFiles: []string{"/a", "/b"}, SharedCredentialsFiles: []string{"/c"},
		WebIdentity: &awsapi.WebIdentity{
			RoleARN: etlRole, SessionName: "ci", Duration: 30 * time.Minute, Policy: "{}", Token: "example-jwt", TokenFile: "/token",
		},
		AssumeRoles: []awsapi.AssumeRole{
			{
				RoleARN: etlRole, ExternalID: id, SessionName: "apply", Duration: time.Hour, Policy: "{}", SourceIdentity: "ann",
				Tags: map[string]string{"team": "data"},
			},
			{RoleARN: etlRole + "2"},
		},
		AllowedAccountIDs: []string{"111111111111"}, ForbiddenAccountIDs: []string{"222222222222"},
		Endpoints:      awsapi.Endpoints{IAM: "https://iam.x", S3: "https://s3.x", S3Control: "https://s3c.x", STS: "https://sts.x", KMS: "https://kms.x"},
		S3UsePathStyle: true, UseFIPSEndpoint: &fips, UseDualStackEndpoint: &no, MaxRetries: &never, RetryMode: "adaptive",
		CustomCABundle: "/ca.pem", HTTPProxy: "http://proxy:3128", Insecure: true,
	}
	for side, outer := range map[awsapi.Side]string{awsapi.OwnerSide: "", awsapi.ConsumerSide: "consumer"} {
		t.Run(string(side), func(t *testing.T) {
			t.Parallel()
			var top model
			if diags := configOf(t, given(outer)).Get(t.Context(), &top); diags.HasError() {
				t.Fatal(diags)
			}
			arguments, at := top.connectionModel, ownerPlace
			if side == awsapi.ConsumerSide {
				var there connectionModel
				if diags := top.Consumer.As(t.Context(), &there, objectOptions); diags.HasError() {
					t.Fatal(diags)
				}
				arguments, at = there, consumerPlace
			}
			got, diags := arguments.connection(t.Context(), at)
			if diags.HasError() {
				t.Fatal(diags)
			}
			expected := want
			expected.Side = side
			if diff := cmp.Diff(expected, got, cmp.AllowUnexported(awsapi.Connection{}), cmp.Comparer(func(x, y share.ExternalID) bool { return x == y }),
				cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".delay" }, cmp.Ignore())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestConfigureGivesResourcesWhatTheyNeed(t *testing.T) {
	t.Parallel()
	keys := func(b block) block {
		b["access_key"], b["secret_key"] = str("AKIAEXAMPLE"), str("example-secret")
		return b
	}
	tests := map[string]struct {
		block block
		path  string
		tags  map[string]string
	}{
		"the empty block":  {block{}, "/crossaccount/", nil},
		"a path and tags":  {block{"role_path": str("/x/"), "default_tags": block{"tags": tftypes.NewValue(stringMap, map[string]tftypes.Value{"a": str("b")})}.under(t, "default_tags")}, "/x/", map[string]string{"a": "b"}},
		"tags without any": {block{"default_tags": block{}.under(t, "default_tags")}, "/crossaccount/", nil},
		"both accounts":    {keys(block{"consumer": keys(block{}).under(t, "consumer")}), "/crossaccount/", nil},
	}
	for situation, test := range tests {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			data, diags := configure(t, test.block)
			if diags.HasError() || data == nil || data.Shares == nil || data.Deferred {
				t.Fatalf("got %+v, %v", data, diags)
			}
			if data.RolePath != test.path || !cmp.Equal(data.DefaultTags, test.tags) {
				t.Errorf("path %q, tags %v", data.RolePath, data.DefaultTags)
			}
		})
	}
}

func TestUnknownArgumentsDeferWithoutError(t *testing.T) {
	t.Parallel()
	unknown := tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	tests := map[string]block{
		"a region":            {"region": unknown},
		"a key":               {"access_key": unknown, "secret_key": str("example-secret")},
		"a role of the chain": {"assume_role": tuple(object(map[string]tftypes.Value{"role_arn": unknown}))},
		"the consumer":        {"consumer": tftypes.NewValue(block{}.under(t, "consumer").Type(), tftypes.UnknownValue)},
		"the consumer's role": {"consumer": block{"assume_role": object(map[string]tftypes.Value{"role_arn": unknown})}.under(t, "consumer")},
		"an allowed account":  {"allowed_account_ids": tftypes.NewValue(stringSet, []tftypes.Value{unknown})},
		"an endpoint":         {"endpoints": block{"s3": unknown}.under(t, "endpoints")},
	}
	for situation, test := range tests {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			data, diags := configure(t, test)
			if len(diags) > 0 || data == nil || !data.Deferred || data.Shares != nil {
				t.Errorf("got %+v, %v", data, diags)
			}
		})
	}
}

func TestConfigureSaysWhichAccountCannotBeHadAndWhy(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		block  block
		where  string
		detail string
	}{
		"a key alone": {block{"access_key": str("AKIAEXAMPLE")}, "access_key", "access_key: it is given without secret_key."},
		"a plain endpoint": {
			block{"endpoints": block{"s3": str("http://s3.example.com")}.under(t, "endpoints")}, "endpoints.s3",
			"endpoints.s3: http://s3.example.com is not encrypted and not on this machine: use https, or set insecure = true to allow it.",
		},
		"an absent bundle": {block{"custom_ca_bundle": str("absent.pem")}, "custom_ca_bundle", "custom_ca_bundle: reading the bundle: open absent.pem"},
		"an absent profile": {
			block{"profile": str("absent")}, "", "is taken from the AWS environment variables (AWS_PROFILE, AWS_REGION, …)",
		},
		"a web identity without role": {
			block{"assume_role_with_web_identity": block{"web_identity_token": str("example-jwt")}.under(t, "assume_role_with_web_identity")},
			"assume_role_with_web_identity.role_arn", "neither it nor AWS_ROLE_ARN is given",
		},
	}
	for situation, test := range tests {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			for side, b := range map[string]block{"owner": test.block, "consumer": {"consumer": test.block.under(t, "consumer")}} {
				data, diags := configure(t, b)
				if data != nil || len(diags) != 1 {
					t.Fatalf("%s: got %+v, %v", side, data, diags)
				}
				where := test.where
				if side == "consumer" && where != "" {
					where = "consumer." + where
				}
				found := pathOf(diags[0])
				if diags[0].Summary() != "The "+side+" account cannot be reached" || !strings.Contains(diags[0].Detail(), test.detail) || found != where {
					t.Errorf("%s: at %q: %s: %s", side, found, diags[0].Summary(), diags[0].Detail())
				}
			}
		})
	}
}

func pathOf(d diag.Diagnostic) string {
	if at, ok := d.(diag.DiagnosticWithPath); ok {
		return at.Path().String()
	}
	return ""
}

func TestBundleThatIsThereIsRead(t *testing.T) {
	t.Parallel()
	bundle := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(bundle, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	data, diags := configure(t, block{"custom_ca_bundle": str(bundle)})
	if data != nil || len(diags) != 1 || !strings.Contains(diags[0].Detail(), "custom CA bundle") {
		t.Errorf("a bundle without certificates: got %+v, %v", data, diags)
	}
}
