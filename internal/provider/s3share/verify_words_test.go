package s3share

import (
	"errors"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

func TestEveryCauseHasASentence(t *testing.T) {
	t.Parallel()
	w := proofWords{
		spec: share.Spec{
			Owner: share.Account{ID: "111111111111", Partition: "aws"}, Name: "etl-reports", Bucket: "acme-data", Path: "/",
			Consumer: share.Consumer{AccountID: "222222222222"},
		},
		proof: reconcile.Proof{Caller: "arn:aws:sts::222222222222:assumed-role/etl/s"}, subject: "share acme-data/etl-reports",
	}
	for _, cause := range []reconcile.Cause{
		reconcile.ExplicitDeny, reconcile.RootUser, reconcile.OtherAccount, reconcile.NotPrincipal, reconcile.PathUnknown, reconcile.PrincipalsUnknown,
		reconcile.NoPermission, reconcile.WrongExternalID, reconcile.NoSuchRole, reconcile.OutsideOrganization, reconcile.OutsideNetwork,
		reconcile.OwnersConditions, reconcile.Expired, reconcile.MadeAgain, reconcile.OrganizationPolicy, reconcile.OldAnswer, reconcile.OpenTrust,
		reconcile.DeniedByOthers, reconcile.AllowedByOthers, reconcile.AllowedSomewhere, reconcile.Boundary, reconcile.Key, reconcile.ForeignObject,
	} {
		if have := w.cause(cause, []string{"statement X of the bucket policy"}); have == string(cause) || have == "" {
			t.Errorf("cause %s has no sentence", cause)
		}
	}
}

func TestWordsOfAProof(t *testing.T) {
	t.Parallel()
	id, err := share.ParseExternalID("given-by-the-consumer")
	if err != nil {
		t.Fatal(err)
	}
	spec := share.Spec{
		Owner: share.Account{ID: "111111111111", Partition: "aws"}, Name: "etl-reports", Bucket: "acme-data", Path: "/",
		Consumer: share.Consumer{AccountID: "222222222222"}, ExternalIDs: []share.ExternalID{id},
	}
	for name, c := range map[string]struct {
		findings           []reconcile.Finding
		errors, warnings   int
		summary, detailHas string
	}{
		"all is proved": {findings: []reconcile.Finding{{Claim: reconcile.LetsIn, Verdict: reconcile.Proved}}},
		"refused": {
			findings: []reconcile.Finding{{
				Claim: reconcile.LetsIn, Verdict: reconcile.Refuted, Causes: []reconcile.Cause{reconcile.NoPermission, reconcile.OrganizationPolicy},
				Err: errors.New("the ID given-by-the-consumer is odd"),
			}},
			errors: 1, summary: "Share acme-data/etl-reports does not let its consumer in", detailHas: "What is left as a cause:",
		},
		"open": {
			findings: []reconcile.Finding{{Claim: reconcile.AsksForID, Verdict: reconcile.Refuted, Causes: []reconcile.Cause{reconcile.OpenTrust}}},
			errors:   1, summary: "Role etl-reports can be assumed without an external ID", detailHas: "anyone in account 222222222222 can assume it",
		},
		"wider than its prefixes, in two ways": {
			findings: []reconcile.Finding{
				{Claim: reconcile.StopsReading, Verdict: reconcile.Refuted, Target: "raw/x", Causes: []reconcile.Cause{reconcile.AllowedByOthers}, Others: []string{"theirs"}},
				{Claim: reconcile.StopsListing, Verdict: reconcile.Refuted, Causes: []reconcile.Cause{reconcile.AllowedByOthers}, Others: []string{"theirs"}},
			},
			errors: 2, summary: "Share acme-data/etl-reports lets its consumer read s3://acme-data/raw/x, which is outside its prefixes",
			detailHas: "somebody else's policy allows it: theirs",
		},
		"two things not shown": {
			findings: []reconcile.Finding{
				{Claim: reconcile.ReadsInside, Verdict: reconcile.NotShown, Obstacle: reconcile.NoObject},
				{Claim: reconcile.StopsReading, Verdict: reconcile.NotShown, Obstacle: reconcile.NoObject},
			},
			warnings: 1, summary: "Share acme-data/etl-reports was not verified completely", detailHas: "Not shown:\n  - reading inside the share",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diags := proofWords{spec: spec, proof: reconcile.Proof{Findings: c.findings}, subject: "share acme-data/etl-reports"}.diagnose()
			if diags.ErrorsCount() != c.errors || diags.WarningsCount() != c.warnings {
				t.Fatalf("there are %d errors and %d warnings: %v", diags.ErrorsCount(), diags.WarningsCount(), diags)
			}
			if len(diags) == 0 {
				return
			}
			if first := diags[0]; first.Summary() != c.summary || !strings.Contains(first.Detail(), c.detailHas) {
				t.Errorf("it says %q: %s", first.Summary(), first.Detail())
			}
			if strings.Contains(diags[0].Detail(), "given-by-the-consumer") {
				t.Error("the detail shows the external ID")
			}
		})
	}
}
