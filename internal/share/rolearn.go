package share

import (
	"fmt"
	"slices"
	"strings"
)

var roleARNPattern = newPattern(`^arn:[a-z0-9-]+:iam::([0-9]{12}):role/([\x21-\x7E]+/)?([\w+=,.@-]{1,64})$`)

// ParseRoleARN splits the ARN of a share's role into its account and the name of the share.
func ParseRoleARN(text string) (account string, name Name, err error) {
	match := roleARNPattern.FindStringSubmatch(text)
	if match == nil {
		return "", "", fmt.Errorf("%q is not the ARN of a role, arn:aws:iam::<account ID>:role/<path>/<name>", text)
	}
	return match[1], Name(match[3]), nil
}

// BucketOf finds the bucket that a role gives access to, for an import by the role alone: the one that the provider
// noted on a role of its own, else the only one that the role's policies name. The error lists several.
func BucketOf(observed Observed) (Bucket, error) {
	if noted := observed.Role.Settings.Tags[OwnershipTag]; noted != "" {
		return ParseBucket(noted)
	}
	var buckets []string
	for _, given := range slices.Concat(observed.Inline, observed.AttachedDocuments) {
		for _, statement := range given.Document.Statements() {
			for _, resource := range statement.Resource {
				buckets = append(buckets, bucketIn(resource)...)
			}
		}
	}
	slices.Sort(buckets)
	buckets = slices.Compact(buckets)
	if len(buckets) != 1 {
		return "", fmt.Errorf("the policies of role %s name %d buckets (%s): say which one is shared and import <bucket>/<name>",
			observed.Role.ARN, len(buckets), strings.Join(buckets, ", "))
	}
	return ParseBucket(buckets[0])
}

// bucketIn gives the bucket that an S3 ARN names whole; none for patterns of buckets.
func bucketIn(resource string) []string {
	fields := strings.SplitN(resource, ":", 6)
	if len(fields) != 6 || fields[2] != "s3" || fields[4] != "" {
		return nil
	}
	bucket, _, _ := strings.Cut(fields[5], "/")
	if _, err := ParseBucket(bucket); err != nil {
		return nil
	}
	return []string{bucket}
}
