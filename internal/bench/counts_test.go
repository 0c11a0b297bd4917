package main

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/terraformcli"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// rounds stands for the writes of bucket policies in counts; each has a read before it and a read-back.
const rounds = "rounds"

// The calls of whole terraform runs. They are the price of a share that users feel: IAM throttles each account. A change
// that needs fewer lowers the numbers here; one that needs more has to be worth it.
var held = []struct {
	layout layout
	size   int
	calls  map[phase]map[string]int
}{
	{ownStatements, 1, map[phase]map[string]int{
		create: {
			"sts:GetCallerIdentity": 2, "s3:GetBucketPolicy": 2, "s3:GetBucketEncryption": 2,
			"iam:CreateRole": 1, "iam:PutRolePolicy": 1, rounds: 1,
		},
		noop: {
			"iam:GetRole": 1, "iam:GetRolePolicy": 1, "iam:ListRolePolicies": 1, "iam:ListAttachedRolePolicies": 1,
			"s3:GetBucketPolicy": 1,
		},
		change: {
			"iam:GetRole": 2, "iam:GetRolePolicy": 1, "iam:ListRolePolicies": 1, "iam:ListAttachedRolePolicies": 1,
			"s3:GetBucketPolicy": 2,
			"iam:PutRolePolicy":  1, rounds: 1,
		},
		destroy: {
			"iam:GetRole": 2, "iam:GetRolePolicy": 1, "iam:ListRolePolicies": 1, "iam:ListAttachedRolePolicies": 1,
			"s3:GetBucketPolicy": 1, "sts:GetCallerIdentity": 1,
			"iam:DeleteRolePolicy": 1, "iam:DeleteRole": 1, rounds: 1,
		},
	}},
	{ownStatements, 20, map[phase]map[string]int{
		create: {
			"sts:GetCallerIdentity": 2, "s3:GetBucketPolicy": 2, "s3:GetBucketEncryption": 2,
			"iam:CreateRole": 20, "iam:PutRolePolicy": 20, rounds: 2,
		},
		noop: {
			"iam:GetAccountAuthorizationDetails": 1, "iam:ListRoles": 1, "s3:GetBucketPolicy": 1,
		},
		change: {
			"iam:GetAccountAuthorizationDetails": 1, "iam:ListRoles": 1, "s3:GetBucketPolicy": 2,
			"iam:GetRole": 1, "iam:PutRolePolicy": 1, rounds: 1,
		},
		destroy: {
			"iam:GetAccountAuthorizationDetails": 1, "iam:ListRoles": 2, "s3:GetBucketPolicy": 1, "sts:GetCallerIdentity": 1,
			"iam:DeleteRolePolicy": 20, "iam:DeleteRole": 20, rounds: 2,
		},
	}},
	// A destroy is not held here: each round looks for roles that still need the statements, and it is chance how many there are.
	{delegated, 20, map[phase]map[string]int{
		create: {
			"sts:GetCallerIdentity": 2, "s3:GetBucketPolicy": 2, "s3:GetBucketEncryption": 2,
			"iam:CreateRole": 20, "iam:PutRolePolicy": 20, rounds: 1,
		},
		noop: {
			"iam:GetAccountAuthorizationDetails": 1, "iam:ListRoles": 1, "s3:GetBucketPolicy": 1,
		},
		change: {
			"iam:GetAccountAuthorizationDetails": 1, "iam:ListRoles": 1, "s3:GetBucketPolicy": 2,
			"iam:GetRole": 1, "iam:PutRolePolicy": 1,
		},
	}},
}

// largestBinary bounds the size of the binary, stripped, in bytes. What makes it grow by megabytes are clients of the SDK
// that are behind an interface, see iamcalls.go of awsapi.
const largestBinary = 32e6

func TestCallCounts(t *testing.T) {
	t.Parallel()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set: calls are counted over runs of the real terraform CLI; make test sets it")
	}
	cli, err := terraformcli.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mirror, err := workspace.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if binary := size(mirror.Binary); binary > largestBinary {
		t.Errorf("the provider's binary has %.1f MB, more than %.0f", binary/1e6, largestBinary/1e6)
	}
	for _, want := range held {
		t.Run(column{want.layout, want.size}.String(), func(t *testing.T) {
			t.Parallel()
			b := bench{subject: ours(mirror, want.layout), cli: cli, folder: filepath.Join(t.TempDir(), "bench"), size: want.size, before: inStep(t, want.size)}
			got, err := b.measure(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for p, calls := range want.calls {
				if diff := cmp.Diff(calls, settled(t, calls, got.phases[p])); diff != "" {
					t.Errorf("AWS calls of %s (-held +counted):\n%s", p, diff)
				}
			}
		})
	}
}

func TestHeldCallsAreWithinTheTargets(t *testing.T) {
	t.Parallel()
	for _, h := range held {
		for p, calls := range h.calls {
			total := 0
			for name, count := range calls {
				total += count
				if name == rounds {
					total += 2 * count
				}
			}
			most := h.layout.most(h.size, p)
			if h.size == 1 && p == change {
				// Another prefix changes the permissions policy and a statement, which is read back. With the role and the bucket
				// policy read first, that makes 6 calls. With many shares, what the sweep saves pays for them.
				most += 2
			}
			if total > most {
				t.Errorf("%s of %d shares takes %d calls, more than %d", p, h.size, total, most)
			}
		}
	}
}

// settled takes out of counts what is a matter of the moment: how many shares come together in a round, whether the first
// share was looked at before a second one was there, and so alone, and calls that the SDK repeats because the simulator
// answers quicker than it has put away its request, which breaks the connection.
func settled(t *testing.T, held map[string]int, counted figures) map[string]int {
	t.Helper()
	calls := maps.Clone(counted.calls)
	for name, count := range counted.repeated {
		calls[name] -= count
	}
	written := calls["s3:PutBucketPolicy"] + calls["s3:DeleteBucketPolicy"]
	calls["s3:GetBucketPolicy"] -= 2 * written
	delete(calls, "s3:PutBucketPolicy")
	delete(calls, "s3:DeleteBucketPolicy")
	if written > 0 {
		if written != held[rounds] {
			t.Logf("%d rounds instead of %d", written, held[rounds])
		}
		calls[rounds] = held[rounds]
	}
	for _, single := range []string{"iam:GetRole", "iam:GetRolePolicy", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies"} {
		if held["iam:ListRoles"] > 0 && calls[single] == held[single]+1 {
			if calls[single]--; calls[single] == 0 {
				delete(calls, single)
			}
		}
	}
	return calls
}

// inStep keeps as many shares in step as there are at a time: each waits for the others in the last call before its edit of
// the bucket policy, so that the edits come together, which is otherwise a matter of luck.
func inStep(t *testing.T, shares int) func(*awssim.Server, phase) {
	t.Helper()
	return func(sim *awssim.Server, p phase) {
		sim.ClearFaults()
		if p == create {
			sim.Inject(awssim.Fault{Service: "iam", Operation: "PutRolePolicy", Times: awssim.Always, Before: meet(t, min(shares, 10))})
		}
	}
}

// meet makes a function that returns when it was called as often as there are shares, again and again. When calls that
// are waited for do not come, it gives up, and the counts tell what is different.
func meet(t *testing.T, shares int) func() {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	var mu sync.Mutex
	arrived, gate := 0, make(chan struct{})
	return func() {
		mu.Lock()
		mine := gate
		if arrived++; arrived == shares {
			close(gate)
			arrived, gate = 0, make(chan struct{})
		}
		mu.Unlock()
		select {
		case <-mine:
		case <-ctx.Done():
		}
	}
}
