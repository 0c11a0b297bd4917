package functions_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/provider/functions"
)

func bigOf(number int64) *big.Float { return big.NewFloat(float64(number)) }

const (
	reads   = `{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`
	refuses = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"s3:*","Resource":"arn:aws:s3:::b/*"},` +
		`{"Sid":"NoKeys","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/*.pem"}]}`
	assumes = `{"Version":"2012-10-17","Statement":[{"Sid":"Assume","Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}`
	trusts  = `[{"Sid":"Consumer","Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"(sensitive)"}}}]`
	ours    = "arn:aws:iam::111111111111:role/crossaccount/etl"
	theirs  = "arn:aws:iam::222222222222:role/etl"
)

// question is one call of can_access; what is left out is that of the share's role reading an object.
type question struct {
	policies                    members
	principal, action, resource string
	context                     members
}

func (q question) arguments() []attr.Value {
	other := func(given, usual string) attr.Value {
		if given == "" {
			given = usual
		}
		return text(given)
	}
	if q.context == nil {
		q.context = members{"aws:ResourceAccount": text("111111111111")}
	}
	return []attr.Value{
		types.DynamicValue(object(q.policies)), other(q.principal, ours), other(q.action, "s3:GetObject"), other(q.resource, "arn:aws:s3:::b/k.csv"),
		types.DynamicValue(object(q.context)),
	}
}

func TestCanAccess(t *testing.T) {
	t.Parallel()
	external := members{"sts:ExternalId": text("(sensitive)")}
	tests := map[string]struct {
		question
		verdict, reason string
	}{
		"allowed by the role's policy":  {question{policies: members{"identity": text(reads)}}, "allowed", `statement "Read" of the identity policy allows s3:GetObject`},
		"no policy":                     {question{policies: members{}}, "implicit deny", "there is no identity policy that allows s3:GetObject"},
		"a policy for something else":   {question{policies: members{"identity": list(reads)}, action: "s3:PutObject"}, "implicit deny", "no statement of the identity policy allows s3:PutObject"},
		"denied by the bucket policy":   {question{policies: members{"identity": text(reads), "resource": text(refuses)}, resource: "arn:aws:s3:::b/x.pem"}, "explicit deny", `statement "NoKeys" of the resource policy refuses s3:GetObject`},
		"limited by a boundary":         {question{policies: members{"identity": text(reads), "boundary": text(assumes)}}, "implicit deny", "no statement of the permissions boundary"},
		"limited by a session policy":   {question{policies: members{"identity": text(reads), "session": list(reads, assumes)}}, "implicit deny", "no statement of the session policy 2"},
		"across accounts, both sides":   {question{policies: members{"identity": text(reads), "resource": text(refuses)}, principal: theirs}, "allowed", "own account 222222222222 allows it too"},
		"across accounts, one side":     {question{policies: members{"identity": text(reads)}, principal: theirs}, "implicit deny", "there is no policy of the resource"},
		"statements without a name":     {question{policies: members{"identity": text(reads), "resource": text(refuses)}, principal: theirs}, "allowed", "statement 1 of the resource policy"},
		"with the external ID":          {question{policies: members{"identity": text(assumes), "trust": text(trusts)}, principal: theirs, action: "sts:AssumeRole", resource: ours, context: external}, "allowed", `statement "Consumer" of the trust policy`},
		"without the external ID":       {question{policies: members{"identity": text(assumes), "trust": text(trusts)}, principal: theirs, action: "sts:AssumeRole", resource: ours, context: members{}}, "implicit deny", "no statement of the trust policy"},
		"a user of another account":     {question{policies: members{"identity": text(reads)}, principal: "arn:aws:iam::333333333333:user/x/ann"}, "implicit deny", "there is no policy of the resource"},
		"the root user of the owner":    {question{policies: members{}, principal: "111111111111"}, "allowed", "root user"},
		"an unsigned call":              {question{policies: members{"identity": text(reads)}, principal: "*"}, "implicit deny", "there is no policy of the resource"},
		"a service":                     {question{policies: members{}, principal: "logging.s3.amazonaws.com"}, "implicit deny", "there is no policy of the resource"},
		"a session of a role":           {question{policies: members{"identity": text(reads)}, principal: "arn:aws:sts::111111111111:assumed-role/etl/run"}, "allowed", `"Read"`},
		"null is a policy that is none": {question{policies: members{"identity": text(reads), "boundary": types.StringNull()}}, "allowed", `"Read"`},
		"numbers, truths and lists as values": {question{policies: members{"identity": text(`[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{` +
			`"NumericLessThan":{"s3:max-keys":"11"},"Bool":{"aws:SecureTransport":"true"},"ForAnyValue:StringEquals":{"aws:TagKeys":"b"}}}]`)},
			action: "s3:ListBucket", resource: "arn:aws:s3:::b", context: members{
				"aws:ResourceAccount": text("111111111111"), "s3:max-keys": types.NumberValue(bigOf(10)), "aws:SecureTransport": types.BoolValue(true), "aws:TagKeys": list("a", "b"),
			}}, "allowed", "statement 1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := run(t, functions.NewCanAccess(), test.arguments()...)
			if err != nil {
				t.Fatal(err)
			}
			if got["verdict"].String() != `"`+test.verdict+`"` || (got["allowed"].String() == "true") != (test.verdict == "allowed") {
				t.Errorf("allowed %s, verdict %s; want %s", got["allowed"], got["verdict"], test.verdict)
			}
			if reasons := strings.ReplaceAll(got["reasons"].String(), `\"`, `"`); !strings.Contains(reasons, test.reason) {
				t.Errorf("the reasons are %s, want %s", reasons, test.reason)
			}
		})
	}
}

func TestCanAccessNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	good := members{"identity": text(reads)}
	tests := map[string]struct {
		question
		position int64
		says     string
	}{
		"an unknown kind of policy":       {question{policies: members{"bucket": text(reads)}}, 0, `"bucket" is no kind of policy`},
		"a policy that is no text":        {question{policies: members{"identity": types.BoolValue(true)}}, 0, "a policy is a text of JSON"},
		"a policy that is no JSON":        {question{policies: members{"identity": text("{")}}, 0, "it is not valid JSON"},
		"two boundaries":                  {question{policies: members{"boundary": list(reads, reads)}}, 0, "one permissions boundary only"},
		"two policies of one resource":    {question{policies: members{"resource": text(refuses), "trust": text(trusts)}}, 0, "which has one"},
		"a policy that AWS would refuse":  {question{policies: members{"identity": text(refuses)}}, 0, "names no principals"},
		"an unknown condition operator":   {question{policies: members{"identity": text(strings.Replace(reads, `}]}`, `,"Condition":{"StringMatches":{"a:b":"c"}}}]}`, 1))}}, 0, "there is no such operator"},
		"a principal that is none":        {question{policies: good, principal: "etl"}, 1, `"etl" is no principal`},
		"a principal with a wildcard":     {question{policies: good, principal: "arn:aws:iam::111111111111:role/*"}, 1, "names no single principal"},
		"a policy as a principal":         {question{policies: good, principal: "arn:aws:iam::111111111111:policy/x"}, 1, "is no principal that calls"},
		"a misspelled action":             {question{policies: good, action: "s3:GetObjct"}, 2, `"s3:GetObjct" is no action that is known`},
		"several actions":                 {question{policies: good, action: "s3:Get*"}, 2, "stands for several actions"},
		"a resource that is no ARN":       {question{policies: good, resource: "b/k"}, 3, "is no ARN"},
		"an action on objects, a bucket":  {question{policies: good, resource: "arn:aws:s3:::b"}, 3, "s3:GetObject is about objects"},
		"an action on buckets, an object": {question{policies: good, action: "s3:ListBucket"}, 3, "s3:ListBucket is about the bucket"},
		"a trust policy of a bucket":      {question{policies: members{"trust": text(trusts)}}, 3, "a trust policy is that of a role"},
		"a key policy of a bucket":        {question{policies: members{"key": text(refuses)}}, 3, "a key policy is that of a KMS key"},
		"a role's policy as resource":     {question{policies: members{"resource": text(trusts)}, action: "sts:AssumeRole", resource: ours}, 3, "give a role's policy as trust"},
		"nobody owns the bucket":          {question{policies: good, context: members{}}, 4, `who owns arn:aws:s3:::b/k.csv is not known`},
		"a value that is an object":       {question{policies: good, context: members{"aws:SourceIp": object(members{})}}, 4, "a condition key has a text"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := run(t, functions.NewCanAccess(), test.arguments()...)
			if err == nil || !strings.Contains(strings.ToLower(err.Text), strings.ToLower(test.says)) {
				t.Fatalf("the error is %v, want %q", err, test.says)
			}
			if err.FunctionArgument == nil || *err.FunctionArgument != test.position {
				t.Errorf("the error is at argument %v, want %d", err.FunctionArgument, test.position)
			}
		})
	}
}
