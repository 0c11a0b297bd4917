// This file tests that S3 is plugged in: how signatures are refused in its form,
// and one share from end to end.
package awssim_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

func s3Of(sim *awssim.Server, key awssim.Credentials) *s3.Client {
	return s3.NewFromConfig(config(sim, key), func(o *s3.Options) { o.UsePathStyle = true })
}

func getObject(key string) *s3.GetObjectInput {
	return &s3.GetObjectInput{Bucket: aws.String("acme-data"), Key: &key}
}

func TestShareEndToEnd(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	bucket := w.owner.AddBucket("acme-data", awssim.BucketOptions{})
	bucket.PutObject("reports/a b+c", "hello", nil)
	bucket.PutObject("secret/x", "no", nil)
	w.consumer.AddRole("/team/", "etl", allow(mayAssume, shareARN))
	makeRole(t, w, w.owner, iam.CreateRoleInput{
		RoleName: aws.String("share"), Path: aws.String("/crossaccount/"), AssumeRolePolicyDocument: aws.String(trustIn(consumerRoot, byID)),
	})
	got(iamOf(w.sim, w.owner.AdminKey()).PutRolePolicy(ctx, &iam.PutRolePolicyInput{
		RoleName: aws.String("share"), PolicyName: aws.String("p"), PolicyDocument: aws.String(allow("s3:GetObject", "arn:aws:s3:::acme-data/reports/*")),
	})).must(t)
	etl := w.consumer.RoleSession("etl", "i-0abc")
	share := keyOf(got(stsOf(w.sim, etl).AssumeRole(ctx, &sts.AssumeRoleInput{
		RoleArn: aws.String(shareARN), RoleSessionName: aws.String("job"), ExternalId: aws.String(rightID),
	})).must(t))
	object := got(s3Of(w.sim, share).GetObject(ctx, getObject("reports/a b+c"))).must(t)
	text, err := io.ReadAll(object.Body)
	if err != nil || string(text) != "hello" {
		t.Errorf("read %q, %v", text, err)
	}
	got(s3Of(w.sim, share).GetObject(ctx, getObject("secret/x"))).refused(t, "AccessDenied", "")
	got(s3Of(w.sim, etl).GetObject(ctx, getObject("reports/a b+c"))).refused(t, "AccessDenied", "")
	calls := w.sim.Calls()
	if last := calls[len(calls)-1]; last.Name() != "s3:GetObject" || last.Resource != "acme-data/reports/a b+c" || last.Account != consumerID || last.Code != "AccessDenied" {
		t.Errorf("the last call is %+v", last)
	}
}

func TestSignaturesOfS3(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	w.owner.AddBucket("acme-data", awssim.BucketOptions{}).PutObject("k", "hello", nil)
	w.owner.AddRole("/", "app", allow("s3:*", "*"))
	admin, expired := w.owner.AdminKey(), w.owner.RoleSession("app", "i-2")
	w.clock.Advance(6 * time.Hour)
	session := w.owner.RoleSession("app", "i-1")
	wrongSecret, unknown, wrongToken := admin, admin, session
	wrongSecret.SecretAccessKey, unknown.AccessKeyID, wrongToken.SessionToken = "wrong", "AKIAUNKNOWN", "wrong"
	for name, c := range map[string]struct {
		key  awssim.Credentials
		code string
	}{
		"user": {key: admin}, "session": {key: session}, "root": {key: w.owner.RootKey()},
		"wrong secret": {wrongSecret, "SignatureDoesNotMatch"}, "unknown key": {unknown, "InvalidAccessKeyId"},
		"wrong token": {wrongToken, "InvalidToken"}, "expired": {expired, "ExpiredToken"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got(s3Of(w.sim, c.key).GetObject(ctx, getObject("k"))).refused(t, c.code, "")
		})
	}
}

func TestPresignedURLs(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	now := awssim.NewClock(time.Now())
	sim := awssim.Start(awssim.Options{SigningNow: now.Now})
	t.Cleanup(sim.Close)
	owner := sim.AddAccount(ownerID)
	owner.AddBucket("acme-data", awssim.BucketOptions{}).PutObject("a b", "hello", nil)
	signed := got(s3.NewPresignClient(s3Of(sim, owner.AdminKey())).PresignGetObject(ctx, getObject("a b"), s3.WithPresignExpires(time.Hour))).must(t).URL
	get := func(address string) string {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	if text := get(signed); text != "hello" {
		t.Errorf("read %q", text)
	}
	if text := get(strings.Replace(signed, "a%20b", "other", 1)); !strings.Contains(text, "<Code>SignatureDoesNotMatch</Code>") {
		t.Errorf("for another key: %q", text)
	}
	now.Advance(61 * time.Minute)
	if text := get(signed); !strings.Contains(text, "<Code>AccessDenied</Code><Message>Request has expired</Message>") {
		t.Errorf("after an hour: %q", text)
	}
}

func TestFaultsOfS3(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	w.owner.AddBucket("acme-data", awssim.BucketOptions{})
	client := s3Of(w.sim, w.owner.AdminKey())
	remove := func() outcome[*s3.DeleteBucketPolicyOutput] {
		return got(client.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: aws.String("acme-data")}))
	}
	w.sim.Inject(awssim.Fault{Service: "s3", Operation: "DeleteBucketPolicy", Resource: "acme-data", Error: awssim.OperationAborted()})
	w.sim.Inject(awssim.Fault{Service: "s3", Error: awssim.SlowDown()})
	remove().refused(t, "OperationAborted", "A conflicting conditional operation")
	// The second fault counted the first call too, and strikes no more.
	remove().must(t)
}
