package share_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

var update = flag.Bool("update", false, "write the golden files anew")

// situations are typical shares and every kind of limit.
func situations(t *testing.T) map[string]share.Spec {
	t.Helper()
	specs := map[string]share.Spec{}
	add := func(name string, change func(*share.Spec)) {
		spec := example()
		change(&spec)
		if err := spec.Check(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		specs[name] = spec
	}
	add("whole_account", func(*share.Spec) {})
	add("principals", func(s *share.Spec) {
		s.Consumer.Principals = principals(t, "arn:aws:iam::222222222222:user/ann", "arn:aws:iam::222222222222:role/team/etl-*")
	})
	add("pinned", func(s *share.Spec) {
		pin(t, s, "arn:aws:iam::222222222222:role/etl", "arn:aws:iam::222222222222:user/ann")
	})
	add("prefixes", func(s *share.Spec) {
		s.Access, s.Prefixes = []share.Word{share.List, share.Read}, []share.Prefix{"b/", "ab/", "a/"}
	})
	add("organization", func(s *share.Spec) { s.Perimeter.PrincipalOrgID = "o-a1b2c3d4e5" })
	add("addresses", func(s *share.Spec) { s.Perimeter.SourceIPs = []string{"203.0.113.0/24", "192.0.2.1"} })
	add("endpoints", func(s *share.Spec) { s.Perimeter.SourceVPCEIDs = []string{"vpce-1a2b3c4d"} })
	add("addresses_and_endpoints", func(s *share.Spec) {
		s.Access = []share.Word{share.Read, share.List}
		s.Perimeter = share.Perimeter{SourceIPs: []string{"192.0.2.1"}, SourceVPCEIDs: []string{"vpce-1a2b3c4d"}}
	})
	add("expiry", func(s *share.Spec) {
		s.Access, s.ExpiresAt = []share.Word{share.Read, share.List}, time.Date(2027, 1, 31, 2, 0, 0, 0, time.FixedZone("", 7200))
	})
	add("two_external_ids", func(s *share.Spec) {
		newer, _ := share.ParseExternalID("newer-external-id")
		s.ExternalIDs = append([]share.ExternalID{newer}, s.ExternalIDs...)
	})
	add("other_partition", func(s *share.Spec) { s.Owner.Partition = "aws-us-gov" })
	add("settings", func(s *share.Spec) {
		s.Tags, s.Description, s.PermissionsBoundary = map[string]string{"Team": "data"}, "for the vendor", "arn:aws:iam::111111111111:policy/limits"
		s.MaxSessionDuration, s.Path = 2*time.Hour, "/"
	})
	for _, word := range share.Words() {
		add("access_"+string(word), func(s *share.Spec) { s.Access = []share.Word{word} })
	}
	add("everything", func(s *share.Spec) {
		s.Access = share.Words()
		s.Prefixes = []share.Prefix{"in/", "out/"}
		s.Consumer.Principals = principals(t, "arn:aws:iam::222222222222:role/etl")
		s.Consumer.AttachToRoles = []string{"etl"}
		s.Perimeter = share.Perimeter{PrincipalOrgID: "o-a1b2c3d4e5", SourceIPs: []string{"192.0.2.0/24"}, SourceVPCEIDs: []string{"vpce-1a2b3c4d", "vpce-0123456789abcdef0"}}
		s.ExpiresAt = time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
	})
	add("keys", func(s *share.Spec) {
		s.Access = []share.Word{share.Read, share.Write}
		s.Prefixes = []share.Prefix{"in/"}
		s.KMSKeys = []share.KeyARN{
			"arn:aws:kms:eu-central-1:111111111111:key/mrk-0123456789abcdef0123456789abcdef",
			"arn:aws:kms:eu-central-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef",
		}
		s.ExpiresAt = time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
	})
	add("delegated", func(s *share.Spec) {
		s.BucketPolicyMode = share.Delegated
		s.Access = []share.Word{share.Read, share.List}
		s.Prefixes = []share.Prefix{"in/"}
		s.Perimeter = share.Perimeter{SourceIPs: []string{"192.0.2.0/24"}}
	})
	add("access_point", func(s *share.Spec) {
		s.Via, s.Region = share.ViaAccessPoint, "eu-central-1"
		s.Access = []share.Word{share.Read, share.List}
		s.Prefixes = []share.Prefix{"in/"}
		s.KMSKeys = []share.KeyARN{"arn:aws:kms:eu-central-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef"}
	})
	add("keys_that_listing_needs_not", func(s *share.Spec) {
		s.Access = []share.Word{share.List, share.Delete}
		s.KMSKeys = []share.KeyARN{"arn:aws:kms:eu-central-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef"}
	})
	directSituations(t, add)
	return specs
}

// TestGolden compares all that a share stands for with the files under testdata. Run with -update after a change that
// is meant, and read the difference.
func TestGolden(t *testing.T) {
	t.Parallel()
	for name, spec := range situations(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join("testdata", name+".golden.json")
			got := golden(t, spec)
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("differs from %s:\n%s", path, got)
			}
		})
	}
}

func golden(t *testing.T, spec share.Spec) []byte {
	t.Helper()
	desired := share.Render(spec)
	whole := map[string]any{
		"summary": spec.Summary(), "role": desired.Role, "role_arn": spec.RoleARN(),
		"trust_policy": json.RawMessage(desired.Trust.JSON()), "permissions_policy": json.RawMessage(desired.Permissions.JSON()),
		"bucket_policy_statements": json.RawMessage(share.StatementList(desired.Shown())),
		"consumer_policy":          json.RawMessage(desired.Consumer.JSON()),
	}
	if spec.UsesAccessPoint() {
		whole["access_point"] = map[string]any{"arn": spec.AccessPointARN(), "policy": json.RawMessage(desired.AccessPoint.JSON())}
	}
	if keys := keysOfGolden(desired); keys != nil {
		whole["keys"] = keys
	}
	text, err := json.MarshalIndent(whole, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// TestDocumentsFit holds the documents to IAM's quotas, of which white space is no part (IAM User Guide, "IAM and AWS STS
// quotas"), and to what both accounts and S3 take in one document.
func TestDocumentsFit(t *testing.T) {
	t.Parallel()
	for name, spec := range situations(t) {
		desired := share.Render(spec)
		if size := len(desired.Trust.JSON()); size > 2048 {
			t.Errorf("%s: the trust policy has %d characters of 2048", name, size)
		}
		if size := len(desired.Permissions.JSON()); size > 10240 {
			t.Errorf("%s: the permissions policy has %d characters of 10240", name, size)
		}
		for _, document := range []policy.Document{desired.Trust, desired.Permissions, desired.Consumer, policy.New(desired.BucketStatements...)} {
			checkSids(t, name, document)
			if read, err := policy.Parse(document.JSON()); err != nil || !read.Equal(document) {
				t.Errorf("%s: %s reads otherwise than it was made: %v", name, document.JSON(), err)
			}
		}
	}
}

func checkSids(t *testing.T, situation string, document policy.Document) {
	t.Helper()
	seen := map[string]bool{}
	for _, statement := range document.Statements() {
		if seen[statement.Sid] || !sidPattern.MatchString(statement.Sid) {
			t.Errorf("%s: Sid %q is there twice or has other characters than letters and digits", situation, statement.Sid)
		}
		seen[statement.Sid] = true
	}
}

func TestOrderOfSetsDoesNotCount(t *testing.T) {
	t.Parallel()
	one, other := situations(t)["everything"], situations(t)["everything"]
	other.Access = []share.Word{share.Delete, share.Tag, share.Write, share.ReadVersions, share.List, share.Read, share.Read}
	other.Prefixes = []share.Prefix{"out/", "in/", "out/"}
	other.Consumer.Principals = append(other.Consumer.Principals, other.Consumer.Principals...)
	other.Perimeter.SourceVPCEIDs = []string{"vpce-0123456789abcdef0", "vpce-1a2b3c4d"}
	if !bytes.Equal(golden(t, one), golden(t, other)) {
		t.Errorf("order or repetition counts:\n%s\n%s", golden(t, one), golden(t, other))
	}
}

func TestRenderLeavesTheSpecAlone(t *testing.T) {
	t.Parallel()
	spec := situations(t)["settings"]
	share.Render(spec).Role.Tags["Team"] = "spoilt"
	if len(spec.Tags) != 1 || spec.Tags["Team"] != "data" {
		t.Errorf("tags of the spec are now %v", spec.Tags)
	}
}
