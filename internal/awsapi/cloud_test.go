package awsapi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// newCloud reaches the owner of a simulator as a fresh process does; the bucket acme-data is there.
func newCloud(t *testing.T, sim *awssim.Server, owner *awssim.Account) *Cloud {
	t.Helper()
	return NewCloud(mustConnect(t, connectionTo(sim.URL(), keysOf(owner.AdminKey()))), nil, (&pauses{}).pause)
}

func newWorld(t *testing.T) (*awssim.Server, *awssim.Account) {
	t.Helper()
	sim, owner, _ := newSimulator(t)
	owner.AddBucket("acme-data", awssim.BucketOptions{Region: "eu-central-1"})
	return sim, owner
}

// desiredNamed renders a share of that name.
func desiredNamed(t *testing.T, name share.Name) share.Desired {
	t.Helper()
	id, err := share.ParseExternalID("example-external-id")
	if err != nil {
		t.Fatal(err)
	}
	spec := specWith(id)
	spec.Name = name
	return share.Render(spec)
}

func countOf(sim *awssim.Server, name string) int {
	count := 0
	for _, call := range sim.Calls() {
		if call.Name() == name {
			count++
		}
	}
	return count
}

func TestManySharesOnOneBucketTakeOneReadAndOneWrite(t *testing.T) {
	t.Parallel()
	sim, owner := newWorld(t)
	cloud := newCloud(t, sim, owner)
	const many = 10
	var all sync.WaitGroup
	var leaves []func()
	for range many {
		leaves = append(leaves, cloud.Join())
	}
	for i := range many {
		desired := desiredNamed(t, share.Name(fmt.Sprintf("share-%d", i)))
		all.Go(func() {
			defer leaves[i]()
			if _, err := cloud.Apply(background(), changes.Change{Verb: changes.Create, Part: changes.BucketStatement, Desired: desired}); err != nil {
				t.Errorf("share %d: %v", i, err)
			}
		})
	}
	all.Wait()
	if calls := namesIn(sim); calls != "sts:GetCallerIdentity s3:GetBucketPolicy s3:PutBucketPolicy s3:GetBucketPolicy" {
		t.Errorf("called %s", calls)
	}
	sim.ResetCalls()
	for i := range many {
		spec := desiredNamed(t, share.Name(fmt.Sprintf("share-%d", i))).Spec
		found, err := cloud.ObserveBucket(background(), spec)
		if err != nil || len((share.Observed{Bucket: found}).Statements(spec)) == 0 {
			t.Errorf("%s is not in the policy: %v", spec.Name, err)
		}
	}
	if calls := namesIn(sim); calls != "" {
		t.Errorf("what was read back is asked for again: %s", calls)
	}
}

func TestWhatWasReadIsForgottenWhenAWriteFails(t *testing.T) {
	t.Parallel()
	sim, owner := newWorld(t)
	cloud := newCloud(t, sim, owner)
	desired := desiredNamed(t, "etl")
	for range 2 {
		if _, err := cloud.ObserveBucket(background(), desired.Spec); err != nil {
			t.Fatal(err)
		}
	}
	if reads := countOf(sim, "s3:GetBucketPolicy"); reads != 1 {
		t.Errorf("the policy was read %d times, want 1", reads)
	}
	sim.Inject(awssim.Fault{
		Operation: "PutBucketPolicy", Error: &awssim.Error{Status: 403, Code: "AccessDenied", Message: "Access Denied"},
		Before: func() { // somebody reads while the write is on its way
			if _, err := cloud.ObserveBucket(background(), desired.Spec); err != nil {
				t.Error(err)
			}
		},
	})
	_, err := cloud.Apply(background(), changes.Change{Verb: changes.Create, Part: changes.BucketStatement, Desired: desired})
	if !IsDenied(err) {
		t.Errorf("got %v, want a refusal", err)
	}
	before := countOf(sim, "s3:GetBucketPolicy")
	if _, err := cloud.ObserveBucket(background(), desired.Spec); err != nil || countOf(sim, "s3:GetBucketPolicy") != before+1 {
		t.Errorf("the policy was not read again: %v", err)
	}
}

func TestMissingBucketIsAskedForAgain(t *testing.T) {
	t.Parallel()
	sim, owner, _ := newSimulator(t)
	cloud, spec := newCloud(t, sim, owner), desiredNamed(t, "etl").Spec
	if found, err := cloud.ObserveBucket(background(), spec); err != nil || found.State != share.BucketMissing {
		t.Fatalf("found %+v, %v", found, err)
	}
	owner.AddBucket("acme-data", awssim.BucketOptions{Region: "eu-central-1"})
	if found, err := cloud.ObserveBucket(background(), spec); err != nil || found.State != share.BucketWithoutPolicy {
		t.Errorf("found %+v, %v after the bucket was made", found, err)
	}
}

// Every write is repeated by the SDK when its answer is lost, so a repetition must not be an error.
func TestLostAnswersOfWrites(t *testing.T) {
	t.Parallel()
	desired := desiredNamed(t, "etl")
	change := func(verb changes.Verb, part changes.Part) changes.Change {
		return changes.Change{Verb: verb, Part: part, Desired: desired, RemoveTags: []string{"old"}}
	}
	tests := map[string]struct {
		change changes.Change
		call   string
		want   func(error) bool
	}{
		// Who made the role that exists is for the caller to find out, by its tags.
		"role made":                {change(changes.Create, changes.Role), "CreateRole", IsTaken},
		"role deleted":             {change(changes.Delete, changes.Role), "DeleteRole", isNil},
		"trust policy put":         {change(changes.Update, changes.TrustPolicy), "UpdateAssumeRolePolicy", isNil},
		"settings put":             {change(changes.Update, changes.Settings), "UpdateRole", isNil},
		"tags put":                 {change(changes.Update, changes.Tags), "TagRole", isNil},
		"tags taken":               {change(changes.Update, changes.Tags), "UntagRole", isNil},
		"permissions put":          {change(changes.Create, changes.PermissionsPolicy), "PutRolePolicy", isNil},
		"permissions taken":        {change(changes.Delete, changes.PermissionsPolicy), "DeleteRolePolicy", isNil},
		"boundary taken":           {change(changes.Delete, changes.Boundary), "DeleteRolePermissionsBoundary", isNil},
		"bucket statement put":     {change(changes.Create, changes.BucketStatement), "PutBucketPolicy", isNil},
		"only bucket policy taken": {change(changes.Delete, changes.BucketStatement), "DeleteBucketPolicy", isNil},
	}
	for situation, test := range tests {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			sim, owner := newWorld(t)
			cloud := newCloud(t, sim, owner)
			prepare(t, cloud, test.change)
			sim.Inject(awssim.Fault{Operation: test.call, DropAfter: true})
			if _, err := cloud.Apply(background(), test.change); !test.want(err) {
				t.Errorf("got %v", err)
			}
			if !slices.ContainsFunc(sim.Calls(), func(c awssim.Call) bool { return c.Operation == test.call }) {
				t.Errorf("%s was not called: %s", test.call, namesIn(sim))
			}
		})
	}
}

func isNil(err error) bool { return err == nil }

// prepare makes what a change needs to be there.
func prepare(t *testing.T, cloud *Cloud, change changes.Change) {
	t.Helper()
	var parts []changes.Part
	if change.Part != changes.BucketStatement && (change.Part != changes.Role || change.Verb == changes.Delete) {
		parts = append(parts, changes.Role)
	}
	if change.Verb == changes.Delete && change.Part != changes.Role && change.Part != changes.Boundary {
		parts = append(parts, change.Part)
	}
	for _, part := range parts {
		if _, err := cloud.Apply(background(), changes.Change{Verb: changes.Create, Part: part, Desired: change.Desired}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWritesHealAndMalformedDocumentsDoNot(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fault    awssim.Error
		times    int
		attempts int
		code     string
	}{
		"IAM throttles for a while":       {*awssim.Throttling(), 5, 6, ""},
		"IAM throttles for ever":          {*awssim.Throttling(), awssim.Always, DefaultMaxAttempts, "Throttling"},
		"somebody else changes the role":  {*awssim.ConcurrentModification(), 3, 4, ""},
		"IAM fails":                       {*awssim.ServiceFailure(), 2, 3, ""},
		"the principal is young":          {awssim.Error{Status: 400, Code: "MalformedPolicyDocument", Message: `Invalid principal in policy: "AWS":"x"`}, 4, 5, ""},
		"the principal never appears":     {awssim.Error{Status: 400, Code: "MalformedPolicyDocument", Message: `Invalid principal in policy: "AWS":"x"`}, awssim.Always, DefaultMaxAttempts, "MalformedPolicyDocument"},
		"the document is malformed":       {awssim.Error{Status: 400, Code: "MalformedPolicyDocument", Message: "Syntax errors in policy."}, awssim.Always, 1, "MalformedPolicyDocument"},
		"the trust policy is too long":    {awssim.Error{Status: 409, Code: "LimitExceeded", Message: "Cannot exceed quota for ACLSizePerRole: 2048"}, awssim.Always, 1, "LimitExceeded"},
		"the caller may not make a role ": {awssim.Error{Status: 403, Code: "AccessDenied", Message: "not authorized"}, awssim.Always, 1, "AccessDenied"},
	}
	for situation, test := range tests {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			sim, owner := newWorld(t)
			sim.Inject(awssim.Fault{Operation: "CreateRole", Error: &test.fault, Times: test.times})
			_, err := newCloud(t, sim, owner).Apply(background(),
				changes.Change{Verb: changes.Create, Part: changes.Role, Desired: desiredNamed(t, "etl")})
			if code(err) != test.code || (test.code == "") != (err == nil) {
				t.Errorf("got %v, want the code %q", err, test.code)
			}
			if attempts := countOf(sim, "iam:CreateRole"); attempts != test.attempts {
				t.Errorf("%d attempts, want %d", attempts, test.attempts)
			}
		})
	}
}

func TestErrorSaysWhatAPersonNeedsToLookItUp(t *testing.T) {
	t.Parallel()
	sim, owner := newWorld(t)
	cloud := newCloud(t, sim, owner)
	if _, err := cloud.Owner(background()); err != nil {
		t.Fatal(err)
	}
	create := changes.Change{Verb: changes.Create, Part: changes.Role, Desired: desiredNamed(t, "etl")}
	if _, err := cloud.Apply(background(), create); err != nil {
		t.Fatal(err)
	}
	_, err := cloud.Apply(background(), create)
	var call *CallError
	if !errors.As(err, &call) {
		t.Fatalf("got %v, want a CallError", err)
	}
	if call.Call() != "iam:CreateRole" || call.AccountID() != ownerID || call.Code() != "EntityAlreadyExists" || call.RequestID() == "" ||
		!strings.Contains(call.Words(), "etl") || !strings.HasPrefix(err.Error(), "calling iam:CreateRole: ") {
		t.Errorf("call %q, account %q, code %q, words %q, request %q: %v", call.Call(), call.AccountID(), call.Code(), call.Words(), call.RequestID(), err)
	}
}

func TestConsumerPolicyNeedsCredentialsOfTheConsumer(t *testing.T) {
	t.Parallel()
	sim, owner, consumer := newSimulator(t)
	consumer.AddRole("/", "app")
	change := changes.Change{Verb: changes.Create, Part: changes.ConsumerPolicy, Target: "app", Desired: desiredNamed(t, "etl")}
	if _, err := newCloud(t, sim, owner).Apply(background(), change); !errors.Is(err, errNoConsumer) {
		t.Errorf("without credentials: got %v", err)
	}
	connect := func(account *awssim.Account) *Account {
		return mustConnect(t, connectionTo(sim.URL(), keysOf(account.AdminKey())))
	}
	cloud := NewCloud(connect(owner), connect(consumer), (&pauses{}).pause)
	if _, err := cloud.Apply(background(), change); err != nil {
		t.Fatal(err)
	}
	found, err := cloud.ObserveConsumer(background(), change.Desired.Spec, []string{"app", "absent"})
	if err != nil || len(found) != 2 || found[0].Document == nil || found[0].RoleMissing || !found[1].RoleMissing {
		t.Errorf("found %+v, %v", found, err)
	}
}

func TestCallEndsWithItsContext(t *testing.T) {
	t.Parallel()
	sim, owner := newWorld(t)
	ctx, cancel := context.WithCancel(background())
	sim.Inject(awssim.Fault{Operation: "CreateRole", Before: cancel, Error: awssim.Throttling(), Times: awssim.Always})
	_, err := newCloud(t, sim, owner).Apply(ctx, changes.Change{Verb: changes.Create, Part: changes.Role, Desired: desiredNamed(t, "etl")})
	if !errors.Is(err, context.Canceled) || countOf(sim, "iam:CreateRole") != 1 {
		t.Errorf("got %v after %d attempts", err, countOf(sim, "iam:CreateRole"))
	}
}
