package foresight

import (
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file is about shares without a role: the consumer's principals call S3 themselves, on the word that their account
// gives them the consumer policy.

// judgements are those of all callers: sessions of the role, or each of the consumer's principals.
func (s Situation) judgements() []judgement {
	whole := s.judge()
	if !s.Desired.Spec.IsDirect() {
		return []judgement{whole}
	}
	var all []judgement
	for _, caller := range callers(s.Desired.Spec) {
		one := whole
		one.role = caller
		one.policies.Identity = []verdict.Policy{{Name: consumerName, Document: s.Desired.Consumer}}
		all = append(all, one)
	}
	return all
}

// asked makes a question about the role one about the caller of this judgement: of the consumer's principals neither tags
// nor IDs are known here.
func (j judgement) asked(q question) question {
	q.subject = "sessions of this role"
	if !j.Desired.Spec.IsDirect() {
		return q
	}
	q.subject = j.Desired.Spec.WhoCanAssume()
	if len(j.Desired.Spec.Consumer.Principals) > 1 {
		q.subject = j.role.ARN
	}
	q.request.Keys = withoutTimes(q.request.Keys)
	action := q.request.Action
	q.open.Unknown = func(key string) bool { return !lacks(action, key) }
	return q
}

// withoutTimes leaves out when the session began: the caller's own may be older, or a user may call without one.
func withoutTimes(keys verdict.Keys) verdict.Keys {
	delete(keys, "aws:TokenIssueTime")
	return keys
}

// together combines what each caller gets.
func together(findings []Finding) Finding {
	whole := findings[0]
	answers := make([]verdict.Answer, 0, len(findings))
	whole.Reasons = nil
	for _, one := range findings {
		answers = append(answers, one.Answer)
		for _, reason := range one.Reasons {
			if !slices.Contains(whole.Reasons, reason) {
				whole.Reasons = append(whole.Reasons, reason)
			}
		}
	}
	whole.Answer = combine(answers...)
	return whole
}

// accessing answers for one word at one prefix, for all callers.
func accessing(judges []judgement, word share.Word, prefix share.Prefix) Finding {
	findings := make([]Finding, 0, len(judges))
	for _, j := range judges {
		findings = append(findings, j.access(word, prefix))
	}
	return together(findings)
}
