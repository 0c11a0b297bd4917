package awsapi

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

func TestTallyCountsEveryAttempt(t *testing.T) {
	t.Parallel()
	sim, owner := newWorld(t)
	connection := connectionTo(sim.URL(), keysOf(owner.AdminKey()))
	connection.Tally = &Tally{}
	cloud := NewCloud(mustConnect(t, connection), nil, (&pauses{}).pause)
	sim.Inject(awssim.Fault{Operation: "GetRole", Error: awssim.Throttling(), Times: 2})
	desired := desiredNamed(t, "etl")
	if _, err := cloud.Owner(background()); err != nil {
		t.Fatal(err)
	}
	if _, err := cloud.FindRole(background(), desired.Spec); err != nil {
		t.Fatal(err)
	}
	if _, err := cloud.ObserveBucket(background(), desired.Spec); err != nil {
		t.Fatal(err)
	}
	counted := map[string]int{}
	for _, call := range sim.Calls() {
		counted[call.Name()]++
	}
	want := map[string]int{"sts:GetCallerIdentity": 1, "iam:GetRole": 3, "s3:GetBucketPolicy": 1}
	if diff := cmp.Diff(want, connection.Tally.Calls()); diff != "" {
		t.Errorf("the tally (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, counted); diff != "" {
		t.Errorf("the simulator counted (-want +got):\n%s", diff)
	}
}
