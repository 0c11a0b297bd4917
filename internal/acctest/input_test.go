package acctest

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// Bad input gets a sentence at plan, before any call that writes.
func TestBadInput(t *testing.T) {
	RequireCLI(t)
	withPrincipal := func(arn string) string {
		return `consumer = { account_id = "222222222222", principals = ["` + arn + `"] }`
	}
	for name, c := range map[string]struct {
		arguments []string
		says      string
	}{
		"account ID of 11 digits":          {[]string{`consumer = { account_id = "22222222222" }`}, "is not an AWS account ID: it has exactly 12 digits"},
		"the owner as consumer":            {[]string{`consumer = { account_id = "111111111111" }`}, "The consumer is account 111111111111, which owns the bucket"},
		"everybody":                        {[]string{withPrincipal("*")}, `would let principals of every AWS account in`},
		"a session":                        {[]string{withPrincipal("arn:aws:sts::222222222222:assumed-role/etl/i-1")}, "is a session of a role: give the role itself, arn:aws:iam::222222222222:role/etl"},
		"the account's root":               {[]string{withPrincipal("arn:aws:iam::222222222222:root")}, "leave consumer.principals out to mean the whole account 222222222222"},
		"a principal of another account":   {[]string{withPrincipal("arn:aws:iam::333333333333:role/etl")}, "belongs to account 333333333333, but the consumer is account 222222222222"},
		"a principal of another partition": {[]string{withPrincipal("arn:aws-cn:iam::222222222222:role/etl")}, "is in partition aws-cn, the bucket is in aws"},
		"a wildcard in a path":             {[]string{withPrincipal("arn:aws:iam::222222222222:role/*/etl")}, "in its path: * and ? are allowed in the name only"},
		"a pinned wildcard": {[]string{`consumer = { account_id = "222222222222", principals = ["arn:aws:iam::222222222222:role/etl-*"], pin_principals = true }`},
			"has a wildcard, and pin_principals binds the trust to single principals"},
		"nobody to pin":                       {[]string{`consumer = { account_id = "222222222222", pin_principals = true }`}, "consumer.principals names none"},
		"an empty set of principals":          {[]string{`consumer = { account_id = "222222222222", principals = [] }`}, "Leave principals out to mean the whole consumer account"},
		"a prefix with a leading slash":       {[]string{WholeAccount, `prefixes = ["/reports/"]`}, `begins with a slash`},
		"a prefix with a wildcard":            {[]string{WholeAccount, `prefixes = ["reports/*"]`}, `has a wildcard: a prefix is taken literally`},
		"overlapping prefixes":                {[]string{WholeAccount, `prefixes = ["a/", "a/b/"]`}, `"a/" already covers "a/b/"`},
		"external ID of one character":        {[]string{WholeAccount, `external_id = "x"`}, "must have 2 to 1224 characters"},
		"external ID with a space":            {[]string{WholeAccount, `external_id = "not allowed"`}, "no spaces"},
		"session of 100 seconds":              {[]string{WholeAccount, `max_session_duration = 100`}, "session of 100 seconds is not possible"},
		"an expiry that is over":              {[]string{WholeAccount, `expires_at = "2020-01-01T00:00:00Z"`}, "lies in the past"},
		"an expiry that is no time":           {[]string{WholeAccount, `expires_at = "tomorrow"`}, "is not a time of RFC 3339"},
		"a description that IAM refuses":      {[]string{WholeAccount, `description = "“quoted”"`}, "which IAM refuses"},
		"an unknown word of access":           {[]string{WholeAccount, `access = ["admin"]`}, `"admin" is no kind of access: use read, list`},
		"no access at all":                    {[]string{WholeAccount, `access = []`}, "A share gives at least one kind of access"},
		"attach_to_roles without credentials": {[]string{`consumer = { account_id = "222222222222", attach_to_roles = ["etl"] }`}, "Give them to the provider in its consumer attribute"},
		"a reserved tag":                      {[]string{WholeAccount, `tags = { "aws:x" = "y" }`}, "is reserved"},
		"an unknown mode":                     {[]string{WholeAccount, `bucket_policy_mode = "all"`}, "use one of statement, delegated, output_only"},
		"a boundary that is no policy":        {[]string{WholeAccount, `permissions_boundary = "arn:aws:iam::111111111111:role/x"`}, "is not the ARN of a managed policy"},
		"a path without slashes":              {[]string{WholeAccount, `path = "partners"`}, "is not an IAM path"},
		"every address":                       {[]string{WholeAccount, `perimeter = { source_ips = ["0.0.0.0/0"] }`}, "covers every address and limits nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: Factories(),
				Steps:                    []resource.TestStep{{Config: w.Provider() + Share(c.arguments...), PlanOnly: true, ExpectError: words(c.says)}},
			})
			w.mustHaveWrittenNothing(t)
		})
	}
}

// words matches text however the CLI breaks its lines.
func words(text string) *regexp.Regexp {
	fields := strings.Fields(text)
	for i, field := range fields {
		fields[i] = regexp.QuoteMeta(field)
	}
	return regexp.MustCompile(strings.Join(fields, `[\s│]+`))
}
