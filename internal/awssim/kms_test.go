package awssim_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	smithyendpoints "github.com/aws/smithy-go/endpoints"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// Calls of KMS and S3 Control are logged, and struck by faults, as those of all services are.
func TestCallsOfKMSAndS3ControlAreLoggedAndStruck(t *testing.T) {
	t.Parallel()
	sim := awssim.Start(awssim.Options{})
	t.Cleanup(sim.Close)
	owner := sim.AddAccount("111111111111")
	key := owner.AddKey(awssim.KeyOptions{})
	reach := config(sim, owner.AdminKey())
	reach.Region = "us-east-1"
	keys := kms.NewFromConfig(reach)
	points := s3control.NewFromConfig(reach, func(o *s3control.Options) {
		o.EndpointResolverV2 = withoutAccount{s3control.NewDefaultEndpointResolverV2()}
	})
	struck := &awssim.Error{Code: "DependencyTimeoutException", Status: http.StatusInternalServerError, Message: "later"}
	sim.Inject(awssim.Fault{Service: "kms", Operation: "DescribeKey", Resource: key, Nth: 2, Error: struck})
	sim.Inject(awssim.Fault{Service: "s3control", Resource: "reports", Error: awssim.SlowDown()})
	describe := func() error {
		_, err := keys.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &key})
		return err
	}
	get := func() error {
		_, err := points.GetAccessPoint(t.Context(), &s3control.GetAccessPointInput{AccountId: aws.String("111111111111"), Name: aws.String("reports")})
		return err
	}
	for _, code := range []string{"", "DependencyTimeoutException", ""} {
		mustBe(t, describe(), code, "")
	}
	for _, code := range []string{"SlowDown", "NoSuchAccessPoint"} {
		mustBe(t, get(), code, "")
	}
	log := sim.Calls()
	if len(log) != 5 {
		t.Fatalf("the log is %+v", log)
	}
	for i, want := range []awssim.Call{
		{Service: "kms", Operation: "DescribeKey", Resource: key, Status: 200},
		{Service: "kms", Operation: "DescribeKey", Resource: key, Status: 500, Code: "DependencyTimeoutException"},
		{Service: "kms", Operation: "DescribeKey", Resource: key, Status: 200},
		{Service: "s3control", Operation: "GetAccessPoint", Resource: "reports", Status: 503, Code: "SlowDown"},
		{Service: "s3control", Operation: "GetAccessPoint", Resource: "reports", Status: 404, Code: "NoSuchAccessPoint"},
	} {
		got := log[i]
		want.Account, want.AccessKeyID, want.Caller, want.Attempt = got.Account, got.AccessKeyID, "arn:aws:iam::111111111111:user/admin", 1
		if got != want {
			t.Errorf("call %d is logged as %+v, want %+v", i, got, want)
		}
	}
}

// withoutAccount leaves the account out of the host's name: loopback has no names.
type withoutAccount struct{ standard s3control.EndpointResolverV2 }

func (w withoutAccount) ResolveEndpoint(ctx context.Context, p s3control.EndpointParameters) (smithyendpoints.Endpoint, error) {
	p.RequiresAccountId = aws.Bool(false)
	return w.standard.ResolveEndpoint(ctx, p)
}
