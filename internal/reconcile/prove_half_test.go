package reconcile_test

import (
	"slices"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Whoever knows the consumer's half alone sees causes that the owner could exclude.
func TestProveHalf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.putPolicy(t, foreign)
	spec := created(t, w, etlReports()).Spec
	half := func(id share.ExternalID, roles ...string) share.Spec {
		return share.Spec{
			Owner: spec.Owner, Path: spec.Path, Name: spec.Name, ExternalIDs: []share.ExternalID{id},
			Consumer: share.Consumer{AccountID: consumerID, AttachToRoles: roles},
		}
	}
	wrong, err := share.ParseExternalID("not-the-external-id")
	if err != nil {
		t.Fatal(err)
	}
	w.account.AddRole("/", "other")
	for name, c := range map[string]struct {
		half share.Spec
		who  func(w *world) awssim.Credentials
		want []string
	}{
		"it works":                     {half(spec.ExternalIDs[0], "etl"), session("etl"), []string{entered, asked}},
		"a wrong external ID":          {half(wrong, "etl"), session("etl"), []string{"lets in: refuted, wrong external ID, principals unknown, no such role, the owner's conditions, organization policy"}},
		"a role without the policy":    {half(spec.ExternalIDs[0], "etl"), session("other"), []string{"lets in: refuted, no permission, wrong external ID, principals unknown, no such role, the owner's conditions, organization policy"}},
		"the root user of the account": {half(spec.ExternalIDs[0]), func(w *world) awssim.Credentials { return w.account.RootKey() }, []string{"lets in: refuted, root user"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proof, err := w.prover(t, w.ownerKey, c.who(w)).ProveHalf(t.Context(), c.half, "check")
			if err != nil {
				t.Fatal(err)
			}
			if have := told(proof); !slices.Equal(have, c.want) {
				t.Errorf("the proof says %q, want %q", have, c.want)
			}
			w.mustHide(t, c.half, proof)
		})
	}
}
