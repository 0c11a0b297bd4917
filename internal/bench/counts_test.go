package main

import (
	"context"
	"fmt"
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

// The calls of whole terraform runs. They are the price of a share that users feel: IAM throttles each account. A change
// that needs fewer lowers the numbers here; one that needs more has to be worth it.
var held = []struct {
	size  int
	calls map[phase]map[string]int
}{
	{1, map[phase]map[string]int{
		create: {
			"iam:CreateRole": 1, "iam:PutRolePolicy": 1,
			"s3:GetBucketPolicy": 4, "s3:PutBucketPolicy": 1, "sts:GetCallerIdentity": 2,
		},
		noop: {
			"iam:GetRole": 1, "iam:GetRolePolicy": 1, "iam:ListRolePolicies": 1, "iam:ListAttachedRolePolicies": 1,
			"s3:GetBucketPolicy": 1, "sts:GetCallerIdentity": 1,
		},
		change: {
			"iam:GetRole": 2, "iam:GetRolePolicy": 2, "iam:ListRolePolicies": 2, "iam:ListAttachedRolePolicies": 2, "iam:PutRolePolicy": 1,
			"s3:GetBucketPolicy": 4, "s3:PutBucketPolicy": 1, "sts:GetCallerIdentity": 2,
		},
		destroy: {
			"iam:GetRole": 2, "iam:GetRolePolicy": 1, "iam:ListRolePolicies": 1, "iam:ListAttachedRolePolicies": 1,
			"iam:DeleteRolePolicy": 1, "iam:DeleteRole": 1,
			"s3:GetBucketPolicy": 3, "s3:DeleteBucketPolicy": 1, "sts:GetCallerIdentity": 2,
		},
	}},
	{10, map[phase]map[string]int{
		create: {
			"iam:CreateRole": 10, "iam:PutRolePolicy": 10,
			"s3:GetBucketPolicy": 4, "s3:PutBucketPolicy": 1, "sts:GetCallerIdentity": 2,
		},
		noop: {
			"iam:GetRole": 10, "iam:GetRolePolicy": 10, "iam:ListRolePolicies": 10, "iam:ListAttachedRolePolicies": 10,
			"s3:GetBucketPolicy": 1, "sts:GetCallerIdentity": 1,
		},
		change: {
			"iam:GetRole": 11, "iam:GetRolePolicy": 11, "iam:ListRolePolicies": 11, "iam:ListAttachedRolePolicies": 11, "iam:PutRolePolicy": 1,
			"s3:GetBucketPolicy": 4, "s3:PutBucketPolicy": 1, "sts:GetCallerIdentity": 2,
		},
		destroy: {
			"iam:GetRole": 20, "iam:GetRolePolicy": 10, "iam:ListRolePolicies": 10, "iam:ListAttachedRolePolicies": 10,
			"iam:DeleteRolePolicy": 10, "iam:DeleteRole": 10,
			"s3:GetBucketPolicy": 3, "s3:DeleteBucketPolicy": 1, "sts:GetCallerIdentity": 2,
		},
	}},
}

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
	for _, want := range held {
		t.Run(fmt.Sprintf("%d shares", want.size), func(t *testing.T) {
			t.Parallel()
			b := bench{mirror: mirror, cli: cli, folder: filepath.Join(t.TempDir(), "bench"), size: want.size, before: inStep(t, want.size)}
			got, err := b.measure(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range phases {
				if diff := cmp.Diff(want.calls[p], got.phases[p].calls); diff != "" {
					t.Errorf("AWS calls of %s (-held +counted):\n%s", p, diff)
				}
			}
		})
	}
}

// inStep keeps as many shares in step as there are: each waits for the others in the last call before its edit of the
// bucket policy, so that the edits come together, which is otherwise a matter of luck.
func inStep(t *testing.T, shares int) func(*awssim.Server, phase) {
	t.Helper()
	lastCalls := map[phase]string{create: "PutRolePolicy", destroy: "GetRole"}
	return func(sim *awssim.Server, p phase) {
		sim.ClearFaults()
		if last := lastCalls[p]; last != "" {
			sim.Inject(awssim.Fault{Service: "iam", Operation: last, Times: awssim.Always, Before: meet(t, shares)})
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
