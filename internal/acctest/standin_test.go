package acctest

import (
	"context"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// standIn stands in for hashicorp/aws: it has the arguments that the examples and tests use, keeps what its write-only
// ones were given, and reads objects with the credentials of its provider block.
type standIn struct {
	world *World

	mu sync.Mutex
	// written are the values of write-only arguments, by the name or the secret_id of the resource; keys are those with
	// which objects were read.
	written map[string][]string
	keys    []awssim.Credentials
}

func newStandIn(w *World) *standIn { return &standIn{world: w, written: map[string][]string{}} }

// with serves it beside the provider.
func (s *standIn) with() map[string]func() (tfprotov6.ProviderServer, error) {
	factories := Factories()
	factories["aws"] = providerserver.NewProtocol6WithError(s)
	return factories
}

func (s *standIn) given(name string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.written[name])
}

func (s *standIn) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "aws"
}

func (s *standIn) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	text := providerschema.StringAttribute{Optional: true}
	resp.Schema = providerschema.Schema{Attributes: map[string]providerschema.Attribute{
		"region": text, "access_key": text, "secret_key": text, "token": text,
	}}
}

func (s *standIn) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var given struct {
		Region    types.String `tfsdk:"region"`
		AccessKey types.String `tfsdk:"access_key"`
		SecretKey types.String `tfsdk:"secret_key"`
		Token     types.String `tfsdk:"token"`
	}
	resp.Diagnostics.Append(req.Config.Get(ctx, &given)...)
	resp.DataSourceData = awssim.Credentials{
		AccessKeyID: given.AccessKey.ValueString(), SecretAccessKey: given.SecretKey.ValueString(), SessionToken: given.Token.ValueString(),
	}
}

func (s *standIn) Resources(context.Context) []func() resource.Resource {
	text, number := schema.StringAttribute{Required: true}, schema.Int64Attribute{Required: true}
	computed, secret := schema.StringAttribute{Computed: true}, schema.StringAttribute{Required: true, WriteOnly: true}
	var made []func() resource.Resource
	for name, attributes := range map[string]map[string]schema.Attribute{
		"aws_secretsmanager_secret":         {"name": text, "id": computed},
		"aws_secretsmanager_secret_version": {"secret_id": text, "secret_string_wo": secret, "secret_string_wo_version": number},
		"aws_ssm_parameter":                 {"name": text, "type": text, "value_wo": secret, "value_wo_version": number},
		"aws_cloudwatch_event_rule":         {"name": text, "description": text, "event_pattern": text, "state": text, "arn": computed},
		"aws_cloudwatch_event_target":       {"rule": text, "arn": text},
		"aws_sns_topic":                     {"name": text, "arn": computed},
		"aws_sns_topic_policy":              {"arn": text, "policy": text},
	} {
		made = append(made, func() resource.Resource { return &keeper{stand: s, typeName: name, attributes: attributes} })
	}
	return made
}

func (s *standIn) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return &objectData{stand: s} }}
}

// keeper is a resource that only keeps what it is given. What it computes is its name.
type keeper struct {
	stand      *standIn
	typeName   string
	attributes map[string]schema.Attribute
}

func (k *keeper) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = k.typeName
}

func (k *keeper) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: k.attributes}
}

func (k *keeper) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.State.Raw = req.Plan.Raw
	name := types.StringNull()
	for _, naming := range []string{"name", "secret_id"} {
		if _, has := k.attributes[naming]; has {
			resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root(naming), &name)...)
		}
	}
	for attribute, of := range k.attributes {
		if of.IsComputed() {
			resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(attribute), name)...)
		}
		if of.IsWriteOnly() {
			var value types.String
			resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(attribute), &value)...)
			k.stand.mu.Lock()
			k.stand.written[name.ValueString()] = append(k.stand.written[name.ValueString()], value.ValueString())
			k.stand.mu.Unlock()
		}
	}
}

func (k *keeper) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	created := resource.CreateResponse{State: resp.State}
	k.Create(ctx, resource.CreateRequest{Config: req.Config, Plan: req.Plan}, &created)
	resp.State, resp.Diagnostics = created.State, created.Diagnostics
}

func (k *keeper) Read(context.Context, resource.ReadRequest, *resource.ReadResponse)       {}
func (k *keeper) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// objectData is the data source aws_s3_object.
type objectData struct {
	stand *standIn
	key   awssim.Credentials
}

func (o *objectData) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "aws_s3_object"
}

func (o *objectData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := dataschema.StringAttribute{Required: true}
	resp.Schema = dataschema.Schema{Attributes: map[string]dataschema.Attribute{
		"bucket": text, "key": text, "body": dataschema.StringAttribute{Computed: true},
	}}
}

func (o *objectData) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	o.key, _ = req.ProviderData.(awssim.Credentials)
}

func (o *objectData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var asked struct {
		Bucket types.String `tfsdk:"bucket"`
		Key    types.String `tfsdk:"key"`
		Body   types.String `tfsdk:"body"`
	}
	resp.Diagnostics.Append(req.Config.Get(ctx, &asked)...)
	body, err := o.stand.world.Get(ctx, o.key, asked.Key.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("The object cannot be read", Code(err))
		return
	}
	o.stand.mu.Lock()
	defer o.stand.mu.Unlock()
	o.stand.keys = append(o.stand.keys, o.key)
	asked.Body = types.StringValue(body)
	resp.Diagnostics.Append(resp.State.Set(ctx, &asked)...)
}
