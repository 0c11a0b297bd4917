package awsapi

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

const (
	fourReads = "iam:GetRole iam:GetRolePolicy iam:ListAttachedRolePolicies iam:ListRolePolicies"
	oneSweep  = "iam:GetAccountAuthorizationDetails iam:ListRoles"
)

// populated is a world with shares' roles a, b, c …, each with its permissions policy; the account has other roles, too.
func populated(t *testing.T, names ...share.Name) (*awssim.Server, *awssim.Account) {
	t.Helper()
	sim, owner := newWorld(t)
	owner.AddRole("/", "somebody-elses")
	cloud := newCloud(t, sim, owner)
	for _, name := range names {
		makeRole(t, cloud, desiredNamed(t, name))
	}
	sim.ResetCalls()
	return sim, owner
}

func makeRole(t *testing.T, cloud *Cloud, desired share.Desired) {
	t.Helper()
	for _, part := range []changes.Part{changes.Role, changes.PermissionsPolicy} {
		if _, err := cloud.Apply(background(), changes.Change{Verb: changes.Create, Part: part, Desired: desired}); err != nil {
			t.Fatal(err)
		}
	}
}

func mustRefresh(t *testing.T, cloud *Cloud, name share.Name) share.Observed {
	t.Helper()
	observed, err := cloud.RefreshRole(background(), desiredNamed(t, name).Spec)
	if err != nil {
		t.Fatalf("reading %s: %v", name, err)
	}
	return observed
}

func mustCall(t *testing.T, sim *awssim.Server, want string) {
	t.Helper()
	if calls := namesIn(sim); calls != want {
		t.Errorf("called %s, want %s", calls, want)
	}
	sim.ResetCalls()
}

func TestSweepTellsWhatSingleReadsTell(t *testing.T) {
	t.Parallel()
	sim, owner := populated(t, "a")
	cloud := newCloud(t, sim, owner)
	desired := desiredNamed(t, "full")
	desired.Role.Description = "what it is for"
	desired.Role.MaxSessionDuration = 5 * time.Hour
	desired.Role.PermissionsBoundary = owner.AddPolicy("/", "boundary", allowNothing)
	desired.Role.Tags["Team"] = "data"
	makeRole(t, cloud, desired)
	putInline(t, cloud.owner, "full", allowNothing)
	attach(t, sim, owner.AdminKey(), "full", owner.AddPolicy("/", "attached", allowNothing))
	sim.SetPageSize(1)

	fresh := newCloud(t, sim, owner)
	mustRefresh(t, fresh, "a")
	swept := mustRefresh(t, fresh, "full")
	sim.ResetCalls()
	single, err := fresh.ObserveRole(background(), desired.Spec)
	if err != nil {
		t.Fatal(err)
	}
	for i, inline := range swept.Inline {
		if inline.Name != share.PermissionsPolicyName {
			swept.Inline[i].Document = policy.Document{} // the sweep has documents of others, too; nobody asks for them
		}
	}
	equal := cmp.Comparer(func(x, y policy.Document) bool { return x.Equal(y) })
	if diff := cmp.Diff(single, swept, equal); diff != "" {
		t.Errorf("single reads and the sweep differ (-single +swept):\n%s", diff)
	}
	if single.Role == nil || len(single.Inline) != 2 || len(single.Attached) != 1 || single.Role.Settings.PermissionsBoundary == "" {
		t.Errorf("the role is not what the test is about: %+v", single)
	}
}

const allowNothing = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`

func TestRefreshSweepsForAllButTheFirst(t *testing.T) {
	t.Parallel()
	sim, owner := populated(t, "a", "b", "c")
	cloud := newCloud(t, sim, owner)
	mustRefresh(t, cloud, "a")
	mustCall(t, sim, fourReads)
	mustRefresh(t, cloud, "b")
	mustCall(t, sim, oneSweep)
	mustRead(t, cloud, "c")
	mustCall(t, sim, "")
	// A second look is a fresh one.
	mustRefresh(t, cloud, "c")
	mustCall(t, sim, fourReads)
}

func TestRefreshSweepsAtOnceWhenReadsAreUnderWay(t *testing.T) {
	t.Parallel()
	names := []share.Name{"a", "b", "c", "d", "e"}
	sim, owner := populated(t, names...)
	cloud := newCloud(t, sim, owner)
	for range names {
		cloud.ExpectRead()
	}
	var all sync.WaitGroup
	for _, name := range names {
		all.Go(func() { mustRefresh(t, cloud, name) })
	}
	all.Wait()
	mustCall(t, sim, oneSweep)
}

// joinedMeanwhile has shares a and b, and a read of another share that is announced while the first role is read.
func joinedMeanwhile(t *testing.T) (*awssim.Server, *Cloud) {
	t.Helper()
	sim, owner := populated(t, "a", "b")
	cloud := newCloud(t, sim, owner)
	cloud.ExpectRead()
	sim.Inject(awssim.Fault{Operation: "GetRole", Before: cloud.ExpectRead})
	return sim, cloud
}

func mustRead(t *testing.T, cloud *Cloud, name share.Name) {
	t.Helper()
	if observed := mustRefresh(t, cloud, name); observed.Role == nil || observed.Permissions() == nil {
		t.Errorf("%s was not read: %+v", name, observed)
	}
}

func TestRefreshJoinsTheSweepOfThoseThatComeMeanwhile(t *testing.T) {
	t.Parallel()
	sim, cloud := joinedMeanwhile(t)
	mustRead(t, cloud, "a")
	mustCall(t, sim, "iam:GetRole "+oneSweep)
	mustRead(t, cloud, "b")
	mustCall(t, sim, "")
}

// Where the sweep is refused, the role that was read for it is not read again.
func TestRefreshGoesOnWithoutTheSweepItWouldJoin(t *testing.T) {
	t.Parallel()
	sim, cloud := joinedMeanwhile(t)
	sim.Inject(awssim.Fault{Operation: "GetAccountAuthorizationDetails", Error: &awssim.Error{Status: 403, Code: "AccessDenied", Message: "no"}})
	mustRead(t, cloud, "a")
	mustCall(t, sim, strings.Replace(fourReads, "iam:GetRole ", "iam:GetRole iam:GetAccountAuthorizationDetails ", 1))
}

func TestRefreshOfOneShareNeedsNoSweep(t *testing.T) {
	t.Parallel()
	sim, owner := populated(t, "a", "b")
	cloud := newCloud(t, sim, owner)
	cloud.ExpectRead()
	mustRefresh(t, cloud, "a")
	mustCall(t, sim, fourReads)
}

func TestRefreshAfterAWriteIsFresh(t *testing.T) {
	t.Parallel()
	sim, owner := populated(t, "a", "b", "c")
	cloud := newCloud(t, sim, owner)
	mustRefresh(t, cloud, "a")
	mustRefresh(t, cloud, "b") // sweeps
	desired := desiredNamed(t, "c")
	desired.Role.Description = "written by this process"
	if _, err := cloud.Apply(background(), changes.Change{Verb: changes.Update, Part: changes.Settings, Desired: desired}); err != nil {
		t.Fatal(err)
	}
	sim.ResetCalls()
	if observed := mustRefresh(t, cloud, "c"); observed.Role.Settings.Description != "written by this process" {
		t.Errorf("the description is %q", observed.Role.Settings.Description)
	}
	mustCall(t, sim, fourReads)
	// Another process starts afresh.
	next := newCloud(t, sim, owner)
	mustRefresh(t, next, "a")
	if observed := mustRefresh(t, next, "c"); observed.Role.Settings.Description != "written by this process" {
		t.Errorf("the description is %q", observed.Role.Settings.Description)
	}
	mustCall(t, sim, fourReads+" "+oneSweep)
}

func TestRefreshOfAShareThatIsBeingWrittenIsFresh(t *testing.T) {
	t.Parallel()
	sim, owner := populated(t, "a", "b")
	cloud := newCloud(t, sim, owner)
	mustRefresh(t, cloud, "a")
	desired := desiredNamed(t, "b")
	desired.Role.Description = "written while the sweep was read"
	sim.Inject(awssim.Fault{Operation: "ListRoles", After: func() {
		if _, err := cloud.Apply(background(), changes.Change{Verb: changes.Update, Part: changes.Settings, Desired: desired}); err != nil {
			t.Error(err)
		}
	}})
	if observed := mustRefresh(t, cloud, "b"); observed.Role.Settings.Description != desired.Role.Description {
		t.Errorf("the description is %q", observed.Role.Settings.Description)
	}
}

func TestRefreshOfWhatTheSweepDoesNotHave(t *testing.T) {
	t.Parallel()
	sim, owner := populated(t, "a", "b", "untagged")
	cloud := newCloud(t, sim, owner)
	if _, err := cloud.owner.iam.UntagRole(background(), &iam.UntagRoleInput{RoleName: aws.String("untagged"), TagKeys: []string{share.OwnershipTag}}); err != nil {
		t.Fatal(err)
	}
	mustRefresh(t, cloud, "a")
	mustRefresh(t, cloud, "b")
	sim.ResetCalls()
	makeRole(t, newCloud(t, sim, owner), desiredNamed(t, "young"))
	sim.ResetCalls()
	for _, name := range []share.Name{"young", "untagged"} {
		if observed := mustRefresh(t, cloud, name); observed.Role == nil {
			t.Errorf("%s is said to be missing", name)
		}
		mustCall(t, sim, fourReads)
	}
	if observed := mustRefresh(t, cloud, "gone"); observed.Role != nil {
		t.Errorf("a role was found where there is none: %+v", observed.Role)
	}
	mustCall(t, sim, "iam:GetRole")
}

// A role that was made again between the two lists would get the description of one and the policies of the other.
func TestRefreshOfARoleExchangedDuringTheSweep(t *testing.T) {
	t.Parallel()
	sim, owner := populated(t, "a", "b")
	cloud := newCloud(t, sim, owner)
	mustRefresh(t, cloud, "a")
	other := newCloud(t, sim, owner)
	sim.Inject(awssim.Fault{Operation: "ListRoles", Before: func() {
		desired := desiredNamed(t, "b")
		for _, part := range []changes.Part{changes.PermissionsPolicy, changes.Role} {
			if _, err := other.Apply(background(), changes.Change{Verb: changes.Delete, Part: part, Desired: desired}); err != nil {
				t.Error(err)
			}
		}
		desired.Role.Description = "made again"
		makeRole(t, other, desired)
	}})
	if observed := mustRefresh(t, cloud, "b"); observed.Role.Settings.Description != "made again" {
		t.Errorf("the old role was told: %+v", observed.Role)
	}
}

func TestRefreshWithoutASweep(t *testing.T) {
	t.Parallel()
	denied := &awssim.Error{Status: 403, Code: "AccessDenied", Message: "not authorized"}
	for name, test := range map[string]struct {
		fault awssim.Fault
		off   bool
		want  string
	}{
		"turned off":                 {off: true, want: strings.Join([]string{fourReads, fourReads, fourReads}, " ")},
		"details are denied":         {fault: awssim.Fault{Operation: "GetAccountAuthorizationDetails", Error: denied}, want: strings.Join([]string{fourReads, "iam:GetAccountAuthorizationDetails", fourReads, fourReads}, " ")},
		"the list is denied":         {fault: awssim.Fault{Operation: "ListRoles", Error: denied}, want: strings.Join([]string{fourReads, oneSweep, fourReads, fourReads}, " ")},
		"AWS has a fault of its own": {fault: awssim.Fault{Operation: "ListRoles", Error: &awssim.Error{Status: 400, Code: "ValidationError", Message: "?"}}, want: strings.Join([]string{fourReads, oneSweep, fourReads, fourReads}, " ")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim, owner := populated(t, "a", "b", "c")
			cloud := newCloud(t, sim, owner)
			if test.off {
				cloud = cloud.WithoutSweep()
			} else {
				test.fault.Times = awssim.Always
				sim.Inject(test.fault)
			}
			for _, share := range []share.Name{"a", "b", "c"} {
				if observed := mustRefresh(t, cloud, share); observed.Role == nil {
					t.Errorf("%s was not read", share)
				}
			}
			mustCall(t, sim, test.want)
		})
	}
}

// The caller that sweeps may give up; those who wait for it do not.
func TestRefreshGoesOnWhenTheOneThatSweepsGivesUp(t *testing.T) {
	t.Parallel()
	sim, owner := populated(t, "a", "b", "c")
	cloud := newCloud(t, sim, owner)
	mustRefresh(t, cloud, "a")
	ctx, giveUp := context.WithCancel(background())
	sim.Inject(awssim.Fault{Operation: "GetAccountAuthorizationDetails", Before: giveUp})
	if _, err := cloud.RefreshRole(ctx, desiredNamed(t, "b").Spec); !errors.Is(err, context.Canceled) {
		t.Errorf("the caller that gave up is told %v", err)
	}
	sim.ResetCalls()
	mustRefresh(t, cloud, "c")
	mustCall(t, sim, oneSweep)
}
