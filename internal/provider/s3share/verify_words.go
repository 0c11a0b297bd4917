package s3share

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// proofWords says how a proof ended.
type proofWords struct {
	spec  share.Spec
	proof reconcile.Proof
	// subject is what was tried, as a sentence names it.
	subject string
}

// diagnose gives an error for each claim that was refuted, and one warning for all that could not be shown.
func (w proofWords) diagnose() (diags diag.Diagnostics) {
	f := failure{spec: w.spec}
	for _, finding := range w.proof.Of(reconcile.Refuted) {
		paragraphs := keep([]string{w.tried(finding), w.causes(finding), wordsOfAnswer(finding.Err), notVerified})
		diags.AddError(capital(w.cannot(finding)), f.masked(strings.Join(paragraphs, "\n\n")))
	}
	var open []string
	notShown := w.proof.Of(reconcile.NotShown)
	for _, finding := range notShown {
		if sentence := w.notShown(finding); !slices.Contains(open, sentence) {
			open = append(open, sentence)
		}
	}
	if len(open) > 0 {
		how := "completely"
		if len(w.proof.Findings) == len(notShown) {
			how = "at all"
		}
		diags.AddWarning(fmt.Sprintf("%s was not verified %s", capital(w.subject), how), f.masked("Not shown:"+bulleted(open)))
	}
	return diags
}

// notVerified says what becomes of a share that is not verified.
const notVerified = "Everything is applied, and the state has it, with verify = false: the next plan shows that, and its apply verifies again."

// cannot says what the user cannot have.
func (w proofWords) cannot(finding reconcile.Finding) string {
	switch finding.Claim {
	case reconcile.LetsIn:
		return w.subject + " does not let its consumer in"
	case reconcile.AsksForID:
		return fmt.Sprintf("role %s can be assumed without an external ID", w.spec.Name)
	case reconcile.ReadsInside:
		return fmt.Sprintf("%s does not let its consumer read %s", w.subject, w.place(finding))
	case reconcile.StopsReadingByName:
		return fmt.Sprintf("%s lets its consumer read %s past its access point", w.subject, w.place(finding))
	case reconcile.StopsReading:
		if !w.spec.Gives(share.Read) {
			return fmt.Sprintf("%s lets its consumer read %s, and its access has no %q", w.subject, w.place(finding), share.Read)
		}
		return fmt.Sprintf("%s lets its consumer read %s, which is outside its prefixes", w.subject, w.place(finding))
	case reconcile.ListsInside:
		return fmt.Sprintf("%s does not let its consumer list %s", w.subject, w.place(finding))
	case reconcile.StopsListingByName:
		return fmt.Sprintf("%s lets its consumer list %s past its access point", w.subject, w.place(finding))
	case reconcile.StopsListing:
		if !w.spec.Gives(share.List) {
			return fmt.Sprintf("%s lets its consumer list the bucket, and its access has no %q", w.subject, share.List)
		}
		return fmt.Sprintf("%s lets its consumer list the whole bucket", w.subject)
	}
	return string(finding.Claim)
}

// place is the object, or the prefix, that a finding is about.
func (w proofWords) place(finding reconcile.Finding) string {
	return fmt.Sprintf("s3://%s/%s", w.spec.Bucket, finding.Target)
}

// What S3 answered for as long as it takes as a rule until what was written last is known everywhere.
const (
	refusedForAMinute = " S3 refused it again and again for a minute."
	allowedForAMinute = " S3 allowed it again and again for a minute, longer than S3 takes as a rule to refuse what was allowed before."
)

// tried says what was done, and as whom.
func (w proofWords) tried(finding reconcile.Finding) string {
	role, id := w.spec.RoleARN(), "with the external ID"
	switch finding.Claim {
	case reconcile.LetsIn:
		return fmt.Sprintf("Tried to assume %s %s, as %s. AWS refused it again and again for a minute, longer than changes of IAM take as a rule.",
			role, id, w.proof.Caller)
	case reconcile.AsksForID:
		return fmt.Sprintf("Assumed %s without any external ID, as %s, and AWS allowed it.", role, w.proof.Caller)
	case reconcile.ReadsInside:
		return fmt.Sprintf("%s tried to read %s%s, which exists.", w.who(), w.place(finding), w.through()) + refusedForAMinute
	case reconcile.StopsReadingByName:
		return fmt.Sprintf("%s asked for the head of %s by the name of the bucket.", w.who(), w.place(finding)) + allowedForAMinute
	case reconcile.StopsReading:
		return fmt.Sprintf("%s asked for the head of %s%s.", w.who(), w.place(finding), w.through()) + allowedForAMinute
	case reconcile.ListsInside:
		return fmt.Sprintf("%s tried to list %s%s.", w.who(), w.place(finding), w.through()) + refusedForAMinute
	case reconcile.StopsListingByName:
		return fmt.Sprintf("%s listed %s by the name of the bucket.", w.who(), w.place(finding)) + allowedForAMinute
	case reconcile.StopsListing:
		return fmt.Sprintf("%s listed s3://%s%s without a prefix.", w.who(), w.spec.Bucket, w.through()) + allowedForAMinute
	}
	return ""
}

// who called S3, at the beginning of a sentence.
func (w proofWords) who() string {
	if w.spec.IsDirect() {
		return fmt.Sprintf("%s, with its own credentials,", w.proof.Caller)
	}
	return fmt.Sprintf("A session of %s, which %s assumed,", w.spec.RoleARN(), w.proof.Caller)
}

// through says what stood for the bucket.
func (w proofWords) through() string {
	if w.spec.UsesAccessPoint() {
		return " through access point " + w.spec.AccessPointName()
	}
	return ""
}

func (w proofWords) causes(finding reconcile.Finding) string {
	var sentences []string
	for _, cause := range finding.Causes {
		sentences = append(sentences, w.cause(cause, finding))
	}
	switch len(sentences) {
	case 0:
		return ""
	case 1:
		return "The cause: " + sentences[0] + "."
	}
	return "What is left as a cause:" + bulleted(sentences)
}

// wordsOfAnswer gives AWS's words about a call that failed; empty when none did.
func wordsOfAnswer(err error) string {
	if err == nil {
		return ""
	}
	return sentenceOfAnswer(err)
}

// capital begins a sentence.
func capital(text string) string {
	for i, r := range text {
		return string(unicode.ToUpper(r)) + text[i+len(string(r)):]
	}
	return text
}
