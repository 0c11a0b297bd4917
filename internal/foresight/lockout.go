package foresight

import (
	"slices"
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file tells whether somebody may change a bucket policy as it is: the provider's own statements only allow, so that
// no apply takes that away, but a Deny that is there may refuse the provider itself.

// Writer is who is to write a bucket policy.
type Writer struct {
	// ARN and UserID are as sts:GetCallerIdentity gives them.
	ARN, UserID string
	Account     share.Account
	Bucket      share.Bucket
	Now         time.Time
}

const (
	writePolicy = "s3:PutBucketPolicy"
	readPolicy  = "s3:GetBucketPolicy"
)

// MayLock tells that it matters who the writer is: the policy refuses somebody something.
func MayLock(document policy.Document) bool {
	return slices.ContainsFunc(document.Statements(), func(s policy.Statement) bool { return s.Effect == policy.Deny })
}

// Locked gives the statements that refuse the writer for sure, and those of which only the call itself tells. The policy
// was read by the same writer a moment ago, so that a statement which is about reading as much as about writing lets them
// pass. S3 lets the root user of the bucket's account write whatever the policy says (S3 API reference, PutBucketPolicy).
func (w Writer) Locked(document policy.Document) (refused, open []string) {
	for i, statement := range document.Statements() {
		if statement.Effect != policy.Deny {
			continue
		}
		alone := document.Alone(i)
		answer, tests := w.judged(writePolicy, alone)
		if reading, _ := w.judged(readPolicy, alone); answer == verdict.Yes || reading != verdict.Yes {
			continue
		}
		sentence := bucketName + " " + nameOf(statement.Sid, i) + " refuses " + writePolicy + " for " + w.ARN + refusing(tests)
		if answer == verdict.No {
			refused = append(refused, sentence)
		} else {
			open = append(open, sentence)
		}
	}
	return refused, open
}

// judged tells whether a policy with one Deny lets the writer pass, and what that depends on. The ARN of a session does
// not tell the path of its role: where the statement lets a role of that name pass, it is this one.
func (w Writer) judged(action string, alone policy.Document) (verdict.Answer, []verdict.Test) {
	user := "arn:" + w.Account.Partition + ":iam::" + w.Account.ID + ":user/"
	role := share.Caller(w.ARN).RoleName()
	switch {
	case strings.HasPrefix(w.ARN, user):
		return w.weigh(verdict.Principal{Kind: verdict.User, Account: w.Account.ID, ARN: w.ARN, UniqueID: w.UserID}, nil, action, alone)
	case role == "":
		return verdict.Yes, nil
	}
	caller := verdict.Principal{Kind: verdict.RoleSession, Account: w.Account.ID, SessionARN: w.ARN}
	caller.UniqueID, _, _ = strings.Cut(w.UserID, ":")
	for _, caller.ARN = range w.rolesIn(alone) {
		if answer, _ := w.weigh(caller, nil, action, alone); answer == verdict.Yes {
			return answer, nil
		}
	}
	caller.ARN = w.roles() + role
	answer, tests := w.weigh(caller, map[string]string{"aws:PrincipalArn": w.roles() + "*" + role}, action, alone)
	if answer == verdict.No && alone.Statements()[0].NotPrincipal != nil {
		answer = verdict.Depends // it has to list the role by its path
	}
	return answer, tests
}

func (w Writer) roles() string {
	return "arn:" + w.Account.Partition + ":iam::" + w.Account.ID + ":role/"
}

// rolesIn gives the ARNs that the role of the session may have: without a path, and with the paths that a statement has
// for a role of that name.
func (w Writer) rolesIn(alone policy.Document) []string {
	name := share.Caller(w.ARN).RoleName()
	arns := []string{w.roles() + name}
	statement := alone.Statements()[0]
	var named policy.Values
	for _, keys := range statement.Condition {
		for _, values := range keys {
			named = append(named, values...)
		}
	}
	for _, principals := range []*policy.Principal{statement.Principal, statement.NotPrincipal} {
		if principals != nil {
			named = append(named, principals.AWS...)
		}
	}
	for _, one := range named {
		path, pattern := one[:strings.LastIndex(one, "/")+1], one[strings.LastIndex(one, "/")+1:]
		if strings.HasPrefix(path, w.roles()) && strings.Trim(pattern, "*") != "" && policy.MatchPattern(pattern, name) {
			arns = append(arns, strings.NewReplacer("*", "any", "?", "x").Replace(path)+name)
		}
	}
	return arns
}

// weigh asks whether a policy with one Deny lets a call pass, on the word that everything else allows it. What cannot be
// judged passes: another warning tells of it.
func (w Writer) weigh(caller verdict.Principal, like map[string]string, action string, alone policy.Document) (verdict.Answer, []verdict.Test) {
	keys := clients()
	for key, values := range timesAt(w.Now) {
		keys[key] = values
	}
	delete(keys, "aws:TokenIssueTime") // the session is under way
	keys["aws:ResourceAccount"], keys["s3:ResourceAccount"] = []string{w.Account.ID}, []string{w.Account.ID}
	weighed, err := verdict.Weigh(
		verdict.Request{
			Principal: caller, Action: action, Resource: "arn:" + w.Account.Partition + ":s3:::" + string(w.Bucket), ResourceAccount: w.Account.ID, Keys: keys,
		},
		verdict.Open{Like: like, Unknown: func(key string) bool { return !lacks(action, key) && !slices.Contains(ofCaller, key) }},
		verdict.Policies{
			Identity: []verdict.Policy{{Name: "everything else", Document: allowAll}},
			Resource: &verdict.Policy{Name: bucketName, Document: alone},
		})
	if err != nil || len(weighed.Denies) == 0 {
		return verdict.Yes, nil
	}
	return weighed.Answer, weighed.Denies[0].Tests
}

var allowAll = policy.New(policy.Statement{Effect: policy.Allow, Action: policy.Values{"*"}, Resource: policy.Values{"*"}})

// Opens names the statements of a bucket policy that S3 takes for public.
func Opens(document policy.Document) []string {
	public := document.Public()
	var names []string
	for i, statement := range document.Statements() {
		if slices.Contains(public, i) {
			names = append(names, nameOf(statement.Sid, i))
		}
	}
	return names
}
