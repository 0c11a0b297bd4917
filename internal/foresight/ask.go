package foresight

import (
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file asks the judge about open calls.

// question is an open call and the documents around it.
type question struct {
	request  verdict.Request
	open     verdict.Open
	policies verdict.Policies
	subject  string // who calls, in sentences; "" where that is plain
}

// ask answers a question, and says why when the answer is not yes.
func (q question) ask() (verdict.Answer, []Reason) {
	whole, err := verdict.Weigh(q.request, q.open, q.policies)
	if err != nil {
		return verdict.Depends, []Reason{unclear(err)}
	}
	if whole.Answer == verdict.Yes {
		return whole.Answer, nil
	}
	var answers []verdict.Answer
	live := map[string]bool{}
	for _, w := range worldsOf(q.isOpen, speaking(whole)) {
		request, open := w.in(q.request, q.open)
		one, err := verdict.Weigh(request, open, q.policies)
		if err != nil {
			return verdict.Depends, []Reason{unclear(err)}
		}
		answers = append(answers, one.Answer)
		for _, deny := range one.Denies {
			live[deny.By+" "+deny.Sid] = true
		}
	}
	whole.Denies = slices.DeleteFunc(whole.Denies, func(c verdict.Clause) bool { return !live[c.By+" "+c.Sid] })
	answer := allTheSame(answers)
	if answer == verdict.Yes {
		return answer, nil
	}
	reasons := q.reasons(whole)
	if answer == verdict.No && whole.Answer == verdict.Depends {
		reasons = append(reasons, contradiction(q.request.Action))
	}
	return answer, reasons
}

// allTheSame is the one answer of all cases.
func allTheSame(answers []verdict.Answer) verdict.Answer {
	if len(slices.Compact(slices.Clone(answers))) == 1 {
		return answers[0]
	}
	return verdict.Depends
}

func (q question) isOpen(key string) bool {
	for given := range q.request.Keys {
		if strings.EqualFold(given, key) {
			return false
		}
	}
	for like := range q.open.Like {
		if strings.EqualFold(like, key) {
			return false
		}
	}
	return !slices.Contains(ofCaller, key) && q.open.Unknown(key)
}

// speaking are the statements that may decide about the call. Others do not matter, whatever they compare.
func speaking(w verdict.Weighing) (statements []policy.Statement) {
	for _, deny := range w.Denies {
		statements = append(statements, deny.Statement)
	}
	for _, need := range w.Needs {
		for _, allow := range need.Allows {
			statements = append(statements, allow.Statement)
		}
	}
	return statements
}

// judgement holds the documents that decide about calls of the role.
type judgement struct {
	Situation
	role     verdict.Principal
	policies verdict.Policies
	// unread are reasons that keep every answer open that is not no.
	unread []Reason
}

// Names of documents in sentences.
const (
	permissionsName = "permissions policy"
	revocationName  = "revocation policy"
	trustName       = "trust policy"
	consumerName    = "consumer policy"
	bucketName      = "bucket policy"
	boundaryName    = "permissions boundary"
	pointName       = "access point policy"
)

// freshID stands for the unique ID that a new role will get. IDs are never used twice, so no document names it yet.
const freshID = "AROA00000000NEWROLE00"

func (s Situation) judge() judgement {
	spec := s.Desired.Spec
	id := spec.RoleUniqueID
	if id == "" {
		id = freshID
	}
	j := judgement{
		Situation: s,
		role: verdict.Principal{
			Kind: verdict.RoleSession, Account: spec.Owner.ID, ARN: spec.RoleARN(), UniqueID: id,
			SessionARN: "arn:" + spec.Owner.Partition + ":sts::" + spec.Owner.ID + ":assumed-role/" + string(spec.Name) + "/*",
		},
		policies: verdict.Policies{Identity: []verdict.Policy{{Name: permissionsName, Document: s.Desired.Permissions}}},
	}
	if !spec.RevokedBefore.IsZero() {
		j.policies.Identity = append(j.policies.Identity, verdict.Policy{Name: revocationName, Document: s.Desired.Revocation})
	}
	j.takeBucketPolicy()
	j.takeBoundary()
	j.takeKeys()
	return j
}

// access answers for one word at one prefix: all its actions are needed.
func (j judgement) access(word share.Word, prefix share.Prefix) Finding {
	finding := Finding{Word: word, Prefix: prefix}
	answers := []verdict.Answer{verdict.Yes}
	add := func(answer verdict.Answer, reasons []Reason) {
		answers = append(answers, answer)
		finding.Reasons = append(finding.Reasons, reasons...)
	}
	for _, action := range word.ObjectActions() {
		for _, q := range j.through(action, "/"+string(prefix)+"*", "/object/"+string(prefix)+"*") {
			add(q.ask())
		}
	}
	for _, action := range word.BucketActions() {
		for _, q := range j.through(action, "", "") {
			if prefix != "" {
				q.open.Like["s3:prefix"] = string(prefix) + "*"
			}
			add(q.ask())
		}
	}
	for _, key := range j.Keys {
		add(j.decrypting(word, prefix, key))
	}
	add(j.restricted(word))
	finding.Answer = combine(answers...)
	if len(j.unread) > 0 && finding.Answer != verdict.No {
		finding.Answer, finding.Reasons = verdict.Depends, append(finding.Reasons, j.unread...)
	}
	return finding
}

// through asks all that have a say in a call about a place in the bucket: the bucket, and, where the share has one, the
// access point before it, which names the place in its own way (S3 User Guide, "Configuring IAM policies for using access
// points").
func (j judgement) through(action, inBucket, inPoint string) []question {
	spec := j.Desired.Spec
	asked := []question{j.about(action, spec.BucketARN()+inBucket, j.policies)}
	if !spec.UsesAccessPoint() {
		return asked
	}
	atPoint := j.policies
	atPoint.Resource = &verdict.Policy{Name: pointName, Document: j.Desired.AccessPoint}
	asked = append(asked, j.about(action, spec.AccessPointARN()+inPoint, atPoint))
	for _, q := range asked {
		q.request.Keys["s3:DataAccessPointArn"] = []string{spec.AccessPointARN()}
		q.request.Keys["s3:DataAccessPointAccount"] = []string{spec.Owner.ID}
		q.request.Keys["s3:AccessPointNetworkOrigin"] = []string{"Internet"}
	}
	return asked
}

// about is a call to S3 by a session of the role, made with an SDK.
func (j judgement) about(action, resource string, policies verdict.Policies) question {
	spec := j.Desired.Spec
	keys := clients()
	for key, values := range timesAt(j.Now) {
		keys[key] = values
	}
	keys["aws:ResourceAccount"], keys["s3:ResourceAccount"] = []string{spec.Owner.ID}, []string{spec.Owner.ID}
	for key, value := range j.Desired.Role.Tags {
		keys["aws:PrincipalTag/"+key] = []string{value}
	}
	return j.asked(question{
		request: verdict.Request{Principal: j.role, Action: action, Resource: resource, ResourceAccount: spec.Owner.ID, Keys: keys},
		open: verdict.Open{Like: map[string]string{}, Unknown: func(key string) bool {
			// Nobody may tag a session: the trust policy does not allow sts:TagSession. So the tags are those of the role.
			return !lacks(action, key) && !slices.Contains(byKind, key) && !strings.HasPrefix(key, "aws:principaltag/")
		}},
		policies: policies,
	})
}
