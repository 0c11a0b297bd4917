package reconcile_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// An update after a refresh that found everything as declared reads the role and nothing else.
func TestUpdateOfAShareInSync(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*share.Spec)
		want   map[string]int
	}{
		"another prefix": {
			func(s *share.Spec) { s.Prefixes = []share.Prefix{"other/"} },
			map[string]int{"iam:PutRolePolicy": 1, "s3:GetBucketPolicy": 2, "s3:PutBucketPolicy": 1},
		},
		"another description": {
			func(s *share.Spec) { s.Description = "other" },
			map[string]int{"iam:UpdateRole": 1, "s3:GetBucketPolicy": 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			prior := w.several(t, 1)[0]
			prior.InSync = true
			next := prior.Spec
			test.change(&next)
			r := w.start(t)
			outcome, err := r.Update(t.Context(), prior, next)
			if err != nil {
				t.Fatal(err)
			}
			test.want["iam:GetRole"] = 1
			calls := w.calls()
			delete(calls, "sts:GetCallerIdentity") // once for each process
			if diff := cmp.Diff(test.want, calls); diff != "" {
				t.Errorf("calls (-want +counted):\n%s", diff)
			}
			mustMatch(t, w.start(t), outcome)
		})
	}
}

// Whatever somebody does between refresh and apply, an update of what they touched ends as declared.
func TestUpdateAfterAnEditSinceTheRefresh(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"the role again", "no role", "no bucket policy", "only foreign statements", "no consumer policy", "allow everything", "trust everybody", "settings", "tags"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if edits[name] == nil {
				t.Fatalf("there is no edit %q", name)
			}
			w := newWorld(t)
			w.putPolicy(t, foreign)
			made, err := w.start(t).Create(t.Context(), etlReports())
			if err != nil {
				t.Fatalf("creating: %v", err)
			}
			if err := edits[name](t.Context(), w); err != nil {
				t.Fatalf("editing: %v", err)
			}
			next := made.Spec
			next.Prefixes = []share.Prefix{"other/"}
			next.Access = slices.Clone(made.Spec.Access)
			outcome, err := w.start(t).Update(t.Context(), reconcile.Prior{Spec: made.Spec, RoleUniqueID: made.RoleUniqueID, InSync: true}, next)
			if err != nil {
				t.Fatalf("updating: %v", err)
			}
			mustMatch(t, w.start(t), outcome)
			if name != "no bucket policy" {
				w.mustKeepForeign(t)
			}
		})
	}
}
