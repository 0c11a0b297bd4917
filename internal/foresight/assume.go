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
