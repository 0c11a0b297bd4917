package policy_test

import (
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// statementPair is two spellings of a statement, the members behind Effect only.
type statementPair struct{ a, b string }

func TestEqualIgnoresWhatAWSIgnores(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]statementPair{
		"scalar or list":             {`"Action":"a:b"`, `"Action":["a:b"]`},
		"order of a list":            {`"Action":["a:b","c:d"]`, `"Action":["c:d","a:b"]`},
		"repetition":                 {`"Resource":["x","x"]`, `"Resource":"x"`},
		"case of actions":            {`"Action":"s3:GetObject"`, `"Action":"S3:getobject"`},
		"case of not actions":        {`"NotAction":"s3:GetObject"`, `"NotAction":"S3:getobject"`},
		"order of members":           {`"Action":"a:b","Resource":"*"`, `"Resource":"*","Action":"a:b"`},
		"account or its root":        {`"Principal":{"AWS":"111122223333"}`, `"Principal":{"AWS":["arn:aws:iam::111122223333:root"]}`},
		"account twice":              {`"Principal":{"AWS":["111122223333","arn:aws:iam::111122223333:root"]}`, `"Principal":{"AWS":"111122223333"}`},
		"everybody":                  {`"Principal":"*"`, `"Principal":{"AWS":"*"}`},
		"everybody in a list":        {`"Principal":"*"`, `"Principal":{"AWS":["*"]}`},
		"everybody of not principal": {`"NotPrincipal":"*"`, `"NotPrincipal":{"AWS":["*"]}`},
		"empty kind of principal":    {`"Principal":{"AWS":"a","Service":[]}`, `"Principal":{"AWS":"a"}`},
		"quoted boolean":             {`"Condition":{"Bool":{"a":true}}`, `"Condition":{"Bool":{"a":"true"}}`},
		"quoted number":              {`"Condition":{"NumericEquals":{"a":10}}`, `"Condition":{"NumericEquals":{"a":["10"]}}`},
		"case of condition keys":     {`"Condition":{"Bool":{"aws:SecureTransport":"a"}}`, `"Condition":{"Bool":{"AWS:securetransport":"a"}}`},
		"order of conditions":        {`"Condition":{"Bool":{"a":"1"},"Null":{"b":"2","c":"3"}}`, `"Condition":{"Null":{"c":"3","b":"2"},"Bool":{"a":"1"}}`},
		"empty condition":            {`"Condition":{}`, `"Condition":{"Bool":{}}`},
		"escapes":                    {`"Resource":"a/b"`, `"Resource":"\u0061\/b"`},
		"white space":                {`"Resource":["a"]`, ` "Resource" : [ "a" ] `},
		"empty sid":                  {`"Sid":"","Action":"a:b"`, `"Action":"a:b"`},
		"unreadable, white space":    {`"Foo":[1, 2]`, `"Foo":[1,2]`},
	} {
		a, b := twoStatements(t, c)
		if !a.Equal(b) || !b.Equal(a) || !policy.New(a).Equal(policy.New(b)) {
			t.Errorf("%s: %s differs from %s", situation, a.JSON(), b.JSON())
		}
	}
}

func TestEqualSeesWhatAWSSees(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]statementPair{
		"case of resources":            {`"Resource":"a"`, `"Resource":"A"`},
		"case of values":               {`"Condition":{"StringEquals":{"a":"x"}}`, `"Condition":{"StringEquals":{"a":"X"}}`},
		"case of user names":           {`"Principal":{"AWS":"arn:aws:iam::111122223333:user/a"}`, `"Principal":{"AWS":"arn:aws:iam::111122223333:user/A"}`},
		"one value more":               {`"Action":["a:b"]`, `"Action":["a:b","a:c"]`},
		"absent or empty":              {`"Resource":"x"`, `"Resource":"x","Action":[]`},
		"action or not action":         {`"Action":"a:b"`, `"NotAction":"a:b"`},
		"resource or not resource":     {`"Resource":"a"`, `"NotResource":"a"`},
		"principal or not principal":   {`"Principal":"*"`, `"NotPrincipal":"*"`},
		"no principal or nobody":       {`"Action":"a:b"`, `"Action":"a:b","Principal":{}`},
		"account or role of that name": {`"Principal":{"AWS":"111122223333"}`, `"Principal":{"AWS":"arn:aws:iam::111122223333:role/root"}`},
		"account or service":           {`"Principal":{"AWS":"s3.amazonaws.com"}`, `"Principal":{"Service":"s3.amazonaws.com"}`},
		"everybody or every service":   {`"Principal":{"AWS":"*"}`, `"Principal":{"Service":"*"}`},
		"another account":              {`"Principal":{"AWS":"111122223333"}`, `"Principal":{"AWS":"111122223334"}`},
		"operator":                     {`"Condition":{"StringEquals":{"a":"x"}}`, `"Condition":{"StringLike":{"a":"x"}}`},
		"operator IfExists":            {`"Condition":{"StringEquals":{"a":"x"}}`, `"Condition":{"StringEqualsIfExists":{"a":"x"}}`},
		"key":                          {`"Condition":{"Bool":{"a":"x"}}`, `"Condition":{"Bool":{"b":"x"}}`},
		"value moved to another key":   {`"Condition":{"Bool":{"a":["x"],"b":["y","z"]}}`, `"Condition":{"Bool":{"a":["x","y"],"b":["z"]}}`},
		"empty list of values":         {`"Condition":{"Bool":{"a":[]}}`, `"Condition":{}`},
		"commas and quotes in a value": {`"Action":["a\",\"b"]`, `"Action":["a","b"]`},
		"sid":                          {`"Sid":"a"`, `"Sid":"A"`},
		"unreadable":                   {`"Foo":1`, `"Foo":2`},
		"readable or not":              {`"Action":"a:b"`, `"Action":"a:b","Foo":1`},
		"number spelled otherwise":     {`"Condition":{"NumericEquals":{"a":10}}`, `"Condition":{"NumericEquals":{"a":1e1}}`},
	} {
		a, b := twoStatements(t, c)
		if a.Equal(b) || b.Equal(a) || policy.New(a).Equal(policy.New(b)) {
			t.Errorf("%s: %s equals %s", situation, a.JSON(), b.JSON())
		}
	}
}

func twoStatements(t *testing.T, c statementPair) (a, b policy.Statement) {
	t.Helper()
	read := func(members string) policy.Statement {
		return parse(t, `{"Statement":{"Effect":"Allow",`+members+`}}`).Statements()[0]
	}
	return read(c.a), read(c.b)
}

func TestEffectCounts(t *testing.T) {
	t.Parallel()
	deny := ours
	deny.Effect = policy.Deny
	if ours.Equal(deny) {
		t.Error("Allow equals Deny")
	}
}

func TestDocumentsEqual(t *testing.T) {
	t.Parallel()
	one, two := `{"Effect":"Allow","Action":"a:b"}`, `{"Effect":"Deny","Action":"a:b"}`
	for situation, c := range map[string]struct {
		a, b string
		want bool
	}{
		"order of statements":         {`{"Statement":[` + one + `,` + two + `]}`, `{"Statement":[` + two + `,` + one + `]}`, true},
		"statement or list":           {`{"Statement":` + one + `}`, `{"Statement":[` + one + `]}`, true},
		"no version is the old one":   {`{"Statement":[]}`, `{"Version":"2008-10-17"}`, true},
		"no version is not the new":   {`{"Statement":[]}`, `{"Version":"2012-10-17"}`, false},
		"statement twice":             {`{"Statement":[` + one + `]}`, `{"Statement":[` + one + `,` + one + `]}`, false},
		"statement more":              {`{"Statement":[` + one + `]}`, `{"Statement":[` + one + `,` + two + `]}`, false},
		"id":                          {`{"Id":"a"}`, `{"Id":"b"}`, false},
		"order of members":            {`{"Id":"a","Version":"2012-10-17"}`, `{"Version":"2012-10-17","Id":"a"}`, true},
		"unknown member":              {`{"X":1}`, `{}`, false},
		"unknown member, white space": {`{"X":[1, 2]}`, `{"X":[1,2]}`, true},
	} {
		a, b := parse(t, c.a), parse(t, c.b)
		if a.Equal(b) != c.want || b.Equal(a) != c.want {
			t.Errorf("%s: got %v", situation, !c.want)
		}
	}
}

func TestPartsEqual(t *testing.T) {
	t.Parallel()
	if !(policy.Values{"a", "b"}).Equal(policy.Values{"b", "a", "a"}) || !policy.Values(nil).Equal(policy.Values{}) || (policy.Values{"a"}).Equal(policy.Values{"A"}) {
		t.Error("values")
	}
	if !(policy.Principal{Any: true}).Equal(policy.Principal{AWS: policy.Values{"*"}}) || (policy.Principal{Any: true}).Equal(policy.Principal{}) {
		t.Error("principals")
	}
	if !(policy.Condition{"Bool": {"A": {"x"}}}).Equal(policy.Condition{"Bool": {"a": {"x"}}}) || !policy.Condition(nil).Equal(policy.Condition{}) {
		t.Error("conditions")
	}
}
