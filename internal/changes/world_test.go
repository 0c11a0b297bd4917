package changes_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file is a small AWS in memory: what exists of one share, what a change makes of it, and who has which access.

const (
	roleUniqueID = "AROAEXAMPLEOFTHEROLE1"
	limitsA      = "arn:aws:iam::111111111111:policy/limits-a" // reads and lists below a/ alone
	limitsB      = "arn:aws:iam::111111111111:policy/limits-b" // does anything below b/ and reads below a/
	consumerRole = "arn:aws:iam::222222222222:role/"
)

// example is a share of the whole bucket with the whole account.
func example() share.Spec {
	return share.Spec{
		Owner: share.Account{ID: "111111111111", Partition: "aws"}, Name: "etl", Bucket: "acme-data", Path: share.DefaultRolePath,
		Consumer: share.Consumer{AccountID: "222222222222", Trust: share.TrustAccount},
		Access:   []share.Word{share.Read}, ExternalIDs: []share.ExternalID{externalID("example-external-id")},
		MaxSessionDuration: share.DefaultMaxSessionDuration, BucketPolicyMode: share.OwnStatements, Exclusive: true,
	}
}

func externalID(text string) share.ExternalID {
	id, err := share.ParseExternalID(text)
	if err != nil {
		panic(err)
	}
	return id
}

func principals(names ...string) []share.Principal {
	var all []share.Principal
	for _, name := range names {
		principal, err := share.ParsePrincipal(consumerRole + name)
		if err != nil {
			panic(err)
		}
		all = append(all, principal)
	}
	return all
}

func document(text string) policy.Document {
	read, err := policy.Parse(text)
	if err != nil {
		panic(err)
	}
	return read
}

func statement(text string) policy.Statement {
	return document(`{"Version":"2012-10-17","Statement":[` + text + `]}`).Statements()[0]
}

// foreign are statements of somebody else's in the bucket policy.
var foreign = document(`{"Version":"2008-10-17","Statement":[
	{"Sid":"tls only","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::acme-data","arn:aws:s3:::acme-data/*"],"Condition":{"Bool":{"aws:SecureTransport":false}}}]}`)

// world is what exists of a share.
type world struct{ share.Observed }

// built is the world of a share that was just made.
func built(spec share.Spec) *world {
	desired := share.Render(spec)
	if spec.IsDirect() {
		return builtDirect(desired)
	}
	w := &world{share.Observed{
		Role: &share.Role{
			ARN: spec.RoleARN(), UniqueID: roleUniqueID, Path: spec.Path, Settings: desired.Role, Trust: desired.Trust,
		},
		Inline: []share.NamedPolicy{{Name: share.PermissionsPolicyName, Document: desired.Permissions}},
		Bucket: share.BucketPolicy{State: share.BucketHasPolicy, Document: foreign},
	}}
	w.Role.Settings.Tags = maps.Clone(desired.Role.Tags)
	if spec.BucketPolicyMode == share.OwnStatements {
		w.putStatements(spec, desired.BucketStatements)
	}
	for _, role := range spec.Consumer.AttachToRoles {
		w.Consumer = append(w.Consumer, share.ConsumerPolicy{RoleName: role, Document: &desired.Consumer})
	}
	return w
}

// know lists roles of the consumer that are asked for too.
func (w *world) know(roles []string) {
	for _, role := range roles {
		if !slices.ContainsFunc(w.Consumer, func(c share.ConsumerPolicy) bool { return c.RoleName == role }) {
			w.Consumer = append(w.Consumer, share.ConsumerPolicy{RoleName: role})
		}
	}
}

func (w *world) putStatements(spec share.Spec, statements []policy.Statement) {
	w.Bucket.Document = w.Bucket.Document.Replace(spec.Owns, statements...)
	w.Bucket.State = share.BucketHasPolicy
}

func (w *world) putInline(name string, written policy.Document) {
	w.deleteInline(name)
	w.Inline = append(w.Inline, share.NamedPolicy{Name: name, Document: written})
}

func (w *world) deleteInline(name string) {
	w.Inline = slices.DeleteFunc(slices.Clone(w.Inline), func(p share.NamedPolicy) bool { return p.Name == name })
}

// apply does to the world what the calls behind a change do to AWS.
func (w *world) apply(t interface{ Fatalf(string, ...any) }, change changes.Change) {
	desired, deletes := change.Desired, change.Verb == changes.Delete
	switch change.Part {
	case changes.Role:
		if deletes {
			if len(w.Inline)+len(w.Attached) > 0 {
				t.Fatalf("AWS deletes no role that still has policies")
			}
			w.Role = nil
			return
		}
		w.Role = &share.Role{ARN: desired.Spec.RoleARN(), UniqueID: roleUniqueID, Path: desired.Spec.Path, Settings: desired.Role, Trust: desired.Trust}
	case changes.TrustPolicy:
		w.Role.Trust = desired.Trust
	case changes.Settings:
		w.Role.Settings.MaxSessionDuration, w.Role.Settings.Description = desired.Role.MaxSessionDuration, desired.Role.Description
	case changes.Boundary:
		w.Role.Settings.PermissionsBoundary = desired.Role.PermissionsBoundary
	case changes.Tags:
		w.applyTags(change)
	case changes.PermissionsPolicy:
		w.deleteInline(share.PermissionsPolicyName)
		if !deletes {
			w.putInline(share.PermissionsPolicyName, desired.Permissions)
		}
	case changes.InlinePolicy:
		w.deleteInline(change.Target)
	case changes.ManagedPolicy:
		w.Attached = slices.DeleteFunc(slices.Clone(w.Attached), func(arn string) bool { return arn == change.Target })
	case changes.BucketStatement:
		written := desired.BucketStatements
		if deletes {
			written = nil
		}
		w.putStatements(desired.Spec, written)
	case changes.ConsumerPolicy:
		at := slices.IndexFunc(w.Consumer, func(c share.ConsumerPolicy) bool { return c.RoleName == change.Target })
		w.Consumer = slices.Clone(w.Consumer)
		w.Consumer[at].Document, w.Consumer[at].RoleMissing = &desired.Consumer, false
		if deletes {
			w.Consumer[at].Document = nil
		}
	case changes.KeyStatement, changes.KeyGrant:
		w.applyKey(change)
	default:
		t.Fatalf("nobody knows the part %q", change.Part)
	}
}

func (w *world) applyTags(change changes.Change) {
	kept := map[string]string{}
	for key, value := range w.Role.Settings.Tags {
		if !slices.ContainsFunc(change.RemoveTags, func(removed string) bool { return strings.EqualFold(removed, key) }) {
			kept[strings.ToLower(key)] = value
		}
	}
	for key, value := range change.Desired.Role.Tags {
		kept[strings.ToLower(key)] = value
	}
	w.Role.Settings.Tags = kept
}

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
