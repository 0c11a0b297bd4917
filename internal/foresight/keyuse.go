package foresight

import (
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file tells whether a key lets the role of a share use it.

// ForeseeKey says what refuses the role the use of a key that its permissions policy allows; empty when nothing does for
// sure, or when the key's policy is not known.
func (s Situation) ForeseeKey(key Key) []string {
	spec := s.Desired.Spec
	judge := s.judge()
	prefixes := spec.Prefixes
	if len(prefixes) == 0 {
		prefixes = []share.Prefix{""}
	}
	var reasons []Reason
	for _, word := range spec.Access {
		for _, prefix := range prefixes {
			if answer, why := judge.decrypting(word, prefix, key); answer == verdict.No {
				reasons = append(reasons, why...)
			}
		}
	}
	return Sentences(reasons)
}
