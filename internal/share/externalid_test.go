package share_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file looks for ways in which an external ID gets into a text.

const hidden = "hidden-value"

func secret(t *testing.T) share.ExternalID {
	t.Helper()
	id, err := share.ParseExternalID(hidden)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// leaks tells that a text holds the value, as it is or in hexadecimal digits.
func leaks(text string) bool {
	folded := strings.ToLower(text)
	return strings.Contains(folded, hidden) || strings.Contains(strings.ReplaceAll(folded, " ", ""), fmt.Sprintf("%x", hidden)) ||
		strings.Contains(folded, "104 105 100 100 101 110")
}

type exported struct{ ID share.ExternalID }

type unexported struct {
	id   share.ExternalID
	list []share.ExternalID
	held map[string]share.ExternalID
}

func TestExternalIDNeverPrints(t *testing.T) {
	t.Parallel()
	id := secret(t)
	spec := example()
	spec.ExternalIDs = []share.ExternalID{id}
	values := map[string]any{
		"itself": id, "pointer": &id, "list": []share.ExternalID{id}, "array": [1]share.ExternalID{id}, "key": map[share.ExternalID]int{id: 1},
		"exported field": exported{id}, "pointer to exported": &exported{id},
		"unexported fields": unexported{id, []share.ExternalID{id}, map[string]share.ExternalID{"a": id}},
		"interface":         []any{id, exported{id}}, "spec": spec, "pointer to spec": &spec,
	}
	for _, verb := range "vsqxXdtbcoOUeEfFgGpTw!" {
		for _, flags := range []string{"", "+", "#", "-", " ", "0", "+#", "40", ".3"} {
			for situation, value := range values {
				if text := fmt.Sprintf("%"+flags+string(verb), value); leaks(text) {
					t.Errorf("%%%s%c of %s: %s", flags, verb, situation, text)
				}
			}
		}
	}
	for situation, value := range values {
		if text := fmt.Sprint(value) + fmt.Sprintln(value) + errors.Join(fmt.Errorf("x %v", value)).Error(); leaks(text) {
			t.Errorf("%s prints %s", situation, text)
		}
	}
}

// TestDocumentsWithAnExternalIDNeverPrint is about what holds the ID in a trust policy. Verbs that no type knows, which
// go vet refuses, print fields without asking anybody.
func TestDocumentsWithAnExternalIDNeverPrint(t *testing.T) {
	t.Parallel()
	spec := example()
	spec.ExternalIDs = []share.ExternalID{secret(t)}
	desired := share.Render(spec)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		for situation, value := range map[string]any{
			"desired": desired, "pointer": &desired, "role": share.Role{Trust: desired.Trust},
		} {
			if text := fmt.Sprintf(verb, value); leaks(text) {
				t.Errorf("%s of %s: %s", verb, situation, text)
			}
		}
	}
}

func TestExternalIDNeverEncodes(t *testing.T) {
	t.Parallel()
	id := secret(t)
	for situation, value := range map[string]any{
		"itself": id, "field": exported{id}, "list": []share.ExternalID{id}, "key": map[share.ExternalID]int{id: 1}, "hidden field": unexported{id: id},
	} {
		if text, err := json.Marshal(value); err != nil || leaks(string(text)) {
			t.Errorf("JSON of %s: %s, %v", situation, text, err)
		}
		if text, err := xml.Marshal(value); leaks(string(text)) {
			t.Errorf("XML of %s: %s, %v", situation, text, err)
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("made", "value", value)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("made", "value", value)
		if log.Len() == 0 || leaks(log.String()) {
			t.Errorf("log of %s: %s", situation, log.String())
		}
	}
}

func TestExternalIDIsThere(t *testing.T) {
	t.Parallel()
	id := secret(t)
	if id.Reveal() != hidden || id.IsZero() || id.String() != share.Masked || fmt.Sprint(id) != share.Masked {
		t.Error("the value cannot be revealed, or does not print as masked")
	}
	var zero share.ExternalID
	if !zero.IsZero() || zero.Reveal() != "" || fmt.Sprint(zero) != share.Masked {
		t.Error("the zero value is not zero")
	}
	if id != secret(t) || id == zero || id == share.PlannedExternalID() {
		t.Error("IDs are not compared by value")
	}
	if _, err := share.ParseExternalID(share.PlannedExternalID().Reveal()); err == nil {
		t.Error("what stands for an ID that is not made yet can be mistaken for one")
	}
}

func TestGenerateExternalID(t *testing.T) {
	t.Parallel()
	id, err := share.GenerateExternalID(bytes.NewReader(bytes.Repeat([]byte{0xAB}, 16)))
	if err != nil || len(id.Reveal()) != 26 {
		t.Fatalf("%d characters, %v", len(id.Reveal()), err)
	}
	if parsed, err := share.ParseExternalID(id.Reveal()); err != nil || parsed != id {
		t.Errorf("what is generated cannot be parsed: %v", err)
	}
	other, _ := share.GenerateExternalID(bytes.NewReader(append(bytes.Repeat([]byte{0xAB}, 15), 0xAA)))
	if other == id {
		t.Error("the last bit is not in it")
	}
	if _, err := share.GenerateExternalID(bytes.NewReader(make([]byte, 15))); err == nil || !strings.Contains(err.Error(), "128 random bits") {
		t.Errorf("too few bits: %v", err)
	}
}

func TestExternalIDsOf(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct {
		statements string
		want       string
	}{
		"one":                  {`{"Effect":"Allow","Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"id-1"}}}`, "id-1"},
		"two, newest first":    {`{"Effect":"Allow","Condition":{"StringEquals":{"STS:externalid":["id-2","id-1"]}}}`, "id-2 id-1"},
		"twice":                {`{"Effect":"Allow","Condition":{"StringEquals":{"sts:ExternalId":"id-1"}}},{"Effect":"Allow","Condition":{"StringEquals":{"sts:ExternalId":"id-1"}}}`, "id-1"},
		"denied":               {`{"Effect":"Deny","Condition":{"StringEquals":{"sts:ExternalId":"revoked"}}}`, ""},
		"by pattern":           {`{"Effect":"Allow","Condition":{"StringLike":{"sts:ExternalId":"id*"}}}`, ""},
		"optional":             {`{"Effect":"Allow","Condition":{"StringEqualsIfExists":{"sts:ExternalId":"id-1"}}}`, ""},
		"not an ID":            {`{"Effect":"Allow","Condition":{"StringEquals":{"sts:ExternalId":["", "a b"]}}}`, ""},
		"in an unreadable one": {`{"Effect":"Allow","Foo":1,"Condition":{"StringEquals":{"sts:ExternalId":"id-1"}}}`, ""},
		"none":                 {`{"Effect":"Allow","Action":"sts:AssumeRole"}`, ""},
	} {
		var got []string
		for _, id := range share.ExternalIDsOf(parse(t, `{"Statement":[`+c.statements+`]}`)) {
			got = append(got, id.Reveal())
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %q, want %q", situation, got, c.want)
		}
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct{ statements, want string }{
		"nothing to hide stays as it was": {`[ {"Effect":"Allow", "Action":"sts:AssumeRole"} ]`, `{"Statement":[ {"Effect":"Allow", "Action":"sts:AssumeRole"} ]}`},
		"one ID": {
			`{"Sid":"a","Effect":"Allow","Condition":{"StringEquals":{"sts:ExternalId":"hidden-value","aws:a":"b"}}}`,
			`{"Statement":[{"Sid":"a","Effect":"Allow","Condition":{"StringEquals":{"aws:a":"b","sts:ExternalId":"(sensitive)"}}}]}`},
		"two IDs, key in capitals, a pattern": {
			`{"Effect":"Deny","NotAction":"a","Condition":{"StringNotLike":{"STS:EXTERNALID":["hidden-value","hidden-value2"]}}}`,
			`{"Statement":[{"Effect":"Deny","NotAction":"a","Condition":{"StringNotLike":{"STS:EXTERNALID":["(sensitive)","(sensitive)"]}}}]}`},
		"the other statement stays": {
			`[{ "Effect":"Deny" },{"Effect":"Allow","Condition":{"ForAnyValue:StringEquals":{"sts:ExternalId":["hidden-value"]}}}]`,
			`{"Statement":[{ "Effect":"Deny" },{"Effect":"Allow","Condition":{"ForAnyValue:StringEquals":{"sts:ExternalId":"(sensitive)"}}}]}`},
		"unreadable": {
			`{"Effect":"Allow","Foo":"hidden-value"}`, `{"Statement":[{"Sid":"Unreadable(sensitive)","Effect":"Allow"}]}`},
		"key twice": {
			`{"Effect":"Allow","Condition":{"StringEquals":{"sts:ExternalId":"a","sts:ExternalId":"hidden-value"}}}`,
			`{"Statement":[{"Sid":"Unreadable(sensitive)","Effect":"Allow"}]}`},
	} {
		if got := share.Mask(parse(t, `{"Statement":`+c.statements+`}`)); got != c.want || leaks(got) {
			t.Errorf("%s:\ngot  %s\nwant %s", situation, got, c.want)
		}
	}
}

func TestMaskHidesEveryIDOfAShare(t *testing.T) {
	t.Parallel()
	spec := example()
	spec.ExternalIDs = []share.ExternalID{secret(t), secret(t)}
	spec.Perimeter = share.Perimeter{SourceIPs: []string{"192.0.2.1"}, SourceVPCEIDs: []string{"vpce-1a2b3c4d"}}
	desired := share.Render(spec)
	if masked := share.Mask(desired.Trust); leaks(masked) || strings.Count(masked, share.Masked) != 4 {
		t.Errorf("masked is %s", masked)
	}
	for _, document := range []policy.Document{desired.Permissions, desired.Consumer, policy.New(desired.BucketStatements...)} {
		if leaks(document.JSON()) || share.Mask(document) != document.JSON() {
			t.Errorf("an ID is in %s", document.JSON())
		}
	}
}
