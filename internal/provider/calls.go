package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// This file tells in the log what a run has cost.

// LogCalls writes the number of AWS calls by operation to the log at DEBUG, once a provider has been served to its end.
func LogCalls(served provider.Provider) {
	if p, ok := served.(*crossaccount); ok {
		if write := p.logCalls.Load(); write != nil {
			(*write)()
		}
	}
}

// willLogCalls keeps the way to the log, which Terraform opens for each request, for the time when there are no more.
func (p *crossaccount) willLogCalls(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	write := func() {
		counts := map[string]any{}
		for name, count := range p.tally.Calls() {
			counts[name] = count
		}
		tflog.Debug(ctx, "AWS calls of this process", counts)
	}
	p.logCalls.Store(&write)
}
