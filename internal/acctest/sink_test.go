package acctest

import (
	"context"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
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

// sink stands in for hashicorp/aws where that takes ephemeral values: credentials in the provider block, with which
// sink_object reads an object, and the write-only argument of sink_secret.
type sink struct {
	world *World

	mu sync.Mutex
	// secrets are the values that sink_secret was given, by its name; keys are those with which objects were read.
	secrets map[string][]string
	keys    []awssim.Credentials
}

func newSink(w *World) *sink { return &sink{world: w, secrets: map[string][]string{}} }

// with serves the sink beside the provider.
func (k *sink) with() map[string]func() (tfprotov6.ProviderServer, error) {
	factories := Factories()
	factories["sink"] = providerserver.NewProtocol6WithError(k)
	return factories
}

func (k *sink) given(name string) []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.secrets[name])
}

func (k *sink) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "sink"
}

func (k *sink) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	text := providerschema.StringAttribute{Optional: true}
	resp.Schema = providerschema.Schema{Attributes: map[string]providerschema.Attribute{"access_key": text, "secret_key": text, "token": text}}
}

func (k *sink) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var given struct {
		AccessKey types.String `tfsdk:"access_key"`
		SecretKey types.String `tfsdk:"secret_key"`
		Token     types.String `tfsdk:"token"`
	}
	resp.Diagnostics.Append(req.Config.Get(ctx, &given)...)
	resp.ResourceData = awssim.Credentials{
		AccessKeyID: given.AccessKey.ValueString(), SecretAccessKey: given.SecretKey.ValueString(), SessionToken: given.Token.ValueString(),
	}
}

func (k *sink) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		func() resource.Resource { return &sinkSecret{sink: k} },
		func() resource.Resource { return &sinkObject{sink: k} },
	}
}

func (k *sink) DataSources(context.Context) []func() datasource.DataSource { return nil }

// sinkSecret is like aws_secretsmanager_secret_version.
type sinkSecret struct{ sink *sink }

func (s *sinkSecret) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "sink_secret"
}

func (s *sinkSecret) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"name":             schema.StringAttribute{Required: true},
		"secret_string_wo": schema.StringAttribute{Required: true, WriteOnly: true},
		"version":          schema.StringAttribute{Required: true},
	}}
}

func (s *sinkSecret) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var name, value types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("name"), &name)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("secret_string_wo"), &value)...)
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.sink.secrets[name.ValueString()] = append(s.sink.secrets[name.ValueString()], value.ValueString())
	resp.State.Raw = req.Plan.Raw
}

func (s *sinkSecret) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	created := resource.CreateResponse{State: resp.State}
	s.Create(ctx, resource.CreateRequest{Config: req.Config, Plan: req.Plan}, &created)
	resp.State, resp.Diagnostics = created.State, created.Diagnostics
}

func (s *sinkSecret) Read(context.Context, resource.ReadRequest, *resource.ReadResponse)       {}
func (s *sinkSecret) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// sinkObject reads an object when it is made.
type sinkObject struct {
	sink *sink
	key  awssim.Credentials
}

func (o *sinkObject) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "sink_object"
}

func (o *sinkObject) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"key":  schema.StringAttribute{Required: true},
		"body": schema.StringAttribute{Computed: true},
	}}
}

func (o *sinkObject) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	o.key, _ = req.ProviderData.(awssim.Credentials)
}

func (o *sinkObject) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var name types.String
	resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root("key"), &name)...)
	body, err := o.sink.world.Get(ctx, o.key, name.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("The sink cannot read "+name.ValueString(), Code(err))
		return
	}
	o.sink.mu.Lock()
	defer o.sink.mu.Unlock()
	o.sink.keys = append(o.sink.keys, o.key)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("key"), name)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("body"), body)...)
}

func (o *sinkObject) Read(context.Context, resource.ReadRequest, *resource.ReadResponse)       {}
func (o *sinkObject) Update(context.Context, resource.UpdateRequest, *resource.UpdateResponse) {}
func (o *sinkObject) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
