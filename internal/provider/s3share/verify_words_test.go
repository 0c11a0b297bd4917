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
	// ofDirect are those that a share without a role has in common with others, or alone.
	ofDirect := map[reconcile.Cause]bool{
		reconcile.NoPermission: true, reconcile.AllowedByOthers: true, reconcile.AllowedSomewhere: true, reconcile.Key: true, reconcile.KeyUnallowed: true,
	}
	for _, via := range []share.Via{share.ViaRole, share.ViaAccessPoint, share.ViaDirect} {
		w := proofWords{
			spec: share.Spec{
				Owner: share.Account{ID: "111111111111", Partition: "aws"}, Name: "etl-reports", Bucket: "acme-data", Path: "/",
				Consumer: share.Consumer{AccountID: "222222222222"}, Via: via,
			},
			proof: reconcile.Proof{Caller: "arn:aws:sts::222222222222:assumed-role/etl/s"}, subject: "share acme-data/etl-reports",
		}
		for _, cause := range []reconcile.Cause{
			reconcile.ExplicitDeny, reconcile.RootUser, reconcile.OtherAccount, reconcile.NotPrincipal, reconcile.PathUnknown, reconcile.PrincipalsUnknown,
			reconcile.NoPermission, reconcile.WrongExternalID, reconcile.NoSuchRole, reconcile.OutsideOrganization, reconcile.OutsideNetwork,
			reconcile.OwnersConditions, reconcile.Expired, reconcile.MadeAgain, reconcile.OrganizationPolicy, reconcile.OldAnswer, reconcile.OpenTrust,
			reconcile.DeniedByOthers, reconcile.AllowedByOthers, reconcile.AllowedSomewhere, reconcile.Boundary, reconcile.Key, reconcile.KeyUnallowed,
			reconcile.PointChanged, reconcile.ForeignObject,
		} {
			have := w.cause(cause, reconcile.Finding{Claim: reconcile.ReadsInside, Target: "reports/x", Others: []string{"statement X of the bucket policy"}})
			if have == string(cause) || have == "" {
				t.Errorf("cause %s of a share via %s has no sentence", cause, via)
			}
			if via == share.ViaDirect && ofDirect[cause] && strings.Contains(have, "the role") {
				t.Errorf("cause %s of a direct share speaks of a role that it does not have: %s", cause, have)
			}
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
		Consumer: share.Consumer{AccountID: "222222222222"}, ExternalIDs: []share.ExternalID{id}, Access: []share.Word{share.Read, share.List},
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
		"nothing shown": {
			findings: []reconcile.Finding{{Claim: reconcile.ReadsInside, Verdict: reconcile.NotShown, Obstacle: reconcile.NothingToTry}},
			warnings: 1, summary: "Share acme-data/etl-reports was not verified at all", detailHas: "nothing of what the share allows can be tried",
		},
		"two things not shown": {
			findings: []reconcile.Finding{
				{Claim: reconcile.LetsIn, Verdict: reconcile.Proved},
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
