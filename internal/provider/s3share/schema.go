package s3share

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// resourceSchema is all that users write and read of a share.
func resourceSchema(ctx context.Context) schema.Schema {
	attributes := computedAttributes()
	maps.Copy(attributes, argumentAttributes())
	maps.Copy(attributes, externalIDAttributes())
	attributes["kms_access"] = kmsAccessAttribute()
	attributes["consumer"] = consumerAttribute()
	attributes["perimeter"] = perimeterAttribute()
	attributes["timeouts"] = timeouts.Attributes(ctx, timeouts.Opts{Create: true, Read: true, Update: true, Delete: true})
	return schema.Schema{
		MarkdownDescription: "Shares part of an S3 bucket with another AWS account: the IAM role with external-ID trust, " +
			"its permissions policy, the statements inside the bucket policy and the consumer's policy, as one thing.\n\n" +
			"Only the share's own statements of the bucket policy are managed, found by their Sid; everybody else's stay as they are.",
		Attributes: attributes,
	}
}

func argumentAttributes() map[string]schema.Attribute {
	replaces := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	return map[string]schema.Attribute{
		"name": schema.StringAttribute{
			Required: true, PlanModifiers: replaces,
			Validators: []validator.String{parsing("a role name", share.ParseName)},
			MarkdownDescription: "Name of the share and of its role, 1 to 64 letters, digits and `_+=,.@-`. IAM compares role names " +
				"without case, whatever their path. The Sid of the bucket statements is derived from it. Changing it makes a new share.",
		},
		"bucket": schema.StringAttribute{
			Required: true, PlanModifiers: replaces,
			Validators:          []validator.String{parsing("a bucket name", share.ParseBucket)},
			MarkdownDescription: "Name of the bucket, which the owner account must own. Changing it makes a new share.",
		},
		"access": schema.SetAttribute{
			ElementType: types.StringType, Optional: true, Computed: true,
			Default: setdefault.StaticValue(types.SetValueMust(types.StringType, []attr.Value{types.StringValue(string(share.Read))})),
			Validators: []validator.Set{
				notEmpty{"A share gives at least one kind of access. Leave access out to mean [\"read\"], or remove the share."},
				elements{parsing("a kind of access", share.ParseWord)},
			},
			MarkdownDescription: "What the consumer may do, each word the least set of actions that makes it work: `read` (GetObject), " +
				"`list` (ListBucket), `read_versions` (GetObjectVersion, ListBucketVersions), `write` (PutObject and multipart uploads), " +
				"`tag` (read, write and delete object tags), `delete` (DeleteObject). Default `[\"read\"]`. " +
				"Without `list`, S3 answers 403 instead of 404 for a key that does not exist.",
		},
		"prefixes": schema.SetAttribute{
			ElementType: types.StringType, Optional: true,
			Validators: []validator.Set{
				notEmpty{"Leave prefixes out to share the whole bucket: an empty set could mean all of it or nothing."},
				elements{parsing("a prefix", share.ParsePrefix)}, apart{},
			},
			MarkdownDescription: "Key prefixes that limit objects and listing alike, taken literally: `reports/` covers everything below it, " +
				"`reports` also covers `reports-old/`. No leading slash, no wildcards, none that covers another. Default: the whole bucket.",
		},
		"bucket_policy_mode": schema.StringAttribute{
			Optional: true, Computed: true, Default: stringdefault.StaticString(string(share.OwnStatements)),
			Validators: []validator.String{oneOf(string(share.OwnStatements), string(share.Delegated), string(share.OutputOnly))},
			MarkdownDescription: "`statement` (default) keeps the share's statements inside the bucket policy, about 300 bytes for each, of the 20 KB " +
				"that S3 allows: one for objects, one for listing. `delegated` keeps one pair of statements there for all shares on the bucket whose roles are under the same `path`, " +
				"so that their number is not limited by the bucket policy: it lets the owner's IAM policies decide what those roles may do, and " +
				"each role's own policy does. The pair goes with the last share (the provider then needs `iam:ListRoles`). `output_only` " +
				"never touches the bucket policy: hand `bucket_policy_statements` to whoever owns the document.",
		},
		"via": schema.StringAttribute{
			Optional: true, Computed: true, Default: stringdefault.StaticString(string(share.ViaRole)),
			Validators: []validator.String{oneOf(string(share.ViaRole), string(share.ViaAccessPoint), string(share.ViaDirect))},
			MarkdownDescription: "How the consumer reaches the bucket: `role` (default), by assuming a role in the owner account; `access_point`, by " +
				"assuming the role and naming `access_point_arn` or `access_point_alias` in place of the bucket, which keeps the bucket policy " +
				"the same size for any number of shares; `direct`, with its own credentials: the bucket policy lets the consumer's principals " +
				"themselves in, and `consumer_policy` allows them the calls to S3 in place of AssumeRole. A direct share has no external ID, no " +
				"sessions to revoke, and objects that the consumer writes may belong to the consumer's account. It can be changed in place, with " +
				"one way open at each moment. Between `role` and `access_point` the name changes that calls must use: the old one works until " +
				"the apply that changes it has done everything else.",
		},
		"exclusive": schema.BoolAttribute{
			Optional: true, Computed: true, Default: booldefault.StaticBool(true),
			MarkdownDescription: "Whether what somebody else gives to the share's role alone is drift, named in the plan and removed by the next " +
				"apply: inline and managed policies on the role, and statements of the bucket policy that let nobody in but the role. " +
				"Default `true`; `false` leaves them and warns.",
		},
		"enforce_verdict": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "`true` makes it an error of the plan when something that the share promises will not work, because the bucket " +
				"policy, the permissions boundary, the policy of a KMS key or Block Public Access refuses it for sure; nothing is written then. Default `false`: such findings are warnings. See `verdict`.",
		},
		"access_analyzer": analyzerAttribute(),
		"verify": schema.BoolAttribute{
			Optional: true, Computed: true, Default: booldefault.StaticBool(false),
			MarkdownDescription: "Whether create and each update then try the share with the credentials of the provider's `consumer`, who must be " +
				"among those whom the share lets in: AssumeRole with the external ID must succeed, without it must be refused, one object " +
				"of the share must be readable and one outside must not be, nor anything that `access` does not give. With `via = \"access_point\"`, calls " +
				"go through the access point, and those by the bucket's name must be refused. With `via = \"direct\"`, nothing is assumed: these " +
				"credentials call S3 themselves, and need `consumer_policy`. What is too young to work is waited for, a minute at most for each trial. If a " +
				"trial fails, the apply fails and says what is left as a cause; the state keeps the share with `verify = false`, so that the next " +
				"apply verifies again. What cannot be tried (there is no such object, or the owner may not list the bucket) is a warning. " +
				"Nothing is written or changed by it. Default `false`.",
		},
		"kms_key_arns": schema.SetAttribute{
			ElementType: types.StringType, Optional: true, Computed: true,
			Validators: []validator.Set{elements{parsing("the ARN of a KMS key", share.ParseKeyARN)}},
			MarkdownDescription: "ARNs of the KMS keys that the role (with `via = \"direct\"`, the consumer, see `kms_access`) may use through S3 for the share's objects: to decrypt with `read` and " +
				"`read_versions`, to encrypt with `write`. Default: the bucket's default key when the share is made, none where the bucket is " +
				"not encrypted with a customer managed key. Give all of them when older objects have other keys; `[]` for none. The key's own " +
				"policy must allow IAM policies of its account (or the role), as the default key policy does.",
		},
		"expires_at": schema.StringAttribute{
			Optional: true, Validators: []validator.String{parsing("a time", share.ParseExpiry)},
			MarkdownDescription: "Time of RFC 3339 after which IAM and S3 themselves refuse everything, without an apply, live sessions included.",
		},
		"max_session_duration": schema.Int64Attribute{
			Optional: true, Computed: true, Default: int64default.StaticInt64(int64(share.DefaultMaxSessionDuration.Seconds())),
			Validators: []validator.Int64{counting("a session duration", share.ParseSessionDuration)},
			MarkdownDescription: "Longest session in seconds, 3600 (default) to 43200. A caller that is itself a role session (SSO, Lambda, EC2) " +
				"gets one hour at most, whatever this says.",
		},
		"permissions_boundary": schema.StringAttribute{
			Optional: true, Validators: []validator.String{parsing("the ARN of a managed policy", share.ParseBoundary)},
			MarkdownDescription: "ARN of the managed policy that is the role's permissions boundary. It must allow the share's S3 actions, too.",
		},
		"path": schema.StringAttribute{
			Optional: true, Computed: true, Validators: []validator.String{parsing("an IAM path", share.ParsePath)},
			PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplaceIfConfigured()},
			MarkdownDescription: "IAM path of the role. Default: the provider's `role_path` when the share is made. AWS cannot change a path, " +
				"so changing it makes a new role.",
		},
		"description": schema.StringAttribute{
			Optional: true, Validators: []validator.String{parsing("a description", share.ParseDescription)},
			MarkdownDescription: "Description of the role, at most 1000 characters of Latin-1.",
		},
		"tags": schema.MapAttribute{
			ElementType: types.StringType, Optional: true, Validators: []validator.Map{validTags{}},
			MarkdownDescription: "Tags of the role, beside the provider's `default_tags`; on the same key these win.",
		},
	}
}

func consumerAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Required:            true,
		MarkdownDescription: "The account that the bucket is shared with.",
		Attributes: map[string]schema.Attribute{
			"account_id": schema.StringAttribute{
				Required: true, Validators: []validator.String{parsing("an account ID", share.ParseAccountID)},
				MarkdownDescription: "ID of the consumer account, 12 digits. It must differ from the owner account.",
			},
			"principals": schema.SetAttribute{
				ElementType: types.StringType, Optional: true,
				Validators: []validator.Set{
					notEmpty{"Leave principals out to mean the whole consumer account: an empty set could mean all of it or nobody."},
					elements{parsing("a principal", share.ParsePrincipal)},
				},
				MarkdownDescription: "ARNs of the roles and users that may assume the role (with `via = \"direct\"`, that the bucket policy lets in), path included; `*` and `?` are allowed in the name " +
					"(a `*` also matches further path segments). Default: whoever the consumer account itself allows.",
			},
			"attach_to_roles": schema.SetAttribute{
				ElementType: types.StringType, Optional: true,
				Validators: []validator.Set{
					notEmpty{"Leave attach_to_roles out when the consumer policy is attached to no role."},
					elements{parsing("a role name", share.ParseName)},
				},
				MarkdownDescription: "Names of roles in the consumer account that get `consumer_policy` as an inline policy. " +
					"The provider needs credentials of the consumer account for it (block `consumer`).",
			},
			"pin_principals": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "`false` (default) trusts the account, narrowed by `aws:PrincipalArn`: a principal may be made later, and one " +
					"made again under its name keeps access. `true` names the principals themselves, which IAM binds to their unique IDs: " +
					"they must exist, and one made again is refused.",
			},
		},
	}
}

func perimeterAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "Extra conditions, each put where it can take effect.",
		Attributes: map[string]schema.Attribute{
			"principal_org_id": schema.StringAttribute{
				Optional: true, Validators: []validator.String{parsing("the ID of an organization", share.ParseOrgID)},
				MarkdownDescription: "Organization of AWS Organizations that the caller of AssumeRole must belong to (trust policy only: on the bucket " +
					"the principal is the owner's role). With `via = \"direct\"` it is the caller of S3, in the bucket policy.",
			},
			"source_ips": schema.SetAttribute{
				ElementType: types.StringType, Optional: true,
				Validators: []validator.Set{
					notEmpty{"Leave source_ips out to allow every address."}, elements{parsing("an address or range", share.ParseSourceIP)},
				},
				MarkdownDescription: "IP addresses and CIDR ranges that AssumeRole and S3 calls must come from.",
			},
			"source_vpce_ids": schema.SetAttribute{
				ElementType: types.StringType, Optional: true,
				Validators: []validator.Set{
					notEmpty{"Leave source_vpce_ids out to allow every way in."}, elements{parsing("the ID of a VPC endpoint", share.ParseVPCEndpointID)},
				},
				MarkdownDescription: "VPC endpoints that S3 calls must come through. With `source_ips` given too, either lets a call in, and " +
					"AssumeRole then accepts both (list the endpoint for STS as well).",
			},
		},
	}
}

// oneOf accepts the given words only.
func oneOf(words ...string) parses { return parses{"one of its values", oneOfCheck(words)} }

func identitySchema() identityschema.Schema {
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"account_id": identityschema.StringAttribute{OptionalForImport: true, Description: "ID of the account that owns the bucket."},
		"bucket":     identityschema.StringAttribute{RequiredForImport: true, Description: "Name of the bucket."},
		"name":       identityschema.StringAttribute{RequiredForImport: true, Description: "Name of the share."},
	}}
}
