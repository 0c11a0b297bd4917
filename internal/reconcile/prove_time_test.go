package reconcile_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file tries shares while what was written spreads, and what can not be tried at all.

// A trust policy is the one of before for some seconds. A role that is not known yet is waited for; one that was open when it
// was asked is never waited into a proof.
func TestProveWhileChangesSpread(t *testing.T) {
	t.Parallel()
	refusal := &awssim.Error{Code: "AccessDenied", Status: 403, Message: "User: somebody is not authorized to perform: sts:AssumeRole"}
	for name, c := range map[string]struct {
		fault   awssim.Fault
		trust   string // that is in force until the first pause
		waited  []time.Duration
		want    []string
		refuted bool
	}{
		"the role is young": {
			fault: awssim.Fault{Operation: "AssumeRole", Error: refusal, Times: 3}, waited: seconds(1, 2, 4), want: []string{entered, asked, read, stoppedList},
		},
		"the permissions are young": {
			fault: awssim.Fault{Operation: "GetObject", Error: &awssim.Error{Code: "AccessDenied", Status: 403}, Times: 2}, waited: seconds(1, 2),
			want: []string{entered, asked, read, stoppedList},
		},
		"the trust policy of before was open": {
			trust: openTrust, waited: seconds(15), refuted: true, want: []string{entered, "asks for the external ID: refuted, old answer", read, stoppedList},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.putPolicy(t, foreign)
			w.put(t, "reports/q1.csv")
			spec := etlReports()
			spec.Access, spec.Prefixes = []share.Word{share.Read}, nil
			spec = created(t, w, spec).Spec
			p := w.prover(t, w.ownerKey, w.consumer)
			if c.trust != "" {
				putTrust(c.trust)(t, w)
				p.onPause = func(int) { putTrust(share.Render(spec).Trust.JSON())(t, w) }
			} else {
				w.sim.Inject(c.fault)
			}
			proof, err := p.Prove(t.Context(), spec)
			if err != nil {
				t.Fatal(err)
			}
			if have := told(proof); !slices.Equal(have, c.want) || proof.Holds() == c.refuted {
				t.Errorf("the proof says %q, want %q", have, c.want)
			}
			if !slices.Equal(p.waited, c.waited) {
				t.Errorf("it waited %v, want %v", p.waited, c.waited)
			}
		})
	}
}

func TestProveGivesUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.putPolicy(t, foreign)
	spec := created(t, w, etlReports()).Spec
	t.Run("after a minute", func(t *testing.T) {
		t.Parallel()
		p := w.prover(t, w.ownerKey, w.account.RoleSession("etl", "i-1"))
		strange := spec
		strange.Path = "/elsewhere/"
		if _, err := p.Prove(t.Context(), strange); err != nil {
			t.Fatal(err)
		}
		if p.sum() != time.Minute {
			t.Errorf("it waited %v, want a minute", p.sum())
		}
	})
	t.Run("without a consumer", func(t *testing.T) {
		t.Parallel()
		p := w.prover(t, w.ownerKey, awssim.Credentials{})
		if _, err := p.Prove(t.Context(), spec); !errors.Is(err, reconcile.ErrNoConsumer) {
			t.Errorf("it ended with %v", err)
		}
		if caller, err := p.Caller(t.Context()); caller != "" || err != nil {
			t.Errorf("the caller is %q, %v", caller, err)
		}
	})
	t.Run("when time is up", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		p := w.prover(t, w.ownerKey, w.account.RoleSession("etl", "i-1"))
		p.onPause = func(int) { cancel() }
		strange := spec
		strange.Path = "/elsewhere/"
		if _, err := p.Prove(ctx, strange); !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
	})
}
