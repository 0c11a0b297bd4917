package s3share

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// computedAttributes are what the provider tells of a share.
func computedAttributes() map[string]schema.Attribute {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	sentences := func(description string) schema.Attribute {
		return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description}
	}
	const masked = " External IDs are shown as `(sensitive)`."
	return map[string]schema.Attribute{
		"id":                     text("`<bucket>/<name>`, which is also the import ID."),
		"owner_account_id":       text("ID of the account that owns the bucket."),
		"role_arn":               text("ARN of the role that the consumer assumes; known at plan."),
		"role_unique_id":         text("Unique ID of the role, `AROA…`."),
		"external_id_created_at": text("Time of RFC 3339 at which the provider wrote the external ID; for an imported share, the time of the import."),
		"external_id_previous": schema.StringAttribute{
			Computed: true, Sensitive: true,
			MarkdownDescription: "External ID before the last change, which stays accepted beside the new one until `external_id_previous_until`; " +
				"null when there is none.",
		},
		"sessions_revoked_before": text("Time of RFC 3339: sessions that were issued before it are refused, because of `revoke_sessions_before`, of " +
			"`revoke_on_change` or because somebody revoked them in the console. It only moves forward; null when no sessions were revoked."),
		"external_id_previous_until": text("Time of RFC 3339 until which the previous external ID stays accepted. The first plan after it says " +
			"that the ID will be dropped, and its apply drops it."),
		"trust_policy": text("Trust policy of the role as JSON: who may assume it. Known at plan; after somebody changed it by hand, " +
			"what is there." + masked),
		"permissions_policy":       text("Inline policy of the role as JSON: what the role may do. Known at plan."),
		"bucket_policy_statements": text("The share's statements of the bucket policy, as a JSON list. Known at plan."),
		"access_point_arn": text("With `via = \"access_point\"`: ARN of the share's access point, which the consumer names in place of the bucket. " +
			"Known at plan, unless the bucket is still to be made."),
		"access_point_alias":  text("With `via = \"access_point\"`: name that tools take in place of a bucket's name."),
		"access_point_policy": text("With `via = \"access_point\"`: policy of the access point as JSON. Known at plan."),
		"consumer_policy":     text("Policy as JSON that a role in the consumer account needs to assume the share's role. Known at plan."),
		"summary":             sentences("Who may do what, in sentences."),
		"drift":               sentences("How what exists differs from what is declared, a sentence for each part; empty when in sync."),
		"verdict": sentences("What will work and what will not, judged offline from all documents (of the share, the bucket policy, the permissions " +
			"boundary, the policies of KMS keys, Block Public Access): for each word of `access` and each prefix, and for AssumeRole itself. What " +
			"refuses is named with its statement; what may not be read is told as not known; what only a call can answer (addresses, endpoints, organization, headers …) " +
			"is told as a condition. After a change of the share it is known after apply; a plan tells what will not work as warnings."),
		"audit_event_pattern": text("EventBridge pattern as JSON that matches each AssumeRole on the share's role, for the `event_pattern` of a rule in the " +
			"owner account. Known at plan. A trail must log there; see the guide on auditing."),
		"audit_query": text("Query in the SQL of CloudTrail Lake that lists who assumed the role, when and from where. Known at plan. Put the ID of your " +
			"event data store in place of `" + share.AuditStore + "`; the guide on auditing has the same for Athena."),
		"tags_all": schema.MapAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "All tags of the role, those of the " +
			"provider's `default_tags` included, but not the provider's own, `crossaccount:…`."},
	}
}

func oneOfCheck(words []string) func(string) error {
	return func(text string) error {
		if slices.Contains(words, text) {
			return nil
		}
		if len(words) == 1 {
			return fmt.Errorf("%q is not known: the only value is %q", text, words[0])
		}
		return fmt.Errorf("%q is not known: use one of %s", text, strings.Join(words, ", "))
	}
}
