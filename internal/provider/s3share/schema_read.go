package s3share

import (
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	resource "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file turns the schema of the resource into the one of the data source: bucket and name are asked for, all the rest
// is read.

// onlyManaged are the attributes that tell what the provider shall do, and that nothing in AWS tells.
var onlyManaged = []string{"timeouts", "external_id_version", "external_id_rotation", "external_id_wo", "external_id_wo_version",
	"revoke_sessions_before", "revoke_on_change", "enforce_verdict", "verify", "access_analyzer"}

// readAttributes are the attributes of a share for a data source.
func readAttributes(of map[string]resource.Attribute) map[string]schema.Attribute {
	all := map[string]schema.Attribute{}
	for name, attribute := range of {
		if !slices.Contains(onlyManaged, name) {
			all[name] = readAttribute(attribute)
		}
	}
	all["bucket"] = schema.StringAttribute{
		Required: true, Validators: []validator.String{parsing("a bucket name", share.ParseBucket)},
		MarkdownDescription: "Name of the bucket.",
	}
	all["name"] = schema.StringAttribute{
		Required: true, Validators: []validator.String{parsing("a role name", share.ParseName)},
		MarkdownDescription: "Name of the share, which is the name of its role.",
	}
	return all
}

// readAttribute makes an attribute computed.
func readAttribute(of resource.Attribute) schema.Attribute {
	text := of.GetMarkdownDescription()
	switch a := of.(type) {
	case resource.StringAttribute:
		return schema.StringAttribute{Computed: true, Sensitive: a.Sensitive, MarkdownDescription: text}
	case resource.BoolAttribute:
		return schema.BoolAttribute{Computed: true, MarkdownDescription: text}
	case resource.Int64Attribute:
		return schema.Int64Attribute{Computed: true, MarkdownDescription: text}
	case resource.SetAttribute:
		return schema.SetAttribute{Computed: true, ElementType: a.ElementType, MarkdownDescription: text}
	case resource.ListAttribute:
		return schema.ListAttribute{Computed: true, ElementType: a.ElementType, MarkdownDescription: text}
	case resource.MapAttribute:
		return schema.MapAttribute{Computed: true, ElementType: a.ElementType, MarkdownDescription: text}
	case resource.SingleNestedAttribute:
		inner := map[string]schema.Attribute{}
		for name, attribute := range a.Attributes {
			inner[name] = readAttribute(attribute)
		}
		return schema.SingleNestedAttribute{Computed: true, Attributes: inner, MarkdownDescription: text}
	}
	panic(fmt.Sprintf("the data source has no form for an attribute of type %T", of)) // each schema is made by every test
}
