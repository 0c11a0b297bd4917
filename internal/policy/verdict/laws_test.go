package verdict_test

// This file holds laws that every verdict obeys, checked on random policies and calls.

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
)

// world is one call and the statements of the policies around it. A nil list is a policy that is not there.
type world struct {
	request                               verdict.Request
	identity, boundary, session, resource []policy.Statement
	must                                  bool
}

func (w world) policies() verdict.Policies {
	all := verdict.Policies{
		ResourceMustAllow: w.must, Boundary: made("boundary", w.boundary), Resource: made("resource", w.resource),
	}
	for i, statement := range w.identity {
		all.Identity = append(all.Identity, verdict.Policy{Name: fmt.Sprintf("policy %d", i), Document: policy.New(statement)})
	}
	if w.session != nil {
		all.Session = []verdict.Policy{{Name: "session", Document: policy.New(w.session...)}}
	}
	return all
}

func made(name string, statements []policy.Statement) *verdict.Policy {
	if statements == nil {
		return nil
	}
	return &verdict.Policy{Name: name, Document: policy.New(statements...)}
}

func (w world) judge(t *rapid.T) verdict.Verdict {
	t.Helper()
	got, err := verdict.Judge(w.request, w.policies())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// layers gives the lists of a world that are there, resource policies last.
func (w *world) layers() map[verdict.Layer]*[]policy.Statement {
	all := map[verdict.Layer]*[]policy.Statement{
		verdict.IdentityLayer: &w.identity, verdict.BoundaryLayer: &w.boundary,
		verdict.SessionLayer: &w.session, verdict.ResourceLayer: &w.resource,
	}
	for layer, statements := range all {
		if *statements == nil {
			delete(all, layer)
		}
	}
	return all
}

func drawWorld(t *rapid.T, cast map[string]verdict.Principal) world {
	w := world{
		request: verdict.Request{
			Principal:       cast[rapid.SampledFrom(sortedNames(cast)).Draw(t, "caller")],
			Action:          rapid.SampledFrom([]string{"s3:GetObject", "s3:PutObject"}).Draw(t, "action"),
			Resource:        rapid.SampledFrom([]string{"arn:aws:s3:::b/x", "arn:aws:s3:::b/alice"}).Draw(t, "resource"),
			ResourceAccount: rapid.SampledFrom([]string{"111111111111", "222222222222"}).Draw(t, "owner"),
			Keys:            drawKeys(t),
		},
		must: rapid.Bool().Draw(t, "must"),
	}
	w.identity = rapid.SliceOfN(drawStatement(verdict.IdentityLayer), 0, 3).Draw(t, "identity")
	w.resource = rapid.SliceOfN(drawStatement(verdict.ResourceLayer), 0, 3).Draw(t, "resource policy")
	if rapid.Bool().Draw(t, "has boundary") {
		w.boundary = rapid.SliceOfN(drawStatement(verdict.BoundaryLayer), 0, 2).Draw(t, "boundary")
	}
	if rapid.Bool().Draw(t, "has session policy") {
		w.session = rapid.SliceOfN(drawStatement(verdict.SessionLayer), 0, 2).Draw(t, "session")
	}
	return w
}

func sortedNames(cast map[string]verdict.Principal) (names []string) {
	for name := range cast {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func drawKeys(t *rapid.T) verdict.Keys {
	keys, possible := verdict.Keys{}, map[string][]string{
		"aws:PrincipalTag/team": {"red", "blue", ""}, "aws:SourceIp": {"203.0.113.7", "2001:db8::1"},
		"aws:CurrentTime": {"2025-06-01T12:00:00Z"}, "s3:max-keys": {"5", "10"}, "aws:SecureTransport": {"true", "false"},
	}
	for _, key := range slices.Sorted(maps.Keys(possible)) {
		values := possible[key]
		if i := rapid.IntRange(-1, len(values)-1).Draw(t, key); i >= 0 {
			keys[key] = []string{values[i]}
		}
	}
	return keys
}

func drawStatement(layer verdict.Layer) *rapid.Generator[policy.Statement] {
	return rapid.Custom(func(t *rapid.T) policy.Statement {
		s := policy.Statement{
			Effect: rapid.SampledFrom([]policy.Effect{policy.Allow, policy.Allow, policy.Deny}).Draw(t, "effect"),
			Action: policy.Values{rapid.SampledFrom([]string{"s3:GetObject", "s3:*", "*", "S3:put*"}).Draw(t, "action")},
			Resource: policy.Values{rapid.SampledFrom([]string{
				"*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/x", "arn:aws:s3:::b/${aws:username}",
			}).Draw(t, "resource")},
		}
		if rapid.Bool().Draw(t, "negated") {
			s.Action, s.NotAction = nil, s.Action
		}
		if rapid.Bool().Draw(t, "conditional") {
			s.Condition = policy.Condition{}
			operator, test := drawTest(t)
			s.Condition[operator] = map[string]policy.Values{test[0]: test[1:]}
		}
		if layer != verdict.ResourceLayer {
			return s
		}
		s.Principal = drawPrincipal(t)
		if s.Effect == policy.Deny && rapid.Bool().Draw(t, "not principal") {
			s.Principal, s.NotPrincipal = nil, s.Principal
		}
		return s
	})
}

func drawPrincipal(t *rapid.T) *policy.Principal {
	return &policy.Principal{
		AWS: rapid.SliceOfN(rapid.SampledFrom([]string{
			"*", "111111111111", "arn:aws:iam::222222222222:root", "arn:aws:iam::111111111111:user/staff/alice",
			"AROAETLEXAMPLE0000001", "arn:aws:sts::111111111111:assumed-role/etl/run1", "arn:aws:iam::222222222222:role/partner",
		}), 1, 3).Draw(t, "principals"),
		Service: rapid.SliceOfN(rapid.Just("logging.s3.amazonaws.com"), 0, 1).Draw(t, "services"),
	}
}

// positives are operators with a key and values; for each there is an operator that is its opposite.
var positives = map[string][]string{
	"StringEquals":           {"aws:PrincipalTag/team", "red"},
	"StringLike":             {"aws:PrincipalTag/team", "r*", "${aws:username}"},
	"StringEqualsIgnoreCase": {"aws:PrincipalTag/team", "RED", "green"},
	"NumericEquals":          {"s3:max-keys", "5"},
	"DateEquals":             {"aws:CurrentTime", "2025-06-01T14:00:00+02:00"},
	"IpAddress":              {"aws:SourceIp", "203.0.113.0/24"},
	"ArnEquals":              {"aws:PrincipalArn", "arn:aws:iam::*:user/staff/*"},
	"ArnLike":                {"aws:PrincipalArn", "arn:aws:iam::111111111111:role/jobs/et?"},
}

var opposites = map[string]string{
	"StringEquals": "StringNotEquals", "StringLike": "StringNotLike", "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
	"NumericEquals": "NumericNotEquals", "DateEquals": "DateNotEquals", "IpAddress": "NotIpAddress",
	"ArnEquals": "ArnNotEquals", "ArnLike": "ArnNotLike",
}

func drawTest(t *rapid.T) (operator string, test []string) {
	names := make([]string, 0, len(opposites))
	for name := range opposites {
		names = append(names, name)
	}
	slices.Sort(names)
	operator = rapid.SampledFrom(names).Draw(t, "operator")
	test = positives[operator]
	if rapid.Bool().Draw(t, "opposite") {
		operator = opposites[operator]
	}
	prefix := rapid.SampledFrom([]string{"", "", "ForAllValues:", "ForAnyValue:"}).Draw(t, "set operator")
	suffix := rapid.SampledFrom([]string{"", "IfExists"}).Draw(t, "suffix")
	return prefix + operator + suffix, test
}

func TestOneMoreDenyNeverAllowsMore(t *testing.T) {
	t.Parallel()
	cast := readCast(t)
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, cast)
		before := w.judge(t)
		layer, statements := drawLayer(t, &w)
		more := drawStatement(layer).Filter(func(s policy.Statement) bool { return s.Effect == policy.Deny }).Draw(t, "more")
		*statements = append(*statements, more)
		if after := w.judge(t); before.Outcome != verdict.Allowed && after.Outcome == verdict.Allowed {
			t.Fatalf("%+v became %+v", before, after)
		}
	})
}

func TestOneMoreAllowNeverDeniesMore(t *testing.T) {
	t.Parallel()
	cast := readCast(t)
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, cast)
		before := w.judge(t)
		layer, statements := drawLayer(t, &w)
		more := drawStatement(layer).Filter(func(s policy.Statement) bool { return s.Effect == policy.Allow }).Draw(t, "more")
		*statements = append(*statements, more)
		after := w.judge(t)
		if before.Outcome == verdict.Allowed && after.Outcome != verdict.Allowed {
			t.Fatalf("%+v became %+v", before, after)
		}
		if (before.Outcome == verdict.ExplicitDeny) != (after.Outcome == verdict.ExplicitDeny) {
			t.Fatalf("%+v became %+v: an allow has no part in explicit denies", before, after)
		}
	})
}

func drawLayer(t *rapid.T, w *world) (verdict.Layer, *[]policy.Statement) {
	layers := w.layers()
	names := make([]verdict.Layer, 0, len(layers))
	for layer := range layers {
		names = append(names, layer)
	}
	slices.Sort(names)
	layer := rapid.SampledFrom(names).Draw(t, "layer")
	return layer, layers[layer]
}

func TestOrderDoesNotCount(t *testing.T) {
	t.Parallel()
	cast := readCast(t)
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, cast)
		before := w.judge(t)
		for layer, statements := range w.layers() {
			if len(*statements) > 0 {
				*statements = rapid.Permutation(*statements).Draw(t, string(layer))
			}
		}
		if after := w.judge(t); before.Outcome != after.Outcome || before.Layer != after.Layer {
			t.Fatalf("%+v became %+v", before, after)
		}
	})
}

func TestCaseOfActionsAndKeysDoesNotCount(t *testing.T) {
	t.Parallel()
	cast := readCast(t)
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, cast)
		before := w.judge(t)
		w.request.Action = strings.ToUpper(w.request.Action)
		keys := verdict.Keys{}
		for key, values := range w.request.Keys {
			keys[strings.ToUpper(key)] = values
		}
		w.request.Keys = keys
		if after := w.judge(t); before != after {
			t.Fatalf("%+v became %+v", before, after)
		}
	})
}

// An operator and its opposite differ for every request, absent keys included (IAM User Guide, "IAM JSON policy elements:
// Condition operators", important note).
func TestOppositeOperatorsDiffer(t *testing.T) {
	t.Parallel()
	cast := readCast(t)
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, cast)
		w.request.Principal = cast["alice"]
		w.boundary, w.session, w.must = nil, nil, false
		w.resource, w.request.ResourceAccount = nil, w.request.Principal.Account
		for operator, test := range positives {
			keys := map[string]policy.Values{test[0]: test[1:]}
			allow := policy.Statement{Effect: policy.Allow, Action: policy.Values{"*"}, Resource: policy.Values{"*"}}
			allow.Condition = policy.Condition{operator: keys}
			w.identity = []policy.Statement{allow}
			plain := w.judge(t)
			allow.Condition = policy.Condition{opposites[operator]: keys}
			w.identity = []policy.Statement{allow}
			if opposite := w.judge(t); (plain.Outcome == verdict.Allowed) == (opposite.Outcome == verdict.Allowed) {
				t.Fatalf("%s and %s both say %q", operator, opposites[operator], plain.Outcome)
			}
		}
	})
}
