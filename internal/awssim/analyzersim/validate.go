package analyzersim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/s3action"
)

// This file validates documents (IAM User Guide, "Access Analyzer policy check
// reference").

// finding is one finding as the API gives it.
type finding struct {
	FindingType    string     `json:"findingType"`
	IssueCode      string     `json:"issueCode"`
	FindingDetails string     `json:"findingDetails"`
	LearnMoreLink  string     `json:"learnMoreLink"`
	Locations      []struct{} `json:"locations"`
}

const (
	identityPolicy = "IDENTITY_POLICY"
	resourcePolicy = "RESOURCE_POLICY"
	trustPolicy    = "AWS::IAM::AssumeRolePolicyDocument"
	bucketPolicy   = "AWS::S3::Bucket"
)

func validatePolicy(body []byte) (any, error) {
	var input struct {
		PolicyDocument, PolicyType, ValidatePolicyResourceType, Locale string
	}
	if err := read(body, &input); err != nil {
		return nil, err
	}
	if !slices.Contains([]string{identityPolicy, resourcePolicy}, input.PolicyType) ||
		!slices.Contains([]string{"", trustPolicy, bucketPolicy}, input.ValidatePolicyResourceType) {
		return nil, invalid("The simulator does not validate %s %s", input.PolicyType, input.ValidatePolicyResourceType)
	}
	findings := []finding{}
	read, err := policy.Parse(input.PolicyDocument)
	if err != nil {
		findings = append(findings, finding{FindingType: "ERROR", IssueCode: "JSON_SYNTAX_ERROR", FindingDetails: "Fix the JSON syntax error."})
	} else {
		findings = append(findings, validate(read, input.PolicyType, input.ValidatePolicyResourceType)...)
	}
	return map[string]any{"findings": findings}, nil
}

func validate(document policy.Document, kind, resource string) (findings []finding) {
	add := func(severity, code, words string, args ...any) {
		findings = append(findings, finding{FindingType: severity, IssueCode: code, FindingDetails: fmt.Sprintf(words, args...), Locations: []struct{}{}})
	}
	if document.Version() == "" {
		add("WARNING", "MISSING_VERSION", "We recommend that you specify the Version element to help you with debugging permission issues.")
	}
	for _, s := range document.Statements() {
		if s.Sid == "" {
			add("SUGGESTION", "EMPTY_SID_VALUE", "Add a value to the Sid element.")
		}
		if kind == identityPolicy && (s.Principal != nil || s.NotPrincipal != nil) {
			add("ERROR", "UNSUPPORTED_ELEMENT", "The policy type IDENTITY_POLICY does not support the Principal element. Remove the Principal element.")
		}
		if resource == trustPolicy && s.Effect == policy.Allow && namesEverybody(s.Principal) {
			add("ERROR", "UNSUPPORTED_WILDCARD_IN_PRINCIPAL", "Wildcards (*, ?) are not supported with the principal key AWS of a role trust policy.")
		}
		for _, action := range s.Action {
			if !exists(action) {
				add("ERROR", "INVALID_ACTION", "The action %s does not exist. Did you mean a valid action?", action)
			}
		}
	}
	return findings
}

func namesEverybody(named *policy.Principal) bool {
	return named != nil && (named.Any || slices.Contains(named.AWS, "*"))
}

// others are actions beside those of S3 that documents of the simulator have.
var others = []string{
	"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:DescribeKey",
}

// exists tells that an action is one, or stands for some.
func exists(action string) bool {
	if strings.ContainsAny(action, "*?") {
		return true
	}
	_, ofS3 := s3action.Named(action)
	return ofS3 || slices.ContainsFunc(others, func(one string) bool { return strings.EqualFold(one, action) })
}
