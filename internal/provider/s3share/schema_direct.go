package s3share

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// kmsAccessAttribute tells how keys let the consumer of a direct share in.
func kmsAccessAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, Validators: []validator.String{parsing("a way to let the consumer use keys", share.ParseKMSAccess)},
		MarkdownDescription: "With `via = \"direct\"`: how the keys in `kms_key_arns` let the consumer's principals in. `key_policy` (default) keeps one " +
			"statement in the policy of each key, found by its Sid, for calls through S3 and for the share's objects alone; everybody else's " +
			"statements stay as they are. `grant` makes a grant of each key for each principal: it leaves the key policy alone, but a grant " +
			"cannot be limited to S3, to prefixes or to a time, so it holds for whatever the key encrypts. `none` leaves keys alone: whoever owns " +
			"them lets the consumer in. AWS managed keys (`aws/s3`) let no other account in, which is an error of the plan. The default is null with " +
			"other ways than `direct`.",
	}
}
