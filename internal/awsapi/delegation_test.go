package awsapi

import (
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Each round of removals asks whether a share is left that needs what is common. As long as the one is there that was found
// before, that takes one call; when it is not, others are looked for, and nothing is taken away from one.
func TestWhoNeedsWhatSharesHaveInCommon(t *testing.T) {
	t.Parallel()
	sim, owner := populated(t, "a", "b", "c", "d")
	cloud, elsewhere := newCloud(t, sim, owner), newCloud(t, sim, owner)
	remove := func(by *Cloud, name share.Name) {
		t.Helper()
		for _, part := range []changes.Part{changes.PermissionsPolicy, changes.Role} {
			if _, err := by.Apply(background(), changes.Change{Verb: changes.Delete, Part: part, Desired: desiredNamed(t, name)}); err != nil {
				t.Fatal(err)
			}
		}
		sim.ResetCalls()
	}
	mustBeShared := func(asking share.Name, want bool, calls string) {
		t.Helper()
		shared, err := cloud.isShared(background(), desiredNamed(t, asking).Spec)
		if err != nil || shared != want {
			t.Errorf("without %s, what is common is needed: %t (%v), want %t", asking, shared, err, want)
		}
		mustCall(t, sim, calls)
	}
	remove(cloud, "d")
	mustBeShared("d", true, "iam:ListRoles iam:GetRole") // a
	mustBeShared("d", true, "iam:GetRole")
	mustBeShared("a", true, "iam:ListRoles iam:GetRole") // b: a does not need it for itself
	remove(elsewhere, "b")
	mustBeShared("d", true, "iam:GetRole iam:ListRoles iam:GetRole") // b is gone, a is not
	remove(cloud, "a")
	mustBeShared("a", true, "iam:ListRoles iam:GetRole") // c; this process removed a, so it is not asked for
	remove(cloud, "c")
	mustBeShared("c", false, "iam:ListRoles")
}

// A role that this process has begun to remove may still be in the list. Others are looked at before it.
func TestWhoNeedsWhatIsCommonIsLookedForAmongOthersFirst(t *testing.T) {
	t.Parallel()
	sim, owner := populated(t, "a", "b", "c")
	cloud := newCloud(t, sim, owner)
	if _, err := cloud.Apply(background(), changes.Change{Verb: changes.Delete, Part: changes.PermissionsPolicy, Desired: desiredNamed(t, "a")}); err != nil {
		t.Fatal(err)
	}
	if found := cloud.roster.writtenLast([]string{"a", "b", "c"}); found[0] != "b" || found[2] != "a" {
		t.Errorf("looked at in the order %q", found)
	}
	sim.ResetCalls()
	if shared, err := cloud.isShared(background(), desiredNamed(t, "b").Spec); err != nil || !shared {
		t.Errorf("c needs what is common: %t, %v", shared, err)
	}
	if name := cloud.sharing.of(desiredNamed(t, "b").Spec.Bucket).peek(); name == nil || *name != "c" {
		t.Errorf("found %v", name)
	}
	mustCall(t, sim, "iam:ListRoles iam:GetRole")
}
