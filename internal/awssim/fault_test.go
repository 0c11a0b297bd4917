// This file tests faults, the call log and the clock.
package awssim_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// touch makes one call UntagRole for role app, which changes nothing.
func touch(w *world) error {
	_, err := iamOf(w.sim, w.owner.AdminKey()).UntagRole(context.Background(), &iam.UntagRoleInput{RoleName: aws.String("app"), TagKeys: []string{"none"}})
	return err
}

func TestWhatFaultsDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault awssim.Fault
		done  bool // the role is made all the same
		code  string
		lost  bool // there is no whole answer
	}{
		"none of them":       {fault: awssim.Fault{Operation: "DeleteRole", Error: awssim.Throttling()}, done: true},
		"of another account": {fault: awssim.Fault{Account: consumerID, Error: awssim.Throttling()}, done: true},
		"of another service": {fault: awssim.Fault{Service: "sts", Error: awssim.Throttling()}, done: true},
		"on another role":    {fault: awssim.Fault{Resource: "other", Error: awssim.Throttling()}, done: true},
		"with another key":   {fault: awssim.Fault{AccessKeyID: "AKIA", Error: awssim.Throttling()}, done: true},
		"throttled":          {fault: awssim.Fault{Service: "iam", Resource: "share", Account: ownerID, Error: awssim.Throttling()}, code: "Throttling"},
		"server error":       {fault: awssim.Fault{Error: awssim.ServiceFailure()}, code: "ServiceFailure"},
		"no words":           {fault: awssim.Fault{Error: awssim.ConcurrentModification()}, code: "ConcurrentModification"},
		"dropped before":     {fault: awssim.Fault{DropBefore: true}, lost: true},
		"dropped after":      {fault: awssim.Fault{DropAfter: true}, lost: true, done: true},
		"truncated":          {fault: awssim.Fault{Truncate: true}, lost: true, done: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.sim.Inject(c.fault)
			_, err := iamOf(w.sim, w.owner.AdminKey()).CreateRole(context.Background(), &iam.CreateRoleInput{RoleName: aws.String("share"), AssumeRolePolicyDocument: aws.String(trustEC2)})
			if c.lost {
				var api smithy.APIError
				if err == nil || errors.As(err, &api) {
					t.Errorf("got %v, want a broken connection", err)
				}
			} else {
				mustBe(t, err, c.code, "")
			}
			if done := slices.Contains(w.owner.RoleNames(), "share"); done != c.done {
				t.Errorf("the role is there: %t, want %t", done, c.done)
			}
		})
	}
}

func TestWhichCallsFaultsStrike(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults []awssim.Fault
		want   []string // codes of five calls
	}{
		"the first": {faults: []awssim.Fault{{Error: awssim.Throttling()}}, want: []string{"Throttling", "", "", "", ""}},
		"from the second, two": {
			faults: []awssim.Fault{{Nth: 2, Times: 2, Error: awssim.Throttling()}}, want: []string{"", "Throttling", "Throttling", "", ""},
		},
		"for ever": {
			faults: []awssim.Fault{{Nth: 3, Times: awssim.Always, Error: awssim.Throttling()}}, want: []string{"", "", "Throttling", "Throttling", "Throttling"},
		},
		"one after the other": {
			faults: []awssim.Fault{{Error: awssim.Throttling()}, {Times: 2, Error: awssim.ServiceFailure()}}, want: []string{"Throttling", "ServiceFailure", "", "", ""},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.owner.AddRole("/", "app")
			for _, fault := range c.faults {
				fault.Operation = "UntagRole"
				w.sim.Inject(fault)
			}
			for i, code := range c.want {
				t.Logf("call %d", i+1)
				mustBe(t, touch(w), code, "")
			}
		})
	}
}

func TestFaultsAreDisarmed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.owner.AddRole("/", "app")
	w.sim.Inject(awssim.Fault{Times: awssim.Always, Error: awssim.Throttling()})
	mustBe(t, touch(w), "Throttling", "Rate exceeded")
	w.sim.ClearFaults()
	mustBe(t, touch(w), "", "")
}

func TestOutsideWritersAndDelays(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	w.owner.AddRole("/", "app")
	admin := iamOf(w.sim, w.owner.AdminKey())
	describe := func(text string) func() {
		return func() {
			got(admin.UpdateRole(ctx, &iam.UpdateRoleInput{RoleName: aws.String("app"), Description: &text})).must(t)
		}
	}
	w.sim.Inject(awssim.Fault{Operation: "GetRole", Before: describe("before"), After: describe("after"), Delay: time.Minute})
	show := func() string {
		return aws.ToString(got(admin.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("app")})).must(t).Role.Description)
	}
	start := w.clock.Now()
	if seen := show(); seen != "before" {
		t.Errorf("the call saw %q", seen)
	}
	if seen := show(); seen != "after" {
		t.Errorf("the next call saw %q", seen)
	}
	if passed := w.clock.Now().Sub(start); passed != time.Minute {
		t.Errorf("%s passed", passed)
	}
}

func TestCallLog(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	key := w.owner.AdminKey()
	admin := iamOf(w.sim, key)
	got(admin.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("none")})).refused(t, "NoSuchEntity", "")
	w.owner.AddRole("/", "app")
	got(admin.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: aws.String("app"), PolicyName: aws.String("p"), PolicyDocument: aws.String(allow("s3:*", "*"))})).must(t)
	got(stsOf(w.sim, key).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: aws.String(shareARN), RoleSessionName: aws.String("job")})).refused(t, "AccessDenied", "")
	wrong := key
	wrong.SecretAccessKey = "wrong"
	got(iamOf(w.sim, wrong).ListRoles(ctx, &iam.ListRolesInput{})).refused(t, "SignatureDoesNotMatch", "")

	const caller = "arn:aws:iam::111111111111:user/admin"
	want := []awssim.Call{
		{Service: "iam", Operation: "GetRole", Account: ownerID, AccessKeyID: key.AccessKeyID, Caller: caller, Resource: "none", Attempt: 1, Status: 404, Code: "NoSuchEntity"},
		{Service: "iam", Operation: "PutRolePolicy", Account: ownerID, AccessKeyID: key.AccessKeyID, Caller: caller, Resource: "app/p", Attempt: 1, Status: 200},
		{Service: "sts", Operation: "AssumeRole", Account: ownerID, AccessKeyID: key.AccessKeyID, Caller: caller, Resource: shareARN, Attempt: 1, Status: 403, Code: "AccessDenied"},
		{Service: "iam", Operation: "ListRoles", AccessKeyID: key.AccessKeyID, Caller: "anonymous", Attempt: 1, Status: 403, Code: "SignatureDoesNotMatch"},
	}
	calls := w.sim.Calls()
	if !slices.Equal(calls, want) {
		t.Errorf("the log is\n%+v\nwant\n%+v", calls, want)
	}
	if name := calls[1].Name(); name != "iam:PutRolePolicy" {
		t.Errorf("the call's name is %s", name)
	}
	w.sim.ResetCalls()
	if left := w.sim.Calls(); len(left) > 0 {
		t.Errorf("the log has %+v", left)
	}
}

func TestTwoRunsAreAlike(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) (awssim.Credentials, string) {
		sim := awssim.Start(awssim.Options{Seed: seed})
		t.Cleanup(sim.Close)
		account := sim.AddAccount(ownerID)
		return account.AdminKey(), account.AddRole("/", "app")
	}
	key, id := run(1)
	if again, sameID := run(1); again != key || sameID != id {
		t.Errorf("the same seed deals other keys or IDs")
	}
	if other, otherID := run(2); other == key || otherID == id {
		t.Errorf("another seed deals the same keys or IDs")
	}
}

func TestCallLatencyPasses(t *testing.T) {
	t.Parallel()
	const latency = 20 * time.Millisecond
	sim := awssim.Start(awssim.Options{CallLatency: latency})
	t.Cleanup(sim.Close)
	start := time.Now()
	got(stsOf(sim, sim.AddAccount(ownerID).AdminKey()).GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})).must(t)
	if took := time.Since(start); took < latency {
		t.Errorf("the call took %s", took)
	}
}
