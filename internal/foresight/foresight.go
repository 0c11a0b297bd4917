// Package foresight tells before anything is written what a share will give: for each word of access and each prefix
// whether it will work, and if not, which statement of whom refuses it. What only a call itself can answer is told as a
// condition and never guessed.
package foresight

import (
	"slices"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Situation is all that is known around a share that will exist.
type Situation struct {
	Desired share.Desired
	// Bucket is the bucket's whole policy as it is. The share's own statements in it count as they will be.
	Bucket share.BucketPolicy
	// Boundary is the document of the role's permissions boundary, nil when there is none or it was not read.
	Boundary *policy.Document
	// Keys are the KMS keys that the bucket's objects are encrypted with.
	Keys []Key
	// Restriction keeps everybody outside the owner's account out of the bucket, nil when nothing does.
	Restriction *Restriction
	// Now is the time that calls are judged at. While it is zero, conditions on the time are told like all others.
	Now time.Time
}

// Forecast is what a share will give.
type Forecast struct {
	// Assume tells whether the consumer will be able to assume the role; there is none in a direct share.
	Assume Finding
	// Access tells it of each word of access at each prefix.
	Access []Finding
	// who may assume the role, whom nothing here writes a consumer policy for, and the role itself, for sentences.
	who, unattached, role string
	bucket                share.Bucket
	direct                bool
}

// Finding is what is known of one thing that the share promises.
type Finding struct {
	// Word is empty for AssumeRole.
	Word share.Word
	// Prefix is empty for the whole bucket.
	Prefix share.Prefix
	// Answer holds for every call where it is yes or no.
	Answer verdict.Answer
	// Reasons say why the answer is no, or on what it depends.
	Reasons []Reason
}

// Foresee answers for everything that the share promises.
func Foresee(s Situation) Forecast {
	spec := s.Desired.Spec
	f := Forecast{who: spec.WhoCanAssume(), unattached: unattached(spec), role: spec.RoleARN(), bucket: spec.Bucket}
	if f.direct = spec.IsDirect(); !f.direct {
		f.Assume = s.assume()
	}
	judges := s.judgements()
	prefixes := spec.Prefixes
	if len(prefixes) == 0 {
		prefixes = []share.Prefix{""}
	}
	for _, word := range spec.Access {
		for _, prefix := range prefixes {
			f.Access = append(f.Access, accessing(judges, word, prefix))
		}
	}
	return f
}

func (f Forecast) all() []Finding { return append([]Finding{f.Assume}, f.Access...) }

// combine is the answer to things that are all needed.
func combine(answers ...verdict.Answer) verdict.Answer {
	switch {
	case slices.Contains(answers, verdict.No):
		return verdict.No
	case slices.Contains(answers, verdict.Depends):
		return verdict.Depends
	}
	return verdict.Yes
}
