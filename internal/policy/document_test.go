package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct{ text, want string }{
		"nothing":                      {"", "not valid JSON"},
		"cut off":                      {`{"Statement":[{"Effect":"Allow"}`, "not valid JSON"},
		"text behind the document":     {`{} {}`, "not valid JSON"},
		"a comment":                    {`{/* */}`, "not valid JSON"},
		"byte order mark":              {"\ufeff{}", "not valid JSON"},
		"a list":                       {`[]`, "not a JSON object"},
		"null":                         {`null`, "not a JSON object"},
		"a string":                     {`"Statement"`, "not a JSON object"},
		"two statements members":       {`{"Statement":[],"Statement":[]}`, "two members Statement"},
		"one of them escaped":          {`{"Statement":[],"\u0053tatement":[]}`, "two members Statement"},
		"statement is null":            {`{"Statement":null}`, "statement 1: it is not a JSON object"},
		"statement is text":            {`{"Statement":"*"}`, "statement 1: it is not a JSON object"},
		"second statement is a list":   {`{"Statement":[{},[]]}`, "statement 2: it is not a JSON object"},
		"deeper than the JSON decoder": {`{"a":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`, "not valid JSON"},
	} {
		if _, err := policy.Parse(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", situation, err, c.want)
		}
	}
}

func TestParseReads(t *testing.T) {
	t.Parallel()
	document := parse(t, `{"Id":"x","Version":"2008-10-17","Statement":{"Sid":"a","Effect":"Deny",
		"NotPrincipal":{"AWS":"1","Service":["s"],"Federated":"f","CanonicalUser":"c","Robot":"r"},
		"NotAction":["a:b"],"NotResource":"*","Condition":{"Bool":{"k":[true,"x",1.50,-2e3]}}}}`)
	s := document.Statements()[0]
	want := policy.Statement{
		Sid: "a", Effect: policy.Deny,
		NotPrincipal: &policy.Principal{
			AWS: policy.Values{"1"}, Service: policy.Values{"s"}, Federated: policy.Values{"f"},
			CanonicalUser: policy.Values{"c"}, Other: map[string]policy.Values{"Robot": {"r"}},
		},
		NotAction: policy.Values{"a:b"}, NotResource: policy.Values{"*"},
		Condition: policy.Condition{"Bool": {"k": {"true", "x", "1.50", "-2e3"}}},
	}
	if !s.Equal(want) || s.Err() != nil || document.Version() != policy.Version2008 || document.ID() != "x" {
		t.Errorf("read %s with %v", s.JSON(), s.Err())
	}
	if got := want.JSON(); got != `{"Sid":"a","Effect":"Deny","NotPrincipal":{"AWS":"1","CanonicalUser":"c","Federated":"f","Robot":"r","Service":"s"},"NotAction":"a:b","NotResource":"*","Condition":{"Bool":{"k":["true","x","1.50","-2e3"]}}}` {
		t.Errorf("rendered %s", got)
	}
}

func TestStatementThatMakesNoSense(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct{ text, want string }{
		"no effect":                 {`{}`, "no Effect"},
		"effect in small letters":   {`{"Effect":"allow"}`, "neither Allow nor Deny"},
		"member in small letters":   {`{"Effect":"Allow","action":"*"}`, `"action": no such member`},
		"member twice":              {`{"Effect":"Allow","Action":"a","Action":"b"}`, "there twice"},
		"sid is a number":           {`{"Effect":"Allow","Sid":1}`, "not a string"},
		"action is an object":       {`{"Effect":"Allow","Action":{}}`, "neither a string nor a list"},
		"action is a number":        {`{"Effect":"Allow","Action":1}`, "neither a string nor a list"},
		"resource list in a list":   {`{"Effect":"Allow","Resource":[["*"]]}`, "neither a string nor a list"},
		"principal is another text": {`{"Effect":"Allow","Principal":"123456789012"}`, `"Principal": it is not an object`},
		"principal is a list":       {`{"Effect":"Allow","Principal":["*"]}`, `"Principal": it is not an object`},
		"principal kind twice":      {`{"Effect":"Allow","Principal":{"AWS":"a","AWS":"b"}}`, "same name twice"},
		"condition is a list":       {`{"Effect":"Allow","Condition":[]}`, "not an object"},
		"operator twice":            {`{"Effect":"Allow","Condition":{"Bool":{},"Bool":{}}}`, `operator "Bool": it has the same name twice`},
		"key twice":                 {`{"Effect":"Allow","Condition":{"Bool":{"a":"b","a":"c"}}}`, `key "a": it has the same name twice`},
		"value is null":             {`{"Effect":"Allow","Condition":{"Bool":{"a":null}}}`, `key "a": it is neither`},
	} {
		s := parse(t, `{"Statement":[`+c.text+`]}`).Statements()[0]
		if s.Err() == nil || !strings.Contains(s.Err().Error(), c.want) {
			t.Errorf("%s: got %v, want %q", situation, s.Err(), c.want)
		}
		if s.JSON() != c.text {
			t.Errorf("%s: kept as %s", situation, s.JSON())
		}
	}
}

func TestStatementThatMakesSense(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"Effect":"Allow"}`, `{"Effect":"Deny","Principal":"*"}`, `{"Effect":"Deny","Principal":{}}`,
		`{"Effect":"Allow","Condition":{}}`, `{"Effect":"Allow","Condition":{"Bool":{"a":[]}}}`, `{"Effect":"Allow","Action":[]}`,
		`{"Effect":"Allow","Condition":{"StringEquals":{"aws:a":"b","AWS:A":"b"}}}`,
	} {
		if s := parse(t, `{"Statement":`+text+`}`).Statements()[0]; s.Err() != nil || s.JSON() != text {
			t.Errorf("%s: %v, %s", text, s.Err(), s.JSON())
		}
	}
}

func TestReplacePutsInPlace(t *testing.T) {
	t.Parallel()
	statement := func(sid string) policy.Statement { return policy.Statement{Sid: sid, Effect: policy.Deny} }
	sids := func(d policy.Document) string {
		var all []string
		for _, s := range d.Statements() {
			all = append(all, s.Sid)
		}
		return strings.Join(all, " ")
	}
	for situation, c := range map[string]struct {
		have []string
		with []string
		want string
	}{
		"none of mine, none to put":       {[]string{"a", "b"}, nil, "a b"},
		"none of mine: at the end":        {[]string{"a"}, []string{"my1", "my2"}, "a my1 my2"},
		"mine in the middle":              {[]string{"a", "my1", "b"}, []string{"my1", "my2"}, "a my1 my2 b"},
		"mine apart: where the first was": {[]string{"my1", "a", "my2", "b"}, []string{"my3"}, "my3 a b"},
		"mine taken away":                 {[]string{"a", "my1", "b", "my1"}, nil, "a b"},
		"all mine taken away":             {[]string{"my1"}, nil, ""},
	} {
		var have, with []policy.Statement
		for _, sid := range c.have {
			have = append(have, statement(sid))
		}
		for _, sid := range c.with {
			with = append(with, statement(sid))
		}
		before := policy.New(have...)
		after := before.Replace(func(s policy.Statement) bool { return strings.HasPrefix(s.Sid, "my") }, with...)
		if got := sids(after); got != c.want || after.IsEmpty() != (c.want == "") {
			t.Errorf("%s: got %q, want %q", situation, got, c.want)
		}
		if got := sids(before); got != strings.Join(c.have, " ") {
			t.Errorf("%s: the document itself changed to %q", situation, got)
		}
	}
}

func TestZeroDocumentIsNew(t *testing.T) {
	t.Parallel()
	var zero policy.Document
	if zero.JSON() != `{"Version":"2012-10-17","Statement":[]}` || !zero.IsEmpty() || !zero.Equal(policy.New()) {
		t.Errorf("zero is %s", zero.JSON())
	}
	if got := zero.Replace(isOurs, ours); !got.Equal(policy.New(ours)) {
		t.Errorf("replacing gave %s", got.JSON())
	}
	if got := zero.Indented(); got != "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": []\n}" {
		t.Errorf("indented is %s", got)
	}
}

func TestCopiesShareNothing(t *testing.T) {
	t.Parallel()
	document := parse(t, policy.New(ours).JSON())
	text := document.JSON()
	document.Replace(func(s policy.Statement) bool { spoil(s); return false }, ours)
	for _, s := range document.Statements() {
		spoil(s)
	}
	made := policy.New(ours)
	for _, s := range made.Statements() {
		spoil(s)
	}
	if document.JSON() != text || raws(document)[0] != ours.JSON() || !made.Equal(document) {
		t.Errorf("a copy changed the document: %s", document.JSON())
	}
}

func spoil(s policy.Statement) {
	s.Action[0], s.Principal.AWS[0] = "spoilt", "spoilt"
	s.Condition["ArnEquals"]["aws:PrincipalArn"][0] = "spoilt"
	s.Condition["Null"] = map[string]policy.Values{}
}

func TestChangedStatementIsWrittenAnew(t *testing.T) {
	t.Parallel()
	s := parse(t, `{"Statement":{ "Effect" : "Allow", "Action" : ["a:b"] }}`).Statements()[0]
	if s.JSON() != `{ "Effect" : "Allow", "Action" : ["a:b"] }` {
		t.Errorf("unchanged: %s", s.JSON())
	}
	s.Action = append(s.Action, "c:d")
	if s.JSON() != `{"Effect":"Allow","Action":["a:b","c:d"]}` {
		t.Errorf("changed: %s", s.JSON())
	}
	s.Action = s.Action[:1]
	if s.JSON() != `{ "Effect" : "Allow", "Action" : ["a:b"] }` {
		t.Errorf("changed back: %s", s.JSON())
	}
}

func TestDocumentPrintsNoText(t *testing.T) {
	t.Parallel()
	document := policy.New(policy.Statement{Effect: policy.Allow, Condition: policy.Condition{"StringEquals": {"sts:ExternalId": {"hidden-id"}}}})
	held := struct{ Document policy.Document }{document}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, value := range []any{document, &document, held, []policy.Document{document}} {
			if text := fmt.Sprintf(verb, value); strings.Contains(text, "hidden") || strings.Contains(text, "68696464656e") {
				t.Errorf("%s prints %s", verb, text)
			}
		}
	}
	if !slices.Contains(raws(document), document.Statements()[0].JSON()) || !strings.Contains(document.JSON(), "hidden-id") {
		t.Error("the document does not hold what must not be printed")
	}
}

func TestAccountID(t *testing.T) {
	t.Parallel()
	for principal, want := range map[string]string{
		"111122223333":                          "111122223333",
		"000000000000":                          "000000000000",
		"arn:aws:iam::111122223333:root":        "111122223333",
		"arn:aws-us-gov:iam::111122223333:root": "111122223333",
		"11112222333":                           "",
		"1111222233334":                         "",
		"11112222333x":                          "",
		"*":                                     "",
		"":                                      "",
		"arn:aws:iam::*:root":                   "",
		"arn:aws:iam::111122223333:role/root":   "",
		"arn:aws:iam::111122223333:user/root":   "",
		"arn:aws:sts::111122223333:root":        "",
		"arn:aws:iam:us-east-1:111122223333:root": "",
		"ARN:aws:iam::111122223333:root":          "",
		"arn::iam::111122223333:root":             "",
		"arn:aws:iam::111122223333:root:x":        "",
		"١١١١٢٢٢٢٣٣٣٣":                            "",
	} {
		if id, ok := policy.AccountID(principal); id != want || ok != (want != "") {
			t.Errorf("%q: got %q %v, want %q", principal, id, ok, want)
		}
	}
}
