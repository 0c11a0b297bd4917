package s3share

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file renders the documents of a share from an object with the arguments of the resource, without AWS. The schema
// of the resource says which arguments there are, and what is right.

// Documents are what a share consists of, as the resource's attributes of the same names.
type Documents struct {
	RoleARN                string
	TrustPolicy            string
	PermissionsPolicy      string
	BucketPolicyStatements string
	ConsumerPolicy         string
	Summary                []string
}

// Arguments that the object has beside those of the resource: nobody asks AWS whose credentials these are.
const (
	ownerArgument     = "owner_account_id"
	partitionArgument = "partition"
)

// DocumentsOf renders the documents of a share. The error names the argument that is wrong, missing or not known.
func DocumentsOf(ctx context.Context, given map[string]attr.Value) (Documents, error) {
	given = maps.Clone(given)
	owner, err := takeOwner(given)
	if err != nil {
		return Documents{}, err
	}
	m, err := modelOf(ctx, given)
	if err != nil {
		return Documents{}, err
	}
	if err := firstProblem(checkWay(m)); err != nil {
		return Documents{}, err
	}
	if m.Path.IsNull() {
		m.Path = types.StringValue(string(share.DefaultRolePath))
	}
	m.TagsAll = m.Tags
	if m.isDirect() && m.KMSAccess.IsNull() {
		m.KMSAccess = types.StringValue(string(share.KeyPolicies))
	}
	spec, _, diags := m.spec(ctx, owner)
	if err := firstProblem(diags); err != nil {
		return Documents{}, err
	}
	if len(spec.ExternalIDs) == 0 {
		spec.ExternalIDs = []share.ExternalID{share.PlannedExternalID()}
	}
	m.fillNames(owner)
	m.fillDocuments(share.Render(spec))
	return Documents{
		RoleARN: m.RoleARN.ValueString(), TrustPolicy: m.TrustPolicy.ValueString(), PermissionsPolicy: m.PermissionsPolicy.ValueString(),
		BucketPolicyStatements: m.BucketPolicyStatements.ValueString(), ConsumerPolicy: m.ConsumerPolicy.ValueString(),
		Summary: spec.Summary(),
	}, nil
}

// takeOwner reads and takes out what the object has beside the arguments of the resource.
func takeOwner(given map[string]attr.Value) (share.Account, error) {
	owner := share.Account{Partition: "aws"}
	text := func(name string) (string, error) {
		value, there := given[name]
		delete(given, name)
		if !there || value.IsNull() {
			return "", nil
		}
		read, ok := value.(types.String)
		if !ok {
			return "", fmt.Errorf("%s: it must be a string", name)
		}
		return read.ValueString(), nil
	}
	id, err := text(ownerArgument)
	if err != nil {
		return owner, err
	}
	if id == "" {
		return owner, fmt.Errorf("%s is missing: the account that owns the bucket", ownerArgument)
	}
	if owner.ID, err = share.ParseAccountID(id); err != nil {
		return owner, fmt.Errorf("%s: %w", ownerArgument, err)
	}
	partition, err := text(partitionArgument)
	if partition != "" {
		owner.Partition = partition
	}
	return owner, err
}

// modelOf reads an object as a configuration of the resource.
func modelOf(ctx context.Context, given map[string]attr.Value) (model, error) {
	whole := resourceSchema(ctx)
	if err := checkNames("a share", given, argumentsIn(whole.Attributes)); err != nil {
		return model{}, err
	}
	values := map[string]tftypes.Value{}
	for name, attribute := range whole.Attributes {
		value, err := argumentOf(ctx, name, attribute, given[name])
		if err != nil {
			return model{}, err
		}
		if values[name], err = value.ToTerraformValue(ctx); err != nil {
			return model{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	raw := tftypes.NewValue(whole.Type().TerraformType(ctx), values)
	var m model
	diags := tfsdk.Config{Raw: raw, Schema: whole}.Get(ctx, &m)
	return m, firstProblem(diags)
}

// argumentsIn lists what may be written; what tells the provider how to go about it has no meaning for documents.
func argumentsIn(attributes map[string]schema.Attribute) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		if a := attributes[name]; (a.IsRequired() || a.IsOptional()) && !slices.Contains(onlyManaged, name) {
			names = append(names, name)
		}
	}
	return names
}

func checkNames(what string, given map[string]attr.Value, known []string) error {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(known, name) {
			return fmt.Errorf("%q is no argument of %s: it takes %s", name, what, share.Joined(known, "and"))
		}
	}
	return nil
}

// argumentOf gives a value the type of its attribute, its default when it is left out, and the checks of the schema.
func argumentOf(ctx context.Context, at string, attribute schema.Attribute, given attr.Value) (attr.Value, error) {
	if given == nil || given.IsNull() {
		if attribute.IsRequired() {
			return nil, fmt.Errorf("%s is missing", at)
		}
		return defaultOf(ctx, attribute)
	}
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
		return objectOf(ctx, at, nested, given)
	}
	value, err := valueOf(given, attribute.GetType())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	return value, validate(ctx, pathOf(at), attribute, value)
}

func pathOf(at string) path.Path {
	names := strings.Split(at, ".")
	whole := path.Root(names[0])
	for _, name := range names[1:] {
		whole = whole.AtName(name)
	}
	return whole
}

func objectOf(ctx context.Context, at string, nested schema.SingleNestedAttribute, given attr.Value) (attr.Value, error) {
	members, ok := MembersOf(given)
	if !ok {
		return nil, fmt.Errorf("%s: it must be an object", at)
	}
	if err := checkNames(at, members, argumentsIn(nested.Attributes)); err != nil {
		return nil, err
	}
	kinds, values := map[string]attr.Type{}, map[string]attr.Value{}
	for _, name := range slices.Sorted(maps.Keys(nested.Attributes)) {
		value, err := argumentOf(ctx, at+"."+name, nested.Attributes[name], members[name])
		if err != nil {
			return nil, err
		}
		kinds[name], values[name] = nested.Attributes[name].GetType(), value
	}
	object, diags := types.ObjectValue(kinds, values)
	return object, firstProblem(diags)
}

// firstProblem makes an error of the first diagnostic that is one.
func firstProblem(diags diag.Diagnostics) error {
	problems := diags.Errors()
	if len(problems) == 0 {
		return nil
	}
	text := strings.TrimSuffix(problems[0].Detail(), ".")
	if at, ok := problems[0].(diag.DiagnosticWithPath); ok {
		name, _, _ := strings.Cut(at.Path().String(), "[") // elements of sets are told by the text
		text = name + ": " + text
	}
	return errors.New(text)
}
