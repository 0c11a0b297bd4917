package foresight

import (
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file tells whether the consumer will be able to assume the role.

const assumeRole = "sts:AssumeRole"

// assume asks for each of the consumer's principals, on the word that their account allows them the call.
func (s Situation) assume() Finding {
	finding, answers := Finding{}, []verdict.Answer{}
	for _, caller := range callers(s.Desired.Spec) {
		answer, reasons := s.assuming(caller).ask()
		answers = append(answers, answer)
		finding.Reasons = append(finding.Reasons, reasons...)
	}
	finding.Answer = combine(answers...)
	return finding
}

func (s Situation) assuming(caller verdict.Principal) question {
	spec := s.Desired.Spec
	keys := clients()
	for key, values := range timesAt(s.Now) {
		keys[key] = values
	}
	delete(keys, "aws:TokenIssueTime") // the caller's own session may be older, or none
	if id := acceptedID(s.Desired.Trust); id != "" {
		keys["sts:ExternalId"] = []string{id}
	}
	return question{
		request: verdict.Request{
			Principal: caller, Action: assumeRole, Resource: spec.RoleARN(), ResourceAccount: spec.Owner.ID, Keys: keys,
		},
		open: verdict.Open{Like: map[string]string{}, Unknown: func(key string) bool {
			return !lacks(assumeRole, key) && key != "sts:externalid"
		}},
		policies: verdict.Policies{
			Identity:          []verdict.Policy{{Name: consumerName, Document: s.Desired.Consumer}},
			Resource:          &verdict.Policy{Name: trustName, Document: s.Desired.Trust},
			ResourceMustAllow: true,
		},
	}
}

// acceptedID is an external ID, or what stands for it, that the trust policy accepts: the consumer is told which.
func acceptedID(trust policy.Document) string {
	for _, statement := range trust.Statements() {
		for key, values := range statement.Condition["StringEquals"] {
			if strings.EqualFold(key, "sts:ExternalId") && len(values) > 0 {
				return values[0]
			}
		}
	}
	return ""
}

// callers are the consumer's principals; where the share lets in many, one that stands for them.
func callers(spec share.Spec) (callers []verdict.Principal) {
	principals := spec.Consumer.Principals
	if len(principals) == 0 {
		principals = []share.Principal{{Partition: spec.Owner.Partition, AccountID: spec.Consumer.AccountID, Kind: "role", Path: "/", Name: "any"}}
	}
	for _, one := range principals {
		one.Name = strings.NewReplacer("*", "any", "?", "x").Replace(one.Name)
		caller := verdict.Principal{Kind: verdict.User, Account: one.AccountID, ARN: one.String()}
		if one.Kind == "role" {
			caller.Kind = verdict.RoleSession
			caller.SessionARN = "arn:" + one.Partition + ":sts::" + one.AccountID + ":assumed-role/" + one.Name + "/*"
		}
		callers = append(callers, caller)
	}
	return callers
}

// unattached names those who may assume the role and on whom the share puts no consumer policy; "" when there are none.
func unattached(spec share.Spec) string {
	if len(spec.Consumer.Principals) == 0 {
		return spec.WhoCanAssume()
	}
	spec.Consumer.Principals = slices.DeleteFunc(slices.Clone(spec.Consumer.Principals), func(one share.Principal) bool {
		return one.Kind == "role" && slices.Contains(spec.Consumer.AttachToRoles, one.Name)
	})
	if len(spec.Consumer.Principals) == 0 {
		return ""
	}
	return spec.WhoCanAssume()
}

// decrypting answers for a key of the bucket's objects (S3 User Guide, "Using server-side encryption with AWS KMS keys"):
// reading needs kms:Decrypt, writing kms:GenerateDataKey, and kms:Decrypt too when it is done in parts.
func (j judgement) decrypting(word share.Word, prefix share.Prefix, key Key) (verdict.Answer, []Reason) {
	actions := map[share.Word][]string{
		share.Read: {"kms:Decrypt"}, share.ReadVersions: {"kms:Decrypt"}, share.Write: {"kms:Decrypt", "kms:GenerateDataKey"},
	}[word]
	if len(actions) == 0 {
		return verdict.Yes, nil
	}
	if key.Policy == nil {
		return verdict.Depends, []Reason{unreadKey(key.ARN)}
	}
	answers, reasons := []verdict.Answer{}, []Reason{}
	for _, action := range actions {
		// The encryption context is the object, or the bucket where it has a bucket key.
		for _, context := range []string{j.Desired.Spec.BucketARN(), j.Desired.Spec.BucketARN() + "/" + string(prefix) + "*"} {
			answer, why := j.withKey(action, context, key).ask()
			answers, reasons = append(answers, answer), append(reasons, why...)
		}
	}
	return combine(answers...), reasons
}

func (j judgement) withKey(action, context string, key Key) question {
	fields := strings.SplitN(key.ARN, ":", 6)
	account, region := policy.AccountOf(key.ARN), ""
	if len(fields) == 6 {
		region = fields[3]
	}
	policies := verdict.Policies{
		Identity: j.policies.Identity, Boundary: j.policies.Boundary,
		Resource: &verdict.Policy{Name: "policy of key " + key.ARN, Document: *key.Policy}, ResourceMustAllow: true,
	}
	q := j.about(action, key.ARN, policies)
	q.request.ResourceAccount = account
	q.request.Keys["aws:ResourceAccount"], q.request.Keys["aws:ViaAWSService"] = []string{account}, []string{"true"}
	q.request.Keys["kms:CallerAccount"], q.request.Keys["kms:ViaService"] = []string{j.role.Account}, []string{"s3." + region + ".amazonaws.com"}
	q.open.Like["kms:EncryptionContext:aws:s3:arn"] = context
	return q
}
