// Package changes compares what is desired of a share with what is observed and says what to do about it, in safe
// order. It does nothing itself.
package changes

import (
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Verb tells what to do with a part.
type Verb string

// The verbs. Report changes nothing: it says what the provider saw and leaves alone.
const (
	Create Verb = "create"
	Update Verb = "update"
	Delete Verb = "delete"
	Report Verb = "report"
)

// Part is one of the things that make up a share.
type Part string

// The parts, by the names that sentences use.
const (
	Role              Part = "role"
	Settings          Part = "role settings"
	Boundary          Part = "permissions boundary"
	Tags              Part = "tags"
	TrustPolicy       Part = "trust policy"
	PermissionsPolicy Part = "permissions policy"
	BucketStatement   Part = "bucket statement"
	Delegation        Part = "bucket delegation"
	ConsumerPolicy    Part = "consumer policy"
	Revocation        Part = "revocation of sessions"
	AccessPoint       Part = "access point"
	AccessPointPolicy Part = "access point policy"
	InlinePolicy      Part = "inline policy"
	ManagedPolicy     Part = "managed policy"
	KeyStatement      Part = "key statement"
	KeyGrant          Part = "key grant"
)

// Change is one step from observed to desired: a value that can be shown, ordered and carried out.
type Change struct {
	Verb Verb
	Part Part
	// Target is the consumer's role whose policy changes, the policy of somebody else's on our role, or the ARN of a key.
	Target string
	// Sentence says how observed differs from desired, in the words of what it means for access.
	Sentence string
	// Widens tells that observed gives more than desired.
	Widens bool
	// Desired has the documents and settings to write.
	Desired share.Desired
	// RemoveTags are the keys of tags to take off the role.
	RemoveTags []string
}

// String gives the change as the state shows it: part and sentence.
func (c Change) String() string {
	part := string(c.Part)
	switch {
	case c.Part == ConsumerPolicy:
		part += " on role " + c.Target
	case c.Target != "":
		part += " " + c.Target
	}
	return part + ": " + c.Sentence
}

// Stays tells that no apply takes the difference away: a policy of somebody else's on a role that is not exclusive.
func (c Change) Stays() bool {
	return c.Verb == Report && (c.Part == InlinePolicy || c.Part == ManagedPolicy)
}

// Split parts what an apply takes away from what stays.
func Split(all []Change) (drift, stays []Change) {
	for _, change := range all {
		if change.Stays() {
			stays = append(stays, change)
		} else {
			drift = append(drift, change)
		}
	}
	return drift, stays
}

// Sentences gives the changes as the state shows them.
func Sentences(all []Change) []string {
	sentences := make([]string, 0, len(all))
	for _, change := range all {
		sentences = append(sentences, change.String())
	}
	return sentences
}
