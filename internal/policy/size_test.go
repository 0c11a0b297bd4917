package policy_test

import (
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

func TestSizes(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		text              string
		bytes, characters int
	}{
		"compact":                      {`{"Statement":[]}`, 16, 16},
		"laid out for people":          {"{\n  \"Statement\": []\n}\n", 16, 16},
		"white space inside of a text": {`{"Id":"a b","Statement":[]}`, 27, 26},
		"letters of two bytes":         {`{"Id":"é","Statement":[]}`, 26, 25},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document, err := policy.Parse(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if document.Bytes() != test.bytes || document.Characters() != test.characters {
				t.Errorf("%d bytes and %d characters, want %d and %d", document.Bytes(), document.Characters(), test.bytes, test.characters)
			}
		})
	}
}
