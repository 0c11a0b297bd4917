// This file holds the words of refusals to what AWS says, by commands of its CLI.
package awssim_test

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// The aws CLI gets from the simulator what AWS answers. Who reads this beside AWS's documentation needs no Go: the cases are
// commands and words.
func TestWordsOfAWSThroughItsCLI(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := newCLI(t, w)
	w.prepareWire(t)
	limited := w.owner.UserKey("limited")
	stranger := w.consumer.UserKey("stranger")
	chained := w.consumer.RoleSession("chain", "i-1")
	admin := w.owner.AdminKey()
	bucketPolicy := func(statement string) string {
		return `{"Version":"2012-10-17","Statement":[` + statement + `]}`
	}
	for name, wire := range map[string]struct {
		key     awssim.Credentials
		command string
		// document is the last argument, when there is one.
		document string
		// words are in the refusal; empty for a call that goes through.
		words string
	}{
		"a role that does not exist": {admin, "iam get-role --role-name none", "", "(NoSuchEntity) when calling the GetRole operation: The role with name none cannot be found."},
		"a missing role, by whom may read a path only": {
			limited, "iam get-role --role-name none", "", "(AccessDenied)",
		},
		"a role with an inline policy": {admin, "iam delete-role --role-name inline", "", "(DeleteConflict) when calling the DeleteRole operation: Cannot delete entity, must delete policies first."},
		"a role with a managed policy": {admin, "iam delete-role --role-name managed", "", "(DeleteConflict) when calling the DeleteRole operation: Cannot delete entity, must detach all policies first."},
		"a description beyond Latin-1": {admin, "iam update-role --role-name inline --description", "“quoted”", "(ValidationError)"},
		"a name that differs in case":  {admin, "iam create-role --role-name INLINE --assume-role-policy-document", trustEC2, "(EntityAlreadyExists)"},
		"an identity policy with a principal": {
			admin, "iam put-role-policy --role-name inline --policy-name p --policy-document", bucketPolicy(`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}`),
			"(MalformedPolicyDocument) when calling the PutRolePolicy operation: Policy document should not specify a principal.",
		},
		"a trust policy with a resource": {
			admin, "iam update-assume-role-policy --role-name inline --policy-document", bucketPolicy(`{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole","Resource":"*"}`),
			"(MalformedPolicyDocument) when calling the UpdateAssumeRolePolicy operation: Has prohibited field Resource",
		},
		"a trust policy that names nobody": {
			admin, "iam update-assume-role-policy --role-name inline --policy-document", trustIn("arn:aws:iam::222222222222:role/none", "{}"),
			`Invalid principal in policy: "AWS":"arn:aws:iam::222222222222:role/none"`,
		},
		"a session longer than the role's": {
			stranger, "sts assume-role --role-arn arn:aws:iam::111111111111:role/open --role-session-name job --duration-seconds 7200", "",
			"(ValidationError) when calling the AssumeRole operation: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
		},
		"a chained session of more than an hour": {
			chained, "sts assume-role --role-arn arn:aws:iam::111111111111:role/long --role-session-name job --duration-seconds 7200", "",
			"The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
		},
		"a bucket without a policy":              {admin, "s3api get-bucket-policy --bucket bare", "", "(NoSuchBucketPolicy)"},
		"taking away a policy that is not there": {admin, "s3api delete-bucket-policy --bucket bare", "", ""},
		"a bucket that does not exist":           {admin, "s3api get-bucket-policy --bucket no-such-bucket-anywhere", "", "(NoSuchBucket)"},
		"a bucket of somebody else than expected": {
			admin, "s3api get-bucket-policy --bucket bare --expected-bucket-owner 222222222222", "", "(AccessDenied)",
		},
		"a bucket policy that names nobody": {
			admin, "s3api put-bucket-policy --bucket bare --policy", bucketPolicy(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:role/none"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::bare/*"}`),
			"(MalformedPolicy) when calling the PutBucketPolicy operation: Invalid principal in policy",
		},
		"a bucket policy about another bucket": {
			admin, "s3api put-bucket-policy --bucket bare --policy", bucketPolicy(`{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::other/*"}`),
			"(MalformedPolicy) when calling the PutBucketPolicy operation: Policy has invalid resource",
		},
		"a condition key that the action does not have": {
			admin, "s3api put-bucket-policy --bucket bare --policy",
			bucketPolicy(`{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::bare/*","Condition":{"StringLike":{"s3:prefix":"p/*"}}}`),
			"Conditions do not apply to combination of actions and resources in statement",
		},
		"a public policy that is blocked": {
			admin, "s3api put-bucket-policy --bucket blocked --policy", bucketPolicy(`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::blocked/*"}`),
			"because public policies are blocked by the BlockPublicPolicy block public access setting.",
		},
		"the policy of a bucket of another account": {
			stranger, "s3api get-bucket-policy --bucket given", "", "(MethodNotAllowed)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			arguments := strings.Fields(wire.command)
			if wire.document != "" {
				arguments = append(arguments, wire.document)
			}
			_, words := c.run(wire.key, arguments...)
			if wire.words == "" && words != "" || !strings.Contains(words, wire.words) {
				t.Errorf("%s: got %q, want %q", wire.command, words, wire.words)
			}
		})
	}
}

// prepareWire makes what the commands are about.
func (w *world) prepareWire(t *testing.T) {
	t.Helper()
	admin := iamOf(w.sim, w.owner.AdminKey())
	open := trustIn("arn:aws:iam::222222222222:root", "{}")
	for name, hours := range map[string]int32{"inline": 1, "managed": 1, "open": 1, "long": 12} {
		makeRole(t, w, w.owner, iam.CreateRoleInput{RoleName: aws.String(name), AssumeRolePolicyDocument: &open, MaxSessionDuration: aws.Int32(3600 * hours)})
	}
	_, err := admin.PutRolePolicy(context.Background(), &iam.PutRolePolicyInput{RoleName: aws.String("inline"), PolicyName: aws.String("p"), PolicyDocument: aws.String(allow("s3:GetObject", "*"))})
	mustBe(t, err, "", "")
	_, err = admin.AttachRolePolicy(context.Background(), &iam.AttachRolePolicyInput{RoleName: aws.String("managed"), PolicyArn: aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess")})
	mustBe(t, err, "", "")
	w.owner.AddUser("/", "limited", allow("iam:GetRole", "arn:aws:iam::111111111111:role/crossaccount/*"))
	w.consumer.AddUser("/", "stranger", allow("*", "*"))
	w.consumer.AddRole("/", "chain", allow("*", "*"))
	for _, name := range []string{"bare", "blocked", "given"} {
		w.owner.AddBucket(name, awssim.BucketOptions{})
	}
	_, err = s3Of(w.sim, w.owner.AdminKey()).PutBucketPolicy(context.Background(), &s3.PutBucketPolicyInput{
		Bucket: aws.String("given"),
		Policy: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"s3:GetBucketPolicy","Resource":"arn:aws:s3:::given"}]}`),
	})
	mustBe(t, err, "", "")
}
