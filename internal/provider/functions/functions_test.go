package functions_test

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/provider/functions"
)

func text(value string) attr.Value { return types.StringValue(value) }

func list(values ...string) attr.Value {
	kinds, elements := []attr.Type{}, []attr.Value{}
	for _, value := range values {
		kinds, elements = append(kinds, types.StringType), append(elements, text(value))
	}
	return types.TupleValueMust(kinds, elements)
}

type members map[string]attr.Value

func object(of members) attr.Value {
	kinds := map[string]attr.Type{}
	for name, value := range of {
		kinds[name] = value.Type(context.Background())
	}
	return types.ObjectValueMust(kinds, of)
}

func (m members) with(name string, value attr.Value) members {
	fresh := members{}
	for known, old := range m {
		fresh[known] = old
	}
	if fresh[name] = value; value == nil {
		delete(fresh, name)
	}
	return fresh
}

// run calls a function and gives its result or its error.
func run(t *testing.T, of function.Function, arguments ...attr.Value) (map[string]attr.Value, *function.FuncError) {
	t.Helper()
	definition := &function.DefinitionResponse{}
	of.Definition(t.Context(), function.DefinitionRequest{}, definition)
	result, err := definition.Definition.Return.NewResultData(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	response := &function.RunResponse{Result: result}
	of.Run(t.Context(), function.RunRequest{Arguments: function.NewArgumentsData(arguments)}, response)
	if response.Error != nil {
		return nil, response.Error
	}
	object, ok := response.Result.Value().(types.Object)
	if !ok {
		t.Fatalf("the result is %T", response.Result.Value())
	}
	return object.Attributes(), nil
}

func wanted() members {
	return members{
		"owner_account_id": text("111111111111"), "name": text("etl"), "bucket": text("acme-data"), "prefixes": list("reports/"),
		"access": list("read", "list"), "consumer": object(members{"account_id": text("222222222222")}),
	}
}

func TestShareDocuments(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		share members
		want  map[string]string // a part of each document
	}{
		"what is given": {wanted(), map[string]string{
			"role_arn": `"arn:aws:iam::111111111111:role/crossaccount/etl"`, "permissions_policy": `acme-data/reports/*`,
			"bucket_policy_statements": `[{\"Sid\":\"Crossaccountetl`, "consumer_policy": `sts:AssumeRole`,
			"summary": `account 222222222222, any principal that the account itself allows: may read and list s3://acme-data/reports/*`,
		}},
		"defaults of the resource": {wanted().with("access", nil).with("prefixes", types.DynamicNull()), map[string]string{
			"permissions_policy": `\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::acme-data/*\"`,
		}},
		"an external ID is masked": {wanted().with("external_id", text("partner-4711")), map[string]string{"trust_policy": `\"sts:ExternalId\":\"(sensitive)\"`}},
		"a direct share": {wanted().with("via", text("direct")), map[string]string{
			"role_arn": "<null>", "trust_policy": "<null>", "permissions_policy": "<null>", "consumer_policy": `s3:GetObject`,
			"bucket_policy_statements": `arn:aws:iam::222222222222:root`, "summary": "they call S3 with their own credentials",
		}},
		"another partition and path": {wanted().with("partition", text("aws-cn")).with("path", text("/x/")), map[string]string{
			"role_arn": `"arn:aws-cn:iam::111111111111:role/x/etl"`, "permissions_policy": "arn:aws-cn:s3:::acme-data",
		}},
		"nested arguments": {wanted().with("consumer", object(members{
			"account_id": text("222222222222"), "principals": list("arn:aws:iam::222222222222:role/etl"), "pin_principals": types.BoolValue(true),
		})).with("perimeter", object(members{"source_ips": list("203.0.113.0/24")})).with("max_session_duration", types.NumberValue(bigOf(7200))), map[string]string{
			"trust_policy": `\"Principal\":{\"AWS\":\"arn:aws:iam::222222222222:role/etl\"}`, "permissions_policy": `\"aws:SourceIp\":\"203.0.113.0/24\"`,
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := run(t, functions.NewShareDocuments(), types.DynamicValue(object(test.share)))
			if err != nil {
				t.Fatal(err)
			}
			for document, part := range test.want {
				if !strings.Contains(got[document].String(), part) {
					t.Errorf("%s does not have %s:\n%s", document, part, got[document])
				}
			}
			for document, value := range got {
				if strings.Contains(value.String(), "4711") {
					t.Errorf("%s shows the external ID", document)
				}
			}
		})
	}
}

func TestShareDocumentsNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		share attr.Value
		says  string
	}{
		"no object":               {text("etl"), "A share is an object"},
		"no owner":                {object(wanted().with("owner_account_id", nil)), "Owner_account_id is missing"},
		"an owner of 11 digits":   {object(wanted().with("owner_account_id", text("11111111111"))), "is not an AWS account ID"},
		"no consumer":             {object(wanted().with("consumer", nil)), "Consumer is missing"},
		"a misspelled argument":   {object(wanted().with("prefxes", list("a/"))), `"prefxes" is no argument of a share: it takes access,`},
		"a misspelled inner one":  {object(wanted().with("consumer", object(members{"account": text("2")}))), `"account" is no argument of consumer`},
		"a computed attribute":    {object(wanted().with("role_arn", text("x"))), `"role_arn" is no argument`},
		"a number for a text":     {object(wanted().with("name", types.NumberValue(bigOf(4)))), "Name: it must be a string"},
		"a text for a list":       {object(wanted().with("prefixes", text("a/"))), "Prefixes: it must be a list of strings"},
		"a text for a number":     {object(wanted().with("max_session_duration", text("long"))), "Max_session_duration: it must be a number"},
		"a text for a truth":      {object(wanted().with("exclusive", text("yes"))), "Exclusive: it must be true or false"},
		"a list for an object":    {object(wanted().with("perimeter", list("a"))), "Perimeter: it must be an object"},
		"a bad prefix":            {object(wanted().with("prefixes", list("/a"))), "begins with a slash"},
		"prefixes that overlap":   {object(wanted().with("prefixes", list("a/", "a/b/"))), "already covers"},
		"an empty list":           {object(wanted().with("prefixes", list())), "an empty set could mean all of it or nothing"},
		"an unknown word":         {object(wanted().with("access", list("raed"))), `"raed" is no kind of access`},
		"the owner as consumer":   {object(wanted().with("consumer", object(members{"account_id": text("111111111111")}))), "which owns the bucket"},
		"a bad external ID":       {object(wanted().with("external_id", text("x"))), "the external ID must have 2 to 1224 characters"},
		"a session of a second":   {object(wanted().with("max_session_duration", types.NumberValue(bigOf(1)))), "a session of 1 seconds"},
		"an ID that nobody uses":  {object(wanted().with("via", text("direct")).with("external_id", text("agreed"))), "A direct share has no external ID"},
		"a time that is none":     {object(wanted().with("expires_at", text("soon"))), `"soon" is not a time`},
		"a word that is no value": {object(wanted().with("bucket_policy_mode", text("own"))), `"own" is not known`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := run(t, functions.NewShareDocuments(), types.DynamicValue(test.share))
			if err == nil || !strings.Contains(strings.ToLower(err.Text), strings.ToLower(test.says)) {
				t.Errorf("the error is %v, want %q", err, test.says)
			}
		})
	}
}
