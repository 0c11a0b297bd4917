package exposure

import (
	"fmt"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file holds what is worth a look.

// Kind names a finding for programs.
type Kind string

// The kinds of findings.
const (
	NoExternalID   Kind = "no_external_id"
	WeakExternalID Kind = "weak_external_id"
	WholeAccount   Kind = "whole_account"
	Wildcard       Kind = "wildcard_principal"
	Dangling       Kind = "dangling_principal"
	Unused         Kind = "unused"
	Expired        Kind = "expired"
	Unreadable     Kind = "unreadable"
)

// Kinds lists every kind of finding.
func Kinds() []Kind {
	return []Kind{NoExternalID, WeakExternalID, WholeAccount, Wildcard, Dangling, Unused, Expired, Unreadable}
}

// Finding is something that is worth a look, with a sentence for people.
type Finding struct {
	Kind     Kind
	Sentence string
}

// way tells how a principal comes in.
type way string

const (
	bySession   way = "assumes a role"
	bySignature way = "is named by the bucket policy"
)

// findings are those that follow from whom a statement names.
func (o outsider) findings(by way, conditions []string) []Finding {
	switch o.kind {
	case whole:
		return []Finding{{WholeAccount, fmt.Sprintf("the whole account %s is let in: its own administrators decide who", o.account)}}
	case anybody:
		who := "every AWS account is let in"
		if by == bySignature {
			who = "everybody is let in, also without an AWS account"
		}
		if o.name != "*" {
			who = "whoever matches " + o.name + " is let in, of whatever account"
		}
		if len(conditions) > 0 {
			who += ", as far as the conditions allow"
		}
		return []Finding{{Wildcard, who}}
	case deleted:
		sentence := o.name + " is the ID of a principal that was deleted: nobody is let in by it"
		if by == bySignature {
			sentence += ", and S3 refuses every new bucket policy that still names it"
		}
		return []Finding{{Dangling, sentence}}
	case strange:
		return []Finding{{Unreadable, "the statement names a kind of principal that is not known here"}}
	}
	return nil
}

// Remembered is how long IAM remembers the use of a role, in days (API reference of IAM, RoleLastUsed).
const Remembered = 400

const day = 24 * time.Hour

// unused tells that nobody used the role for long. A role younger than that cannot be unused for so long.
func (q Question) unused(role share.Role) []Finding {
	limit := q.Now.Add(-time.Duration(q.UnusedDays) * day)
	switch {
	case role.Created.IsZero(), role.Created.After(limit), role.LastUsed.After(limit):
		return nil
	case !role.LastUsed.IsZero():
		return []Finding{{Unused, fmt.Sprintf("the role was not used for %d days: last on %s", int(q.Now.Sub(role.LastUsed)/day), date(role.LastUsed))}}
	case q.Now.Sub(role.Created) > Remembered*day:
		return []Finding{{Unused, fmt.Sprintf("the role was not used in the last %d days, as far back as IAM remembers", Remembered)}}
	}
	return []Finding{{Unused, "the role was never used since it was made on " + date(role.Created)}}
}

func date(at time.Time) string { return at.UTC().Format(time.DateOnly) }

// ended tells that the conditions have let nobody in for some time.
func (q Question) ended(ends ...time.Time) []Finding {
	for _, end := range ends {
		if !end.IsZero() && !q.Now.Before(end) {
			return []Finding{{Expired, "it ended at " + end.UTC().Format(time.RFC3339) + " and lets nobody in any more"}}
		}
	}
	return nil
}

// unreadOf names the policies of a role of which the documents are not known.
func unreadOf(role Role) []Finding {
	var found []Finding
	have := map[string]bool{}
	for _, document := range role.Parts.AttachedDocuments {
		have[document.Name] = true
	}
	for _, arn := range role.Parts.Attached {
		if !have[arn] {
			found = append(found, Finding{Unreadable, "managed policy " + arn + " could not be read: it may allow more"})
		}
	}
	return found
}
