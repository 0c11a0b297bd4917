package awsapi

// This file asks IAM Access Analyzer about documents before they are written. It changes nothing and needs no analyzer in
// the account. The answers are judgements of AWS's on documents alone, so that a call is made once and not repeated.

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// analyzerCall is one operation of Access Analyzer.
type analyzerCall[In, Out any] = call[In, Out, accessanalyzer.Options]

// analyzerCalls are the operations of Access Analyzer by their names, held one by one as those of IAM.
type analyzerCalls struct {
	ValidatePolicy      analyzerCall[accessanalyzer.ValidatePolicyInput, accessanalyzer.ValidatePolicyOutput]
	CheckNoPublicAccess analyzerCall[accessanalyzer.CheckNoPublicAccessInput, accessanalyzer.CheckNoPublicAccessOutput]
	CheckNoNewAccess    analyzerCall[accessanalyzer.CheckNoNewAccessInput, accessanalyzer.CheckNoNewAccessOutput]
}

func (c Connection) newAnalyzer(loaded aws.Config) *regional[analyzerCalls] {
	return newRegional(func(region string) *analyzerCalls {
		client := accessanalyzer.NewFromConfig(loaded, func(o *accessanalyzer.Options) {
			o.BaseEndpoint, o.Region = override(o.BaseEndpoint, c.Endpoints.AccessAnalyzer), region
			o.Retryer = aws.NopRetryer{}
		})
		return &analyzerCalls{
			ValidatePolicy: client.ValidatePolicy, CheckNoPublicAccess: client.CheckNoPublicAccess, CheckNoNewAccess: client.CheckNoNewAccess,
		}
	})
}

// DocumentKind tells what a document is attached to.
type DocumentKind string

// The kinds of documents of a share.
const (
	TrustDocument       DocumentKind = "trust policy"
	PermissionsDocument DocumentKind = "permissions policy"
	BucketDocument      DocumentKind = "bucket policy"
)

// Severity is how grave a finding is, in AWS's words.
type Severity string

// The severities. Suggestions are left out.
const (
	GraveFinding   Severity = "ERROR"
	OpenFinding    Severity = "SECURITY_WARNING"
	WarningFinding Severity = "WARNING"
)

// AnalyzerFinding is one finding about a document.
type AnalyzerFinding struct {
	Severity Severity
	// Code is AWS's code of the issue, empty for checks of access.
	Code string
	// Words are AWS's.
	Words string
}

// ValidatePolicy asks whether a document is sound.
func (c *Cloud) ValidatePolicy(ctx context.Context, spec share.Spec, kind DocumentKind, document string) ([]AnalyzerFinding, error) {
	input := &accessanalyzer.ValidatePolicyInput{PolicyDocument: &document, PolicyType: types.PolicyTypeResourcePolicy}
	switch kind {
	case PermissionsDocument:
		input.PolicyType = types.PolicyTypeIdentityPolicy
	case TrustDocument:
		input.ValidatePolicyResourceType = types.ValidatePolicyResourceTypeRoleTrust
	case BucketDocument:
		input.ValidatePolicyResourceType = types.ValidatePolicyResourceTypeS3Bucket
	}
	var findings []AnalyzerFinding
	for {
		answer, err := c.analyzer(spec).ValidatePolicy(ctx, input)
		if err != nil {
			return nil, c.owner.failing("access-analyzer:ValidatePolicy", err)
		}
		for _, one := range answer.Findings {
			if one.FindingType != types.ValidatePolicyFindingTypeSuggestion {
				findings = append(findings, AnalyzerFinding{
					Severity: Severity(one.FindingType), Code: aws.ToString(one.IssueCode), Words: aws.ToString(one.FindingDetails),
				})
			}
		}
		if input.NextToken = answer.NextToken; aws.ToString(input.NextToken) == "" {
			return findings, nil
		}
	}
}

// CheckNoPublicAccess asks whether a document lets everybody in.
func (c *Cloud) CheckNoPublicAccess(ctx context.Context, spec share.Spec, kind DocumentKind, document string) ([]AnalyzerFinding, error) {
	input := &accessanalyzer.CheckNoPublicAccessInput{PolicyDocument: &document, ResourceType: types.AccessCheckResourceTypeS3Bucket}
	if kind == TrustDocument {
		input.ResourceType = types.AccessCheckResourceTypeRoleTrust
	}
	answer, err := c.analyzer(spec).CheckNoPublicAccess(ctx, input)
	if err != nil {
		return nil, c.owner.failing("access-analyzer:CheckNoPublicAccess", err)
	}
	if answer.Result == types.CheckNoPublicAccessResultPass {
		return nil, nil
	}
	return failed(aws.ToString(answer.Message), answer.Reasons), nil
}

// Documents are a document as it is and as it will be.
type Documents struct{ Existing, Next string }

// CheckNoNewAccess asks whether a document gives what the one before did not.
func (c *Cloud) CheckNoNewAccess(ctx context.Context, spec share.Spec, kind DocumentKind, documents Documents) ([]AnalyzerFinding, error) {
	input := &accessanalyzer.CheckNoNewAccessInput{
		ExistingPolicyDocument: &documents.Existing, NewPolicyDocument: &documents.Next, PolicyType: types.AccessCheckPolicyTypeResourcePolicy,
	}
	if kind == PermissionsDocument {
		input.PolicyType = types.AccessCheckPolicyTypeIdentityPolicy
	}
	answer, err := c.analyzer(spec).CheckNoNewAccess(ctx, input)
	if err != nil {
		return nil, c.owner.failing("access-analyzer:CheckNoNewAccess", err)
	}
	if answer.Result == types.CheckNoNewAccessResultPass {
		return nil, nil
	}
	return failed(aws.ToString(answer.Message), answer.Reasons), nil
}

// failed is the finding of a check that did not pass.
func failed(message string, reasons []types.ReasonSummary) []AnalyzerFinding {
	for _, reason := range reasons {
		if said := aws.ToString(reason.Description); said != "" {
			message += " " + said
		}
	}
	return []AnalyzerFinding{{Severity: OpenFinding, Words: message}}
}

func (c *Cloud) analyzer(spec share.Spec) *analyzerCalls {
	return c.owner.analyzers.in(c.owner.regionOf(spec.Bucket))
}
