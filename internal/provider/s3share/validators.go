package s3share

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// parses is a validator that is the parser itself: what it accepts is what Create accepts.
type parses struct {
	what  string
	check func(string) error
}

// parsing makes a validator of a parser.
func parsing[T any](what string, parse func(string) (T, error)) parses {
	return parses{what, func(text string) error {
		_, err := parse(text)
		return err
	}}
}

// Description implements validator.String.
func (p parses) Description(context.Context) string { return "must be " + p.what }

// MarkdownDescription implements validator.String.
func (p parses) MarkdownDescription(ctx context.Context) string { return p.Description(ctx) }

// ValidateString implements validator.String.
func (p parses) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := p.check(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Not "+p.what, Sentence(err))
	}
}

// elements puts a string validator on each element of a set.
type elements struct{ parses }

// ValidateSet implements validator.Set.
func (e elements) ValidateSet(ctx context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	for _, element := range req.ConfigValue.Elements() {
		text, ok := element.(types.String)
		if !ok {
			continue
		}
		inner := &validator.StringResponse{}
		e.ValidateString(ctx, validator.StringRequest{Path: req.Path.AtSetValue(element), ConfigValue: text}, inner)
		resp.Diagnostics.Append(inner.Diagnostics...)
	}
}

// notEmpty refuses an empty set, of which nobody can tell whether all or nothing is meant.
type notEmpty struct{ instead string }

// Description implements validator.Set.
func (n notEmpty) Description(context.Context) string { return "must not be empty" }

// MarkdownDescription implements validator.Set.
func (n notEmpty) MarkdownDescription(ctx context.Context) string { return n.Description(ctx) }

// ValidateSet implements validator.Set.
func (n notEmpty) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	if !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() && len(req.ConfigValue.Elements()) == 0 {
		resp.Diagnostics.AddAttributeError(req.Path, "Empty set", n.instead)
	}
}

// apart refuses prefixes of which one covers another.
type apart struct{}

// Description implements validator.Set.
func (apart) Description(context.Context) string { return "prefixes must not overlap" }

// MarkdownDescription implements validator.Set.
func (a apart) MarkdownDescription(ctx context.Context) string { return a.Description(ctx) }

// ValidateSet implements validator.Set.
func (apart) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	var texts []string
	for _, element := range req.ConfigValue.Elements() {
		if text, ok := element.(types.String); ok && !text.IsNull() && !text.IsUnknown() {
			texts = append(texts, text.ValueString())
		}
	}
	if err := share.CheckPrefixTexts(texts); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Overlapping prefixes", Sentence(err))
	}
}

// counts is a validator of a number that is the parser itself.
type counts struct {
	what  string
	check func(int64) error
}

// counting makes a validator of a parser.
func counting[T any](what string, parse func(int64) (T, error)) counts {
	return counts{what, func(number int64) error {
		_, err := parse(number)
		return err
	}}
}

// Description implements validator.Int64.
func (c counts) Description(context.Context) string { return "must be " + c.what }

// MarkdownDescription implements validator.Int64.
func (c counts) MarkdownDescription(ctx context.Context) string { return c.Description(ctx) }

// ValidateInt64 implements validator.Int64.
func (c counts) ValidateInt64(_ context.Context, req validator.Int64Request, resp *validator.Int64Response) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := c.check(req.ConfigValue.ValueInt64()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Not "+c.what, Sentence(err))
	}
}

// validTags checks each tag.
type validTags struct{}

// Description implements validator.Map.
func (validTags) Description(context.Context) string { return "must be tags that IAM accepts" }

// MarkdownDescription implements validator.Map.
func (v validTags) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateMap implements validator.Map.
func (validTags) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	for key, element := range req.ConfigValue.Elements() {
		value, ok := element.(types.String)
		if !ok || value.IsUnknown() {
			continue
		}
		if err := share.CheckTag(key, value.ValueString()); err != nil {
			resp.Diagnostics.AddAttributeError(req.Path.AtMapKey(key), "Not a tag", Sentence(err))
		}
	}
}
