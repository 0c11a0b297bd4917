package s3controlsim_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/s3control/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// Both the access point and the bucket must permit, by the ARN of the access point as by its alias.
func TestReadingThroughAnAccessPoint(t *testing.T) {
	t.Parallel()
	const read, objects, bucketObjects = "s3:GetObject", point + "/object/*", "arn:aws:s3:::acme/*"
	reads := func(resources string) string { return document(statement("", read, resources)) }
	cases := map[string]struct {
		outside       bool // the caller is etl of the consumer, else share of the owner
		identity      string
		point, bucket string
		code, words   string
		directly      string // the code of reading without the access point
	}{
		"both sides of another account": {true, reads(objects), document(statement(etl, read, objects)), document(delegation), "", "", "AccessDenied"},
		"identity is silent":            {true, "", document(statement(etl, read, objects)), document(delegation), "AccessDenied", "", "AccessDenied"},
		"identity names the bucket":     {true, reads(bucketObjects), document(statement(etl, read, objects)), document(delegation), "AccessDenied", "", "AccessDenied"},
		"no access point policy":        {true, reads(objects), "", document(delegation), "AccessDenied", "", "AccessDenied"},
		"another role is named":         {true, reads(objects), document(statement(share, read, objects)), document(delegation), "AccessDenied", "", "AccessDenied"},
		"another prefix":                {true, reads(objects), document(statement(etl, read, point+"/object/a/*")), document(delegation), "AccessDenied", "", "AccessDenied"},
		"the bucket does not delegate":  {true, reads(objects), document(statement(etl, read, objects)), "", "AccessDenied", "", "AccessDenied"},
		"the bucket delegates to another account's access points": {true, reads(objects), document(statement(etl, read, objects)),
			document(strings.Replace(delegation, ownerID, "333333333333", 1)), "AccessDenied", "", "AccessDenied"},
		"the bucket delegates to this access point": {true, reads(objects), document(statement(etl, read, objects)),
			document(statement("*", read, bucketObjects, `{"ArnEquals":{"s3:DataAccessPointArn":"`+point+`"}}`)), "", "", "AccessDenied"},
		"the bucket names the role itself": {true, reads(objects + " " + bucketObjects), document(statement(etl, read, objects)),
			document(statement(etl, read, bucketObjects)), "", "", ""},
		"from the Internet only": {true, reads(objects), document(statement(etl, read, objects)),
			document(delegation, strings.Replace(statement("*", "s3:*", "arn:aws:s3:::acme arn:aws:s3:::acme/*", `{"StringEquals":{"s3:AccessPointNetworkOrigin":"Internet"}}`), "Allow", "Deny", 1)),
			"AccessDenied", "", "AccessDenied"},

		"a role of the owner, named there, and delegated":         {false, "", document(statement(share, read, objects)), document(delegation), "", "", "AccessDenied"},
		"a role of the owner, named there, not delegated":         {false, "", document(statement(share, read, objects)), "", "AccessDenied", `on resource: "` + point + `/object/k" because no identity-based policy allows the s3:GetObject action`, "AccessDenied"},
		"a role of the owner that names both":                     {false, reads(objects + " " + bucketObjects), "", "", "", "", ""},
		"a role of the owner that names the bucket":               {false, reads(bucketObjects), "", "", "AccessDenied", "", ""},
		"a role of the owner that names the point":                {false, reads(objects), "", "", "AccessDenied", "", "AccessDenied"},
		"a role of the owner that names the point, and delegated": {false, reads(objects), "", document(delegation), "", "", "AccessDenied"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			inside, outside := test.identity, ""
			if test.outside {
				inside, outside = "", test.identity
			}
			caller, other := w.session(w.owner, "share", inside), w.session(w.consumer, "etl", outside)
			if test.outside {
				caller = other
			}
			alias := w.point(test.point)
			w.setPolicy(test.bucket)
			body, err := get(t, w.byARN(caller), point, "k")
			mustBe(t, err, test.code, test.words)
			if err == nil && body != "hello" {
				t.Errorf("read %q", body)
			}
			_, err = get(t, w.byName(caller), alias, "k")
			mustBe(t, err, test.code, test.words)
			_, err = get(t, w.byName(caller), "acme", "k")
			mustBe(t, err, test.directly, "")
		})
	}
}

// What else goes through, and what does not.
func TestCallsThroughAnAccessPoint(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	caller := w.session(w.consumer, "etl", document(statement("", "s3:*", "*")))
	w.point(document(
		statement(etl, "s3:ListBucket", point, `{"StringLike":{"s3:prefix":"in/*"}}`), statement(etl, "s3:GetObject s3:PutObject s3:DeleteObject", point+"/object/in/*"),
	))
	w.setPolicy(document(delegation))
	c, bucket := w.byARN(caller), aws.String(point)
	put := func(key string) error {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String(key), Body: bytes.NewReader([]byte("x"))})
		return err
	}
	mustBe(t, put("in/a"), "", "")
	mustBe(t, put("out/a"), "AccessDenied", "")
	copying := func(from, to string) error {
		_, err := c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: bucket, Key: aws.String(to), CopySource: aws.String(from)})
		return err
	}
	mustBe(t, copying(point+"/object/in/a", "in/b"), "", "")
	mustBe(t, copying(point+"/object/k", "in/c"), "AccessDenied", "")
	mustBe(t, copying("acme/in/a", "in/c"), "AccessDenied", "")
	listing := func(prefix string) (int32, error) {
		out, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket, Prefix: aws.String(prefix)})
		if err != nil {
			return 0, err
		}
		return aws.ToInt32(out.KeyCount), nil
	}
	n, err := listing("in/")
	mustBe(t, err, "", "")
	if n != 2 {
		t.Errorf("%d keys", n)
	}
	_, err = listing("")
	mustBe(t, err, "AccessDenied", "")
	_, err = c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: aws.String("in/b")})
	mustBe(t, err, "", "")
	_, err = c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: aws.String("k")})
	mustBe(t, err, "AccessDenied", "")
	_, err = w.byARN(w.owner.AdminKey()).GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: bucket})
	mustBe(t, err, "MethodNotAllowed", "")
	_, err = get(t, c, "arn:aws:s3:us-east-1:111111111111:accesspoint/none", "in/a")
	mustBe(t, err, "NoSuchAccessPoint", "")
	_, err = get(t, w.byName(caller), "none-s3alias", "in/a")
	mustBe(t, err, "NoSuchAccessPoint", "")
}

// An access point of a VPC is closed to calls from elsewhere, also to those whom its policy names.
func TestAccessPointOfAVPC(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	caller := w.session(w.owner, "share", document(statement("", "s3:*", "*")))
	control := w.control(w.owner.AdminKey())
	_, err := control.CreateAccessPoint(ctx, &s3control.CreateAccessPointInput{
		AccountId: aws.String(ownerID), Name: aws.String("reports"), Bucket: aws.String("acme"), VpcConfiguration: &types.VpcConfiguration{VpcId: aws.String("vpc-1")},
	})
	mustBe(t, err, "", "")
	mustBe(t, putPolicy(t, control, document(statement("*", "s3:GetObject", point+"/object/*"))), "", "")
	status, err := control.GetAccessPointPolicyStatus(ctx, &s3control.GetAccessPointPolicyStatusInput{AccountId: aws.String(ownerID), Name: aws.String("reports")})
	mustBe(t, err, "", "")
	if status.PolicyStatus.IsPublic {
		t.Error("an access point of a VPC is public")
	}
	_, err = get(t, w.byARN(caller), point, "k")
	mustBe(t, err, "AccessDenied", "")
	w.sim.SetNetwork(caller, awssim.Network{SourceVPC: "vpc-2", SourceVPCE: "vpce-2"})
	_, err = get(t, w.byARN(caller), point, "k")
	mustBe(t, err, "AccessDenied", "")
	w.sim.SetNetwork(caller, awssim.Network{SourceVPC: "vpc-1", SourceVPCE: "vpce-1"})
	_, err = get(t, w.byARN(caller), point, "k")
	mustBe(t, err, "", "")
}

// Block Public Access of the account counts for its buckets and access points; the bucket's counts for access points.
func TestBlockPublicAccess(t *testing.T) {
	t.Parallel()
	block := func(t *testing.T, w *world, c *types.PublicAccessBlockConfiguration) {
		t.Helper()
		_, err := w.control(w.owner.AdminKey()).PutPublicAccessBlock(t.Context(), &s3control.PutPublicAccessBlockInput{
			AccountId: aws.String(ownerID), PublicAccessBlockConfiguration: c,
		})
		mustBe(t, err, "", "")
	}
	everybody := document(statement("*", "s3:GetObject", point+"/object/*"))
	someone := document(statement(etl, "s3:GetObject", point+"/object/*"))
	open := document(statement("*", "s3:GetObject", "arn:aws:s3:::acme/*"))
	t.Run("policies", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.session(w.consumer, "etl", "")
		w.point("")
		admin, bucket := w.control(w.owner.AdminKey()), w.byName(w.owner.AdminKey())
		public := func() error {
			_, err := bucket.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String("acme"), Policy: aws.String(open)})
			return err
		}
		mustBe(t, putPolicy(t, admin, everybody), "", "")
		mustBe(t, public(), "", "")
		block(t, w, &types.PublicAccessBlockConfiguration{BlockPublicPolicy: aws.Bool(true)})
		mustBe(t, putPolicy(t, admin, everybody), "AccessDenied", "public policies are blocked by the BlockPublicPolicy")
		mustBe(t, putPolicy(t, admin, someone), "", "")
		mustBe(t, public(), "AccessDenied", "public policies are blocked by the BlockPublicPolicy")
		_, err := admin.DeletePublicAccessBlock(t.Context(), &s3control.DeletePublicAccessBlockInput{AccountId: aws.String(ownerID)})
		mustBe(t, err, "", "")
		mustBe(t, public(), "", "")
	})
	t.Run("calls", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		caller := w.session(w.consumer, "etl", document(statement("", "s3:GetObject", "*")))
		w.point(everybody)
		w.setPolicy(document(delegation))
		_, err := get(t, w.byARN(caller), point, "k")
		mustBe(t, err, "", "")
		block(t, w, &types.PublicAccessBlockConfiguration{RestrictPublicBuckets: aws.Bool(true)})
		_, err = get(t, w.byARN(caller), point, "k")
		mustBe(t, err, "AccessDenied", "")
		mustBe(t, putPolicy(t, w.control(w.owner.AdminKey()), someone), "", "")
		_, err = get(t, w.byARN(caller), point, "k")
		mustBe(t, err, "", "")
		w.setPolicy(open)
		_, err = get(t, w.byName(caller), "acme", "k")
		mustBe(t, err, "AccessDenied", "")
	})
	t.Run("absent", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		get := &s3control.GetPublicAccessBlockInput{AccountId: aws.String(ownerID)}
		_, err := w.control(w.owner.AdminKey()).GetPublicAccessBlock(t.Context(), get)
		mustBe(t, err, "NoSuchPublicAccessBlockConfiguration", "")
		block(t, w, &types.PublicAccessBlockConfiguration{IgnorePublicAcls: aws.Bool(true)})
		out, err := w.control(w.owner.AdminKey()).GetPublicAccessBlock(t.Context(), get)
		mustBe(t, err, "", "")
		if c := out.PublicAccessBlockConfiguration; !aws.ToBool(c.IgnorePublicAcls) || aws.ToBool(c.RestrictPublicBuckets) {
			t.Errorf("the block is %+v", c)
		}
		_, err = w.control(w.session(w.owner, "share", "")).GetPublicAccessBlock(t.Context(), get)
		mustBe(t, err, "AccessDenied", "s3:GetAccountPublicAccessBlock")
		_, err = w.control(w.consumer.AdminKey()).GetPublicAccessBlock(t.Context(), get)
		mustBe(t, err, "AccessDenied", "")
	})
}

// A bucket cannot be deleted while it has access points.
func TestDeletingABucketWithAccessPoints(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	w.point("")
	s3Client, control := w.byName(w.owner.AdminKey()), w.control(w.owner.AdminKey())
	_, err := s3Client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String("acme"), Key: aws.String("k")})
	mustBe(t, err, "", "")
	remove := func() error {
		_, err := s3Client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: aws.String("acme")})
		return err
	}
	mustBe(t, remove(), "BucketHasAccessPointsAttached", "")
	_, err = control.DeleteAccessPoint(ctx, &s3control.DeleteAccessPointInput{AccountId: aws.String(ownerID), Name: aws.String("reports")})
	mustBe(t, err, "", "")
	mustBe(t, remove(), "", "")
}
