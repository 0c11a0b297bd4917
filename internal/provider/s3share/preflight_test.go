package s3share

import "testing"

func TestGroundOfARefusal(t *testing.T) {
	t.Parallel()
	const who = "User: arn:aws:iam::111111111111:user/terraform is not authorized to perform: s3:GetBucketPolicyStatus on resource: \"arn:aws:s3:::acme-data\""
	for words, want := range map[string]string{
		who + " because no identity-based policy allows the s3:GetBucketPolicyStatus action": " because no identity-based policy allows the s3:GetBucketPolicyStatus action",
		who + " with an explicit deny in a resource-based policy":                            " with an explicit deny in a resource-based policy",
		who:                           " (" + who + ")",
		"Access Denied":               " (Access Denied)",
		"It fails because of the net": " (It fails because of the net)",
	} {
		if got := ground(words); got != want {
			t.Errorf("of %q it keeps %q, want %q", words, got, want)
		}
	}
}
