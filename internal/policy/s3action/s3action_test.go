package s3action_test

import (
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/s3action"
)

func TestActionsAreKnown(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		name, resource string
		takes, lacks   string
	}{
		"reading":          {"s3:GetObject", s3action.Object, "existingobjecttag/owner", "prefix"},
		"writing":          {"S3:putobject", s3action.Object, "x-amz-server-side-encryption", "existingobjecttag/owner"},
		"listing":          {"s3:ListBucket", s3action.Bucket, "Prefix", "x-amz-acl"},
		"listing uploads":  {"s3:ListBucketMultipartUploads", s3action.Bucket, "resourceaccount", "prefix"},
		"listing accounts": {"s3:ListAllMyBuckets", s3action.Other, "tlsversion", "delimiter"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			action, known := s3action.Named(test.name)
			if !known || action.Resource != test.resource || !action.Takes(test.takes) || action.Takes(test.lacks) {
				t.Errorf("%s is known: %v, as %+v", test.name, known, action)
			}
		})
	}
	if _, known := s3action.Named("s3:GetObjct"); known {
		t.Error("a misspelled action is known")
	}
	if found := s3action.Matching("s3:getobjecttag*"); len(found) != 1 || found[0].Name != "s3:GetObjectTagging" {
		t.Errorf("the wildcard stands for %v", found)
	}
	if found := s3action.Matching("*"); len(found) != len(s3action.All()) {
		t.Errorf("* stands for %d actions", len(found))
	}
}
