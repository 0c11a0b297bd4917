package share_test

import (
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// TestShareGivesWhatItPromises holds the permissions policy to a plain reading of the spec.
func TestShareGivesWhatItPromises(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct {
		prefixes []share.Prefix
		want     []string // of objects, with "" for a listing without a prefix
	}{
		"whole bucket":           {nil, []string{"a/x", "a/b/x", "ab/x", "c", ""}},
		"a/":                     {[]share.Prefix{"a/"}, []string{"a/x", "a/b/x"}},
		"a/b/":                   {[]share.Prefix{"a/b/"}, []string{"a/b/x"}},
		"ab/":                    {[]share.Prefix{"ab/"}, []string{"ab/x"}},
		"a without a slash":      {[]share.Prefix{"a"}, []string{"a/x", "a/b/x", "ab/x"}},
		"a key as a prefix, two": {[]share.Prefix{"c", "ab/"}, []string{"ab/x", "c"}},
	} {
		for _, words := range wordSets() {
			spec := example()
			spec.Access, spec.Prefixes = words, c.prefixes
			want := map[string]bool{}
			for _, object := range c.want {
				promise(want, words, object)
			}
			if got := calls(t, share.Render(spec).Permissions); !within(got, want) || !within(want, got) {
				t.Errorf("%s, %v: promised\n%v\ngiven\n%v", situation, words, want, got)
			}
		}
	}
}

// wordSets are each word alone and all of them.
func wordSets() [][]share.Word {
	sets := [][]share.Word{share.Words()}
	for _, word := range share.Words() {
		sets = append(sets, []share.Word{word})
	}
	return sets
}

// promise adds the calls that words promise for one object, or for a listing without a prefix.
func promise(want map[string]bool, words []share.Word, object string) {
	for i := range networks {
		for _, year := range []string{"2025", "2026", "2027", "2028"} {
			end := string(rune('0'+i)) + " " + year
			for _, word := range words {
				switch {
				case word == share.Read && object != "":
					want["s3:GetObject arn:aws:s3:::acme-data/"+object+"  "+end] = true
				case word == share.Write && object != "":
					want["s3:PutObject arn:aws:s3:::acme-data/"+object+"  "+end] = true
				case word == share.Delete && object == "a/x":
					want["s3:DeleteObject arn:aws:s3:::acme-data/"+object+"  "+end] = true
				case word == share.List:
					want["s3:ListBucket arn:aws:s3:::acme-data "+object+" "+end] = true
				}
			}
		}
	}
}
