package s3controlsim_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/s3control/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

func TestCreateAccessPoint(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		change      func(*s3control.CreateAccessPointInput)
		key         func(*world) awssim.Credentials // the administrator of the owner when nil
		code, words string
	}{
		"as it should be":              {func(*s3control.CreateAccessPointInput) {}, nil, "", ""},
		"three characters":             {func(i *s3control.CreateAccessPointInput) { i.Name = aws.String("a-b") }, nil, "", ""},
		"two characters":               {func(i *s3control.CreateAccessPointInput) { i.Name = aws.String("ab") }, nil, "InvalidRequest", "ab"},
		"fifty characters":             {func(i *s3control.CreateAccessPointInput) { i.Name = aws.String(strings.Repeat("a", 50)) }, nil, "", ""},
		"fifty-one characters":         {func(i *s3control.CreateAccessPointInput) { i.Name = aws.String(strings.Repeat("a", 51)) }, nil, "InvalidRequest", ""},
		"capitals":                     {func(i *s3control.CreateAccessPointInput) { i.Name = aws.String("Reports") }, nil, "InvalidRequest", ""},
		"a dot":                        {func(i *s3control.CreateAccessPointInput) { i.Name = aws.String("a.b.c") }, nil, "InvalidRequest", ""},
		"an underscore":                {func(i *s3control.CreateAccessPointInput) { i.Name = aws.String("a_b_c") }, nil, "InvalidRequest", ""},
		"a hyphen at the end":          {func(i *s3control.CreateAccessPointInput) { i.Name = aws.String("abc-") }, nil, "InvalidRequest", ""},
		"the suffix of aliases":        {func(i *s3control.CreateAccessPointInput) { i.Name = aws.String("abc-s3alias") }, nil, "InvalidRequest", ""},
		"a bucket that does not exist": {func(i *s3control.CreateAccessPointInput) { i.Bucket = aws.String("none") }, nil, "NoSuchBucket", ""},
		"a bucket of another region":   {func(i *s3control.CreateAccessPointInput) { i.Bucket = aws.String("far") }, nil, "InvalidRequest", "eu-west-1"},
		"a bucket of somebody else":    {func(i *s3control.CreateAccessPointInput) { i.Bucket = aws.String("theirs") }, nil, "AccessDenied", ""},
		"a bucket of somebody else, by name": {func(i *s3control.CreateAccessPointInput) {
			i.Bucket, i.BucketAccountId = aws.String("theirs"), aws.String(consumerID)
		}, nil, "", ""},
		"a bucket with a wrong owner":    {func(i *s3control.CreateAccessPointInput) { i.BucketAccountId = aws.String(consumerID) }, nil, "InvalidRequest", "BucketAccountId"},
		"the name again":                 {func(i *s3control.CreateAccessPointInput) { i.Name = aws.String("old") }, nil, "AccessPointAlreadyOwnedByYou", ""},
		"a scope":                        {func(i *s3control.CreateAccessPointInput) { i.Scope = &types.Scope{Prefixes: []string{"a"}} }, nil, "NotImplemented", ""},
		"without permission":             {func(*s3control.CreateAccessPointInput) {}, func(w *world) awssim.Credentials { return w.session(w.owner, "share", "") }, "AccessDenied", "s3:CreateAccessPoint on resource: \"arn:aws:s3:us-east-1:111111111111:accesspoint/reports\""},
		"in an account of somebody else": {func(*s3control.CreateAccessPointInput) {}, func(w *world) awssim.Credentials { return w.consumer.AdminKey() }, "AccessDenied", ""},
		"tags": {func(i *s3control.CreateAccessPointInput) {
			i.Tags = []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}}
		}, nil, "", ""},
		"tags without permission": {func(i *s3control.CreateAccessPointInput) {
			i.Tags = []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}}
		},
			func(w *world) awssim.Credentials {
				return w.session(w.owner, "share", document(statement("", "s3:CreateAccessPoint", "*")))
			}, "AccessDenied", "s3:TagResource"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, ctx := newWorld(t), t.Context()
			w.owner.AddBucket("far", awssim.BucketOptions{Region: "eu-west-1"})
			w.consumer.AddBucket("theirs", awssim.BucketOptions{})
			admin := w.control(w.owner.AdminKey())
			_, err := admin.CreateAccessPoint(ctx, &s3control.CreateAccessPointInput{AccountId: aws.String(ownerID), Name: aws.String("old"), Bucket: aws.String("acme")})
			mustBe(t, err, "", "")
			input := &s3control.CreateAccessPointInput{AccountId: aws.String(ownerID), Name: aws.String("reports"), Bucket: aws.String("acme")}
			test.change(input)
			c := admin
			if test.key != nil {
				c = w.control(test.key(w))
			}
			_, err = c.CreateAccessPoint(ctx, input)
			mustBe(t, err, test.code, test.words)
			points, err := admin.ListAccessPoints(ctx, &s3control.ListAccessPointsInput{AccountId: aws.String(ownerID)})
			mustBe(t, err, "", "")
			if made := len(points.AccessPointList) == 2; made != (test.code == "") {
				t.Errorf("access points: %+v", points.AccessPointList)
			}
		})
	}
}

func TestLifeOfAnAccessPoint(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	c, id, name := w.control(w.owner.AdminKey()), aws.String(ownerID), aws.String("reports-of-every-single-day")
	made, err := c.CreateAccessPoint(ctx, &s3control.CreateAccessPointInput{AccountId: id, Name: name, Bucket: aws.String("acme")})
	mustBe(t, err, "", "")
	if alias := aws.ToString(made.Alias); made.AccessPointArn != nil || len(alias) != 63 || !strings.HasPrefix(alias, "reports-of-every-sin-") {
		t.Errorf("made %q %v", alias, made.AccessPointArn)
	}
	got, err := c.GetAccessPoint(ctx, &s3control.GetAccessPointInput{AccountId: id, Name: name})
	mustBe(t, err, "", "")
	if aws.ToString(got.AccessPointArn) != "arn:aws:s3:us-east-1:111111111111:accesspoint/"+*name || aws.ToString(got.Alias) != aws.ToString(made.Alias) ||
		got.NetworkOrigin != types.NetworkOriginInternet || aws.ToString(got.BucketAccountId) != ownerID || aws.ToString(got.Bucket) != "acme" ||
		!aws.ToBool(got.PublicAccessBlockConfiguration.BlockPublicPolicy) || got.CreationDate == nil {
		t.Errorf("got %+v", got)
	}
	for _, more := range []string{"second", "third"} {
		_, err = c.CreateAccessPoint(ctx, &s3control.CreateAccessPointInput{AccountId: id, Name: aws.String(more), Bucket: aws.String("acme")})
		mustBe(t, err, "", "")
	}
	_, err = c.CreateAccessPoint(ctx, &s3control.CreateAccessPointInput{AccountId: id, Name: aws.String("fourth"), Bucket: aws.String("acme")})
	mustBe(t, err, "TooManyAccessPoints", "")
	var names []string
	pages := s3control.NewListAccessPointsPaginator(c, &s3control.ListAccessPointsInput{AccountId: id, Bucket: aws.String("acme"), MaxResults: 2})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		mustBe(t, err, "", "")
		for _, p := range page.AccessPointList {
			names = append(names, aws.ToString(p.Name))
		}
	}
	if got := strings.Join(names, " "); got != *name+" second third" {
		t.Errorf("listed %s", got)
	}
	none, err := c.ListAccessPoints(ctx, &s3control.ListAccessPointsInput{AccountId: id, Bucket: aws.String("other")})
	mustBe(t, err, "", "")
	if len(none.AccessPointList) != 0 {
		t.Errorf("listed %+v", none.AccessPointList)
	}
	_, err = c.DeleteAccessPoint(ctx, &s3control.DeleteAccessPointInput{AccountId: id, Name: name})
	mustBe(t, err, "", "")
	_, err = c.DeleteAccessPoint(ctx, &s3control.DeleteAccessPointInput{AccountId: id, Name: name})
	mustBe(t, err, "NoSuchAccessPoint", "The specified accesspoint does not exist")
	_, err = c.GetAccessPoint(ctx, &s3control.GetAccessPointInput{AccountId: id, Name: name})
	mustBe(t, err, "NoSuchAccessPoint", "")
}

func TestPutAccessPointPolicy(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ policy, code, words string }{
		"for a role":                      {document(statement(etl, "s3:GetObject", point+"/object/*")), "", ""},
		"for the access point":            {document(statement(etl, "s3:ListBucket", point)), "", ""},
		"for a role that does not exist":  {document(statement(share, "s3:GetObject", point+"/object/*")), "MalformedPolicy", "Invalid principal in policy"},
		"for the bucket":                  {document(statement(etl, "s3:GetObject", "arn:aws:s3:::acme/*")), "MalformedPolicy", "Policy has invalid resource"},
		"without /object/":                {document(statement(etl, "s3:GetObject", point+"/reports/*")), "MalformedPolicy", "Policy has invalid resource"},
		"an object action on the point":   {document(statement(etl, "s3:GetObject", point)), "MalformedPolicy", "Action does not apply"},
		"an action of buckets only":       {document(statement(etl, "s3:PutBucketPolicy", point)), "MalformedPolicy", "Action does not apply"},
		"uploads are those of the bucket": {document(statement(etl, "s3:ListBucketMultipartUploads", point)), "MalformedPolicy", "Action does not apply"},
		"a prefix on an object action":    {document(statement(etl, "s3:GetObject", point+"/object/*", `{"StringLike":{"s3:prefix":"a/*"}}`)), "MalformedPolicy", "Conditions do not apply"},
		"a prefix on listing":             {document(statement(etl, "s3:ListBucket", point, `{"StringLike":{"s3:prefix":"a/*"}}`)), "", ""},
		"another access point":            {document(statement(etl, "s3:ListBucket", point+"2")), "MalformedPolicy", "Policy has invalid resource"},
		"no JSON":                         {"{", "MalformedPolicy", "valid JSON"},
		"too long":                        {document(statement(etl, "s3:GetObject", point+"/object/"+strings.Repeat("x", 20480))), "MalformedPolicy", "maximum allowed document size"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, ctx := newWorld(t), t.Context()
			w.session(w.consumer, "etl", "")
			w.point("")
			c, id, name := w.control(w.owner.AdminKey()), aws.String(ownerID), aws.String("reports")
			_, err := c.GetAccessPointPolicyStatus(ctx, &s3control.GetAccessPointPolicyStatusInput{AccountId: id, Name: name})
			mustBe(t, err, "NoSuchAccessPointPolicy", "")
			mustBe(t, putPolicy(t, c, test.policy), test.code, test.words)
			out, err := c.GetAccessPointPolicy(ctx, &s3control.GetAccessPointPolicyInput{AccountId: id, Name: name})
			if test.code != "" {
				mustBe(t, err, "NoSuchAccessPointPolicy", "The specified accesspoint policy does not exist")
				return
			}
			mustBe(t, err, "", "")
			if !strings.Contains(aws.ToString(out.Policy), `"AWS":"`+etl+`"`) {
				t.Errorf("the policy is %s", aws.ToString(out.Policy))
			}
			_, err = c.DeleteAccessPointPolicy(ctx, &s3control.DeleteAccessPointPolicyInput{AccountId: id, Name: name})
			mustBe(t, err, "", "")
			_, err = c.GetAccessPointPolicy(ctx, &s3control.GetAccessPointPolicyInput{AccountId: id, Name: name})
			mustBe(t, err, "NoSuchAccessPointPolicy", "")
		})
	}
}

// GetAccessPoint is about no resource: a policy that names the access point does not allow it.
func TestWhichResourceTheCallsAreAbout(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	w.point("")
	named := w.control(w.session(w.owner, "named", document(statement("", "s3:GetAccessPoint s3:DeleteAccessPoint", point))))
	all := w.control(w.session(w.owner, "all", document(statement("", "s3:GetAccessPoint", "*", `{"StringEquals":{"s3:DataAccessPointArn":"`+point+`"}}`))))
	get := &s3control.GetAccessPointInput{AccountId: aws.String(ownerID), Name: aws.String("reports")}
	_, err := named.GetAccessPoint(ctx, get)
	mustBe(t, err, "AccessDenied", "s3:GetAccessPoint")
	_, err = all.GetAccessPoint(ctx, get)
	mustBe(t, err, "", "")
	remove := &s3control.DeleteAccessPointInput{AccountId: aws.String(ownerID), Name: aws.String("reports")}
	_, err = all.DeleteAccessPoint(ctx, remove)
	mustBe(t, err, "AccessDenied", "s3:DeleteAccessPoint")
	_, err = named.DeleteAccessPoint(ctx, remove)
	mustBe(t, err, "", "")
}

func TestTags(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	w.point("")
	c, id, arn := w.control(w.owner.AdminKey()), aws.String(ownerID), aws.String(point)
	tag := func(key, value string) error {
		_, err := c.TagResource(ctx, &s3control.TagResourceInput{AccountId: id, ResourceArn: arn, Tags: []types.Tag{{Key: aws.String(key), Value: aws.String(value)}}})
		return err
	}
	shown := func() string {
		out, err := c.ListTagsForResource(ctx, &s3control.ListTagsForResourceInput{AccountId: id, ResourceArn: arn})
		mustBe(t, err, "", "")
		var pairs []string
		for _, one := range out.Tags {
			pairs = append(pairs, aws.ToString(one.Key)+"="+aws.ToString(one.Value))
		}
		return strings.Join(pairs, " ")
	}
	mustBe(t, tag("a", "1"), "", "")
	mustBe(t, tag("b", "2"), "", "")
	mustBe(t, tag("a", "3"), "", "")
	mustBe(t, tag("aws:x", "1"), "InvalidTag", "")
	if got := shown(); got != "b=2 a=3" {
		t.Errorf("tags: %s", got)
	}
	_, err := c.UntagResource(ctx, &s3control.UntagResourceInput{AccountId: id, ResourceArn: arn, TagKeys: []string{"b"}})
	mustBe(t, err, "", "")
	if got := shown(); got != "a=3" {
		t.Errorf("tags: %s", got)
	}
	_, err = c.ListTagsForResource(ctx, &s3control.ListTagsForResourceInput{AccountId: id, ResourceArn: aws.String("arn:aws:s3:us-east-1:111111111111:accesspoint/none")})
	mustBe(t, err, "NoSuchAccessPoint", "")
}
