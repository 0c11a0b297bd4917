package acctest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// patience bounds a fuzzed call: some inputs name what does not exist, which real users would wait for.
const patience = 300 * time.Millisecond

// fuzzed is a provider that is told arbitrary things.
type fuzzed struct {
	*World
	*protocol
	of *tfprotov6.Schema
}

func newFuzzed(f *testing.F) *fuzzed {
	f.Helper()
	w := NewWorld(f, awssim.Options{})
	none := tftypes.NewValue(tftypes.Number, 0)
	p := w.speak(f, map[string]tftypes.Value{"max_retries": none})
	return &fuzzed{World: w, protocol: p, of: p.schema.ResourceSchemas[typeName]}
}

// Whatever a configuration says, the provider does not panic, plans without writing, and makes nothing that a destroy
// leaves behind.
func FuzzConfiguration(f *testing.F) {
	p := newFuzzed(f)
	for _, seed := range []string{"", "\x00\x01", "\x01\x00\xff\x10 some more bytes to choose from", "\x02\x02\x01\x01\x01\x01\x01\x01\x01", strings.Repeat("\x00\x07", 90)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &source{data: data}
		config := s.config(p.of)
		value := p.pack(t, config)
		p.Sim.ResetCalls()
		validated, err := p.server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
			TypeName: typeName, Config: value, ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
		})
		if err != nil {
			t.Fatalf("validating: %v", err)
		}
		planned := p.plan(t, value, p.pack(t, p.proposed(t, config)))
		p.mustHaveWrittenNothing(t)
		if !hasErrors(validated.Diagnostics) && !hasErrors(planned.Diagnostics) && config.IsFullyKnown() {
			p.carryOut(t, value, planned)
		}
	})
}

func (p *fuzzed) pack(t *testing.T, value tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	packed, err := tfprotov6.NewDynamicValue(value.Type(), value)
	if err != nil {
		t.Fatal(err)
	}
	return &packed
}

// proposed is what terraform proposes for a new resource: the configuration without what is never kept.
func (p *fuzzed) proposed(t *testing.T, config tftypes.Value) tftypes.Value {
	t.Helper()
	fields := map[string]tftypes.Value{}
	if err := config.As(&fields); err != nil {
		t.Fatal(err)
	}
	for _, attribute := range p.of.Block.Attributes {
		if attribute.WriteOnly {
			fields[attribute.Name] = tftypes.NewValue(attribute.Type, nil)
		}
	}
	return tftypes.NewValue(config.Type(), fields)
}

func (p *fuzzed) nothing(t *testing.T) *tfprotov6.DynamicValue {
	t.Helper()
	return p.pack(t, tftypes.NewValue(p.of.ValueType(), nil))
}

func (p *fuzzed) plan(t *testing.T, config, proposed *tfprotov6.DynamicValue) *tfprotov6.PlanResourceChangeResponse {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	planned, err := p.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeName, PriorState: p.nothing(t), ProposedNewState: proposed, Config: config,
	})
	if err != nil {
		t.Fatalf("planning: %v", err)
	}
	return planned
}

// carryOut applies a plan that was made without an error, and destroys what came of it.
func (p *fuzzed) carryOut(t *testing.T, config *tfprotov6.DynamicValue, planned *tfprotov6.PlanResourceChangeResponse) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	applied, err := p.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeName, PriorState: p.nothing(t), PlannedState: planned.PlannedState, Config: config, PlannedPrivate: planned.PlannedPrivate,
	})
	if err != nil {
		t.Fatalf("applying: %v", err)
	}
	state, err := applied.NewState.Unmarshal(p.of.ValueType())
	if err != nil {
		t.Fatal(err)
	}
	if !state.IsNull() {
		if !hasErrors(applied.Diagnostics) && !state.IsFullyKnown() {
			t.Errorf("the state is not known: %s", state)
		}
		// A process does not take away what it has just made: that is how replacements of half-made shares look to it.
		later := p.speak(t, nil)
		destroyed, err := later.server.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{
			TypeName: typeName, PriorState: applied.NewState, PlannedState: p.nothing(t), Config: p.nothing(t), PlannedPrivate: applied.Private,
		})
		mustBeQuiet(t, err, destroyed.Diagnostics)
	}
	p.mustBeEmpty(t)
}

func hasErrors(diagnostics []*tfprotov6.Diagnostic) bool {
	for _, diagnostic := range diagnostics {
		if diagnostic.Severity == tfprotov6.DiagnosticSeverityError {
			return true
		}
	}
	return false
}

// Whatever is imported, the provider does not panic and writes nothing.
func FuzzImport(f *testing.F) {
	p := newFuzzed(f)
	for _, id := range []string{"", "/", "acme-data/etl-reports", "acme-data/", "/etl", "arn:aws:iam::111111111111:role/etl", "arn:aws:iam::1:role/", "a/b/c", "\x00/\xff"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		p.Sim.ResetCalls()
		imported, err := p.server.ImportResourceState(t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: id})
		if err != nil {
			t.Fatalf("importing: %v", err)
		}
		for _, resource := range imported.ImportedResources {
			p.read(t, resource)
		}
		p.mustHaveWrittenNothing(t)
	})
}

func (p *fuzzed) read(t *testing.T, imported *tfprotov6.ImportedResource) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := p.server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{
		TypeName: typeName, CurrentState: imported.State, Private: imported.Private, CurrentIdentity: imported.Identity,
	}); err != nil {
		t.Fatalf("reading: %v", err)
	}
}
