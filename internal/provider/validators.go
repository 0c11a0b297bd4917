package provider

// This file holds the validators of the provider block. Each calls the parser, so that what is valid is what Configure
// accepts.

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/provider/s3share"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// described gives a validator its description.
type described string

// Description implements validator.Describer.
func (d described) Description(context.Context) string { return "must be " + string(d) }

// MarkdownDescription implements validator.Describer.
func (d described) MarkdownDescription(ctx context.Context) string { return d.Description(ctx) }

// parses is a validator that is the parser itself.
type parses struct {
	described
	check func(string) error
}

func parsing[T any](what string, parse func(string) (T, error)) parses {
	return parses{described(what), func(text string) error {
		_, err := parse(text)
		return err
	}}
}

// ValidateString implements validator.String.
func (p parses) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := p.check(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Not "+string(p.described), s3share.Sentence(err))
	}
}

// elements puts a string validator on each element of a set.
type elements struct{ parses }

// ValidateSet implements validator.Set.
func (e elements) ValidateSet(ctx context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	for _, element := range req.ConfigValue.Elements() {
		if text, ok := element.(types.String); ok {
			inner := &validator.StringResponse{}
			e.ValidateString(ctx, validator.StringRequest{Path: req.Path.AtSetValue(element), ConfigValue: text}, inner)
			resp.Diagnostics.Append(inner.Diagnostics...)
		}
	}
}

// retries refuses numbers that no call could be repeated by.
type retries struct{}

// mostRetries keeps a mistyped number from retrying for days.
const mostRetries = 100

// Description implements validator.Int64.
func (retries) Description(context.Context) string {
	return fmt.Sprintf("must be 0 to %d", mostRetries)
}

// MarkdownDescription implements validator.Int64.
func (r retries) MarkdownDescription(ctx context.Context) string { return r.Description(ctx) }

// ValidateInt64 implements validator.Int64.
func (retries) ValidateInt64(_ context.Context, req validator.Int64Request, resp *validator.Int64Response) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if value := req.ConfigValue.ValueInt64(); value < 0 || value > mostRetries {
		resp.Diagnostics.AddAttributeError(req.Path, "Not a number of retries",
			fmt.Sprintf("A call cannot be repeated %d times: use 0 to %d.", value, mostRetries))
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
			resp.Diagnostics.AddAttributeError(req.Path.AtMapKey(key), "Not a tag", s3share.Sentence(err))
		}
	}
}
