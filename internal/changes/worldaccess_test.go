package changes_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file tells who has which access in the small AWS of world_test.go.

// access is who may do what: one entry for each caller, network and call that AWS would allow.
type access map[string]bool

var (
	callers  = []string{consumerRole + "a", consumerRole + "ab", consumerRole + "b", consumerRole + "attached", consumerRole + "other", "arn:aws:iam::333333333333:role/a"}
	networks = []verdict.Keys{{"aws:SourceIp": {"192.0.2.1"}}, {"aws:SourceIp": {"203.0.113.9"}}, {"aws:SourceVpce": {"vpce-1a2b3c4d"}}}
	orgs     = []string{"o-a1b2c3d4e5", "o-zzzzzzzzzz"}
	managed  = map[string]policy.Document{
		limitsA: document(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::acme-data/a/*","arn:aws:s3:::acme-data"]}]}`),
		limitsB: document(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::acme-data/b/*"},{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/a/*"}]}`),
		"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess": document(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":"*"}]}`),
	}
	everything = document(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`)
)

// access asks the judge about every call of every caller.
func (w *world) access(t interface{ Fatal(...any) }, ids ...string) access {
	all := w.directAccess(t)
	if w.Role == nil {
		return all
	}
	for i, network := range networks {
		calls := w.calls(t, network)
		for _, caller := range callers {
			for _, org := range orgs {
				if !w.mayAssume(t, caller, org, network, ids) {
					continue
				}
				all.add(calls, caller, org, string(rune('0'+i)))
			}
		}
	}
	return all
}

func with(base verdict.Keys, key string, values ...string) verdict.Keys {
	keys := maps.Clone(base)
	keys[key] = values
	return keys
}

func allowed(t interface{ Fatal(...any) }, r verdict.Request, p verdict.Policies) bool {
	r.Keys = with(r.Keys, "aws:CurrentTime", "2026-06-01T00:00:00Z")
	r.Keys["aws:SecureTransport"] = []string{"true"}
	v, err := verdict.Judge(r, p)
	if err != nil {
		t.Fatal(err)
	}
	return v.Outcome == verdict.Allowed
}

// mayAssume tells that a caller of the consumer gets a session with one of the external IDs. The roles attached and other
// have no permission of their own but the consumer policy.
func (w *world) mayAssume(t interface{ Fatal(...any) }, caller, org string, network verdict.Keys, ids []string) bool {
	principal, identity := w.callerOf(caller)
	for _, id := range ids {
		request := verdict.Request{
			Principal: principal,
			Action:    "sts:AssumeRole", Resource: w.Role.ARN, ResourceAccount: "111111111111",
			Keys: with(with(network, "aws:PrincipalOrgID", org), "sts:ExternalId", id),
		}
		if id == "" {
			delete(request.Keys, "sts:ExternalId")
		}
		if allowed(t, request, verdict.Policies{
			Identity: identity, Resource: &verdict.Policy{Name: "trust policy", Document: w.Role.Trust}, ResourceMustAllow: true,
		}) {
			return true
		}
	}
	return false
}

// calls lists what the role may do on the bucket.
func (w *world) calls(t interface{ Fatal(...any) }, network verdict.Keys) []string {
	policies := verdict.Policies{}
	if w.Bucket.State == share.BucketHasPolicy {
		policies.Resource = &verdict.Policy{Name: "bucket policy", Document: w.Bucket.Document}
	}
	for _, inline := range w.Inline {
		policies.Identity = append(policies.Identity, verdict.Policy{Name: inline.Name, Document: inline.Document})
	}
	for _, arn := range w.Attached {
		policies.Identity = append(policies.Identity, verdict.Policy{Name: arn, Document: managed[arn]})
	}
	if arn := w.Role.Settings.PermissionsBoundary; arn != "" {
		policies.Boundary = &verdict.Policy{Name: arn, Document: managed[arn]}
	}
	role := verdict.Principal{
		Kind: verdict.RoleSession, Account: "111111111111", ARN: w.Role.ARN, UniqueID: w.Role.UniqueID,
		SessionARN: "arn:aws:sts::111111111111:assumed-role/etl/s",
	}
	return callsOf(t, role, network, policies)
}

// callsOf lists what a principal may do on the bucket.
func callsOf(t interface{ Fatal(...any) }, who verdict.Principal, network verdict.Keys, policies verdict.Policies) []string {
	var found []string
	for _, call := range []string{
		"s3:GetObject /a/x", "s3:GetObject /b/x", "s3:GetObject /c", "s3:PutObject /a/x", "s3:PutObject /b/x", "s3:PutObject /c", "s3:ListBucket a/", "s3:ListBucket b/", "s3:ListBucket ",
	} {
		action, where, _ := strings.Cut(call, " ")
		request := verdict.Request{Principal: who, Action: action, Resource: "arn:aws:s3:::acme-data" + where, ResourceAccount: "111111111111", Keys: network}
		if action == "s3:ListBucket" {
			request.Resource = "arn:aws:s3:::acme-data"
			if where != "" {
				request.Keys = with(network, "s3:prefix", where)
			}
		}
		if allowed(t, request, policies) {
			found = append(found, call)
		}
	}
	return found
}

// outside gives one entry that is in none of the others, "" if there is none.
func (a access) outside(others ...access) string {
	for _, entry := range slices.Sorted(maps.Keys(a)) {
		if !slices.ContainsFunc(others, func(other access) bool { return other[entry] }) {
			return entry
		}
	}
	return ""
}

func (a access) and(b access) access {
	both := access{}
	for entry := range a {
		if b[entry] {
			both[entry] = true
		}
	}
	return both
}

// TestWorldTellsAccess is about the model itself: laws that are held to an empty model prove nothing.
func TestWorldTellsAccess(t *testing.T) {
	t.Parallel()
	spec := example()
	spec.Access, spec.Prefixes = []share.Word{share.Read, share.List}, []share.Prefix{"a/"}
	spec.Consumer.AttachToRoles = []string{"attached"}
	spec.ExpiresAt = time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	w := built(spec)
	const id = "example-external-id"
	got := w.access(t, id)
	for entry, want := range map[string]bool{
		consumerRole + "a o-a1b2c3d4e5 0 s3:GetObject /a/x":                 true,
		consumerRole + "attached o-zzzzzzzzzz 2 s3:ListBucket a/":           true,
		consumerRole + "other o-zzzzzzzzzz 2 s3:ListBucket a/":              false,
		consumerRole + "a o-a1b2c3d4e5 0 s3:GetObject /b/x":                 false,
		consumerRole + "a o-a1b2c3d4e5 0 s3:PutObject /a/x":                 false,
		consumerRole + "a o-a1b2c3d4e5 0 s3:ListBucket ":                    false,
		"arn:aws:iam::333333333333:role/a o-a1b2c3d4e5 0 s3:GetObject /a/x": false,
	} {
		if got[entry] != want {
			t.Errorf("%s: %v", entry, got[entry])
		}
	}
	if len(got) != 4*2*3*2 || len(w.access(t, "another-id", "")) != 0 {
		t.Errorf("%d entries, %d without the external ID", len(got), len(w.access(t, "another-id", "")))
	}
	w.Role.Settings.PermissionsBoundary = limitsB
	if limited := w.access(t, id); len(limited) != 4*2*3 {
		t.Errorf("under the boundary %v", limited)
	}
	w.deleteInline(share.PermissionsPolicyName)
	if left := w.access(t, id); len(left) != 0 {
		t.Errorf("without the permissions policy %v", left)
	}
}
