package exposure_test

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/exposure"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file states laws and holds the package to them on random documents.

// drawn draws up to three texts out of some.
func drawn(rt *rapid.T, label string, texts ...string) []string {
	return rapid.SliceOfN(rapid.SampledFrom(texts), 0, 3).Draw(rt, label)
}

var (
	someTrust = []string{
		trusts(aws(etl), withID), trusts(aws(consumer), ``), trusts(`"*"`, `"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}`),
		trusts(aws("AROADELETEDDELETED1"), ``), trusts(aws(consumer), `"ArnLike":{"aws:PrincipalArn":"`+etl+`"}`), trusts(aws("111111111111"), ``),
	}
	someGrants = []string{
		readAll, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`, `{"Effect":"Allow","NotAction":"s3:Delete*",` + allOfIt + `}`,
		`{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::acme-data/a/*"}`,
		`{"Effect":"Allow","Action":"s3:ListBucket",` + allOfIt + `,"Condition":{"StringLike":{"s3:prefix":"a/*"}}}`,
		`{"Effect":"Allow","Action":"s3:GetObject",` + objects + `,"Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}`,
	}
	someStatements = []string{
		`{"Sid":"A","Effect":"Allow","Principal":"*","Action":"s3:GetObject",` + objects + `}`,
		`{"Sid":"B","Effect":"Allow","Principal":{"AWS":["` + etl + `","` + consumer + `","` + vendorARN + `"]},"Action":"s3:*",` + allOfIt + `}`,
		`{"Sid":"C","Effect":"Allow","NotPrincipal":{"AWS":"111111111111"},"Action":"s3:ListBucket",` + allOfIt + `}`,
	}
	someDenies = []string{
		`{"Sid":"D","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject",` + objects + `}`,
		`{"Sid":"E","Effect":"Deny","Principal":"*","Action":"s3:*",` + allOfIt + `,"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`,
		`{"Sid":"F","Effect":"Deny","Principal":{"AWS":"` + etl + `"},"Action":"s3:*",` + allOfIt + `}`,
	}
)

func drawWorld(rt *rapid.T) world {
	return world{
		trust: drawn(rt, "trust", someTrust...), inline: drawn(rt, "inline", someGrants...),
		bucket: slices.Concat(drawn(rt, "bucket", someStatements...), drawn(rt, "denies", someDenies...)),
	}
}

// holds tells that one entry says all that another one says.
func holds(entry, other exposure.Entry) bool {
	return entry.Via == other.Via && entry.Principal == other.Principal && entry.RoleARN == other.RoleARN &&
		slices.Equal(entry.Prefixes, other.Prefixes) && slices.Equal(entry.Conditions, other.Conditions) &&
		!slices.ContainsFunc(other.Actions, func(action string) bool { return !slices.Contains(entry.Actions, action) }) &&
		!slices.ContainsFunc(other.Access, func(word share.Word) bool { return !slices.Contains(entry.Access, word) })
}

func TestNoEntryDisappearsWhenAnAllowIsAdded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt)
		before := w.ask(t)
		switch rapid.SampledFrom([]string{"trust", "inline", "bucket"}).Draw(rt, "added to") {
		case "trust":
			w.trust = append(w.trust, rapid.SampledFrom(someTrust).Draw(rt, "added"))
		case "inline":
			w.inline = append(w.inline, rapid.SampledFrom(someGrants).Draw(rt, "added"))
		case "bucket":
			w.bucket = append(w.bucket, rapid.SampledFrom(someStatements).Draw(rt, "added"))
		}
		after := w.ask(t)
		for _, entry := range before {
			if !slices.ContainsFunc(after, func(other exposure.Entry) bool { return holds(other, entry) }) {
				rt.Errorf("%+v\nis gone; what is left: %+v", entry, after)
			}
		}
	})
}

func TestSameQuestionSameAnswer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt)
		if first, second := w.ask(t), w.ask(t); !reflect.DeepEqual(first, second) {
			rt.Errorf("answered\n%+v\nand then\n%+v", first, second)
		}
	})
}
