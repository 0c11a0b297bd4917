package provider

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// This file keeps the memory of a run from growing with its requests. The framework remembers the context of every request
// until the process ends, so that it can cancel those that run when Terraform is interrupted (registerContext in its
// internal/proto6server), and with each context its loggers and its stream: ten kilobytes, four times for each share in a
// plan.

// server takes the context of each request that comes once for each share back when the request is served.
type server struct{ complete }

// complete is all that the framework serves. What is not listed here would be hidden from Terraform.
type complete interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// NewServer makes what speaks with Terraform for a provider.
func NewServer(served provider.Provider) tfprotov6.ProviderServer {
	framework := providerserver.NewProtocol6(served)()
	if all, ok := framework.(complete); ok {
		return server{all}
	}
	return framework
}

// ValidateResourceConfig implements tfprotov6.ResourceServer.
func (s server) ValidateResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return lend(ctx, req, s.complete.ValidateResourceConfig)
}

// UpgradeResourceState implements tfprotov6.ResourceServer.
func (s server) UpgradeResourceState(
	ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return lend(ctx, req, s.complete.UpgradeResourceState)
}

// UpgradeResourceIdentity implements tfprotov6.ResourceServer.
func (s server) UpgradeResourceIdentity(
	ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest,
) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return lend(ctx, req, s.complete.UpgradeResourceIdentity)
}

// ReadResource implements tfprotov6.ResourceServer.
func (s server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return lend(ctx, req, s.complete.ReadResource)
}

// PlanResourceChange implements tfprotov6.ResourceServer.
func (s server) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	return lend(ctx, req, s.complete.PlanResourceChange)
}

// ApplyResourceChange implements tfprotov6.ResourceServer.
func (s server) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return lend(ctx, req, s.complete.ApplyResourceChange)
}

// ImportResourceState implements tfprotov6.ResourceServer.
func (s server) ImportResourceState(
	ctx context.Context, req *tfprotov6.ImportResourceStateRequest,
) (*tfprotov6.ImportResourceStateResponse, error) {
	return lend(ctx, req, s.complete.ImportResourceState)
}

// lend serves a request with its context and takes that back.
func lend[Q, A any](ctx context.Context, req Q, serve func(context.Context, Q) (A, error)) (A, error) {
	lent := &lentContext{}
	lent.held.Store(&ctx)
	defer lent.held.Store(&over)
	return serve(lent, req)
}

// lentContext is the context of a request until that is served, and then one that was cancelled.
type lentContext struct {
	held atomic.Pointer[context.Context]
}

// over is a context that was cancelled.
var over = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

// Deadline implements context.Context.
func (l *lentContext) Deadline() (time.Time, bool) { return (*l.held.Load()).Deadline() }

// Done implements context.Context.
func (l *lentContext) Done() <-chan struct{} { return (*l.held.Load()).Done() }

// Err implements context.Context.
func (l *lentContext) Err() error { return (*l.held.Load()).Err() }

// Value implements context.Context.
func (l *lentContext) Value(key any) any { return (*l.held.Load()).Value(key) }
