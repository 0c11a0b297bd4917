package share_test

import (
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

func mustID(t *testing.T, text string) share.ExternalID {
	t.Helper()
	id, err := share.ParseExternalID(text)
	if err != nil {
		t.Fatalf("parsing an external ID: %v", err)
	}
	return id
}

func mustTake(t *testing.T, id share.ExternalID) share.Fingerprint {
	t.Helper()
	taken, err := share.TakeFingerprint(id, rand.Reader)
	if err != nil {
		t.Fatalf("taking a fingerprint: %v", err)
	}
	return taken
}

func TestAFingerprintKnowsItsIDAlone(t *testing.T) {
	t.Parallel()
	id := mustID(t, "of-the-consumer")
	taken := mustTake(t, id)
	if !taken.Matches(id) {
		t.Error("it does not know its ID")
	}
	for _, other := range []string{"of-the-consumeR", "of-the-consumer2", "of-the-consume"} {
		if taken.Matches(mustID(t, other)) {
			t.Errorf("it takes %s for its ID", other)
		}
	}
	if (share.Fingerprint{}).Matches(id) || (share.Fingerprint{}).Matches(share.ExternalID{}) {
		t.Error("no fingerprint matches something")
	}
	if again := mustTake(t, id); slices.Equal(again.Sum, taken.Sum) {
		t.Error("two fingerprints of one ID are equal: there is no salt")
	}
	text, err := json.Marshal(share.Fingerprints{Current: taken})
	if err != nil || strings.Contains(string(text), "consumer") {
		t.Errorf("it is kept as %s, %v", text, err)
	}
	var kept share.Fingerprints
	if err := json.Unmarshal(text, &kept); err != nil || !kept.Current.Matches(id) || !kept.Any() {
		t.Errorf("read back it does not know its ID: %v", err)
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	first, second, third, planned := mustID(t, "first"), mustID(t, "second"), mustID(t, "third"), share.PlannedExternalID()
	for name, c := range map[string]struct {
		known    []share.ExternalID
		prints   share.Fingerprints
		accepted []share.ExternalID
		want     []share.ExternalID
	}{
		"nothing to find":                {known: []share.ExternalID{first}, accepted: []share.ExternalID{second}, want: []share.ExternalID{first}},
		"the newest":                     {prints: share.Fingerprints{Current: mustTake(t, first)}, accepted: []share.ExternalID{first}, want: []share.ExternalID{first}},
		"both, in their order":           {prints: share.Fingerprints{Current: mustTake(t, second), Previous: mustTake(t, first)}, accepted: []share.ExternalID{first, third, second}, want: []share.ExternalID{second, first}},
		"the one before alone":           {known: []share.ExternalID{second}, prints: share.Fingerprints{Previous: mustTake(t, first)}, accepted: []share.ExternalID{first}, want: []share.ExternalID{second, first}},
		"a known one before":             {known: []share.ExternalID{first}, prints: share.Fingerprints{Current: mustTake(t, second)}, accepted: []share.ExternalID{first, second}, want: []share.ExternalID{second, first}},
		"the newest is not accepted":     {prints: share.Fingerprints{Current: mustTake(t, first)}, accepted: []share.ExternalID{second}, want: []share.ExternalID{planned}},
		"the one before is not accepted": {known: []share.ExternalID{second}, prints: share.Fingerprints{Previous: mustTake(t, first)}, accepted: []share.ExternalID{second}, want: []share.ExternalID{second}},
		"there is no role":               {prints: share.Fingerprints{Current: mustTake(t, first), Previous: mustTake(t, second)}, want: []share.ExternalID{planned}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			observed := share.Observed{}
			if c.accepted != nil {
				var ids policy.Values
				for _, id := range c.accepted {
					ids = append(ids, id.Reveal())
				}
				observed.Role = &share.Role{Trust: policy.New(policy.Statement{
					Effect: policy.Allow, Condition: policy.Condition{"StringEquals": {"sts:ExternalId": ids}},
				})}
			}
			resolved := share.Spec{ExternalIDs: c.known, Fingerprints: c.prints}.Resolve(observed)
			if !slices.Equal(resolved.ExternalIDs, c.want) || resolved.Fingerprints.Any() {
				t.Errorf("it has %d IDs, want others", len(resolved.ExternalIDs))
			}
			if lacks := c.want[0] == planned; resolved.LacksExternalID() != lacks {
				t.Errorf("it lacks the ID: %v", !lacks)
			}
		})
	}
}
