package awssim_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

func statements(text string) *string {
	return aws.String(`{"Version":"2012-10-17","Statement":[` + text + `]}`)
}

const (
	readOne    = `{"Sid":"One","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/a/*"}`
	readBelow  = `{"Sid":"Below","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/a/b/*"}`
	readAll    = `{"Sid":"All","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/*"}`
	readPublic = `{"Sid":"Web","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/*"}`
	trustAll   = `{"Sid":"All","Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}`
	trustOne   = `{"Sid":"One","Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole"}`
	misspelt   = `{"Sid":"One","Effect":"Allow","Action":"s3:GetObjekt","Resource":"arn:aws:s3:::acme-data/a/*"}`
)

func analyzerOf(sim *awssim.Server, key awssim.Credentials) *accessanalyzer.Client {
	reach := config(sim, key)
	reach.Region = "us-east-1"
	return accessanalyzer.NewFromConfig(reach)
}

func TestAnalyzerValidates(t *testing.T) {
	t.Parallel()
	sim := awssim.Start(awssim.Options{})
	t.Cleanup(sim.Close)
	client := analyzerOf(sim, sim.AddAccount("111111111111").AdminKey())
	trust, bucket := types.ValidatePolicyResourceTypeRoleTrust, types.ValidatePolicyResourceTypeS3Bucket
	identity, resource := types.PolicyTypeIdentityPolicy, types.PolicyTypeResourcePolicy
	for name, c := range map[string]struct {
		document *string
		kind     types.PolicyType
		on       types.ValidatePolicyResourceType
		codes    []string
	}{
		"a sound permissions policy":    {statements(readOne), identity, "", nil},
		"an action that does not exist": {statements(misspelt), identity, "", []string{"ERROR INVALID_ACTION"}},
		"a permissions policy for whom": {statements(trustOne), identity, "", []string{"ERROR UNSUPPORTED_ELEMENT"}},
		"a sound trust policy":          {statements(trustOne), resource, trust, nil},
		"a trust policy for everybody":  {statements(trustAll), resource, trust, []string{"ERROR UNSUPPORTED_WILDCARD_IN_PRINCIPAL"}},
		"a bucket policy for everybody": {statements(readPublic), resource, bucket, nil},
		"no version":                    {aws.String(`{"Statement":[` + readOne + `]}`), identity, "", []string{"WARNING MISSING_VERSION"}},
		"no JSON":                       {aws.String(`{`), identity, "", []string{"ERROR JSON_SYNTAX_ERROR"}},
		"statements without a name":     {statements(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`), identity, "", []string{"SUGGESTION EMPTY_SID_VALUE"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, err := client.ValidatePolicy(t.Context(), &accessanalyzer.ValidatePolicyInput{
				PolicyDocument: c.document, PolicyType: c.kind, ValidatePolicyResourceType: c.on,
			})
			if err != nil {
				t.Fatal(err)
			}
			var codes []string
			for _, one := range answer.Findings {
				codes = append(codes, string(one.FindingType)+" "+aws.ToString(one.IssueCode))
			}
			if len(codes) != len(c.codes) || len(codes) > 0 && codes[0] != c.codes[0] {
				t.Errorf("it finds %q, want %q", codes, c.codes)
			}
		})
	}
}

func TestAnalyzerChecksAccess(t *testing.T) {
	t.Parallel()
	sim := awssim.Start(awssim.Options{})
	t.Cleanup(sim.Close)
	client := analyzerOf(sim, sim.AddAccount("111111111111").AdminKey())
	for name, c := range map[string]struct {
		existing, next string
		want           types.CheckNoNewAccessResult
	}{
		"the same":        {readOne, readOne, types.CheckNoNewAccessResultPass},
		"less":            {readOne, readBelow, types.CheckNoNewAccessResultPass},
		"more":            {readOne, readAll, types.CheckNoNewAccessResultFail},
		"one more":        {readOne, readOne + "," + readAll, types.CheckNoNewAccessResultFail},
		"one less":        {readOne + "," + readAll, readOne, types.CheckNoNewAccessResultPass},
		"another action":  {readOne, misspelt, types.CheckNoNewAccessResultFail},
		"another account": {trustOne, trustAll, types.CheckNoNewAccessResultFail},
	} {
		answer, err := client.CheckNoNewAccess(t.Context(), &accessanalyzer.CheckNoNewAccessInput{
			ExistingPolicyDocument: statements(c.existing), NewPolicyDocument: statements(c.next), PolicyType: types.AccessCheckPolicyTypeIdentityPolicy,
		})
		if err != nil || answer.Result != c.want || (len(answer.Reasons) > 0) != (c.want == types.CheckNoNewAccessResultFail) {
			t.Errorf("%s: %+v, %v", name, answer, err)
		}
	}
	for name, c := range map[string]struct {
		document string
		want     types.CheckNoPublicAccessResult
	}{
		"everybody":   {readPublic, types.CheckNoPublicAccessResultFail},
		"one account": {trustOne, types.CheckNoPublicAccessResultPass},
	} {
		answer, err := client.CheckNoPublicAccess(t.Context(), &accessanalyzer.CheckNoPublicAccessInput{
			PolicyDocument: statements(c.document), ResourceType: types.AccessCheckResourceTypeS3Bucket,
		})
		if err != nil || answer.Result != c.want {
			t.Errorf("%s: %+v, %v", name, answer, err)
		}
	}
}

func TestAnalyzerRefuses(t *testing.T) {
	t.Parallel()
	sim := awssim.Start(awssim.Options{})
	t.Cleanup(sim.Close)
	owner := sim.AddAccount("111111111111")
	owner.AddUser("/", "none")
	wrong := owner.AdminKey()
	wrong.SecretAccessKey = "another"
	validate := func(key awssim.Credentials, document string) error {
		_, err := analyzerOf(sim, key).ValidatePolicy(t.Context(), &accessanalyzer.ValidatePolicyInput{
			PolicyDocument: statements(document), PolicyType: types.PolicyTypeIdentityPolicy,
		})
		return err
	}
	mustBe(t, validate(owner.UserKey("none"), readOne), "AccessDeniedException", "access-analyzer:ValidatePolicy")
	mustBe(t, validate(wrong, readOne), "InvalidSignatureException", "")
	mustBe(t, validate(owner.AdminKey(), readOne), "", "")
	_, err := analyzerOf(sim, owner.AdminKey()).ListAnalyzers(t.Context(), &accessanalyzer.ListAnalyzersInput{})
	mustBe(t, err, "UnknownOperationException", "")
	_, err = analyzerOf(sim, owner.AdminKey()).CheckNoPublicAccess(t.Context(), &accessanalyzer.CheckNoPublicAccessInput{
		PolicyDocument: aws.String("{"), ResourceType: types.AccessCheckResourceTypeS3Bucket,
	})
	mustBe(t, err, "UnprocessableEntityException", "")
}
