package provider

// This file reads assume_role. It is one object or a list of objects, which no static type covers, so its form is
// checked here.

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/provider/s3share"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// roleChain validates assume_role by reading it.
type roleChain struct{}

// Description implements validator.Dynamic.
func (roleChain) Description(context.Context) string { return "must be an object or a list of objects" }

// MarkdownDescription implements validator.Dynamic.
func (r roleChain) MarkdownDescription(ctx context.Context) string { return r.Description(ctx) }

// ValidateDynamic implements validator.Dynamic.
func (roleChain) ValidateDynamic(_ context.Context, req validator.DynamicRequest, resp *validator.DynamicResponse) {
	_, diags := readRoleChain(req.Path, req.ConfigValue)
	resp.Diagnostics.Append(diags...)
}

// readRoleChain reads what is known of assume_role; unknown values are left empty.
func readRoleChain(at path.Path, value types.Dynamic) ([]awsapi.AssumeRole, diag.Diagnostics) {
	var diags diag.Diagnostics
	inner := value.UnderlyingValue()
	if value.IsNull() || value.IsUnknown() || inner == nil || inner.IsNull() || inner.IsUnknown() {
		return nil, diags
	}
	elements, listed := elementsOf(inner)
	if !listed {
		role, err := readRole(at, inner)
		diags.Append(err...)
		return []awsapi.AssumeRole{role}, diags
	}
	if len(elements) == 0 {
		diags.AddAttributeError(at, "No role to assume", "The list has no element. Leave assume_role out to assume no role.")
	}
	var chain []awsapi.AssumeRole
	for i, element := range elements {
		role, err := readRole(at.AtListIndex(i), element)
		diags.Append(err...)
		chain = append(chain, role)
	}
	return chain, diags
}

func elementsOf(value attr.Value) (elements []attr.Value, listed bool) {
	switch list := value.(type) {
	case types.Tuple:
		return list.Elements(), true
	case types.List:
		return list.Elements(), true
	}
	return nil, false
}

// membersOf gives the attributes of an object or a map.
func membersOf(value attr.Value) (map[string]attr.Value, bool) {
	switch object := value.(type) {
	case types.Object:
		return object.Attributes(), true
	case types.Map:
		return object.Elements(), true
	}
	return nil, false
}

// roleReader reads one object; the first error of each attribute is reported at it.
type roleReader struct {
	at      path.Path
	members map[string]attr.Value
	diags   diag.Diagnostics
}

// roleArguments are the attributes of assume_role, for messages.
var roleArguments = []string{"role_arn", "external_id", "session_name", "duration", "policy", "source_identity", "tags"}

func readRole(at path.Path, value attr.Value) (awsapi.AssumeRole, diag.Diagnostics) {
	if value.IsUnknown() {
		return awsapi.AssumeRole{}, nil
	}
	members, ok := membersOf(value)
	if !ok || value.IsNull() {
		return awsapi.AssumeRole{}, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(at, "Not a role to assume",
			"It must be an object with "+strings.Join(roleArguments, ", ")+", or a list of such objects.")}
	}
	r := &roleReader{at: at, members: members}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !slices.Contains(roleArguments, name) {
			r.diags.AddAttributeError(at.AtName(name), "Unknown argument",
				fmt.Sprintf("assume_role has no %s. It has %s.", name, strings.Join(roleArguments, ", ")))
		}
	}
	if given := members["role_arn"]; given == nil || given.IsNull() {
		r.diags.AddAttributeError(at, "No role to assume", "role_arn is missing: it names the role.")
	}
	role := awsapi.AssumeRole{
		RoleARN:        read(r, "role_arn", awsapi.ParseRoleARN),
		ExternalID:     read(r, "external_id", share.ParseExternalID),
		SessionName:    read(r, "session_name", share.ParseSessionName),
		Duration:       read(r, "duration", awsapi.ParseDuration),
		Policy:         read(r, "policy", asIs),
		SourceIdentity: read(r, "source_identity", share.ParseSessionName),
		Tags:           r.tags(),
	}
	return role, r.diags
}

func asIs(text string) (string, error) { return text, nil }

// read parses one attribute; it gives the zero value when there is none, and when it is unknown or wrong.
func read[T any](r *roleReader, name string, parse func(string) (T, error)) T {
	var none T
	value := r.members[name]
	if value == nil || value.IsNull() || value.IsUnknown() {
		return none
	}
	text, ok := textOf(value)
	if !ok {
		r.diags.AddAttributeError(r.at.AtName(name), "Not a string", fmt.Sprintf("%s must be a string.", name))
		return none
	}
	parsed, err := parse(text)
	if err != nil {
		r.diags.AddAttributeError(r.at.AtName(name), "Invalid "+name, s3share.Sentence(err))
		return none
	}
	return parsed
}

// textOf reads a string. A number counts as its digits, as it does wherever Terraform converts for a static type.
func textOf(value attr.Value) (string, bool) {
	switch text := value.(type) {
	case types.String:
		return text.ValueString(), true
	case types.Number:
		return text.ValueBigFloat().Text('f', -1), true
	}
	return "", false
}

func (r *roleReader) tags() map[string]string {
	value := r.members["tags"]
	if value == nil || value.IsNull() || value.IsUnknown() {
		return nil
	}
	members, ok := membersOf(value)
	if !ok {
		r.diags.AddAttributeError(r.at.AtName("tags"), "Not a map", "tags must be a map of strings.")
		return nil
	}
	tags := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(members)) {
		if members[key].IsUnknown() {
			continue
		}
		text, ok := textOf(members[key])
		if !ok || members[key].IsNull() {
			r.diags.AddAttributeError(r.at.AtName("tags").AtMapKey(key), "Not a string", "A session tag must be a string.")
			continue
		}
		tags[key] = text
	}
	return tags
}
