package share_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

const directKey = "arn:aws:kms:eu-central-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef"

// directSituations are shares without a role.
func directSituations(t *testing.T, add func(name string, change func(*share.Spec))) {
	t.Helper()
	direct := func(change func(*share.Spec)) func(*share.Spec) {
		return func(s *share.Spec) {
			s.Via, s.KMSAccess, s.ExternalIDs = share.ViaDirect, share.KeyPolicies, nil
			change(s)
		}
	}
	add("direct", direct(func(*share.Spec) {}))
	add("direct_everything", direct(func(s *share.Spec) {
		s.Access, s.Prefixes = share.Words(), []share.Prefix{"in/", "out/"}
		s.Consumer.Principals = principals(t, "arn:aws:iam::222222222222:role/etl-*", "arn:aws:iam::222222222222:user/ann")
		s.Perimeter = share.Perimeter{PrincipalOrgID: "o-a1b2c3d4e5", SourceIPs: []string{"192.0.2.0/24"}, SourceVPCEIDs: []string{"vpce-1a2b3c4d"}}
		s.ExpiresAt = time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
		s.KMSKeys = []share.KeyARN{directKey}
	}))
	add("direct_pinned", direct(func(s *share.Spec) {
		pin(t, s, "arn:aws:iam::222222222222:role/etl")
		s.KMSKeys, s.KMSAccess = []share.KeyARN{directKey}, share.KeyGrants
	}))
	add("direct_keys_of_others", direct(func(s *share.Spec) {
		s.KMSKeys, s.KMSAccess = []share.KeyARN{directKey}, share.NoKeyAccess
	}))
}

func TestSidsOfDirectSharesAreShortEnoughAndTheirOwn(t *testing.T) {
	t.Parallel()
	spec := situations(t)["direct_everything"]
	spec.Name = share.Name(strings.Repeat("n", 64))
	for _, statement := range share.Render(spec).BucketStatements {
		if len(statement.Sid) > 64 {
			t.Errorf("Sid %s has %d characters", statement.Sid, len(statement.Sid))
		}
		if !share.OwnsSid(spec.Name, statement.Sid) || share.OwnsSid(spec.Name+"x", statement.Sid) {
			t.Errorf("Sid %s does not belong to its share alone", statement.Sid)
		}
	}
	there := share.Observed{Bucket: share.BucketPolicy{State: share.BucketHasPolicy, Document: policy.New(share.Render(spec).BucketStatements...)}}
	if direct := there.DirectStatements(spec); len(direct) != 4 {
		t.Errorf("found %d of 4 statements", len(direct))
	}
	spec.Via = share.ViaRole
	spec.ExternalIDs = example().ExternalIDs
	there.Bucket.Document = policy.New(share.Render(spec).BucketStatements...)
	if direct := there.DirectStatements(spec); len(direct) != 0 {
		t.Errorf("statements of a share with a role pass for direct ones: %d", len(direct))
	}
}

func TestDirectSharesOfOneNameKeepApartInKeys(t *testing.T) {
	t.Parallel()
	one := situations(t)["direct_everything"]
	other := one
	other.Bucket = "other-data"
	statement := share.Render(one).KeyStatements[0]
	if !one.OwnsKeyStatement(statement) || other.OwnsKeyStatement(statement) {
		t.Errorf("Sid %s does not belong to the share on its bucket alone", statement.Sid)
	}
	other = one
	other.KMSAccess = share.KeyGrants
	other.Consumer.Principals = nil
	for _, grant := range share.Render(other).KeyGrants {
		if !one.OwnsGrant(grant.Name) || grant.Grantee != "arn:aws:iam::222222222222:root" {
			t.Errorf("the grant is %+v", grant)
		}
	}
}

func TestDirectSharesRefuse(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct {
		change func(*share.Spec)
		says   string
	}{
		"statements that only delegate to roles": {func(s *share.Spec) { s.BucketPolicyMode = share.Delegated }, "delegates to roles"},
		"a key of another account": {func(s *share.Spec) {
			s.KMSKeys = []share.KeyARN{"arn:aws:kms:eu-central-1:333333333333:key/01234567-89ab-cdef-0123-456789abcdef"}
		}, "account 333333333333"},
		"grants for a wildcard": {func(s *share.Spec) {
			s.KMSAccess, s.KMSKeys = share.KeyGrants, []share.KeyARN{directKey}
			s.Consumer.Principals = principals(t, "arn:aws:iam::222222222222:role/etl-*")
		}, "a grant of KMS is for one principal"},
	} {
		spec := situations(t)["direct"]
		c.change(&spec)
		if err := spec.Check(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", situation, err)
		}
		spec.Via = share.ViaRole
		if err := spec.Check(); err != nil {
			t.Errorf("%s is refused for shares with a role, too: %v", situation, err)
		}
	}
}

func TestRecognizeReadsBackDirectShares(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spec := anySpec().Draw(t, "spec")
		spec.Via, spec.ExternalIDs, spec.Tags, spec.Description, spec.PermissionsBoundary = share.ViaDirect, nil, nil, "", ""
		spec.Path, spec.MaxSessionDuration, spec.RevokedBefore = "", share.DefaultMaxSessionDuration, time.Time{}
		spec.KMSKeys, spec.KMSAccess, spec.BucketPolicyMode = nil, share.KeyPolicies, share.OwnStatements
		readsOrWrites := share.Spec{Access: spec.Access, KMSKeys: []share.KeyARN{directKey}, KMSAccess: share.KeyPolicies, Owner: spec.Owner, Bucket: spec.Bucket}
		readsOrWrites.Via = share.ViaDirect
		if rapid.Bool().Draw(t, "key") && len(share.Render(readsOrWrites).KeyStatements) > 0 {
			spec.KMSKeys = []share.KeyARN{directKey}
		}
		spec = spec.Normalized()
		recognized, ok := share.Recognize(named(spec), share.Render(spec).Existing(nil))
		if !ok {
			t.Fatal("the share was not recognized")
		}
		if diff := cmp.Diff(spec, recognized, cmpopts.EquateComparable(share.ExternalID{}), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("recognized otherwise than rendered (-rendered +recognized):\n%s", diff)
		}
	})
}

func keysOfGolden(desired share.Desired) map[string]any {
	if len(desired.KeyStatements)+len(desired.KeyGrants) == 0 {
		return nil
	}
	return map[string]any{"key_statements": json.RawMessage(share.StatementList(desired.KeyStatements)), "key_grants": desired.KeyGrants}
}
