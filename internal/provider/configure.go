package provider

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/provider/s3share"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/turns"
)

// analyzerPatience is how long a plan waits for one answer of Access Analyzer.
const analyzerPatience = 5 * time.Second

// Configure implements provider.Provider. It calls nothing: whose credentials these are is asked when the first share
// needs it.
func (p *crossaccount) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	if !req.Config.Raw.IsFullyKnown() {
		// Terraform plans with what other resources of the same run have not told yet, and asks again when they have.
		handOut(resp, &s3share.ProviderData{Deferred: true})
		return
	}
	p.willLogCalls(ctx)
	var given model
	if resp.Diagnostics.Append(req.Config.Get(ctx, &given)...); resp.Diagnostics.HasError() {
		return
	}
	data := &s3share.ProviderData{RolePath: string(share.DefaultRolePath)}
	if path := given.RolePath.ValueString(); path != "" {
		data.RolePath = path
	}
	var defaults defaultTagsModel
	resp.Diagnostics.Append(given.DefaultTags.As(ctx, &defaults, basetypes.ObjectAsOptions{UnhandledNullAsEmpty: true})...)
	if !defaults.Tags.IsNull() {
		resp.Diagnostics.Append(defaults.Tags.ElementsAs(ctx, &data.DefaultTags, false)...)
	}
	owner := p.connect(ctx, given.connectionModel, ownerPlace, &resp.Diagnostics)
	var consumer *awsapi.Account
	if !given.Consumer.IsNull() {
		var there connectionModel
		resp.Diagnostics.Append(given.Consumer.As(ctx, &there, objectOptions)...)
		consumer = p.connect(ctx, there, consumerPlace, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	cloud := awsapi.NewCloud(owner, consumer, p.pause).InTurns(turns.Ours())
	if sweepMode(given.Sweep.ValueString()) == sweepOff {
		cloud = cloud.WithoutSweep()
	}
	data.Shares = reconcile.New(cloud, p.now)
	data.Survey = reconcile.NewSurvey(cloud, share.Path(data.RolePath), p.now)
	data.Preflight = reconcile.NewPreflight(cloud)
	data.Analysis = reconcile.NewAnalysis(cloud, analyzerPatience)
	data.Exchange = reconcile.NewExchange(cloud, data.Shares)
	data.Proofs = reconcile.NewProver(cloud, p.now)
	if consumer == nil {
		// A provider of the consumer's people has one account: it is the consumer.
		cloud = awsapi.NewCloud(owner, owner, p.pause)
	}
	data.Halves, data.HalfProofs = reconcile.NewHalves(cloud), reconcile.NewProver(cloud, p.now)
	handOut(resp, data)
}

// handOut gives resources, data sources, list resources and ephemeral resources what they need.
func handOut(resp *provider.ConfigureResponse, data *s3share.ProviderData) {
	resp.ResourceData, resp.DataSourceData, resp.ListResourceData, resp.EphemeralResourceData = data, data, data, data
}

// connect prepares one account; nil with an error among the diagnostics when that cannot be done.
func (p *crossaccount) connect(ctx context.Context, given connectionModel, at place, diags *diag.Diagnostics) *awsapi.Account {
	connection, wrong := given.connection(ctx, at)
	if diags.Append(wrong...); wrong.HasError() {
		return nil
	}
	connection.Version, connection.Tally = p.version, &p.tally
	account, err := awsapi.Connect(ctx, connection)
	if err != nil {
		diags.Append(unreachable(err, at))
		return nil
	}
	return account
}

// unreachable says which account cannot be had, and which argument or whether the environment is to blame.
func unreachable(err error, at place) diag.Diagnostic {
	summary := "The " + string(at.side) + " account cannot be reached"
	var connection *awsapi.ConnectionError
	if !errors.As(err, &connection) {
		return diag.NewErrorDiagnostic(summary, s3share.Sentence(err))
	}
	if connection.Attribute == "" {
		return diag.NewErrorDiagnostic(summary, s3share.Sentence(connection.Err)+
			" What the provider's arguments do not give is taken from the AWS environment variables (AWS_PROFILE, AWS_REGION, …) "+
			"and from the shared config and credentials files.")
	}
	return diag.NewAttributeErrorDiagnostic(argumentPath(at, connection.Attribute), summary,
		connection.Attribute+": "+connection.Err.Error()+".")
}

// argumentPath finds the argument that an error names, written as in HCL. An index of a role chain is left out: the
// whole chain is shown.
func argumentPath(at place, attribute string) path.Path {
	if name, _, indexed := strings.Cut(attribute, "["); indexed {
		return at.path(name)
	}
	return at.path(strings.Split(attribute, ".")...)
}
