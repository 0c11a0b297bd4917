package foresight

import (
	"fmt"
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file says a forecast in sentences.

// Sentences says everything: what will work, what will not, then why and on what it depends.
func (f Forecast) Sentences() []string {
	sentences := append(f.assumption(), f.heads()...)
	if f.direct {
		sentences = append(f.heads(), f.assumption()...)
	}
	var reasons []Reason
	for _, one := range f.all() {
		reasons = append(reasons, one.Reasons...)
	}
	return append(sentences, Sentences(reasons)...)
}

// Refused says what will not work, each with its reasons behind it; empty when everything may work.
func (f Forecast) Refused() []string {
	refused := f
	refused.Access = slices.DeleteFunc(slices.Clone(f.Access), func(one Finding) bool { return one.Answer != verdict.No })
	var sentences []string
	var reasons []Reason
	if f.Assume.Answer == verdict.No {
		sentences, reasons = append(sentences, f.assumption()[0]), append(reasons, f.Assume.Reasons...)
	}
	sentences = append(sentences, refused.heads()...)
	for _, one := range refused.Access {
		reasons = append(reasons, one.Reasons...)
	}
	return append(sentences, Sentences(reasons)...)
}

// Conditions says on what of somebody else's making that which may work depends.
func (f Forecast) Conditions() []string {
	var reasons []Reason
	for _, one := range f.all() {
		if one.Answer != verdict.Depends {
			continue
		}
		for _, reason := range one.Reasons {
			if reason.Foreign {
				reasons = append(reasons, reason)
			}
		}
	}
	return Sentences(reasons)
}

// assumption says who can assume the role, and what the consumer has to do for it.
func (f Forecast) assumption() []string {
	if f.direct && f.unattached == "" {
		return nil
	}
	if f.direct {
		return []string{f.unattached + " needs consumer_policy for it, or another policy that allows the same calls"}
	}
	can := f.who + " can assume the role with the external ID"
	switch f.Assume.Answer {
	case verdict.No:
		return []string{f.who + " cannot assume the role"}
	case verdict.Depends:
		can += " under the conditions below"
	}
	if f.unattached == "" {
		return []string{can}
	}
	return []string{can, f.unattached + " needs consumer_policy for it, or another policy that allows sts:AssumeRole on " + f.role}
}

// heads says what the sessions of the role can do, by answer; words at the same prefixes make one sentence.
func (f Forecast) heads() []string {
	var sentences []string
	for _, answer := range []verdict.Answer{verdict.Yes, verdict.Depends, verdict.No} {
		verbs, order := map[string][]string{}, []string{}
		for _, word := range share.Words() {
			places := f.places(word, answer)
			if places == "" {
				continue
			}
			if verbs[places] == nil {
				order = append(order, places)
			}
			verbs[places] = append(verbs[places], word.Verb())
		}
		for _, places := range order {
			sentences = append(sentences, f.head(answer, verbs[places], places))
		}
	}
	return sentences
}

func (f Forecast) head(answer verdict.Answer, verbs []string, places string) string {
	who := "sessions of the role"
	if f.direct {
		who = f.who
	}
	switch answer {
	case verdict.Yes:
		return who + " can " + share.Joined(verbs, "and") + " " + places
	case verdict.No:
		return who + " cannot " + share.Joined(verbs, "or") + " " + places
	}
	return who + " can " + share.Joined(verbs, "and") + " " + places + " under the conditions below"
}

func (f Forecast) places(word share.Word, answer verdict.Answer) string {
	var places []string
	for _, one := range f.Access {
		if one.Word == word && one.Answer == answer {
			places = append(places, fmt.Sprintf("s3://%s/%s*", f.bucket, one.Prefix))
		}
	}
	return share.Joined(places, "and")
}
