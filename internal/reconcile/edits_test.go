package reconcile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// edit changes one part of a share by hand. What is not there any more cannot be edited: that is no failure.
type edit func(ctx context.Context, w *world) error

var theRole = aws.String("etl-reports")

const everything = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

// edits are changes of every part, some of which open what the share does not give and some of which close it.
var edits = map[string]edit{
	"trust everybody": trust(`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}`),
	"trust a third account": trust(`{"Effect":"Allow","Principal":{"AWS":"333333333333"},"Action":"sts:AssumeRole"},` +
		`{"Effect":"Deny","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole"}`),
	"trust nobody": trust(`{"Effect":"Deny","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole"}`),
	"allow everything": func(ctx context.Context, w *world) error {
		_, err := w.iam().PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: theRole, PolicyName: aws.String("crossaccount"), PolicyDocument: aws.String(everything)})
		return err
	},
	"allow nothing": func(ctx context.Context, w *world) error {
		_, err := w.iam().DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: theRole, PolicyName: aws.String("crossaccount")})
		return err
	},
	"another inline policy": func(ctx context.Context, w *world) error {
		_, err := w.iam().PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: theRole, PolicyName: aws.String("hack"), PolicyDocument: aws.String(everything)})
		return err
	},
	"a managed policy": func(ctx context.Context, w *world) error {
		_, err := w.iam().AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: theRole, PolicyArn: aws.String("arn:aws:iam::aws:policy/AmazonS3FullAccess")})
		return err
	},
	"a boundary": func(ctx context.Context, w *world) error {
		_, err := w.iam().PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{RoleName: theRole, PermissionsBoundary: aws.String("arn:aws:iam::aws:policy/IAMReadOnlyAccess")})
		return err
	},
	"settings": func(ctx context.Context, w *world) error {
		_, err := w.iam().UpdateRole(ctx, &iam.UpdateRoleInput{RoleName: theRole, Description: aws.String("by hand"), MaxSessionDuration: aws.Int32(7200)})
		return err
	},
	"tags": func(ctx context.Context, w *world) error {
		_, err := w.iam().TagRole(ctx, &iam.TagRoleInput{RoleName: theRole, Tags: []types.Tag{{Key: aws.String("TEAM"), Value: aws.String("theirs")}, {Key: aws.String("x"), Value: aws.String("y")}}})
		return err
	},
	"no tags": func(ctx context.Context, w *world) error {
		_, err := w.iam().UntagRole(ctx, &iam.UntagRoleInput{RoleName: theRole, TagKeys: []string{"Team", "crossaccount:bucket"}})
		return err
	},
	"no role": deleteRole,
	"the role again": func(ctx context.Context, w *world) error {
		if err := deleteRole(ctx, w); err != nil {
			return err
		}
		_, err := w.iam().CreateRole(ctx, &iam.CreateRoleInput{
			RoleName: theRole, Path: aws.String("/crossaccount/"), AssumeRolePolicyDocument: aws.String(trusting(`{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole"}`)),
		})
		return err
	},
	"no bucket policy": func(ctx context.Context, w *world) error {
		_, err := w.s3().DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: aws.String(bucket)})
		return err
	},
	"only foreign statements": bucketPolicy(func(string) string { return foreign }),
	"a wider bucket statement": bucketPolicy(func(text string) string {
		return strings.ReplaceAll(text, "acme-data/reports/*", "acme-data/*")
	}),
	"a statement for the role by its name": bucketPolicy(func(text string) string {
		return strings.Replace(text, `"Statement":[`, `"Statement":[{"Sid":"by hand","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/crossaccount/etl-reports"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::acme-data/*"},`, 1)
	}),
	"no consumer policy": func(ctx context.Context, w *world) error {
		_, err := w.consumerIAM().DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: aws.String("etl"), PolicyName: aws.String("crossaccount-111111111111-etl-reports")})
		return err
	},
	"another consumer policy": func(ctx context.Context, w *world) error {
		_, err := w.consumerIAM().PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: aws.String("etl"), PolicyName: aws.String("crossaccount-111111111111-etl-reports"), PolicyDocument: aws.String(strings.Replace(everything, "Allow", "Deny", 1))})
		return err
	},
}

func trusting(statements string) string {
	return `{"Version":"2012-10-17","Statement":[` + statements + `]}`
}

func trust(statements string) edit {
	return func(ctx context.Context, w *world) error {
		_, err := w.iam().UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: theRole, PolicyDocument: aws.String(trusting(statements))})
		return err
	}
}

func bucketPolicy(change func(string) string) edit {
	return func(ctx context.Context, w *world) error {
		answer, err := w.s3().GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: aws.String(bucket)})
		if err != nil {
			return err
		}
		_, err = w.s3().PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: aws.String(bucket), Policy: aws.String(change(aws.ToString(answer.Policy)))})
		return err
	}
}

func deleteRole(ctx context.Context, w *world) error {
	for _, name := range []string{"crossaccount", "hack"} {
		if _, err := w.iam().DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: theRole, PolicyName: &name}); err != nil && !awsapi.IsAbsent(err) {
			return err
		}
	}
	if _, err := w.iam().DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: theRole, PolicyArn: aws.String("arn:aws:iam::aws:policy/AmazonS3FullAccess")}); err != nil && !awsapi.IsAbsent(err) {
		return err
	}
	_, err := w.iam().DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: theRole})
	return err
}

// Whatever is done to the parts by hand, one apply makes the share what it was, for everybody who calls, and leaves
// everybody else's statements alone.
func TestOneApplyRepairsAnyEdits(t *testing.T) {
	t.Parallel()
	fresh := newWorld(t)
	fresh.prepare(t)
	made, err := fresh.start(t).Create(t.Context(), etlReports())
	if err != nil {
		t.Fatalf("creating: %v", err)
	}
	want := fresh.probe(t, made.Spec)
	if want["etl, with the external ID: read reports/"] != "" || want["etl, without an external ID"] == "" {
		t.Fatalf("a fresh share does not work: %v", want)
	}
	names := slices.Sorted(maps.Keys(edits))
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 0))
		var chosen []string
		for range 1 + random.IntN(6) {
			chosen = append(chosen, names[random.IntN(len(names))])
		}
		t.Run(fmt.Sprintf("%d: %s", seed, strings.Join(chosen, ", ")), func(t *testing.T) {
			t.Parallel()
			repairAfter(t, chosen, want)
		})
	}
}

func repairAfter(t *testing.T, chosen []string, want map[string]string) {
	t.Helper()
	w := newWorld(t)
	w.prepare(t)
	made, err := w.start(t).Create(t.Context(), etlReports())
	if err != nil {
		t.Fatalf("creating: %v", err)
	}
	for _, name := range chosen {
		// What is gone cannot be edited, nor a bucket policy that names a role which is gone.
		if err := edits[name](t.Context(), w); err != nil && !awsapi.IsAbsent(err) && !awsapi.IsInvalidPrincipal(err) {
			t.Fatalf("editing (%s): %v", name, err)
		}
	}
	repaired, err := w.start(t).Update(t.Context(), reconcile.Prior{Spec: made.Spec, RoleUniqueID: made.RoleUniqueID}, made.Spec)
	if err != nil {
		t.Fatalf("repairing: %v", err)
	}
	if repaired.Spec.ExternalIDs[0] != made.Spec.ExternalIDs[0] {
		t.Error("the external ID changed")
	}
	mustMatch(t, w.start(t), repaired)
	if diff := cmp.Diff(want, w.probe(t, repaired.Spec)); diff != "" {
		t.Errorf("the repaired share lets others in than a fresh one (-fresh +repaired):\n%s", diff)
	}
	if !slices.Contains(chosen, "no bucket policy") {
		w.mustKeepForeign(t)
	}
	if _, err := w.start(t).Delete(t.Context(), reconcile.Prior{Spec: repaired.Spec, RoleUniqueID: repaired.RoleUniqueID}); err != nil {
		t.Fatalf("deleting: %v", err)
	}
	if !slices.Contains(chosen, "no bucket policy") && len(w.statements(t)) != 2 {
		t.Errorf("the bucket policy is not what it was: %v", w.statements(t))
	}
}

// prepare puts objects and the roles that probe.
func (w *world) prepare(t *testing.T) {
	t.Helper()
	w.putPolicy(t, foreign)
	for _, key := range []string{"reports/x", "payroll/x"} {
		if _, err := w.s3().PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(bucket), Key: &key, Body: bytes.NewReader([]byte("x"))}); err != nil {
			t.Fatalf("putting %s: %v", key, err)
		}
	}
}

func (w *world) consumerIAM() *iam.Client { return iam.NewFromConfig(w.config(w.consumer)) }

// probe calls as everybody could and gives the error codes, empty for what works.
func (w *world) probe(t *testing.T, spec share.Spec) map[string]string {
	t.Helper()
	results := map[string]string{}
	id := spec.ExternalIDs[0].Reveal()
	for name, caller := range map[string]struct {
		key awssim.Credentials
		id  string
	}{
		"etl, with the external ID":             {w.account.RoleSession("etl", "i-1"), id},
		"etl, without an external ID":           {w.account.RoleSession("etl", "i-1"), ""},
		"etl, with another external ID":         {w.account.RoleSession("etl", "i-1"), "another"},
		"an administrator of the consumer":      {w.consumer, id},
		"a third account, with the external ID": {w.third, id},
		"a third account, without":              {w.third, ""},
	} {
		input := &sts.AssumeRoleInput{RoleArn: aws.String(spec.RoleARN()), RoleSessionName: aws.String("probe")}
		if caller.id != "" {
			input.ExternalId = &caller.id
		}
		answer, err := sts.NewFromConfig(w.config(caller.key)).AssumeRole(t.Context(), input)
		results[name] = codeOf(err)
		if err != nil {
			continue
		}
		session := awssim.Credentials{AccessKeyID: *answer.Credentials.AccessKeyId, SecretAccessKey: *answer.Credentials.SecretAccessKey, SessionToken: *answer.Credentials.SessionToken}
		for what, code := range w.use(t, session) {
			results[fmt.Sprintf("%s: %s", name, what)] = code
		}
	}
	return results
}

// use makes the calls that a session of the role could make.
func (w *world) use(t *testing.T, session awssim.Credentials) map[string]string {
	t.Helper()
	client := s3.NewFromConfig(w.config(session), func(o *s3.Options) { o.UsePathStyle = true })
	results := map[string]string{}
	for _, place := range []string{"reports/", "payroll/"} {
		key := place + "x"
		_, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: &key})
		results["read "+place] = codeOf(err)
		_, err = client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(bucket), Prefix: &place})
		results["list "+place] = codeOf(err)
		_, err = client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(bucket), Key: &key, Body: bytes.NewReader([]byte("x"))})
		results["write "+place] = codeOf(err)
		_, err = client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String(bucket), Key: aws.String(place + "none")})
		results["delete "+place] = codeOf(err)
	}
	return results
}

func codeOf(err error) string {
	var api smithy.APIError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &api):
		return api.ErrorCode()
	}
	return err.Error()
}
