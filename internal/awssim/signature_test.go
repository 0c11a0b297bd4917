// This file tests who is let in: signatures, keys, tokens, clocks.
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
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

func TestWhoIsLetIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.consumer.AddRole("/team/", "etl")
	w.consumer.AddUser("/", "ann", allow("iam:GetUser", "*"))
	admin, session := w.consumer.AdminKey(), w.consumer.RoleSession("etl", "i-0abc")
	with := func(k awssim.Credentials, change func(*awssim.Credentials)) awssim.Credentials {
		change(&k)
		return k
	}
	for name, c := range map[string]struct {
		key       awssim.Credentials
		arn, code string
	}{
		"user":            {key: admin, arn: "arn:aws:iam::222222222222:user/admin"},
		"root":            {key: w.consumer.RootKey(), arn: "arn:aws:iam::222222222222:root"},
		"session":         {key: session, arn: "arn:aws:sts::222222222222:assumed-role/etl/i-0abc"},
		"no permission":   {key: w.consumer.UserKey("ann"), arn: "arn:aws:iam::222222222222:user/ann"},
		"wrong secret":    {key: with(admin, func(k *awssim.Credentials) { k.SecretAccessKey += "x" }), code: "SignatureDoesNotMatch"},
		"unknown key":     {key: with(admin, func(k *awssim.Credentials) { k.AccessKeyID = "AKIA0000000000000000" }), code: "InvalidClientTokenId"},
		"token left out":  {key: with(session, func(k *awssim.Credentials) { k.SessionToken = "" }), code: "InvalidClientTokenId"},
		"wrong token":     {key: with(session, func(k *awssim.Credentials) { k.SessionToken += "x" }), code: "InvalidClientTokenId"},
		"token of a user": {key: with(admin, func(k *awssim.Credentials) { k.SessionToken = session.SessionToken }), code: "InvalidClientTokenId"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, err := stsOf(w.sim, c.key).GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})
			mustBe(t, err, c.code, "")
			if err == nil && aws.ToString(answer.Arn) != c.arn {
				t.Errorf("ARN is %s, want %s", aws.ToString(answer.Arn), c.arn)
			}
		})
	}
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.consumer.AddRole("/", "etl")
	key := w.consumer.RoleSession("etl", "i-0abc")
	call := func() error {
		_, err := stsOf(w.sim, key).GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})
		return err
	}
	w.clock.Advance(6*time.Hour - time.Second)
	mustBe(t, call(), "", "")
	w.clock.Advance(time.Second)
	mustBe(t, call(), "ExpiredToken", "The security token included in the request is expired")

	key = w.consumer.RoleSession("etl", "i-0abc")
	mustBe(t, call(), "", "")
	admin := iamOf(w.sim, w.consumer.AdminKey())
	_, err := admin.DeleteRole(context.Background(), &iam.DeleteRoleInput{RoleName: aws.String("etl")})
	mustBe(t, err, "", "")
	w.consumer.AddRole("/", "etl")
	// The sessions of a deleted role are dead, also when there is one of that name again.
	mustBe(t, call(), "InvalidClientTokenId", "")
}

func TestClockSkew(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ahead time.Duration
		code  string
	}{
		"near": {ahead: 14 * time.Minute}, "late": {ahead: 16 * time.Minute, code: "SignatureDoesNotMatch"},
		"early": {ahead: -16 * time.Minute, code: "SignatureDoesNotMatch"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := awssim.Start(awssim.Options{SigningNow: func() time.Time { return time.Now().Add(c.ahead) }})
			t.Cleanup(sim.Close)
			key := sim.AddAccount(ownerID).AdminKey()
			_, err := stsOf(sim, key).GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})
			mustBe(t, err, c.code, "")
		})
	}
}

func TestUnsignedCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, form := range map[string]string{
		"iam": "Action=ListRoles&Version=2010-05-08", "sts": "Action=GetCallerIdentity&Version=2011-06-15",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, err := http.Post(w.sim.URL(), "application/x-www-form-urlencoded", strings.NewReader(form))
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(answer.Body)
			_ = answer.Body.Close()
			if answer.StatusCode != http.StatusForbidden || !strings.Contains(string(body), "<Code>MissingAuthenticationToken</Code>") {
				t.Errorf("got %d %s", answer.StatusCode, body)
			}
		})
	}
}
