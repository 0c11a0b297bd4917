// This file throws arbitrary requests at the server, signed and not: none may
// bring it down, and none without a key may change anything.
package awssim_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	signer "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

func FuzzRequest(f *testing.F) {
	sim := awssim.Start(awssim.Options{})
	f.Cleanup(sim.Close)
	account := sim.AddAccount(ownerID)
	account.AddRole("/", "app", allow("s3:*", "*"))
	key := account.AdminKey()
	f.Add("POST", "/", "", "Action=GetRole&Version=2010-05-08&RoleName=app", uint8(1))
	f.Add("POST", "/", "", "Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::111111111111:role/app&RoleSessionName=job&Tags.member.1.Key=k", uint8(2))
	f.Add("GET", "/bucket/key", "list-type=2&prefix=%20", "", uint8(3))
	f.Add("PUT", "/bucket", "policy", `{"Version":"2012-10-17","Statement":[]}`, uint8(3))
	f.Add("POST", "/", "", "Action=CreateRole&Version=2010-05-08&RoleName=r&AssumeRolePolicyDocument=%7B%22Statement%22%3A%5Bnull%5D%7D", uint8(1))
	f.Add("POST", "/", "", "Action=ListRoles&Version=2010-05-08&Marker=%25&MaxItems=-1", uint8(1))
	f.Add("DELETE", "//..//", "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a/b", "", uint8(0))
	f.Fuzz(func(t *testing.T, method, path, query, body string, service uint8) {
		request, err := http.NewRequestWithContext(context.Background(), method, "http://127.0.0.1/", bytes.NewReader([]byte(body)))
		if err != nil {
			t.Skip("no method of HTTP")
		}
		request.URL.Path, request.URL.RawQuery, request.RemoteAddr = path, query, "127.0.0.1:1"
		if body != "" && service%2 == 0 {
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		before := account.RoleNames()
		name := []string{"", "iam", "sts", "s3"}[service%4]
		if name != "" {
			sign(t, request, key, body, name)
		}
		recorder := httptest.NewRecorder()
		sim.ServeHTTP(recorder, request)
		if recorder.Code < 200 || recorder.Code > 599 {
			t.Errorf("status %d", recorder.Code)
		}
		if after := account.RoleNames(); name == "" && !slices.Equal(before, after) {
			t.Errorf("an unsigned call changed the roles: %q", after)
		}
	})
}

func sign(t *testing.T, request *http.Request, key awssim.Credentials, body, service string) {
	t.Helper()
	sum := sha256.Sum256([]byte(body))
	hash := hex.EncodeToString(sum[:])
	request.Header.Set("X-Amz-Content-Sha256", hash)
	credentials := aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey}
	if err := signer.NewSigner().SignHTTP(context.Background(), credentials, request, hash, service, "eu-west-1", time.Now()); err != nil {
		t.Fatal(err)
	}
}
