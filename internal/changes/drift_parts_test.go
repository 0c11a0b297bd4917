package changes_test

import (
	"strings"
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file goes on with the sentences of drift: all parts but the trust policy.

func listing(s *share.Spec) {
	s.Access, s.Prefixes = []share.Word{share.Read, share.List}, []share.Prefix{"a/", "b/"}
}

// permitting edits the first statement of the permissions policy.
func permitting(edit func(*policy.Statement)) func(*world) { return permittingAt(0, edit) }

func permittingAt(at int, edit func(*policy.Statement)) func(*world) {
	return func(w *world) {
		statements := w.Permissions().Statements()
		edit(&statements[at])
		w.putInline(share.PermissionsPolicyName, policy.New(statements...))
	}
}

func TestDriftOfPermissions(t *testing.T) {
	t.Parallel()
	const objects = "arn:aws:s3:::acme-data/*"
	checkDrift(t, map[string]driftCase{
		"deleted": {nil, func(w *world) { w.deleteInline(share.PermissionsPolicyName) }, []string{
			"permissions policy: is missing: the role can be assumed and may do nothing"}},
		"deleted, with another in its place": {nil, func(w *world) { w.deleteInline(share.PermissionsPolicyName); w.putInline("hand", everything) }, []string{
			"permissions policy: is missing: the role can be assumed and may do only what its other policies allow",
			"+ inline policy hand: is not the share's: whoever assumes the role has what it allows"}},
		"more actions": {nil, permitting(func(s *policy.Statement) { s.Action = policy.Values{"s3:GetObject", "s3:PutObject"} }), []string{
			"+ permissions policy: also allows s3:PutObject on " + objects}},
		"every action": {nil, permitting(func(s *policy.Statement) { s.Action = policy.Values{"s3:*"} }), []string{
			"+ permissions policy: also allows s3:* on " + objects}},
		"every bucket": {nil, permitting(func(s *policy.Statement) { s.Resource = policy.Values{"*"} }), []string{
			"+ permissions policy: also allows s3:GetObject on *"}},
		"one object": {nil, permitting(func(s *policy.Statement) { s.Resource = policy.Values{"arn:aws:s3:::acme-data/x"} }), []string{
			"permissions policy: no longer allows s3:GetObject on " + objects}},
		"another prefix": {listing, permitting(func(s *policy.Statement) {
			s.Resource = policy.Values{"arn:aws:s3:::acme-data/a/*", "arn:aws:s3:::acme-data/c/*"}
		}), []string{
			"+ permissions policy: also allows s3:GetObject on arn:aws:s3:::acme-data/c/*; no longer allows s3:GetObject on arn:aws:s3:::acme-data/b/*"}},
		"everything but": {nil, permitting(func(s *policy.Statement) { s.Action, s.NotAction = nil, policy.Values{"iam:*"} }), []string{
			"+ permissions policy: allows everything but what it names; no longer allows s3:GetObject on " + objects}},
		"listing without its prefixes": {listing, permittingAt(1, func(s *policy.Statement) { s.Condition = nil }), []string{
			"+ permissions policy: the condition on s3:prefix was removed from s3:ListBucket: keys outside the share's prefixes can be listed"}},
		"listing of more": {listing, permittingAt(1, func(s *policy.Statement) { s.Condition["StringLike"]["s3:prefix"] = policy.Values{"*"} }), []string{
			"+ permissions policy: the condition on s3:prefix of s3:ListBucket is now StringLike *: keys outside the share's prefixes can be listed"}},
		"listing of less": {listing, permittingAt(1, func(s *policy.Statement) { s.Condition["StringLike"]["s3:prefix"] = policy.Values{"a/sub/*"} }), []string{
			"permissions policy: the condition on s3:prefix of s3:ListBucket is now StringLike a/sub/*: what does not meet it is refused"}},
		"listing gone": {listing, func(w *world) { w.putInline(share.PermissionsPolicyName, policy.New(w.Permissions().Statements()[0])) }, []string{
			"permissions policy: no longer allows s3:ListBucket on arn:aws:s3:::acme-data"}},
		"addresses removed": {networksOf, permitting(func(s *policy.Statement) { s.Condition = nil }), []string{
			"+ permissions policy: the condition on aws:SourceIp was removed from s3:GetObject: calls from other addresses are allowed"}},
		"endpoints removed": {networksOf, permittingAt(1, func(s *policy.Statement) { s.Condition = nil }), []string{
			"+ permissions policy: the condition on aws:SourceVpce was removed from s3:GetObject: calls from outside the endpoints are allowed"}},
		"one entrance gone": {networksOf, func(w *world) { w.putInline(share.PermissionsPolicyName, policy.New(w.Permissions().Statements()[1])) }, []string{
			"permissions policy: the statement ObjectsFromAddresses is missing: calls from source_ips are refused"}},
		"expiry removed": {func(s *share.Spec) { s.ExpiresAt = time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC) }, permitting(func(s *policy.Statement) { s.Condition = nil }), []string{
			"+ permissions policy: the condition on aws:CurrentTime was removed from s3:GetObject: access goes on after 2027-01-31T00:00:00Z"}},
		"a further condition": {nil, permitting(func(s *policy.Statement) {
			s.Condition = policy.Condition{"Bool": {"aws:MultiFactorAuthPresent": {"true"}}}
		}), []string{
			"permissions policy: s3:GetObject has a further condition on aws:multifactorauthpresent: what does not meet it is refused"}},
		"turned into a deny": {nil, permitting(func(s *policy.Statement) { s.Effect = policy.Deny }), []string{
			"permissions policy: no longer allows s3:GetObject on " + objects + "; has a statement that denies s3:GetObject: the share may be refused"}},
		"added": {nil, func(w *world) {
			w.putInline(share.PermissionsPolicyName, policy.New(append(w.Permissions().Statements(), statement(`{"Effect":"Allow","Action":["iam:*","s3:GetObject"],"Resource":"*"}`))...))
		}, []string{"+ permissions policy: also allows iam:* on *; also allows s3:GetObject on *"}},
		"added nonsense": {nil, func(w *world) {
			w.putInline(share.PermissionsPolicyName, policy.New(append(w.Permissions().Statements(), statement(`{"Effect":"Allow","Foo":"bar"}`))...))
		}, []string{"+ permissions policy: has a statement that cannot be understood: it may allow anything"}},
		"another name of a statement": {nil, permitting(func(s *policy.Statement) { s.Sid = "Renamed" }), []string{
			"permissions policy: is written differently than the share's and means the same"}},
		"names by pattern": {nil, permitting(func(s *policy.Statement) { s.Action = policy.Values{"s3:GetObjec?"} }), []string{
			"+ permissions policy: also allows s3:GetObjec? on " + objects}},
	})
}

func TestDriftOfBucketStatements(t *testing.T) {
	t.Parallel()
	sid := share.SidBase("etl") + "Objects"
	principal := func(p policy.Principal) func(*world) {
		return editBucket(func(s *policy.Statement) { s.Principal = &p })
	}
	checkDrift(t, map[string]driftCase{
		"deleted": {nil, func(w *world) { w.putStatements(example(), nil) }, []string{
			"bucket statement: is missing from the bucket policy: the role still has what its permissions policy allows"}},
		"whole policy deleted": {nil, func(w *world) { w.Bucket = share.BucketPolicy{State: share.BucketWithoutPolicy} }, []string{
			"bucket statement: is missing from the bucket policy: the role still has what its permissions policy allows"}},
		"whole policy replaced": {nil, func(w *world) {
			w.Bucket.Document = document(`{"Version":"2012-10-17","Statement":[{"Sid":"x","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}`)
		}, []string{
			"bucket statement: is missing from the bucket policy: the role still has what its permissions policy allows"}},
		"bucket deleted": {nil, func(w *world) { w.Bucket = share.BucketPolicy{State: share.BucketMissing} }, []string{
			"bucket statement: bucket acme-data does not exist: there is nothing to share"}},
		"more actions": {nil, editBucket(func(s *policy.Statement) { s.Action = policy.Values{"s3:GetObject", "s3:DeleteObject"} }), []string{
			"+ bucket statement: also allows s3:DeleteObject on arn:aws:s3:::acme-data/*"}},
		"fewer objects": {nil, editBucket(func(s *policy.Statement) { s.Resource = policy.Values{"arn:aws:s3:::acme-data/a/*"} }), []string{
			"bucket statement: no longer allows s3:GetObject on arn:aws:s3:::acme-data/*"}},
		"without its role": {nil, editBucket(func(s *policy.Statement) { s.Condition = nil }), []string{
			"+ bucket statement: the condition on aws:PrincipalArn was removed from s3:GetObject: it holds for others in account 111111111111 than the role"}},
		"everybody, narrowed": {nil, principal(policy.Principal{Any: true}), []string{
			"+ bucket statement: names everybody: only the condition on aws:PrincipalArn keeps others out"}},
		"everybody": {nil, editBucket(func(s *policy.Statement) { s.Principal, s.Condition = &policy.Principal{Any: true}, nil }), []string{
			"+ bucket statement: names everybody: anybody may call s3:GetObject"}},
		"another account": {nil, principal(policy.Principal{AWS: policy.Values{"111111111111", "333333333333"}}), []string{
			"+ bucket statement: holds for others than account 111111111111: 333333333333"}},
		"the role itself": {nil, principal(policy.Principal{AWS: policy.Values{"arn:aws:iam::111111111111:role/crossaccount/etl"}}), []string{
			"bucket statement: names the role itself and not the account: it goes on granting when the permissions policy is gone"}},
		"everybody but one": {nil, editBucket(func(s *policy.Statement) {
			s.Principal, s.NotPrincipal = nil, &policy.Principal{AWS: policy.Values{"333333333333"}}
		}), []string{
			"+ bucket statement: holds for everybody but those whom it names"}},
		"duplicated": {nil, func(w *world) {
			again := w.Statements(example())
			w.putStatements(example(), append(again, again...))
		}, []string{"bucket statement: has the statement " + sid + " more than once, which changes no access"}},
		"turned into a deny": {nil, editBucket(func(s *policy.Statement) { s.Effect = policy.Deny }), []string{
			"bucket statement: no longer allows s3:GetObject on arn:aws:s3:::acme-data/*; has a statement that denies s3:GetObject: the share may be refused"}},
		"output only: whatever is there stays": {func(s *share.Spec) { s.BucketPolicyMode = share.OutputOnly },
			func(w *world) { w.putStatements(example(), share.Render(example()).BucketStatements) }, nil},
		"not read": {nil, func(w *world) { w.Bucket = share.BucketPolicy{} }, nil},
	})
}

func TestDriftOfTheRole(t *testing.T) {
	t.Parallel()
	limited := func(s *share.Spec) { s.PermissionsBoundary = limitsA }
	checkDrift(t, map[string]driftCase{
		"deleted": {nil, func(w *world) { w.Role, w.Inline = nil, nil }, []string{
			"role: is missing: nobody can use the share", "permissions policy: went with the role"}},
		"made again": {nil, func(w *world) { w.Role.UniqueID = "AROASOMETHINGELSE0001" }, []string{
			"role: was deleted and created again outside Terraform (its unique ID was AROAEXAMPLEOFTHEROLE1 and is AROASOMETHINGELSE0001): whatever was bound to the old ID no longer matches"}},
		"made again elsewhere": {nil, func(w *world) { w.Role.Path = "/" }, []string{
			"role: is at path / and not at /crossaccount/, so its ARN is another: whoever assumes arn:aws:iam::111111111111:role/crossaccount/etl is refused, and no call can move a role"}},
		"boundary removed": {limited, func(w *world) { w.Role.Settings.PermissionsBoundary = "" }, []string{
			"+ permissions boundary: " + limitsA + " was removed: it no longer limits the role"}},
		"another boundary": {limited, func(w *world) { w.Role.Settings.PermissionsBoundary = limitsB }, []string{
			"+ permissions boundary: is " + limitsB + " instead of " + limitsA + ": the role is limited to what that one allows"}},
		"boundary added": {nil, func(w *world) { w.Role.Settings.PermissionsBoundary = limitsA }, []string{
			"permissions boundary: is " + limitsA + ", where the share has none: what it does not allow is refused"}},
		"settings": {nil, func(w *world) { w.Role.Settings.MaxSessionDuration, w.Role.Settings.Description = 12*time.Hour, "hand" }, []string{
			`role settings: max_session_duration is 43200 seconds instead of 3600; description is "hand" instead of ""`}},
		"tags": {func(s *share.Spec) { s.Tags = map[string]string{"Team": "data", "Cost": "1"} },
			func(w *world) {
				w.Role.Settings.Tags = map[string]string{"team": "web", "Added": "x", "aws:cloudformation:stack": "y", "crossaccount:bucket": "acme-data"}
			}, []string{
				`tags: "Cost" is missing; "Team" is "web" instead of "data"; "Added" was added`}},
		"policies of others": {nil, func(w *world) { w.putInline("hand", everything); w.Attached = []string{limitsB, limitsA} }, []string{
			"+ inline policy hand: is not the share's: whoever assumes the role has what it allows",
			"+ managed policy " + limitsA + ": is not the share's: whoever assumes the role has what it allows",
			"+ managed policy " + limitsB + ": is not the share's: whoever assumes the role has what it allows"}},
		"policies of others, not exclusive": {func(s *share.Spec) { s.Exclusive = false }, func(w *world) { w.putInline("hand", everything) }, []string{
			"+ inline policy hand: is not the share's: whoever assumes the role has what it allows, and it stays because exclusive is false"}},
	})
}

func TestDriftOfConsumerPolicies(t *testing.T) {
	t.Parallel()
	attached := func(s *share.Spec) { s.Consumer.AttachToRoles = []string{"attached"} }
	consumer := func(edit func(*share.ConsumerPolicy)) func(*world) { return func(w *world) { edit(&w.Consumer[0]) } }
	wide := document(`{"Version":"2012-10-17","Statement":[{"Sid":"AssumeShareRole","Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}`)
	other := document(strings.Replace(wide.JSON(), `"*"`, `"arn:aws:iam::111111111111:role/x"`, 1))
	checkDrift(t, map[string]driftCase{
		"removed": {attached, consumer(func(c *share.ConsumerPolicy) { c.Document = nil }), []string{
			"consumer policy on role attached: is missing: AWS refuses the role's AssumeRole, unless another policy allows it"}},
		"role removed": {attached, consumer(func(c *share.ConsumerPolicy) { c.Document, c.RoleMissing = nil, true }), []string{
			"consumer policy on role attached: account 222222222222 has no such role: nobody can use the policy"}},
		"wide": {attached, consumer(func(c *share.ConsumerPolicy) { c.Document = &wide }), []string{
			"+ consumer policy on role attached: also allows sts:AssumeRole on *"}},
		"for another role": {attached, consumer(func(c *share.ConsumerPolicy) { c.Document = &other }), []string{
			"+ consumer policy on role attached: also allows sts:AssumeRole on arn:aws:iam::111111111111:role/x; no longer allows sts:AssumeRole on arn:aws:iam::111111111111:role/crossaccount/etl"}},
		"on a role that is not named": {nil, func(w *world) { w.Consumer = []share.ConsumerPolicy{{RoleName: "old", Document: &wide}} }, []string{
			"+ consumer policy on role old: is there, though the role is not in attach_to_roles: it lets the role call AssumeRole"}},
		"asked about and not there": {nil, func(w *world) {
			w.Consumer = []share.ConsumerPolicy{{RoleName: "old"}, {RoleName: "gone", RoleMissing: true}}
		}, nil},
	})
}

func TestDifferencesWithoutMeaning(t *testing.T) {
	t.Parallel()
	rewritten := func(pairs ...string) func(*world) {
		return func(w *world) {
			replace := strings.NewReplacer(pairs...)
			w.Role.Trust = document(replace.Replace(w.Role.Trust.JSON()))
			w.putInline(share.PermissionsPolicyName, document(replace.Replace(w.Permissions().JSON())))
			w.Bucket.Document = document(replace.Replace(w.Bucket.Document.JSON()))
		}
	}
	cases := map[string]driftCase{
		"account ID for its root": {edit: rewritten(`"arn:aws:iam::222222222222:root"`, `"222222222222"`, `"arn:aws:iam::111111111111:root"`, `"111111111111"`)},
		"list of one":             {edit: rewritten(`"sts:AssumeRole"`, `["sts:AssumeRole"]`, `"s3:GetObject"`, `["s3:GetObject"]`, `"arn:aws:iam::222222222222:root"`, `["arn:aws:iam::222222222222:root"]`)},
		"case of actions":         {edit: rewritten("sts:AssumeRole", "STS:assumerole", "s3:GetObject", "s3:getObject")},
		"case of condition keys":  {edit: rewritten("sts:ExternalId", "STS:EXTERNALID", "aws:PrincipalArn", "aws:principalarn")},
		"case of tag keys": {edit: func(w *world) {
			w.Role.Settings.Tags = map[string]string{"TEAM": "data", "Crossaccount:Bucket": "acme-data"}
		}, spec: func(s *share.Spec) { s.Tags = map[string]string{"Team": "data"} }},
		"tags of AWS's own": {edit: func(w *world) { w.Role.Settings.Tags["aws:servicecatalog:x"] = "y" }},
		"escapes":           {edit: rewritten("acme-data/*", `acme-data\/\u002a`, "AWS", `\u0041WS`)},
		"order and repetition": {spec: listing, edit: rewritten(
			`["arn:aws:s3:::acme-data/a/*","arn:aws:s3:::acme-data/b/*"]`, `["arn:aws:s3:::acme-data/b/*", "arn:aws:s3:::acme-data/a/*","arn:aws:s3:::acme-data/b/*"]`,
			`["a/*","b/*"]`, `["b/*","a/*"]`)},
		"order of statements": {spec: networksOf, edit: func(w *world) {
			for _, d := range []*policy.Document{&w.Role.Trust, &w.Inline[0].Document} {
				s := d.Statements()
				*d = policy.New(s[1], s[0])
			}
		}},
		"nothing": {edit: func(*world) {}},
	}
	checkDrift(t, cases)
}
