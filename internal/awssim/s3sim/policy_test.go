package s3sim_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
)

func TestWhichBucketPoliciesAreStored(t *testing.T) {
	t.Parallel()
	one := func(members string) string { return `{"Version":"2012-10-17","Statement":[{` + members + `}]}` }
	who := `"Effect":"Allow","Principal":{"AWS":"222222222222"},`
	cases := map[string]struct{ document, words string }{
		"a plain grant":                 {one(who + `"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"`), ""},
		"text that is no JSON":          {`{"Version"`, "Policies must be valid JSON and the first byte must be '{'"},
		"a list":                        {`[]`, "Policies must be valid JSON"},
		"an unknown member":             {`{"Version":"2012-10-17","Statements":[]}`, "Unknown field Statements"},
		"a version of its own":          {strings.Replace(one(who+`"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"`), "2012-10-17", "2026-01-01", 1), "The policy must contain a valid version string"},
		"the old version":               {strings.Replace(one(who+`"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"`), "2012-10-17", "2008-10-17", 1), ""},
		"no statements":                 {`{"Version":"2012-10-17"}`, "Missing required field Statement"},
		"an empty list of statements":   {`{"Version":"2012-10-17","Statement":[]}`, "Statement is empty"},
		"one statement without a list":  {`{"Statement":{` + who + `"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"}}`, ""},
		"no effect":                     {one(`"Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"`), "Missing required field Effect"},
		"an effect in lower case":       {one(`"Effect":"allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"`), "Invalid effect: allow"},
		"no principal":                  {one(`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"`), "Missing required field Principal"},
		"no action":                     {one(who + `"Resource":"arn:aws:s3:::acme/*"`), "Missing required field Action"},
		"no resource":                   {one(who + `"Action":"s3:GetObject"`), "Missing required field Resource"},
		"an unknown member inside":      {one(who + `"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*","Note":"x"`), "Unknown field Note"},
		"the same member twice":         {one(who + `"Action":"s3:GetObject","Action":"s3:PutObject","Resource":"arn:aws:s3:::acme/*"`), "Invalid policy syntax"},
		"an unknown account":            {one(`"Effect":"Allow","Principal":{"AWS":"999999999999"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"`), "Invalid principal in policy"},
		"a role that does not exist":    {one(`"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:role/none"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"`), "Invalid principal in policy"},
		"a wildcard inside a principal": {one(`"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:role/*"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"`), "Invalid principal in policy"},
		"a dangling unique ID":          {one(`"Effect":"Allow","Principal":{"AWS":"AROAABCDEFGHIJKLMNOPQ"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"`), "Invalid principal in policy"},
		"a principal that is text":      {one(`"Effect":"Allow","Principal":"222222222222","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"`), "Invalid principal in policy"},
		"an empty principal":            {one(`"Effect":"Allow","Principal":{},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"`), "Invalid principal in policy"},
		"an unknown kind of principal":  {one(`"Effect":"Allow","Principal":{"Robot":"x"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"`), "Invalid principal in policy"},
		"a service":                     {one(`"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::acme/*"`), ""},
		"all but somebody allowed":      {one(`"Effect":"Allow","NotPrincipal":{"AWS":"222222222222"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"`), "Allow with NotPrincipal"},
		"all but somebody denied":       {one(`"Effect":"Deny","NotPrincipal":{"AWS":"222222222222"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"`), ""},
		"another bucket":                {one(who + `"Action":"s3:GetObject","Resource":"arn:aws:s3:::other/*"`), "Policy has invalid resource"},
		"a bucket of a longer name":     {one(who + `"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme2/*"`), "Policy has invalid resource"},
		"another partition":             {one(who + `"Action":"s3:GetObject","Resource":"arn:aws-cn:s3:::acme/*"`), "Policy has invalid resource"},
		"every resource":                {one(who + `"Action":"s3:GetObject","Resource":"*"`), "Policy has invalid resource"},
		"an unknown action":             {one(who + `"Action":"s3:GetObjects","Resource":"arn:aws:s3:::acme/*"`), "Policy has invalid action"},
		"an action of IAM":              {one(who + `"Action":"iam:GetRole","Resource":"arn:aws:s3:::acme/*"`), "Policy has invalid action"},
		"a wildcard for actions":        {one(who + `"Action":"s3:Get*","Resource":"arn:aws:s3:::acme/*"`), ""},
		"a wildcard for no action":      {one(who + `"Action":"s3:Foo*","Resource":"arn:aws:s3:::acme/*"`), "Policy has invalid action"},
		"listing on objects only":       {one(who + `"Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme/*"`), "Action does not apply to any resource(s) in statement"},
		"reading on the bucket only":    {one(who + `"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme"`), "Action does not apply to any resource(s) in statement"},
		"one action without resource":   {one(who + `"Action":["s3:ListBucket","s3:GetObject"],"Resource":"arn:aws:s3:::acme/*"`), "Action does not apply to any resource(s) in statement"},
		"listing every bucket":          {one(who + `"Action":"s3:ListAllMyBuckets","Resource":"arn:aws:s3:::acme"`), "Action does not apply to any resource(s) in statement"},
		"both kinds together":           {one(who + `"Action":["s3:ListBucket","s3:GetObject"],"Resource":["arn:aws:s3:::acme","arn:aws:s3:::acme/*"]`), ""},
		"a prefix for listing":          {one(who + `"Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme","Condition":{"StringLike":{"s3:prefix":"a/*"}}`), ""},
		"a prefix for reading":          {one(who + `"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*","Condition":{"StringLike":{"s3:prefix":"a/*"}}`), "Conditions do not apply to combination of actions and resources in statement"},
		"a prefix for listing and reading": {
			one(who + `"Action":["s3:ListBucket","s3:GetObject"],"Resource":["arn:aws:s3:::acme","arn:aws:s3:::acme/*"],"Condition":{"StringLike":{"s3:prefix":"a/*"}}`),
			"Conditions do not apply to combination",
		},
		"a prefix for listing uploads":  {one(who + `"Action":"s3:ListBucketMultipartUploads","Resource":"arn:aws:s3:::acme","Condition":{"StringLike":{"s3:prefix":"a/*"}}`), "Conditions do not apply to combination"},
		"a tag of the object, reading":  {one(who + `"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*","Condition":{"StringEquals":{"s3:ExistingObjectTag/k":"v"}}`), ""},
		"a tag of the object, deleting": {one(who + `"Action":"s3:DeleteObject","Resource":"arn:aws:s3:::acme/*","Condition":{"StringEquals":{"s3:ExistingObjectTag/k":"v"}}`), "Conditions do not apply to combination"},
		"a tag of the object, attributes": {
			one(who + `"Action":"s3:GetObjectAttributes","Resource":"arn:aws:s3:::acme/*","Condition":{"StringEquals":{"s3:ExistingObjectTag/k":"v"}}`), "",
		},
		"an ACL for writing and reading": {one(who + `"Action":["s3:PutObject","s3:GetObject"],"Resource":"arn:aws:s3:::acme/*","Condition":{"StringEquals":{"s3:x-amz-acl":"private"}}`), "Conditions do not apply to combination"},
		"delegation to access points":    {one(who + `"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*","Condition":{"StringEquals":{"s3:DataAccessPointAccount":"111111111111"}}`), ""},
		"a global key":                   {one(who + `"Action":"s3:*","Resource":["arn:aws:s3:::acme","arn:aws:s3:::acme/*"],"Condition":{"Bool":{"aws:SecureTransport":false}}`), ""},
		"an unknown operator":            {one(who + `"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*","Condition":{"StringIs":{"aws:userid":"x"}}`), "Invalid Condition type : StringIs"},
		"an operator that ends wrong":    {one(who + `"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*","Condition":{"NullIfExists":{"aws:userid":"true"}}`), "Invalid Condition type"},
		"an unknown key":                 {one(who + `"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*","Condition":{"StringEquals":{"s3:colour":"x"}}`), "Policy has an invalid condition key"},
		"a document of 20,480 bytes":     {sized(20480), ""},
		"a document of 20,481 bytes":     {sized(20481), "Policy exceeds the maximum allowed document size."},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b := w.bucket(s3sim.BucketOptions{})
			admin := w.admin(w.owner)
			err := putPolicy(admin, test.document)
			if test.words == "" {
				mustBe(t, err, "", "")
				return
			}
			mustBe(t, err, "MalformedPolicy", test.words)
			if got := b.Policy(); got != "" {
				t.Errorf("the refused policy was stored: %s", got)
			}
		})
	}
}

// sized makes a policy of n bytes.
func sized(n int) string {
	head, tail := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},`+
		`"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/`, `"}]}`
	return head + strings.Repeat("k", n-len(head)-len(tail)) + tail
}

func TestWhatABucketPolicyLooksLikeOnceStored(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ put, shown string }{
		"white space goes, lists of one collapse": {
			`{ "Version": "2012-10-17", "Id": "mine", "Statement": [ {"Sid": "Read it", "Effect": "Allow", "Principal": {"AWS": ["222222222222"]},
			   "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::acme/*"] } ] }`,
			`{"Version":"2012-10-17","Id":"mine","Statement":[{"Sid":"Read it","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},` +
				`"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"}]}`,
		},
		"members come in one order, numbers and booleans as text": {
			`{"Statement":{"Resource":"arn:aws:s3:::acme/*","Condition":{"Bool":{"aws:SecureTransport":false},"NumericLessThan":{"s3:TlsVersion":[1.2]}},` +
				`"Action":"s3:*","Principal":"*","Effect":"Deny"},"Version":"2008-10-17"}`,
			`{"Version":"2008-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::acme/*",` +
				`"Condition":{"Bool":{"aws:SecureTransport":"false"},"NumericLessThan":{"s3:TlsVersion":"1.2"}}}]}`,
		},
		"statements keep their order and repeated Sids": {
			bucketPolicy(`{"Sid":"x","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::acme/b"}`,
				`{"Sid":"x","Effect":"Deny","Principal":{"AWS":"*"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/a"}`),
			bucketPolicy(`{"Sid":"x","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::acme/b"}`,
				`{"Sid":"x","Effect":"Deny","Principal":{"AWS":"*"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/a"}`),
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.bucket(s3sim.BucketOptions{})
			admin := w.admin(w.owner)
			mustBe(t, putPolicy(admin, test.put), "", "")
			got, err := getPolicy(admin)
			mustBe(t, err, "", "")
			if got != test.shown {
				t.Errorf("got  %s\nwant %s", got, test.shown)
			}
			mustBe(t, putPolicy(admin, got), "", "")
			if again, err := getPolicy(admin); err != nil || again != got {
				t.Errorf("putting what was read changed it to %s (%v)", again, err)
			}
		})
	}
}

// A role that is made anew under its name is another principal, and a policy with the old one cannot be put back.
func TestAPrincipalThatIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bucket(s3sim.BucketOptions{}).PutObject("k", "x", nil)
	admin := w.admin(w.owner)
	first := w.session(w.consumer, "etl", allow("s3:GetObject", objects))
	mustBe(t, putPolicy(admin, bucketPolicy(statement(etl, "s3:GetObject", objects))), "", "")
	shown, err := getPolicy(admin)
	mustBe(t, err, "", "")
	if !strings.Contains(shown, etl) {
		t.Fatalf("the role is not shown by its ARN: %s", shown)
	}
	_, err = get(first, "k")
	mustBe(t, err, "", "")
	id := w.deleteRole(w.consumer, "etl")
	second := w.session(w.consumer, "etl", allow("s3:GetObject", objects))
	_, err = get(second, "k")
	mustBe(t, err, "AccessDenied", "")
	shown, err = getPolicy(admin)
	mustBe(t, err, "", "")
	if !strings.Contains(shown, `"AWS":"`+id+`"`) {
		t.Fatalf("the gone role is not shown by its ID: %s", shown)
	}
	mustBe(t, putPolicy(admin, shown), "MalformedPolicy", "Invalid principal in policy")
}

// deleteRole takes a role with policy setup-1 away and gives its unique ID.
func (w *world) deleteRole(a *awssim.Account, name string) string {
	w.t.Helper()
	client, ctx := iam.NewFromConfig(w.config(a.AdminKey())), context.Background()
	role, err := client.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
	mustBe(w.t, err, "", "")
	_, err = client.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &name, PolicyName: aws.String("setup-1")})
	mustBe(w.t, err, "", "")
	_, err = client.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &name})
	mustBe(w.t, err, "", "")
	return aws.ToString(role.Role.RoleId)
}

func TestABucketWithoutPolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bucket(s3sim.BucketOptions{})
	admin := w.admin(w.owner)
	remove := func() error {
		_, err := admin.DeleteBucketPolicy(context.Background(), &s3.DeleteBucketPolicyInput{Bucket: aws.String("acme")})
		return err
	}
	_, err := getPolicy(admin)
	mustBe(t, err, "NoSuchBucketPolicy", "The bucket policy does not exist")
	mustBe(t, remove(), "", "")
	mustBe(t, putPolicy(admin, bucketPolicy(statement(w.consumer.ID(), "s3:GetObject", objects))), "", "")
	_, err = getPolicy(admin)
	mustBe(t, err, "", "")
	mustBe(t, remove(), "", "")
	if got := b.Policy(); got != "" {
		t.Errorf("the policy is still there: %s", got)
	}
	_, err = getPolicy(admin)
	mustBe(t, err, "NoSuchBucketPolicy", "")
}

func TestWhoMayTouchTheBucketPolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bucket(s3sim.BucketOptions{})
	root, admin, plain := w.root(w.owner), w.admin(w.owner), w.session(w.owner, "plain", "")
	foreign := w.session(w.consumer, "etl", allow("s3:*", "*"))
	_, err := getPolicy(foreign)
	mustBe(t, err, "AccessDenied", "Access Denied")
	_, err = getPolicy(plain)
	mustBe(t, err, "AccessDenied", `not authorized to perform: s3:GetBucketPolicy on resource: "arn:aws:s3:::acme" because no identity-based policy allows`)
	w.setPolicy(b, bucketPolicy(statement(etl, "s3:*", acme)))
	_, err = getPolicy(foreign)
	mustBe(t, err, "MethodNotAllowed", "The specified method is not allowed against this resource.")
	mustBe(t, putPolicy(foreign, b.Policy()), "MethodNotAllowed", "")
	w.setPolicy(b, `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::acme"}]}`)
	mustBe(t, putPolicy(admin, b.Policy()), "AccessDenied", "with an explicit deny in a resource-based policy")
	mustBe(t, putPolicy(root, b.Policy()), "", "")
	_, err = getPolicy(root)
	mustBe(t, err, "", "")
	_, err = root.GetBucketPolicyStatus(context.Background(), &s3.GetBucketPolicyStatusInput{Bucket: aws.String("acme")})
	mustBe(t, err, "AccessDenied", "")
	_, err = root.DeleteBucketPolicy(context.Background(), &s3.DeleteBucketPolicyInput{Bucket: aws.String("acme")})
	mustBe(t, err, "", "")
	_, err = getPolicy(admin)
	mustBe(t, err, "NoSuchBucketPolicy", "")
}

func TestABucketPolicyIsSeenLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bucket(s3sim.BucketOptions{})
	b.PutObject("k", "x", nil)
	admin, reader := w.admin(w.owner), w.session(w.consumer, "etl", allow("s3:GetObject", objects))
	w.s3.SetPolicyLag(10 * time.Second)
	mustBe(t, putPolicy(admin, bucketPolicy(statement(etl, "s3:GetObject", objects))), "", "")
	w.clock.Advance(9 * time.Second)
	_, err := getPolicy(admin)
	mustBe(t, err, "NoSuchBucketPolicy", "")
	_, err = get(reader, "k")
	mustBe(t, err, "AccessDenied", "")
	if b.Policy() == "" {
		t.Error("a test cannot see what was written")
	}
	w.clock.Advance(time.Second)
	_, err = getPolicy(admin)
	mustBe(t, err, "", "")
	_, err = get(reader, "k")
	mustBe(t, err, "", "")
	w.setPolicy(b, "")
	_, err = get(reader, "k")
	mustBe(t, err, "AccessDenied", "")
}
