package changes_test

import (
	"maps"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file is a small AWS in memory: what exists of one share, and what a change makes of it.

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
