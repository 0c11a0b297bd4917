package s3sim_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
)

func TestObjectsOfAnotherAccount(t *testing.T) {
	t.Parallel()
	for _, ownership := range []s3sim.Ownership{s3sim.ObjectWriter, s3sim.BucketOwnerEnforced, s3sim.BucketOwnerPreferred} {
		for _, acl := range []types.ObjectCannedACL{"", types.ObjectCannedACLBucketOwnerFullControl} {
			t.Run(string(ownership)+" "+string(acl), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				b := w.bucket(s3sim.BucketOptions{Ownership: ownership})
				writer := w.session(w.consumer, "etl", allow("s3:*", "*"))
				w.setPolicy(b, bucketPolicy(
					statement(etl, "s3:PutObject s3:PutObjectAcl", objects),
					statement(rootOf(w.owner)+" "+rootOf(w.consumer), "s3:GetObject", objects)))
				_, err := writer.PutObject(context.Background(), &s3.PutObjectInput{Bucket: aws.String("acme"), Key: aws.String("k"), ACL: acl})
				mustBe(t, err, "", "")
				theirs := ownership == s3sim.ObjectWriter || ownership == s3sim.BucketOwnerPreferred && acl == ""
				code := ""
				if theirs && acl == "" {
					code = "AccessDenied"
				}
				_, err = get(w.session(w.owner, "reader", allow("s3:GetObject", objects)), "k")
				mustBe(t, err, code, "")
				_, err = get(writer, "k")
				mustBe(t, err, "", "")
				b.PutObject("own", "x", nil)
				_, err = get(w.session(w.owner, "reader2", allow("s3:GetObject", objects)), "own")
				mustBe(t, err, "", "")
			})
		}
	}
}

func TestTheBucketPolicyOpensNoForeignObject(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.bucket(s3sim.BucketOptions{Ownership: s3sim.ObjectWriter})
	writer := w.session(w.owner, "in", allow("s3:*", "*"))
	foreign := w.session(w.consumer, "etl", allow("s3:*", "*"))
	third := w.sim.AddAccount("333333333333")
	reader := w.session(third, "r", allow("s3:GetObject", "*"))
	w.setPolicy(b, bucketPolicy(statement(etl, "s3:PutObject", objects), statement(rootOf(third), "s3:GetObject", objects)))
	mustBe(t, put(writer, "own", "x"), "", "")
	mustBe(t, put(foreign, "foreign", "x"), "", "")
	_, err := get(reader, "own")
	mustBe(t, err, "", "")
	_, err = get(reader, "foreign")
	mustBe(t, err, "AccessDenied", "")
}

func TestACLsWhereTheBucketOwnerOwnsEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bucket(s3sim.BucketOptions{})
	admin := w.admin(w.owner)
	for acl, code := range map[types.ObjectCannedACL]string{
		"bucket-owner-full-control": "", "private": "AccessControlListNotSupported", "public-read": "AccessControlListNotSupported",
	} {
		_, err := admin.PutObject(context.Background(), &s3.PutObjectInput{Bucket: aws.String("acme"), Key: aws.String("k"), ACL: acl})
		mustBe(t, err, code, "")
	}
	_, err := w.session(w.owner, "w", allow("s3:PutObject", objects)).PutObject(context.Background(), &s3.PutObjectInput{
		Bucket: aws.String("acme"), Key: aws.String("k"), ACL: "bucket-owner-full-control",
	})
	mustBe(t, err, "AccessDenied", "s3:PutObjectAcl")
}
