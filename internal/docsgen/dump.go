package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// The types of this file are the JSON of `terraform providers schema -json` (Terraform documentation, "providers schema
// command"), as far as this provider fills it.

// providerName is the key under which tfplugindocs looks for the provider.
const providerName = "crossaccount"

type document struct {
	FormatVersion string                    `json:"format_version"`
	Providers     map[string]providerSchema `json:"provider_schemas"`
}

type providerSchema struct {
	Provider   schema                    `json:"provider"`
	Resources  map[string]schema         `json:"resource_schemas"`
	Data       map[string]schema         `json:"data_source_schemas"`
	Lists      map[string]schema         `json:"list_resource_schemas"`
	Ephemerals map[string]schema         `json:"ephemeral_resource_schemas"`
	Functions  map[string]signature      `json:"functions,omitempty"`
	Identities map[string]identitySchema `json:"resource_identity_schemas"`
}

type schema struct {
	Version int64 `json:"version"`
	Block   block `json:"block"`
}

type block struct {
	Attributes      map[string]attribute `json:"attributes"`
	Description     string               `json:"description,omitempty"`
	DescriptionKind string               `json:"description_kind,omitempty"`
	Deprecated      bool                 `json:"deprecated,omitempty"`
}

type attribute struct {
	Type            json.RawMessage `json:"type,omitempty"`
	Nested          *nested         `json:"nested_type,omitempty"`
	Description     string          `json:"description,omitempty"`
	DescriptionKind string          `json:"description_kind,omitempty"`
	Deprecated      bool            `json:"deprecated,omitempty"`
	Required        bool            `json:"required,omitempty"`
	Optional        bool            `json:"optional,omitempty"`
	Computed        bool            `json:"computed,omitempty"`
	Sensitive       bool            `json:"sensitive,omitempty"`
	WriteOnly       bool            `json:"write_only,omitempty"`
}

type nested struct {
	Attributes map[string]attribute `json:"attributes"`
	Nesting    string               `json:"nesting_mode"`
}

type identitySchema struct {
	Version    int64                        `json:"version"`
	Attributes map[string]identityAttribute `json:"attributes"`
}

type identityAttribute struct {
	Type        json.RawMessage `json:"type"`
	Description string          `json:"description,omitempty"`
	Required    bool            `json:"required_for_import,omitempty"`
	Optional    bool            `json:"optional_for_import,omitempty"`
}

// dump asks a provider for its schemas. A kind of schema that is not written here is an error, so that none is left out
// of the documentation unnoticed.
func dump(ctx context.Context, server tfprotov6.ProviderServer) (document, error) {
	answer, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return document{}, fmt.Errorf("asking the provider for its schemas: %w", err)
	}
	if err := firstError(answer.Diagnostics); err != nil {
		return document{}, fmt.Errorf("asking the provider for its schemas: %w", err)
	}
	if others := len(answer.ActionSchemas) + len(answer.StateStoreSchemas); others > 0 {
		return document{}, fmt.Errorf("the provider has %d schemas of other kinds than resources, data sources, ephemeral resources, lists and functions, which docsgen does not write", others)
	}
	written := providerSchema{}
	if written.Provider, err = writeSchema(answer.Provider); err != nil {
		return document{}, fmt.Errorf("writing the schema of the provider: %w", err)
	}
	if written.Resources, err = writeSchemas(answer.ResourceSchemas); err != nil {
		return document{}, err
	}
	if written.Data, err = writeSchemas(answer.DataSourceSchemas); err != nil {
		return document{}, err
	}
	if written.Lists, err = writeSchemas(answer.ListResourceSchemas); err != nil {
		return document{}, err
	}
	if written.Ephemerals, err = writeSchemas(answer.EphemeralResourceSchemas); err != nil {
		return document{}, err
	}
	if written.Functions, err = writeFunctions(answer.Functions); err != nil {
		return document{}, err
	}
	if written.Identities, err = dumpIdentities(ctx, server); err != nil {
		return document{}, err
	}
	return document{FormatVersion: "1.0", Providers: map[string]providerSchema{providerName: written}}, nil
}

func dumpIdentities(ctx context.Context, server tfprotov6.ProviderServer) (map[string]identitySchema, error) {
	answer, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, fmt.Errorf("asking the provider for its identities: %w", err)
	}
	if err := firstError(answer.Diagnostics); err != nil {
		return nil, fmt.Errorf("asking the provider for its identities: %w", err)
	}
	written := map[string]identitySchema{}
	for name, found := range answer.IdentitySchemas {
		attributes := map[string]identityAttribute{}
		for _, a := range found.IdentityAttributes {
			kind, err := json.Marshal(a.Type)
			if err != nil {
				return nil, fmt.Errorf("writing the type of %s of the identity of %s: %w", a.Name, name, err)
			}
			attributes[a.Name] = identityAttribute{
				Type: kind, Description: a.Description, Required: a.RequiredForImport, Optional: a.OptionalForImport,
			}
		}
		written[name] = identitySchema{Version: found.Version, Attributes: attributes}
	}
	return written, nil
}

func firstError(diagnostics []*tfprotov6.Diagnostic) error {
	for _, diagnostic := range diagnostics {
		if diagnostic.Severity == tfprotov6.DiagnosticSeverityError {
			return fmt.Errorf("%s: %s", diagnostic.Summary, diagnostic.Detail)
		}
	}
	return nil
}

func writeSchemas(found map[string]*tfprotov6.Schema) (map[string]schema, error) {
	written := map[string]schema{}
	for name, one := range found {
		var err error
		if written[name], err = writeSchema(one); err != nil {
			return nil, fmt.Errorf("writing the schema of %s: %w", name, err)
		}
	}
	return written, nil
}

func writeSchema(found *tfprotov6.Schema) (schema, error) {
	if found == nil || found.Block == nil {
		return schema{}, fmt.Errorf("there is none")
	}
	if len(found.Block.BlockTypes) > 0 {
		return schema{}, fmt.Errorf("it has the block %s, and objects are nested attributes here", found.Block.BlockTypes[0].TypeName)
	}
	attributes, err := writeAttributes(found.Block.Attributes)
	return schema{Version: found.Version, Block: block{
		Attributes: attributes, Description: found.Block.Description,
		DescriptionKind: writeKind(found.Block.DescriptionKind), Deprecated: found.Block.Deprecated,
	}}, err
}

func writeAttributes(found []*tfprotov6.SchemaAttribute) (map[string]attribute, error) {
	written := map[string]attribute{}
	for _, a := range found {
		one := attribute{
			Description: a.Description, DescriptionKind: writeKind(a.DescriptionKind), Deprecated: a.Deprecated,
			Required: a.Required, Optional: a.Optional, Computed: a.Computed, Sensitive: a.Sensitive, WriteOnly: a.WriteOnly,
		}
		var err error
		if a.NestedType != nil {
			one.Nested = &nested{Nesting: strings.ToLower(a.NestedType.Nesting.String())}
			one.Nested.Attributes, err = writeAttributes(a.NestedType.Attributes)
		} else {
			one.Type, err = json.Marshal(a.Type)
		}
		if err != nil {
			return nil, fmt.Errorf("writing attribute %s: %w", a.Name, err)
		}
		written[a.Name] = one
	}
	return written, nil
}

func writeKind(kind tfprotov6.StringKind) string {
	if kind == tfprotov6.StringKindMarkdown {
		return "markdown"
	}
	return "plain"
}
