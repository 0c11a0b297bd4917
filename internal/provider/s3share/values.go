package s3share

import (
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Types of the nested attributes, as the schema has them.
var (
	textSet        = types.SetType{ElemType: types.StringType}
	consumerTypes  = map[string]attr.Type{"account_id": types.StringType, "principals": textSet, "attach_to_roles": textSet, "pin_principals": types.BoolType}
	perimeterTypes = map[string]attr.Type{"principal_org_id": types.StringType, "source_ips": textSet, "source_vpce_ids": textSet}
)

func textOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// timeOrNull writes a time as RFC 3339 in UTC, the zero time as null.
func timeOrNull(at time.Time) types.String {
	if at.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(at.UTC().Format(time.RFC3339))
}

// viaOf names the way to the bucket; it is the role where nothing else was said.
func viaOf(via share.Via) types.String {
	if via == "" {
		via = share.ViaRole
	}
	return types.StringValue(string(via))
}

func elementsOf(values []string) []attr.Value {
	elements := make([]attr.Value, 0, len(values))
	for _, value := range values {
		elements = append(elements, types.StringValue(value))
	}
	return elements
}

func setOf(values []string) types.Set {
	return types.SetValueMust(types.StringType, elementsOf(values))
}

func setOrNull(values []string) types.Set {
	if len(values) == 0 {
		return types.SetNull(types.StringType)
	}
	return setOf(values)
}

func listOf(values []string) types.List {
	return types.ListValueMust(types.StringType, elementsOf(values))
}

func mapOf(values map[string]string) types.Map {
	elements := make(map[string]attr.Value, len(values))
	for key, value := range values {
		elements[key] = types.StringValue(value)
	}
	return types.MapValueMust(types.StringType, elements)
}

func keysOf(values map[string]string) []string { return slices.Collect(maps.Keys(values)) }

// texts gives values of a string type as strings.
func texts[T ~string](values []T) []string {
	plain := make([]string, 0, len(values))
	for _, value := range values {
		plain = append(plain, string(value))
	}
	return plain
}
