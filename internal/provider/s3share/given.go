package s3share

import (
	"context"
	"errors"
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/defaults"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// This file gives values that come without a type, as functions get them, the types of attributes. Unlike Terraform's own
// conversions it makes no text of numbers: an account ID would lose its zeros.

// MembersOf gives the members of an object or a map.
func MembersOf(value attr.Value) (members map[string]attr.Value, ok bool) {
	switch v := value.(type) {
	case types.Dynamic:
		return MembersOf(v.UnderlyingValue())
	case types.Object:
		return v.Attributes(), true
	case types.Map:
		return v.Elements(), true
	}
	return nil, false
}

// ElementsOf gives the elements of a list, a set or a tuple.
func ElementsOf(value attr.Value) (elements []attr.Value, ok bool) {
	switch v := value.(type) {
	case types.Dynamic:
		return ElementsOf(v.UnderlyingValue())
	case types.Tuple:
		return v.Elements(), true
	case types.List:
		return v.Elements(), true
	case types.Set:
		return v.Elements(), true
	}
	return nil, false
}

func valueOf(given attr.Value, wanted attr.Type) (attr.Value, error) {
	switch {
	case wanted.Equal(types.StringType):
		if text, ok := given.(types.String); ok {
			return text, nil
		}
		return nil, errors.New("it must be a string")
	case wanted.Equal(types.BoolType):
		if truth, ok := given.(types.Bool); ok {
			return truth, nil
		}
		return nil, errors.New("it must be true or false")
	case wanted.Equal(types.Int64Type):
		return wholeNumber(given)
	case wanted.Equal(textSet):
		return textsOf(given)
	case wanted.Equal(types.MapType{ElemType: types.StringType}):
		return textMapOf(given)
	}
	return nil, errors.New("it cannot be given here") // the schema has no other type of argument
}

func wholeNumber(given attr.Value) (attr.Value, error) {
	number, ok := given.(types.Number)
	if !ok {
		return nil, errors.New("it must be a number")
	}
	whole, accuracy := number.ValueBigFloat().Int64()
	if accuracy != big.Exact {
		return nil, errors.New("it must be a whole number")
	}
	return types.Int64Value(whole), nil
}

func textsOf(given attr.Value) (attr.Value, error) {
	elements, ok := ElementsOf(given)
	texts := make([]string, 0, len(elements))
	for _, element := range elements {
		text, isText := element.(types.String)
		ok = ok && isText
		texts = append(texts, text.ValueString())
	}
	if !ok {
		return nil, errors.New("it must be a list of strings")
	}
	slices.Sort(texts)
	return setOf(slices.Compact(texts)), nil
}

func textMapOf(given attr.Value) (attr.Value, error) {
	members, ok := MembersOf(given)
	texts := make(map[string]string, len(members))
	for key, member := range members {
		text, isText := member.(types.String)
		ok = ok && isText
		texts[key] = text.ValueString()
	}
	if !ok {
		return nil, errors.New("it must be an object of strings")
	}
	return mapOf(texts), nil
}

// defaultOf is what an attribute has when nobody gives it a value.
func defaultOf(ctx context.Context, attribute schema.Attribute) (attr.Value, error) {
	switch a := attribute.(type) {
	case schema.StringAttribute:
		if a.Default != nil {
			resp := &defaults.StringResponse{}
			a.Default.DefaultString(ctx, defaults.StringRequest{}, resp)
			return resp.PlanValue, nil
		}
	case schema.BoolAttribute:
		if a.Default != nil {
			resp := &defaults.BoolResponse{}
			a.Default.DefaultBool(ctx, defaults.BoolRequest{}, resp)
			return resp.PlanValue, nil
		}
	case schema.Int64Attribute:
		if a.Default != nil {
			resp := &defaults.Int64Response{}
			a.Default.DefaultInt64(ctx, defaults.Int64Request{}, resp)
			return resp.PlanValue, nil
		}
	case schema.SetAttribute:
		if a.Default != nil {
			resp := &defaults.SetResponse{}
			a.Default.DefaultSet(ctx, defaults.SetRequest{}, resp)
			return resp.PlanValue, nil
		}
	}
	kind := attribute.GetType()
	return kind.ValueFromTerraform(ctx, tftypes.NewValue(kind.TerraformType(ctx), nil))
}

// validate runs the checks that the schema has for the attribute.
func validate(ctx context.Context, at path.Path, attribute schema.Attribute, value attr.Value) error {
	switch a := attribute.(type) {
	case schema.StringAttribute:
		resp := &validator.StringResponse{}
		text, _ := value.(types.String)
		for _, one := range a.Validators {
			one.ValidateString(ctx, validator.StringRequest{Path: at, ConfigValue: text}, resp)
		}
		return firstProblem(resp.Diagnostics)
	case schema.SetAttribute:
		resp := &validator.SetResponse{}
		set, _ := value.(types.Set)
		for _, one := range a.Validators {
			one.ValidateSet(ctx, validator.SetRequest{Path: at, ConfigValue: set}, resp)
		}
		return firstProblem(resp.Diagnostics)
	case schema.Int64Attribute:
		resp := &validator.Int64Response{}
		number, _ := value.(types.Int64)
		for _, one := range a.Validators {
			one.ValidateInt64(ctx, validator.Int64Request{Path: at, ConfigValue: number}, resp)
		}
		return firstProblem(resp.Diagnostics)
	case schema.MapAttribute:
		resp := &validator.MapResponse{}
		texts, _ := value.(types.Map)
		for _, one := range a.Validators {
			one.ValidateMap(ctx, validator.MapRequest{Path: at, ConfigValue: texts}, resp)
		}
		return firstProblem(resp.Diagnostics)
	}
	return nil
}
