package exposure

import (
	"regexp"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file tells whom a statement names outside the owner account.

// kind tells what a principal stands for.
type kind string

const (
	single    kind = "one principal"
	whole     kind = "a whole account"
	anybody   kind = "everybody"
	deleted   kind = "a deleted principal"
	canonical kind = "a canonical user"
	federated kind = "an identity provider"
	strange   kind = "a kind that is not known here"
)

// outsider is somebody outside the owner account, or who may be.
type outsider struct {
	name    string // as policies write it
	account string
	kind    kind
}

var uniqueID = regexp.MustCompile(`^A(ROA|IDA)[A-Z0-9]{12,}$`)

// outsidersIn names those outside the owner account for whom an Allow statement holds. rest are the conditions that are
// not answered by that: a condition on the caller's ARN or account narrows the names and is left out.
func outsidersIn(owner share.Account, statement policy.Statement) (who []outsider, rest policy.Condition) {
	rest = statement.Condition
	named := statement.Principal
	switch {
	case statement.NotPrincipal != nil:
		return []outsider{{name: "everybody but " + strings.Join(valuesOf(*statement.NotPrincipal), ", "), kind: anybody}}, rest
	case named == nil:
		return nil, rest
	}
	for _, name := range awsNames(*named) {
		found := readName(owner, name)
		if found.kind != anybody && found.kind != whole {
			// What narrows an account beside it is left out of rest, so it is answered for this name here.
			if caller, known := found.caller(); known {
				if holds, _ := decide(caller, statement.Condition); !holds {
					continue
				}
			}
			who = append(who, found)
			continue
		}
		narrowed, left := narrow(owner, found, statement.Condition)
		who, rest = append(who, narrowed...), left
	}
	for _, name := range named.CanonicalUser {
		who = append(who, outsider{name: name, kind: canonical})
	}
	for _, name := range named.Federated {
		who = append(who, outsider{name: name, kind: federated})
	}
	for _, names := range named.Other {
		for _, name := range names {
			who = append(who, outsider{name: name, kind: strange})
		}
	}
	return slices.DeleteFunc(who, func(o outsider) bool { return o.account == owner.ID }), rest
}

func awsNames(named policy.Principal) []string {
	if named.Any {
		return []string{"*"}
	}
	// A name of CloudFront's own account is the identity of a distribution, thus of a service (Amazon CloudFront Developer
	// Guide, "Restrict access to an Amazon S3 origin").
	return slices.DeleteFunc(slices.Clone(named.AWS), func(name string) bool { return policy.AccountOf(name) == "cloudfront" })
}

func valuesOf(named policy.Principal) []string {
	return slices.Concat(awsNames(named), named.CanonicalUser, named.Federated, named.Service)
}

func readName(owner share.Account, name string) outsider {
	if id, isAccount := policy.AccountID(name); isAccount {
		return outsider{name: "arn:" + owner.Partition + ":iam::" + id + ":root", account: id, kind: whole}
	}
	switch {
	case name == "*":
		return outsider{name: name, kind: anybody}
	case uniqueID.MatchString(name):
		return outsider{name: name, kind: deleted}
	}
	return outsider{name: name, account: policy.AccountOf(name), kind: single}
}

// narrowing are the operators that hold only for the values that they name, so that an absent key fails. IfExists and
// ForAllValues let an absent key through (IAM User Guide, "IAM JSON policy elements: Condition operators").
var narrowing = []string{"ArnEquals", "ArnLike", "StringEquals", "StringLike"}

// narrow turns an account, or everybody, into those whom the conditions on the caller's ARN and account leave. rest are
// the other conditions.
func narrow(owner share.Account, from outsider, conditions policy.Condition) (who []outsider, rest policy.Condition) {
	accounts, rest := take(conditions, "aws:PrincipalAccount")
	arns, rest := take(rest, "aws:PrincipalArn")
	allowed := func(account string) bool {
		return (from.kind == anybody || from.account == account) && (accounts == nil || slices.ContainsFunc(accounts, func(pattern string) bool {
			return policy.MatchPattern(pattern, account)
		}))
	}
	switch {
	case arns != nil:
		for _, arn := range arns {
			found := readPattern(arn)
			if found.account == "" {
				found.account = from.account
			}
			if found.account == "" || allowed(found.account) {
				who = append(who, found)
			}
		}
	case accounts == nil, from.kind == whole && allowed(from.account):
		who = []outsider{from}
	case from.kind == anybody:
		for _, account := range accounts {
			found := readName(owner, account)
			if strings.ContainsAny(account, "*?") {
				found = outsider{name: account, kind: anybody}
			}
			who = append(who, found)
		}
	}
	return who, rest
}

// readPattern reads a value of aws:PrincipalArn, which may have wildcards.
func readPattern(arn string) outsider {
	fields := strings.SplitN(arn, ":", 6)
	found := outsider{name: arn, kind: single}
	if len(fields) < 6 {
		found.kind = anybody // a pattern such as *etl matches in any account
		return found
	}
	if strings.ContainsAny(fields[4], "*?") {
		found.kind = anybody
		return found
	}
	found.account = fields[4]
	if slices.Contains([]string{"*", "role/*", "user/*"}, fields[5]) {
		found.kind = whole
	}
	return found
}

// take takes the first narrowing test of a key out of the conditions; values are nil when there is none.
func take(conditions policy.Condition, key string) (values policy.Values, rest policy.Condition) {
	for _, operator := range narrowing {
		for name, found := range conditions[operator] {
			if strings.EqualFold(name, key) {
				return found, without(conditions, operator, name)
			}
		}
	}
	return nil, conditions
}

func without(conditions policy.Condition, operator, key string) policy.Condition {
	rest := policy.Condition{}
	for o, keys := range conditions {
		for k, values := range keys {
			if o == operator && k == key {
				continue
			}
			if rest[o] == nil {
				rest[o] = map[string]policy.Values{}
			}
			rest[o][k] = values
		}
	}
	return rest
}

// caller gives the outsider as one caller; ok is false when the name stands for more than one.
func (o outsider) caller() (verdict.Principal, bool) {
	if o.kind != single || strings.ContainsAny(o.name, "*?") {
		return verdict.Principal{}, false
	}
	return callerOf(o.name, "")
}

// callerOf gives a role, by a session of it, or a user as a caller.
func callerOf(arn, uniqueID string) (verdict.Principal, bool) {
	fields := strings.SplitN(arn, ":", 6)
	if len(fields) < 6 {
		return verdict.Principal{}, false
	}
	name := arn[strings.LastIndex(arn, "/")+1:]
	switch {
	case strings.HasPrefix(fields[5], "role/"):
		return verdict.Principal{
			Kind: verdict.RoleSession, Account: fields[4], ARN: arn, UniqueID: uniqueID,
			SessionARN: "arn:" + fields[1] + ":sts::" + fields[4] + ":assumed-role/" + name + "/session",
		}, true
	case strings.HasPrefix(fields[5], "user/"):
		return verdict.Principal{Kind: verdict.User, Account: fields[4], ARN: arn, UniqueID: uniqueID}, true
	}
	return verdict.Principal{}, false
}
