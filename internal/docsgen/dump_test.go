package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// fixedServer answers with schemas that a test wrote.
type fixedServer struct {
	tfprotov6.ProviderServer
	schemas    tfprotov6.GetProviderSchemaResponse
	identities tfprotov6.GetResourceIdentitySchemasResponse
}

func (s fixedServer) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return &s.schemas, nil
}

func (s fixedServer) GetResourceIdentitySchemas(
	context.Context, *tfprotov6.GetResourceIdentitySchemasRequest,
) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &s.identities, nil
}

func text(name string) *tfprotov6.SchemaAttribute {
	return &tfprotov6.SchemaAttribute{Name: name, Type: tftypes.String, Optional: true, Description: "A " + name + ".", DescriptionKind: tfprotov6.StringKindMarkdown}
}

func schemaOf(attributes ...*tfprotov6.SchemaAttribute) *tfprotov6.Schema {
	return &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{Attributes: attributes}}
}

func TestDumpWritesTheFormOfTheCLI(t *testing.T) {
	t.Parallel()
	server := fixedServer{
		schemas: tfprotov6.GetProviderSchemaResponse{
			Provider: schemaOf(text("region")),
			ResourceSchemas: map[string]*tfprotov6.Schema{"crossaccount_x": schemaOf(
				&tfprotov6.SchemaAttribute{Name: "tags", Type: tftypes.Map{ElementType: tftypes.String}, Computed: true, Sensitive: true},
				&tfprotov6.SchemaAttribute{Name: "consumer", Required: true, NestedType: &tfprotov6.SchemaObject{
					Nesting: tfprotov6.SchemaObjectNestingModeSingle, Attributes: []*tfprotov6.SchemaAttribute{text("account_id")},
				}},
			)},
			DataSourceSchemas: map[string]*tfprotov6.Schema{"crossaccount_y": schemaOf(text("bucket"))},
			Functions: map[string]*tfprotov6.Function{"parse": {
				Summary: "Parses.", Description: "Parses it.", Return: &tfprotov6.FunctionReturn{Type: tftypes.List{ElementType: tftypes.String}},
				Parameters: []*tfprotov6.FunctionParameter{{Name: "text", Description: "What.", Type: tftypes.DynamicPseudoType}},
			}},
			ListResourceSchemas: map[string]*tfprotov6.Schema{"crossaccount_x": schemaOf(text("path"))},
			EphemeralResourceSchemas: map[string]*tfprotov6.Schema{"crossaccount_z": schemaOf(
				&tfprotov6.SchemaAttribute{Name: "secret", Type: tftypes.String, Computed: true, Sensitive: true},
			)},
		},
		identities: tfprotov6.GetResourceIdentitySchemasResponse{IdentitySchemas: map[string]*tfprotov6.ResourceIdentitySchema{
			"crossaccount_x": {IdentityAttributes: []*tfprotov6.ResourceIdentitySchemaAttribute{
				{Name: "bucket", Type: tftypes.String, RequiredForImport: true, Description: "Name."},
			}},
		}},
	}
	const want = `{
		"format_version": "1.0",
		"provider_schemas": {"crossaccount": {
			"provider": {"version": 0, "block": {"description_kind": "plain", "attributes": {
				"region": {"type": "string", "optional": true, "description": "A region.", "description_kind": "markdown"}}}},
			"resource_schemas": {"crossaccount_x": {"version": 0, "block": {"description_kind": "plain", "attributes": {
				"tags": {"type": ["map", "string"], "computed": true, "sensitive": true, "description_kind": "plain"},
				"consumer": {"required": true, "description_kind": "plain", "nested_type": {"nesting_mode": "single", "attributes": {
					"account_id": {"type": "string", "optional": true, "description": "A account_id.", "description_kind": "markdown"}}}}}}}},
			"data_source_schemas": {"crossaccount_y": {"version": 0, "block": {"description_kind": "plain", "attributes": {
				"bucket": {"type": "string", "optional": true, "description": "A bucket.", "description_kind": "markdown"}}}}},
			"list_resource_schemas": {"crossaccount_x": {"version": 0, "block": {"description_kind": "plain", "attributes": {
				"path": {"type": "string", "optional": true, "description": "A path.", "description_kind": "markdown"}}}}},
			"ephemeral_resource_schemas": {"crossaccount_z": {"version": 0, "block": {"description_kind": "plain", "attributes": {
				"secret": {"type": "string", "computed": true, "sensitive": true, "description_kind": "plain"}}}}},
			"functions": {"parse": {"summary": "Parses.", "description": "Parses it.", "return_type": ["list", "string"], "parameters": [
				{"name": "text", "description": "What.", "type": "dynamic"}]}},
			"resource_identity_schemas": {"crossaccount_x": {"version": 0, "attributes": {
				"bucket": {"type": "string", "description": "Name.", "required_for_import": true}}}}
		}}}`
	got, err := dump(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(parsed(t, []byte(want)), parsed(t, encoded(t, got))); diff != "" {
		t.Errorf("schemas differ (-want +got):\n%s", diff)
	}
}

func TestDumpRefusesWhatItWouldLeaveOut(t *testing.T) {
	t.Parallel()
	failing := []*tfprotov6.Diagnostic{{Severity: tfprotov6.DiagnosticSeverityError, Summary: "Broken", Detail: "really"}}
	withBlock := schemaOf()
	withBlock.Block.BlockTypes = []*tfprotov6.SchemaNestedBlock{{TypeName: "consumer"}}
	tests := map[string]struct {
		server fixedServer
		want   string
	}{
		"an action": {fixedServer{schemas: tfprotov6.GetProviderSchemaResponse{
			Provider: schemaOf(), ActionSchemas: map[string]*tfprotov6.ActionSchema{"crossaccount_do": {}},
		}}, "which docsgen does not write"},
		"a function without a result": {fixedServer{schemas: tfprotov6.GetProviderSchemaResponse{
			Provider: schemaOf(), Functions: map[string]*tfprotov6.Function{"parse": {}},
		}}, "function parse: it returns nothing"},
		"a function of any number of arguments": {fixedServer{schemas: tfprotov6.GetProviderSchemaResponse{
			Provider: schemaOf(), Functions: map[string]*tfprotov6.Function{"parse": {
				Return: &tfprotov6.FunctionReturn{Type: tftypes.String}, VariadicParameter: &tfprotov6.FunctionParameter{Name: "more", Type: tftypes.String},
			}},
		}}, "function parse: it takes any number of arguments"},
		"a block": {fixedServer{schemas: tfprotov6.GetProviderSchemaResponse{
			Provider: schemaOf(), ResourceSchemas: map[string]*tfprotov6.Schema{"crossaccount_x": withBlock},
		}}, "the schema of crossaccount_x: it has the block consumer"},
		"no provider schema":      {fixedServer{}, "there is none"},
		"an error of the schemas": {fixedServer{schemas: tfprotov6.GetProviderSchemaResponse{Diagnostics: failing}}, "Broken: really"},
		"an error of the identities": {fixedServer{
			schemas:    tfprotov6.GetProviderSchemaResponse{Provider: schemaOf()},
			identities: tfprotov6.GetResourceIdentitySchemasResponse{Diagnostics: failing},
		}, "identities: Broken: really"},
	}
	for situation, test := range tests {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			if _, err := dump(t.Context(), test.server); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want one with %q", err, test.want)
			}
		})
	}
}

func encoded(t *testing.T, value any) []byte {
	t.Helper()
	written, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return written
}

func parsed(t *testing.T, written []byte) any {
	t.Helper()
	var value any
	if err := json.Unmarshal(written, &value); err != nil {
		t.Fatal(err)
	}
	return value
}
