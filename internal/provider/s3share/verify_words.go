package s3share

import (
	"fmt"
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
	for _, finding := range w.proof.Of(reconcile.NotShown) {
		open = append(open, w.notShown(finding))
	}
	if len(open) > 0 {
		diags.AddWarning(capital(w.subject)+" was not verified completely", f.masked("Not shown:"+bulleted(open)))
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
		return fmt.Sprintf("%s does not let its consumer read %s", w.subject, w.object(finding))
	case reconcile.StopsReading:
		return fmt.Sprintf("%s lets its consumer read %s, which is outside its prefixes", w.subject, w.object(finding))
	case reconcile.ListsInside:
		return fmt.Sprintf("%s does not let its consumer list s3://%s/%s", w.subject, w.spec.Bucket, finding.Target)
	case reconcile.StopsListing:
		return fmt.Sprintf("%s lets its consumer list the whole bucket", w.subject)
	}
	return string(finding.Claim)
}

func (w proofWords) object(finding reconcile.Finding) string {
	return fmt.Sprintf("s3://%s/%s", w.spec.Bucket, finding.Target)
}

// tried says what was done, and as whom.
func (w proofWords) tried(finding reconcile.Finding) string {
	role, id := w.spec.RoleARN(), "with the external ID"
	session := fmt.Sprintf("A session of %s, which %s assumed,", role, w.proof.Caller)
	switch finding.Claim {
	case reconcile.LetsIn:
		return fmt.Sprintf("Tried to assume %s %s, as %s. AWS refused it again and again for a minute, longer than changes of IAM take as a rule.",
			role, id, w.proof.Caller)
	case reconcile.AsksForID:
		return fmt.Sprintf("Assumed %s without any external ID, as %s, and AWS allowed it.", role, w.proof.Caller)
	case reconcile.ReadsInside:
		return fmt.Sprintf("%s tried to read %s, which exists. S3 refused it again and again for a minute.", session, w.object(finding))
	case reconcile.StopsReading:
		return fmt.Sprintf("%s asked for the head of %s. S3 allowed it again and again for a minute, longer than S3 takes as a rule to refuse what "+
			"was allowed before.", session, w.object(finding))
	case reconcile.ListsInside:
		return fmt.Sprintf("%s tried to list s3://%s/%s. S3 refused it again and again for a minute.", session, w.spec.Bucket, finding.Target)
	case reconcile.StopsListing:
		return fmt.Sprintf("%s listed s3://%s without a prefix. S3 allowed it again and again for a minute.", session, w.spec.Bucket)
	}
	return ""
}

// notShown says why something could not be tried.
func (w proofWords) notShown(finding reconcile.Finding) string {
	switch finding.Obstacle {
	case reconcile.OwnerMayNotList:
		return fmt.Sprintf("reading inside and outside the share: the provider's own credentials may not list bucket %s (s3:ListBucket), so it does "+
			"not know which objects exist. %s", w.spec.Bucket, wordsOfAnswer(finding.Err))
	case reconcile.NothingToTry:
		return "calls to S3: nothing of what the share allows can be tried without changing the bucket"
	case reconcile.NoObject:
		if finding.Claim == reconcile.StopsReading {
			return fmt.Sprintf("that reading stops outside the prefixes: bucket %s has no object there", w.spec.Bucket)
		}
		return fmt.Sprintf("reading inside the share: bucket %s has no object there", w.spec.Bucket)
	}
	return fmt.Sprintf("a call on s3://%s/%s: S3 answered neither yes nor no. %s", w.spec.Bucket, finding.Target, wordsOfAnswer(finding.Err))
}

func (w proofWords) causes(finding reconcile.Finding) string {
	var sentences []string
	for _, cause := range finding.Causes {
		sentences = append(sentences, w.cause(cause, finding.Others))
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
