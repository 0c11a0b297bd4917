package acctest

import (
	"context"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// protocol is the provider as terraform speaks to it, for what the CLI here is too old for.
type protocol struct {
	server tfprotov6.ProviderServer
	schema *tfprotov6.GetProviderSchemaResponse
}

// speak configures the provider with the owner's credentials, and more.
func (w *World) speak(t testing.TB, more map[string]tftypes.Value) *protocol {
	t.Helper()
	server, err := Factories()["crossaccount"]()
	if err != nil {
		t.Fatal(err)
	}
	p := &protocol{server: server}
	if p.schema, err = server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		t.Fatal(err)
	}
	url := tftypes.NewValue(tftypes.String, w.Sim.URL())
	given := map[string]tftypes.Value{
		"region": text(Region), "access_key": text(w.OwnerKey.AccessKeyID), "secret_key": text(w.OwnerKey.SecretAccessKey),
		"s3_use_path_style": tftypes.NewValue(tftypes.Bool, true),
		"endpoints": nested(t, p.schema.Provider.ValueType(), "endpoints", map[string]tftypes.Value{
			"iam": url, "sts": url, "s3": url,
		}),
	}
	maps.Copy(given, more)
	config := p.value(t, p.schema.Provider.ValueType(), given)
	answer, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.14.0", Config: config})
	mustBeQuiet(t, err, answer.Diagnostics)
	return p
}

func text(value string) tftypes.Value { return tftypes.NewValue(tftypes.String, value) }

// object makes a value of an object type; attributes that are not given are null.
func object(t testing.TB, of tftypes.Type, given map[string]tftypes.Value) tftypes.Value {
	t.Helper()
	kind, ok := of.(tftypes.Object)
	if !ok {
		t.Fatalf("%s is no object", of)
	}
	all := map[string]tftypes.Value{}
	for name, attribute := range kind.AttributeTypes {
		all[name] = tftypes.NewValue(attribute, nil)
	}
	for name, value := range given {
		all[name] = value
	}
	return tftypes.NewValue(of, all)
}

func nested(t testing.TB, of tftypes.Type, name string, given map[string]tftypes.Value) tftypes.Value {
	t.Helper()
	kind, ok := of.(tftypes.Object)
	if !ok {
		t.Fatalf("%s is no object", of)
	}
	return object(t, kind.AttributeTypes[name], given)
}

func (p *protocol) value(t testing.TB, of tftypes.Type, given map[string]tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	value, err := tfprotov6.NewDynamicValue(of, object(t, of, given))
	if err != nil {
		t.Fatal(err)
	}
	return &value
}

func mustBeQuiet(t testing.TB, err error, diagnostics []*tfprotov6.Diagnostic) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, diagnostic := range diagnostics {
		if diagnostic.Severity == tfprotov6.DiagnosticSeverityError {
			t.Fatalf("%s: %s", diagnostic.Summary, diagnostic.Detail)
		}
	}
}

const typeName = "crossaccount_s3_share"

// importByIdentity imports and reads a share; the state is what terraform would keep.
func (p *protocol) importByIdentity(ctx context.Context, t *testing.T, identity map[string]tftypes.Value) (map[string]tftypes.Value, []*tfprotov6.Diagnostic) {
	t.Helper()
	schemas, err := p.server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	data := &tfprotov6.ResourceIdentityData{IdentityData: p.value(t, schemas.IdentitySchemas[typeName].ValueType(), identity)}
	imported, err := p.server.ImportResourceState(ctx, &tfprotov6.ImportResourceStateRequest{TypeName: typeName, Identity: data})
	if err != nil {
		t.Fatal(err)
	}
	if len(imported.Diagnostics) > 0 {
		return nil, imported.Diagnostics
	}
	read, err := p.server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{
		TypeName: typeName, CurrentState: imported.ImportedResources[0].State, Private: imported.ImportedResources[0].Private,
		CurrentIdentity: imported.ImportedResources[0].Identity,
	})
	if err != nil {
		t.Fatal(err)
	}
	if read.NewState == nil {
		return nil, read.Diagnostics
	}
	state, err := read.NewState.Unmarshal(p.schema.ResourceSchemas[typeName].ValueType())
	if err != nil {
		t.Fatal(err)
	}
	attributes := map[string]tftypes.Value{}
	if err := state.As(&attributes); err != nil {
		t.Fatal(err)
	}
	return attributes, read.Diagnostics
}

func TestImportByIdentity(t *testing.T) {
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Put(t, "reports/q1.csv", "q1")
	w.makeByHand(t, handMades["role with a managed policy, and no bucket statement"])
	p := w.speak(t, nil)
	t.Run("of the owner's account", func(t *testing.T) {
		t.Parallel()
		state, diagnostics := p.importByIdentity(t.Context(), t, map[string]tftypes.Value{
			"account_id": text(OwnerID), "bucket": text(Bucket), "name": text("etl-reports"),
		})
		mustBeQuiet(t, nil, diagnostics)
		for name, want := range map[string]string{
			"id": Bucket + "/etl-reports", "external_id": "by-hand", "role_arn": "arn:aws:iam::" + OwnerID + ":role/partners/etl-reports",
		} {
			if !state[name].Equal(text(want)) {
				t.Errorf("%s is %s, want %s", name, state[name], want)
			}
		}
	})
	t.Run("of another account", func(t *testing.T) {
		t.Parallel()
		_, diagnostics := p.importByIdentity(t.Context(), t, map[string]tftypes.Value{
			"account_id": text(OtherID), "bucket": text(Bucket), "name": text("etl-reports"),
		})
		if len(diagnostics) != 1 || diagnostics[0].Summary != "Credentials of another account than the share's" {
			t.Errorf("want a refusal, have %v", diagnostics)
		}
	})
	t.Run("of no bucket", func(t *testing.T) {
		t.Parallel()
		_, diagnostics := p.importByIdentity(t.Context(), t, map[string]tftypes.Value{
			"account_id": text(OwnerID), "bucket": text(Bucket + "/reports"), "name": text("etl-reports"),
		})
		if len(diagnostics) != 1 || diagnostics[0].Summary != "Not the identity of a share" || !strings.Contains(diagnostics[0].Detail, `"acme-data/reports" cannot name a bucket`) {
			t.Errorf("want a refusal, have %v", diagnostics)
		}
	})
}
