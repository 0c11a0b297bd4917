// Package provider is the provider block: it turns arguments into connections to the owner account and, where wanted,
// the consumer account, and lists resources and data sources. It does not know what a share is.
package provider

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/provider/functions"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/provider/s3share"
)

var (
	_ provider.ProviderWithListResources      = (*crossaccount)(nil)
	_ provider.ProviderWithEphemeralResources = (*crossaccount)(nil)
	_ provider.ProviderWithFunctions          = (*crossaccount)(nil)
)

// crossaccount is the provider.
type crossaccount struct {
	version string
	// tally counts the calls of all accounts; logCalls writes it to the log.
	tally    awsapi.Tally
	logCalls atomic.Pointer[func()]
	now      func() time.Time
	pause    awsapi.Pause
}

// New makes the provider of a version, as a server wants it.
func New(version string) func() provider.Provider { return NewAt(version, time.Now) }

// NewAt is New with another clock, by which rotations and expiries are due.
func NewAt(version string, now func() time.Time) func() provider.Provider {
	return NewWaiting(version, now, awsapi.Sleep)
}

// NewWaiting is NewAt with another way to wait between two looks at what takes its time to spread through AWS.
func NewWaiting(version string, now func() time.Time, pause awsapi.Pause) func() provider.Provider {
	return func() provider.Provider { return &crossaccount{version: version, now: now, pause: pause} }
}

// Metadata implements provider.Provider.
func (p *crossaccount) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName, resp.Version = "crossaccount", p.version
}

// Schema implements provider.Provider.
func (p *crossaccount) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = providerSchema()
}

// Resources implements provider.Provider.
func (p *crossaccount) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{s3share.NewResource, s3share.NewConsumerResource}
}

// DataSources implements provider.Provider.
func (p *crossaccount) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{s3share.NewShareData, s3share.NewBucketAccessData}
}

// ListResources implements provider.ProviderWithListResources.
func (p *crossaccount) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{s3share.NewList}
}

// EphemeralResources implements provider.ProviderWithEphemeralResources.
func (p *crossaccount) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{s3share.NewEphemeralExternalID, s3share.NewEphemeralCredentials}
}

// Functions implements provider.ProviderWithFunctions.
func (p *crossaccount) Functions(context.Context) []func() function.Function {
	return []func() function.Function{functions.NewShareDocuments, functions.NewCanAccess}
}
