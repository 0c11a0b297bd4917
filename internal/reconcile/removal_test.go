package reconcile_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// several makes shares that differ in their names alone.
func (w *world) several(t *testing.T, count int) []reconcile.Prior {
	t.Helper()
	var made []reconcile.Prior
	for i := range count {
		spec := etlReports()
		spec.Name = share.Name(fmt.Sprintf("share-%d", i))
		spec.Consumer.AttachToRoles = nil
		outcome, err := w.start(t).Create(t.Context(), spec)
		if err != nil {
			t.Fatalf("creating: %v", err)
		}
		made = append(made, reconcile.Prior{Spec: outcome.Spec, RoleUniqueID: outcome.RoleUniqueID, InSync: true})
	}
	w.sim.ResetCalls()
	return made
}

// removeAll removes shares at the same time and gives the roles that were left.
func removeAll(t *testing.T, r *reconcile.Reconciler, shares []reconcile.Prior) []*share.Role {
	t.Helper()
	left := make([]*share.Role, len(shares))
	var all sync.WaitGroup
	for i, prior := range shares {
		all.Go(func() {
			var err error
			if left[i], err = r.Delete(t.Context(), prior); err != nil {
				t.Errorf("deleting %s: %v", prior.Spec.Name, err)
			}
		})
	}
	all.Wait()
	return left
}

func (w *world) calls() map[string]int {
	counts := map[string]int{}
	for _, call := range w.sim.Calls() {
		counts[call.Name()]++
	}
	return counts
}

func TestDeleteOfManyLooksOnce(t *testing.T) {
	t.Parallel()
	denied := &awssim.Error{Code: "AccessDenied", Status: 403, Message: "not authorized"}
	for name, test := range map[string]struct {
		count int
		fault awssim.Fault
		want  map[string]int
	}{
		"one share":            {1, awssim.Fault{}, map[string]int{"iam:GetRole": 1}},
		"many shares":          {10, awssim.Fault{}, map[string]int{"iam:ListRoles": 1}},
		"who may list nothing": {10, awssim.Fault{Operation: "ListRoles", Error: denied, Times: awssim.Always}, map[string]int{"iam:ListRoles": 1, "iam:GetRole": 10}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			shares := w.several(t, test.count)
			if test.fault.Operation != "" {
				w.sim.Inject(test.fault)
			}
			removeAll(t, w.start(t), shares)
			test.want["sts:GetCallerIdentity"] = 1
			test.want["s3:GetBucketPolicy"], test.want["s3:DeleteBucketPolicy"] = 2, 1
			test.want["iam:DeleteRolePolicy"], test.want["iam:DeleteRole"] = test.count, test.count
			if diff := cmp.Diff(test.want, w.calls()); diff != "" {
				t.Errorf("calls (-want +counted):\n%s", diff)
			}
		})
	}
}

// exchange deletes a role and makes another one of its name.
func (w *world) exchange(t *testing.T, name share.Name, tags ...types.Tag) {
	t.Helper()
	role := aws.String(string(name))
	steps := []func() error{
		func() error {
			_, err := w.iam().DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{RoleName: role, PolicyName: aws.String(share.PermissionsPolicyName)})
			return err
		},
		func() error {
			_, err := w.iam().DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: role})
			return err
		},
		func() error {
			_, err := w.iam().CreateRole(t.Context(), &iam.CreateRoleInput{
				RoleName: role, Tags: tags,
				AssumeRolePolicyDocument: aws.String(trusting(`{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole"}`)),
			})
			return err
		},
	}
	for _, step := range steps {
		if err := step(); err != nil {
			t.Errorf("exchanging %s: %v", name, err)
		}
	}
}

// Roles are exchanged before any process looks, and after the list that serves all of them.
func TestDeleteOfManyLeavesARoleThatWasExchanged(t *testing.T) {
	t.Parallel()
	ours := types.Tag{Key: aws.String(share.OwnershipTag), Value: aws.String(bucket)}
	others := types.Tag{Key: aws.String(share.OwnershipTag), Value: aws.String("acme-logs")}
	for name, test := range map[string]struct {
		tags []types.Tag
		kept bool
	}{
		"by somebody":                           {nil, true},
		"by this provider, for another bucket":  {[]types.Tag{others}, true},
		"by this provider, for the same bucket": {[]types.Tag{ours}, false},
	} {
		for when, fault := range map[string]*awssim.Fault{
			"before": nil, "after the list": {Operation: "ListRoles"}, "after another share is gone": {Operation: "DeleteRole", Resource: "share-0"},
		} {
			t.Run(name+" "+when, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				shares := w.several(t, 3)
				r := w.start(t)
				if fault == nil {
					w.exchange(t, "share-1", test.tags...)
				} else {
					armed := *fault
					armed.After = func() { w.exchange(t, "share-1", test.tags...) }
					w.sim.Inject(armed)
				}
				removeAll(t, r, shares[:1])
				left := removeAll(t, r, shares[1:])
				if (left[0] != nil) != test.kept || left[1] != nil {
					t.Errorf("left %v", left)
				}
				_, err := w.iam().GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("share-1")})
				if awsapi.IsAbsent(err) == test.kept {
					t.Errorf("the role that took the place of share-1: %v", err)
				}
				if have := w.statements(t); len(have) != 0 {
					t.Errorf("statements are left: %v", have)
				}
			})
		}
	}
}
