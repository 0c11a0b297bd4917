package reconcile

import (
	"context"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Analyzer is what an Analysis needs of AWS.
type Analyzer interface {
	ValidatePolicy(ctx context.Context, spec share.Spec, kind awsapi.DocumentKind, document string) ([]awsapi.AnalyzerFinding, error)
	CheckNoPublicAccess(ctx context.Context, spec share.Spec, kind awsapi.DocumentKind, document string) ([]awsapi.AnalyzerFinding, error)
	CheckNoNewAccess(ctx context.Context, spec share.Spec, kind awsapi.DocumentKind, documents awsapi.Documents) ([]awsapi.AnalyzerFinding, error)
}

// Analysis has the documents of a share judged by IAM Access Analyzer. It changes nothing.
type Analysis struct {
	analyzer Analyzer
	// patience is how long one answer is waited for.
	patience time.Duration
}

// NewAnalysis makes an Analysis that waits so long for each answer.
func NewAnalysis(analyzer Analyzer, patience time.Duration) *Analysis {
	return &Analysis{analyzer: analyzer, patience: patience}
}

// Checks are those that somebody wants.
type Checks struct{ Validate, NoPublic, NoNewAccess bool }

// Judged is a share whose documents are judged.
type Judged struct {
	Next share.Desired
	// Prior is the share as it was wanted before, nil when it is new.
	Prior *share.Desired
	// Bucket is the bucket policy as it is.
	Bucket share.BucketPolicy
}

// Remark is what Access Analyzer says of one document, or why it says nothing.
type Remark struct {
	// Document is what the document is, such as "trust policy".
	Document string
	// Check is the action of the check.
	Check string
	// IsGrave tells that it is an error.
	IsGrave bool
	// Code is AWS's code, Words are AWS's words.
	Code, Words string
	// Err is why there is no answer, else nil.
	Err error
}

// Judge makes the checks that are wanted on the documents that are written. External IDs are masked in what is sent, since
// calls are logged.
func (a *Analysis) Judge(ctx context.Context, checks Checks, judged Judged) (remarks []Remark) {
	for _, one := range judged.documents() {
		if checks.Validate {
			remarks = append(remarks, a.ask(ctx, one.kind, "ValidatePolicy", func(ctx context.Context) ([]awsapi.AnalyzerFinding, error) {
				return a.analyzer.ValidatePolicy(ctx, judged.Next.Spec, one.kind, one.next)
			})...)
		}
		if checks.NoPublic && one.kind != awsapi.PermissionsDocument {
			remarks = append(remarks, a.ask(ctx, one.kind, "CheckNoPublicAccess", func(ctx context.Context) ([]awsapi.AnalyzerFinding, error) {
				return a.analyzer.CheckNoPublicAccess(ctx, judged.Next.Spec, one.kind, one.merged)
			})...)
		}
		if checks.NoNewAccess && one.prior != "" {
			remarks = append(remarks, a.ask(ctx, one.kind, "CheckNoNewAccess", func(ctx context.Context) ([]awsapi.AnalyzerFinding, error) {
				return a.analyzer.CheckNoNewAccess(ctx, judged.Next.Spec, one.kind, awsapi.Documents{Existing: one.prior, Next: one.next})
			})...)
		}
	}
	return remarks
}

// ask makes one check, and gives up on an answer that does not come.
func (a *Analysis) ask(
	ctx context.Context, kind awsapi.DocumentKind, check string, call func(context.Context) ([]awsapi.AnalyzerFinding, error),
) (remarks []Remark) {
	ctx, cancel := context.WithTimeout(ctx, a.patience)
	defer cancel()
	findings, err := call(ctx)
	if err != nil {
		return []Remark{{Document: string(kind), Check: check, Err: err}}
	}
	for _, one := range findings {
		remarks = append(remarks, Remark{
			Document: string(kind), Check: check, IsGrave: one.Severity != awsapi.WarningFinding, Code: one.Code, Words: one.Words,
		})
	}
	return remarks
}

// judgedDocument is one document in its forms.
type judgedDocument struct {
	kind awsapi.DocumentKind
	// next is what the share writes, merged what will exist, prior what the share wrote before, empty when it is new.
	next, merged, prior string
}

// documents are those that the share writes and that differ from what it wrote before. Of the bucket policy these are the
// share's own statements; whether everybody is let in depends on all of it.
func (j Judged) documents() (changed []judgedDocument) {
	prior := map[awsapi.DocumentKind]string{}
	if j.Prior != nil {
		prior = textsOf(*j.Prior)
	}
	next := textsOf(j.Next)
	for _, kind := range []awsapi.DocumentKind{awsapi.TrustDocument, awsapi.PermissionsDocument, awsapi.BucketDocument} {
		one := judgedDocument{kind: kind, next: next[kind], merged: next[kind], prior: prior[kind]}
		if one.next == "" || one.next == one.prior {
			continue
		}
		if kind == awsapi.BucketDocument {
			one.merged = j.Next.PutInto(j.Bucket.Document).JSON()
		}
		changed = append(changed, one)
	}
	return changed
}

// textsOf gives the documents that a share writes.
func textsOf(d share.Desired) map[awsapi.DocumentKind]string {
	texts := map[awsapi.DocumentKind]string{}
	if !d.Trust.IsEmpty() {
		texts[awsapi.TrustDocument] = share.Mask(d.Trust)
	}
	if !d.Permissions.IsEmpty() {
		texts[awsapi.PermissionsDocument] = d.Permissions.JSON()
	}
	if own := d.OwnBucketPolicy(); !own.IsEmpty() {
		texts[awsapi.BucketDocument] = own.JSON()
	}
	return texts
}
