package grammar_test

import (
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/grammar"
)

// with is a document whose only statement has these members.
func with(members string) string {
	return `{"Version":"2012-10-17","Statement":[{` + members + `}]}`
}

const (
	good  = `"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`
	trust = `"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"`
)

func TestIdentityPolicies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ document, words string }{
		"plain":                  {document: with(good)},
		"one statement, no list": {document: `{"Statement":{` + good + `}}`},
		"lists":                  {document: with(`"Sid":"A1","Effect":"Deny","NotAction":["iam:*","sts:*"],"NotResource":["*"]`)},
		"condition":              {document: with(good + `,"Condition":{"ForAnyValue:StringLikeIfExists":{"aws:TagKeys":["a",1,true]},"Null":{"aws:x":"true"}}`)},
		"wildcard resource":      {document: with(`"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3*"`)},
		"not JSON":               {document: `{"Version":`, words: "Syntax errors in policy."},
		"text behind":            {document: with(good) + "x", words: "Syntax errors in policy."},
		"member twice":           {document: with(good + `,"Effect":"Deny"`), words: "Syntax errors in policy."},
		"a list":                 {document: `[]`, words: "Syntax errors in policy."},
		"null":                   {document: `null`, words: "Syntax errors in policy."},
		"unknown member":         {document: `{"Comment":"x","Statement":{` + good + `}}`, words: "Syntax errors in policy."},
		"unknown in statement":   {document: with(good + `,"Comment":"x"`), words: "Syntax errors in policy."},
		"lower case":             {document: with(strings.Replace(good, "Effect", "effect", 1)), words: "Syntax errors in policy."},
		"no statement":           {document: `{"Version":"2012-10-17"}`, words: "Syntax errors in policy."},
		"empty statement list":   {document: `{"Statement":[]}`, words: "Syntax errors in policy."},
		"a statement of text":    {document: `{"Statement":["x"]}`, words: "Syntax errors in policy."},
		"unknown version":        {document: `{"Version":"2020-01-01","Statement":{` + good + `}}`, words: "valid version string"},
		"principal":              {document: with(good + `,"Principal":"*"`), words: "Policy document should not specify a principal."},
		"no effect":              {document: with(`"Action":"s3:*","Resource":"*"`), words: "Missing required field Effect"},
		"unknown effect":         {document: with(strings.Replace(good, "Allow", "allow", 1)), words: "Invalid effect: allow"},
		"no action":              {document: with(`"Effect":"Allow","Resource":"*"`), words: "Policy statement must contain actions."},
		"both actions":           {document: with(good + `,"NotAction":"s3:*"`), words: "Syntax errors in policy."},
		"action without service": {document: with(strings.Replace(good, "s3:GetObject", "GetObject", 1)), words: "must be prefaced by a vendor"},
		"empty action list":      {document: with(`"Effect":"Allow","Action":[],"Resource":"*"`), words: "Syntax errors in policy."},
		"no resource":            {document: with(`"Effect":"Allow","Action":"s3:*"`), words: "Policy statement must contain resources."},
		"resource is no ARN":     {document: with(strings.Replace(good, "arn:aws:s3:::b/*", "b", 1)), words: `Resource b must be in ARN format or "*".`},
		"Sid with a dash":        {document: with(good + `,"Sid":"a-b"`), words: "Statement IDs (SID) must be alpha-numeric."},
		"Sid twice": {
			document: `{"Statement":[{"Sid":"A",` + good + `},{"Sid":"A",` + good + `}]}`, words: "Statement IDs (SID) in a single policy must be unique.",
		},
		"unknown operator":    {document: with(good + `,"Condition":{"StringSimilar":{"aws:x":"y"}}`), words: "Invalid Condition type : StringSimilar."},
		"NullIfExists":        {document: with(good + `,"Condition":{"NullIfExists":{"aws:x":"true"}}`), words: "Invalid Condition type : NullIfExists."},
		"key without prefix":  {document: with(good + `,"Condition":{"StringEquals":{"x":"y"}}`), words: "Condition keys must begin with"},
		"object as a value":   {document: with(good + `,"Condition":{"StringEquals":{"aws:x":{}}}`), words: "Syntax errors in policy."},
		"null as a value":     {document: with(good + `,"Condition":{"StringEquals":{"aws:x":null}}`), words: "Syntax errors in policy."},
		"text as a condition": {document: with(good + `,"Condition":"x"`), words: "Syntax errors in policy."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, grammar.CheckIdentity(c.document), c.words)
		})
	}
}

func TestTrustPolicies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ document, words string }{
		"plain":         {document: with(trust)},
		"no principal":  {document: with(`"Effect":"Allow","Action":"sts:AssumeRole"`), words: "Missing required field Principal"},
		"resource":      {document: with(trust + `,"Resource":"*"`), words: "Has prohibited field Resource"},
		"not principal": {document: with(trust + `,"NotPrincipal":"*"`), words: "Has prohibited field NotPrincipal"},
		"all of STS":    {document: with(strings.Replace(trust, "sts:AssumeRole", "sts:*", 1))},
		"other action":  {document: with(strings.Replace(trust, "sts:AssumeRole", "sts:GetCallerIdentity", 1)), words: "may only specify STS AssumeRole actions."},
		"other service": {document: with(strings.Replace(trust, "sts:AssumeRole", "s3:GetObject", 1)), words: "may only specify STS AssumeRole actions."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, grammar.CheckTrust(c.document), c.words)
		})
	}
}

func TestPrincipalsAreMapped(t *testing.T) {
	t.Parallel()
	upper := func(kind, value string) (string, bool) { return strings.ToUpper(kind + value), value != "nobody" }
	for name, c := range map[string]struct{ principal, want, words string }{
		"everybody":   {principal: `"*"`, want: `"*"`},
		"one":         {principal: `{"AWS":"a"}`, want: `{"AWS":"AWSA"}`},
		"list of one": {principal: `{"AWS":["a"]}`, want: `{"AWS":"AWSA"}`},
		"two kinds":   {principal: `{"AWS":["a","b"],"Service":"c"}`, want: `{"AWS":["AWSA","AWSB"],"Service":"SERVICEC"}`},
		"nobody":      {principal: `{"AWS":["a","nobody"]}`, words: `Invalid principal in policy: "AWS":"nobody"`},
		"no service":  {principal: `{"Service":"nobody"}`, words: `Invalid principal in policy: "SERVICE":"nobody"`},
		"text":        {principal: `"a"`, words: `Invalid principal in policy: "a"`},
		"empty":       {principal: `{}`, words: "Syntax errors in policy."},
		"empty list":  {principal: `{"AWS":[]}`, words: "Syntax errors in policy."},
		"a number":    {principal: `{"AWS":1}`, words: "Syntax errors in policy."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mapped, err := grammar.MapPrincipals(with(strings.Replace(trust, `{"AWS":"*"}`, c.principal, 1)), upper)
			check(t, err, c.words)
			if want := with(strings.Replace(trust, `{"AWS":"*"}`, c.want, 1)); err == nil && mapped != want {
				t.Errorf("got %s, want %s", mapped, want)
			}
		})
	}
}

func TestSizeLeavesOutWhiteSpace(t *testing.T) {
	t.Parallel()
	if n := grammar.Size(" {\n\t\"ü\" : 1 }"); n != 7 {
		t.Errorf("counted %d characters, want 7", n)
	}
}

func TestServiceNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"ec2.amazonaws.com": true, "s3.amazonaws.com.cn": true, "access-grants.s3.amazonaws.com": true,
		"ec2": false, "EC2.amazonaws.com": false, "*.amazonaws.com": false, "amazonaws.com": false,
	} {
		if grammar.IsService(name) != want {
			t.Errorf("IsService(%q) is %t", name, !want)
		}
	}
}

func check(t *testing.T, err error, words string) {
	t.Helper()
	switch {
	case words == "" && err != nil:
		t.Errorf("refused: %v", err)
	case words != "" && (err == nil || !strings.Contains(err.Error(), words)):
		t.Errorf("got %v, want …%s…", err, words)
	}
}

func FuzzMapPrincipals(f *testing.F) {
	f.Add(with(trust))
	f.Add(`{"Statement":[{"Principal":{"AWS":["a"]},"Effect":"Allow","Action":["sts:*"],"Condition":{"Bool":{"aws:x":true}}}]}`)
	f.Fuzz(func(t *testing.T, document string) {
		same := func(_, value string) (string, bool) { return value, true }
		once, err := grammar.MapPrincipals(document, same)
		if err != nil {
			return
		}
		// What is stored can be read again, and stays as it is.
		if twice, err := grammar.MapPrincipals(once, same); err != nil || twice != once {
			t.Errorf("stored %s, then %s (%v)", once, twice, err)
		}
	})
}
