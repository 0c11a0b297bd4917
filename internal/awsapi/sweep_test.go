package awsapi

import (
	"fmt"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

func TestSweepIsRepeatedWhenIAMThrottles(t *testing.T) {
	t.Parallel()
	sim, owner := populated(t, "a", "b")
	cloud := newCloud(t, sim, owner)
	mustRefresh(t, cloud, "a")
	sim.ResetCalls()
	sim.Inject(awssim.Fault{Operation: "GetAccountAuthorizationDetails", Error: awssim.Throttling(), Times: 2})
	mustRefresh(t, cloud, "b")
	mustCall(t, sim, "iam:GetAccountAuthorizationDetails iam:GetAccountAuthorizationDetails "+oneSweep)
}

func TestSweepReadsEveryPage(t *testing.T) {
	t.Parallel()
	var names []share.Name
	for i := range 7 {
		names = append(names, share.Name(fmt.Sprintf("share-%d", i)))
	}
	sim, owner := populated(t, names...)
	sim.SetPageSize(3)
	cloud := newCloud(t, sim, owner).WithoutSweep()
	mustRefresh(t, cloud, names[0])
	swept := newCloud(t, sim, owner)
	mustRefresh(t, swept, names[0])
	sim.ResetCalls()
	for _, name := range names[1:] {
		mustRefresh(t, swept, name)
	}
	// Eight roles in the account, seven of them under the path.
	if details, lists := countOf(sim, "iam:GetAccountAuthorizationDetails"), countOf(sim, "iam:ListRoles"); details != 3 || lists != 3 || len(sim.Calls()) != 6 {
		t.Errorf("read %d and %d pages with %d calls, want 3 and 3", details, lists, len(sim.Calls()))
	}
}

func TestCommonPath(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		paths []string
		want  string
	}{
		{[]string{"/crossaccount/"}, "/crossaccount/"},
		{[]string{"/crossaccount/", "/crossaccount/"}, "/crossaccount/"},
		{[]string{"/crossaccount/data/", "/crossaccount/"}, "/crossaccount/"},
		{[]string{"/crossaccount/", "/crossaccounts/"}, "/"},
		{[]string{"/a/b/c/", "/a/b/d/", "/a/"}, "/a/"},
		{[]string{"/a/", "/"}, "/"},
	} {
		if got := commonPath(test.paths); got != test.want {
			t.Errorf("the path of %v is %q, want %q", test.paths, got, test.want)
		}
	}
}

// Who may list a role's policies needs no leave to read one that is not there.
func TestObserveRoleWithoutLeaveToReadPolicies(t *testing.T) {
	t.Parallel()
	sim, owner := populated(t, "a")
	sim.Inject(awssim.Fault{Operation: "GetRolePolicy", Times: awssim.Always, Error: &awssim.Error{Code: "AccessDenied", Status: 403, Message: "no"}})
	cloud := newCloud(t, sim, owner)
	found, err := cloud.ObserveRole(background(), share.Spec{Name: "somebody-elses"})
	if err != nil || found.Role == nil || len(found.Inline) > 0 {
		t.Errorf("a role without policies: %+v, %v", found, err)
	}
	if _, err := cloud.ObserveRole(background(), desiredNamed(t, "a").Spec); !IsDenied(err) {
		t.Errorf("want a role with the policy to be refused, have %v", err)
	}
}
