package s3share

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// failure is an operation on a share that ended in an error.
type failure struct {
	// cannot says what the user cannot have, as the summary of the diagnostic.
	cannot string
	spec   share.Spec
	err    error
	// meanwhile says what holds until the next apply, where that does not follow from the rest.
	meanwhile string
}

// diagnose says what failed: what was tried and in which account, what exists now, likely causes, AWS's words.
func (f failure) diagnose() diag.Diagnostic {
	if account, other := reconcile.AccountOf(f.err); other {
		return otherAccount(f.spec.ID(), f.spec.Owner.ID, account.ID)
	}
	paragraphs := []string{f.tried(), f.exists(), f.meanwhile}
	if explained := explain(f.err); explained != "" {
		paragraphs = []string{explained}
	} else if answer, ok := reconcile.AnswerOf(f.err); ok {
		paragraphs = append(paragraphs, f.causes(answer), wordsOf(answer))
	} else {
		paragraphs = append(paragraphs, Sentence(f.err))
	}
	paragraphs = keep(paragraphs)
	return diag.NewErrorDiagnostic(f.cannot, f.masked(strings.Join(paragraphs, "\n\n")))
}

// masked takes external IDs out of a text: AWS repeats a document that it refuses in some of its answers.
func (f failure) masked(text string) string {
	for _, id := range f.spec.ExternalIDs {
		text = strings.ReplaceAll(text, id.Reveal(), share.Masked)
	}
	return text
}

func keep(paragraphs []string) []string {
	var kept []string
	for _, paragraph := range paragraphs {
		if paragraph != "" {
			kept = append(kept, paragraph)
		}
	}
	return kept
}

// tried says which step failed, and in which account.
func (f failure) tried() string {
	answer, answered := reconcile.AnswerOf(f.err)
	where := ""
	if answered && answer.AccountID != "" {
		where = " in account " + answer.AccountID
	}
	var step *reconcile.StepError
	if errors.As(f.err, &step) {
		return fmt.Sprintf("Tried to %s %s%s.", step.Failed.Verb, named(f.spec, step.Failed), where)
	}
	if answered {
		return fmt.Sprintf("Tried to call %s%s.", answer.Call, where)
	}
	return ""
}

// exists says what was done before the step that failed, and what is left.
func (f failure) exists() string {
	var step *reconcile.StepError
	if !errors.As(f.err, &step) {
		return ""
	}
	lines := []string{}
	if len(step.Done) == 0 {
		lines = append(lines, "Nothing was changed before.")
	} else {
		lines = append(lines, "Done before: "+listed(f.spec, step.Done)+".")
	}
	if len(step.Left) > 0 {
		lines = append(lines, "Not done yet: "+listed(f.spec, append([]changes.Change{step.Failed}, step.Left...))+".")
	}
	if hasNoRole := f.spec.IsDirect() || f.spec.Bucket == ""; len(step.Done) > 0 && hasNoRole {
		lines = append(lines, "The state has what exists. The next apply goes on from there.")
	} else if len(step.Done) > 0 {
		lines = append(lines, "The state has what exists. The next apply goes on from there: it keeps the role and the external ID.")
	}
	return strings.Join(lines, " ")
}

func listed(spec share.Spec, all []changes.Change) string {
	words := make([]string, 0, len(all))
	for _, change := range all {
		words = append(words, string(change.Verb)+" "+named(spec, change))
	}
	return strings.Join(words, ", ")
}

// named gives a part the way a sentence names it.
func named(spec share.Spec, change changes.Change) string {
	switch change.Part {
	case changes.Role:
		return "role " + string(spec.Name)
	case changes.BucketStatement:
		return "the share's statements in the policy of bucket " + string(spec.Bucket)
	case changes.AccessPoint:
		return "access point " + spec.AccessPointName()
	case changes.AccessPointPolicy:
		return "the policy of access point " + spec.AccessPointName()
	case changes.Delegation:
		return "the statements for all shares in the policy of bucket " + string(spec.Bucket)
	case changes.ConsumerPolicy:
		return "the consumer policy on role " + change.Target
	case changes.KeyStatement:
		return "the share's statement in the policy of key " + change.Target
	case changes.KeyGrant:
		return "the share's grants of key " + change.Target
	case changes.InlinePolicy, changes.ManagedPolicy:
		return fmt.Sprintf("%s %s on role %s", change.Part, change.Target, spec.Name)
	}
	return fmt.Sprintf("the %s of role %s", change.Part, spec.Name)
}

// wordsOf gives AWS's own words and what support asks for.
func wordsOf(answer reconcile.Answer) string {
	if answer.Code == "" {
		return "No answer of AWS: " + answer.Words
	}
	words := fmt.Sprintf("AWS said %s: %s", answer.Code, answer.Words)
	if answer.RequestID != "" {
		words += fmt.Sprintf(" (request ID %s)", answer.RequestID)
	}
	return words
}

// Sentence makes a sentence of an error: a capital first, but for an ARN, a full stop last.
func Sentence(err error) string {
	text := err.Error()
	if first, size := utf8.DecodeRuneInString(text); !strings.HasPrefix(text, "arn:") {
		text = string(unicode.ToUpper(first)) + text[size:]
	}
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}
