package provider

import (
	"os"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/provider/s3share"
)

// TestMain takes away everything that could lead a test to somebody's real account.
func TestMain(m *testing.M) {
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
			mustSet(os.Unsetenv(name))
		}
	}
	for name, value := range map[string]string{
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		mustSet(os.Setenv(name, value))
	}
	os.Exit(m.Run())
}

func mustSet(err error) {
	if err != nil {
		panic(err)
	}
}

func TestSchemaIsOneThatTheFrameworkAccepts(t *testing.T) {
	t.Parallel()
	if diags := providerSchema().ValidateImplementation(t.Context()); diags.HasError() {
		t.Error(diags)
	}
	server := providerserver.NewProtocol6(New("test")())()
	answer, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil || len(answer.Diagnostics) > 0 {
		t.Fatalf("%v, %+v", err, answer.Diagnostics)
	}
	if answer.ResourceSchemas["crossaccount_s3_share"] == nil {
		t.Error("there is no resource crossaccount_s3_share")
	}
}

// The names are the contract with users.
func TestEveryArgumentIsThereTwiceAndDescribed(t *testing.T) {
	t.Parallel()
	connection := strings.Fields(`region profile access_key secret_key token shared_config_files shared_credentials_files assume_role
		assume_role_with_web_identity allowed_account_ids forbidden_account_ids endpoints s3_use_path_style use_fips_endpoint
		use_dualstack_endpoint max_retries retry_mode custom_ca_bundle http_proxy insecure`)
	top := providerSchema().Attributes
	consumer, ok := top["consumer"].(schema.SingleNestedAttribute)
	if !ok {
		t.Fatal("consumer is no object")
	}
	for _, name := range connection {
		if top[name] == nil || consumer.Attributes[name] == nil {
			t.Errorf("%s is missing", name)
		}
	}
	if len(consumer.Attributes) != len(connection) || len(top) != len(connection)+4 {
		t.Errorf("consumer has %d arguments and the top %d, want %d and four more", len(consumer.Attributes), len(top), len(connection))
	}
	everyAttribute(t, "", top)
	for _, name := range []string{"access_key", "secret_key", "token", "assume_role", "http_proxy"} {
		if !top[name].IsSensitive() || !consumer.Attributes[name].IsSensitive() {
			t.Errorf("%s is not sensitive", name)
		}
	}
}

func everyAttribute(t *testing.T, under string, attributes map[string]schema.Attribute) {
	t.Helper()
	for name, attribute := range attributes {
		if !strings.HasSuffix(attribute.GetMarkdownDescription(), ".") {
			t.Errorf("%s%s is not described in a sentence", under, name)
		}
		if !attribute.IsOptional() {
			t.Errorf("%s%s is not optional: the environment may give it", under, name)
		}
		if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
			everyAttribute(t, under+name+".", nested.Attributes)
		}
	}
}

// block is a provider block: what is not given is null.
type block map[string]tftypes.Value

// of builds a value of the schema's type.
func (b block) of(t *testing.T) tftypes.Value {
	t.Helper()
	kind, ok := providerSchema().Type().TerraformType(t.Context()).(tftypes.Object)
	if !ok {
		t.Fatal("the provider block is no object")
	}
	return b.as(kind)
}

func (b block) as(kind tftypes.Object) tftypes.Value {
	values := map[string]tftypes.Value{}
	for name, attribute := range kind.AttributeTypes {
		values[name] = tftypes.NewValue(attribute, nil)
		if given, ok := b[name]; ok {
			values[name] = given
		}
	}
	return tftypes.NewValue(kind, values)
}

// under builds the value of an attribute that is an object.
func (b block) under(t *testing.T, name string) tftypes.Value {
	t.Helper()
	top, ok := providerSchema().Type().TerraformType(t.Context()).(tftypes.Object)
	if !ok {
		t.Fatal("the provider block is no object")
	}
	kind, ok := top.AttributeTypes[name].(tftypes.Object)
	if !ok {
		t.Fatalf("%s is no object", name)
	}
	return b.as(kind)
}

// nested builds the value of an object inside another one.
func (b block) nested(t *testing.T, outer, name string) tftypes.Value {
	t.Helper()
	top, _ := providerSchema().Type().TerraformType(t.Context()).(tftypes.Object)
	middle, _ := top.AttributeTypes[outer].(tftypes.Object)
	kind, ok := middle.AttributeTypes[name].(tftypes.Object)
	if !ok {
		t.Fatalf("%s.%s is no object", outer, name)
	}
	return b.as(kind)
}

func str(text string) tftypes.Value { return tftypes.NewValue(tftypes.String, text) }

func strs(kind tftypes.Type, texts ...string) tftypes.Value {
	var values []tftypes.Value
	for _, text := range texts {
		values = append(values, str(text))
	}
	return tftypes.NewValue(kind, values)
}

var (
	stringSet  = tftypes.Set{ElementType: tftypes.String}
	stringList = tftypes.List{ElementType: tftypes.String}
	stringMap  = tftypes.Map{ElementType: tftypes.String}
)

// object is an object as HCL gives it to a dynamic attribute.
func object(values map[string]tftypes.Value) tftypes.Value {
	kinds := map[string]tftypes.Type{}
	for name, value := range values {
		kinds[name] = value.Type()
	}
	return tftypes.NewValue(tftypes.Object{AttributeTypes: kinds}, values)
}

// tuple is a list of objects as HCL gives it to a dynamic attribute.
func tuple(values ...tftypes.Value) tftypes.Value {
	kinds := make([]tftypes.Type, 0, len(values))
	for _, value := range values {
		kinds = append(kinds, value.Type())
	}
	return tftypes.NewValue(tftypes.Tuple{ElementTypes: kinds}, values)
}

func configOf(t *testing.T, b block) tfsdk.Config {
	t.Helper()
	return tfsdk.Config{Schema: providerSchema(), Raw: b.of(t)}
}

// configure gives what resources get, and the diagnostics.
func configure(t *testing.T, b block) (*s3share.ProviderData, diag.Diagnostics) {
	t.Helper()
	resp := &provider.ConfigureResponse{}
	New("test")().Configure(t.Context(), provider.ConfigureRequest{Config: configOf(t, b)}, resp)
	data, _ := resp.ResourceData.(*s3share.ProviderData)
	return data, resp.Diagnostics
}

// validate gives the diagnostics of terraform validate, as text.
func validate(t *testing.T, b block) []string {
	t.Helper()
	server := providerserver.NewProtocol6(New("test")())()
	raw := b.of(t)
	packed, err := tfprotov6.NewDynamicValue(raw.Type(), raw)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := server.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: &packed})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, d := range answer.Diagnostics {
		found = append(found, d.Attribute.String()+": "+d.Summary+": "+d.Detail)
	}
	return found
}
