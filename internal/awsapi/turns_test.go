package awsapi

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// told are turns that tell which calls are made in them.
type told struct {
	sim      *awssim.Server
	names    []string
	document string
	calls    []string
}

func (o *told) Take(_ context.Context, names ...string) (end func()) {
	o.names, o.document = names, names[len(names)-1]
	before := len(o.sim.Calls())
	return func() {
		for _, call := range o.sim.Calls()[before:] {
			o.calls = append(o.calls, call.Name())
		}
	}
}

func TestDocumentsOfSeveralWritersAreWrittenInTurns(t *testing.T) {
	t.Parallel()
	sim, owner, consumer := newSimulator(t)
	consumer.AddRole("/", "etl")
	owner.AddBucket("acme-data", awssim.BucketOptions{Region: "eu-central-1"})
	key := owner.AddKey(awssim.KeyOptions{Region: "eu-central-1", Policy: keyPolicy(ownerMay)})
	desired := desiredNamed(t, "etl")
	makeRole(t, newCloud(t, sim, owner), desired)
	direct := desired.Spec
	direct.Via, direct.KMSAccess, direct.KMSKeys = share.ViaDirect, share.KeyPolicies, []share.KeyARN{share.KeyARN(key)}
	desired.KeyStatements = share.Render(direct).KeyStatements
	for _, test := range []struct {
		part     changes.Part
		document string
		calls    []string
	}{
		{changes.BucketStatement, "arn:aws:s3:::acme-data", []string{"s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:GetBucketPolicy"}},
		{changes.KeyStatement, key, []string{"kms:GetKeyPolicy", "kms:PutKeyPolicy", "kms:GetKeyPolicy"}},
	} {
		turns := &told{sim: sim}
		cloud := newCloud(t, sim, owner).InTurns(turns)
		if _, err := cloud.Apply(background(), changes.Change{Verb: changes.Create, Part: test.part, Desired: desired, Target: key}); err != nil {
			t.Fatal(err)
		}
		calls := slices.DeleteFunc(turns.calls, func(call string) bool { return call == whoAmI })
		if turns.document != test.document || !slices.Equal(calls, test.calls) {
			t.Errorf("in the turn at %s it called %q, want %s and %q", turns.document, calls, test.document, test.calls)
		}
		if len(turns.names) != 2 || !strings.HasPrefix(turns.names[0], sim.URL()) {
			t.Errorf("the turn is told by %q, which does not tell this AWS from another", turns.names)
		}
	}
}
