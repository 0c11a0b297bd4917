package policy_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// This file states laws and holds the package to them on random input.

func values(elements ...string) *rapid.Generator[policy.Values] {
	return rapid.Custom(func(rt *rapid.T) policy.Values {
		return rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(elements), rapid.String()), 0, 4).Draw(rt, "values")
	})
}

func optional[T any](generator *rapid.Generator[T]) *rapid.Generator[T] {
	var zero T
	return rapid.OneOf(rapid.Just(zero), generator)
}

func principals() *rapid.Generator[*policy.Principal] {
	return rapid.Custom(func(rt *rapid.T) *policy.Principal {
		if rapid.Bool().Draw(rt, "any") {
			return &policy.Principal{Any: true}
		}
		p := &policy.Principal{
			AWS:     optional(values("*", "111122223333", "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:role/x")).Draw(rt, "AWS"),
			Service: optional(values("s3.amazonaws.com")).Draw(rt, "Service"), Federated: optional(values("f")).Draw(rt, "Federated"),
			CanonicalUser: optional(values("c")).Draw(rt, "CanonicalUser"),
		}
		if rapid.Bool().Draw(rt, "other") {
			p.Other = map[string]policy.Values{"Robot": values("r").Draw(rt, "Robot")}
		}
		return p
	})
}

func conditions() *rapid.Generator[policy.Condition] {
	keys := rapid.MapOfN(rapid.OneOf(rapid.SampledFrom([]string{"aws:PrincipalArn", "AWS:principalarn", "s3:prefix"}), rapid.String()),
		values("true", "a/*", "10"), 0, 3)
	operators := rapid.OneOf(rapid.SampledFrom([]string{"StringEquals", "StringLike", "Bool"}), rapid.String())
	return rapid.Custom(func(rt *rapid.T) policy.Condition {
		made := policy.Condition{}
		for operator, tests := range rapid.MapOfN(operators, keys, 1, 3).Draw(rt, "operators") {
			made[operator] = tests
		}
		return made
	})
}

func statements() *rapid.Generator[policy.Statement] {
	return rapid.Custom(func(rt *rapid.T) policy.Statement {
		return policy.Statement{
			Sid:       rapid.OneOf(rapid.SampledFrom([]string{"", "Mine1", "Mine2", "a b"}), rapid.String()).Draw(rt, "Sid"),
			Effect:    rapid.SampledFrom([]policy.Effect{policy.Allow, policy.Deny}).Draw(rt, "Effect"),
			Principal: optional(principals()).Draw(rt, "Principal"), NotPrincipal: optional(principals()).Draw(rt, "NotPrincipal"),
			Action: optional(values("s3:GetObject", "S3:getObject")).Draw(rt, "Action"), NotAction: optional(values("s3:*")).Draw(rt, "NotAction"),
			Resource: optional(values("*")).Draw(rt, "Resource"), NotResource: optional(values("arn:aws:s3:::b/*")).Draw(rt, "NotResource"),
			Condition: optional(conditions()).Draw(rt, "Condition"),
		}
	})
}

func isMine(s policy.Statement) bool { return strings.HasPrefix(s.Sid, "Mine") }

func TestRenderThenParseIsIdentity(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		made := rapid.SliceOfN(statements(), 0, 4).Draw(rt, "statements")
		document := policy.New(made...)
		read := parse(rt, document.JSON())
		if !read.Equal(document) || read.JSON() != document.JSON() {
			rt.Fatalf("read %s as %s", document.JSON(), read.JSON())
		}
		for i, s := range read.Statements() {
			if s.Err() != nil || !s.Equal(made[i]) || s.JSON() != made[i].JSON() {
				rt.Fatalf("%v: %s became %s", s.Err(), made[i].JSON(), s.JSON())
			}
		}
	})
}

// respell writes a statement in another way that AWS takes for the same.
func respell(rt *rapid.T, s policy.Statement) policy.Statement {
	shuffled := func(v policy.Values) policy.Values {
		v = slices.Clone(v)
		if len(v) > 0 && rapid.Bool().Draw(rt, "repeat") {
			v = append(v, v[0])
		}
		source := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		source.Shuffle(len(v), func(i, j int) { v[i], v[j] = v[j], v[i] })
		return v
	}
	s.Action, s.NotAction, s.Resource, s.NotResource = shuffled(s.Action), shuffled(s.NotAction), shuffled(s.Resource), shuffled(s.NotResource)
	if s.Principal != nil {
		p := *s.Principal
		if p.Any {
			p = policy.Principal{AWS: policy.Values{"*"}}
		}
		p.AWS = shuffled(p.AWS)
		for i, name := range p.AWS {
			if id, ok := policy.AccountID(name); ok && rapid.Bool().Draw(rt, "root") {
				p.AWS[i] = "arn:aws:iam::" + id + ":root"
			}
		}
		s.Principal = &p
	}
	return s
}

func TestEqualIsAnEquivalence(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		a, other := statements().Draw(rt, "a"), statements().Draw(rt, "other")
		b := respell(rt, a)
		c := respell(rt, b)
		if !a.Equal(a) || !a.Equal(b) || !b.Equal(a) || !b.Equal(c) || !a.Equal(c) {
			rt.Fatalf("one meaning, three statements:\n%s\n%s\n%s", a.JSON(), b.JSON(), c.JSON())
		}
		if a.Equal(other) != other.Equal(a) || a.Equal(other) != c.Equal(other) {
			rt.Fatalf("not symmetric or not transitive:\n%s\n%s\n%s", a.JSON(), c.JSON(), other.JSON())
		}
	})
}

func TestReplaceKeepsForeignStatements(t *testing.T) {
	t.Parallel()
	texts := corpus(t)
	var foreign []string
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		foreign = append(foreign, raws(parse(t, texts[name]))...)
	}
	rapid.Check(t, func(rt *rapid.T) {
		mine := rapid.Custom(func(rt *rapid.T) string {
			s := statements().Draw(rt, "mine")
			s.Sid = "Mine" + s.Sid
			return s.JSON()
		})
		elements := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(foreign), mine), 0, 8).Draw(rt, "elements")
		before := parse(rt, `{ "Version":"2008-10-17", "Statement" : [`+strings.Join(elements, " ,\n")+"]}\n")
		with := rapid.SliceOfN(statements(), 0, 3).Draw(rt, "with")
		for i := range with {
			with[i].Sid = "Mine" + with[i].Sid
		}
		after := before.Replace(isMine, with...)
		if !equalTexts(without(before), without(after)) {
			rt.Fatalf("foreign statements changed:\n%s\n%s", before.JSON(), after.JSON())
		}
		if again := after.Replace(isMine, with...); again.JSON() != after.JSON() {
			rt.Fatalf("not idempotent:\n%s\n%s", after.JSON(), again.JSON())
		}
		if read := parse(rt, after.JSON()); !read.Equal(after) || !equalTexts(raws(read), raws(after)) {
			rt.Fatalf("reads otherwise than it was made:\n%s", after.JSON())
		}
		if after.Version() != policy.Version2008 {
			rt.Fatalf("the version is now %s", after.Version())
		}
	})
}

func without(document policy.Document) []string {
	var texts []string
	for _, s := range document.Statements() {
		if !isMine(s) {
			texts = append(texts, s.JSON())
		}
	}
	return texts
}
