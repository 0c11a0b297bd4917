package provider

// This file holds the arguments that reach one account.

import (
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

func credentialAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"region": schema.StringAttribute{
			Optional: true, Validators: []validator.String{parsing("a region", awsapi.ParseRegion)},
			MarkdownDescription: "Region in which STS and S3 are called first; a bucket elsewhere is found. Else `AWS_REGION`, " +
				"`AWS_DEFAULT_REGION` or the profile's `region`; else `us-east-1`. Other partitions than `aws` need it.",
		},
		"profile": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "Profile in the shared files. Else `AWS_PROFILE`. When given, it wins over keys in the environment.",
		},
		"access_key": schema.StringAttribute{
			Optional: true, Sensitive: true,
			MarkdownDescription: "Access key ID; needs `secret_key`. Else `AWS_ACCESS_KEY_ID`. Keys do not belong in files: prefer a profile or a role.",
		},
		"secret_key": schema.StringAttribute{
			Optional: true, Sensitive: true, MarkdownDescription: "Secret access key; needs `access_key`. Else `AWS_SECRET_ACCESS_KEY`.",
		},
		"token": schema.StringAttribute{
			Optional: true, Sensitive: true, MarkdownDescription: "Session token of temporary keys. Else `AWS_SESSION_TOKEN`.",
		},
		"shared_config_files": schema.ListAttribute{
			ElementType: types.StringType, Optional: true, MarkdownDescription: "Paths of shared config files. Else `AWS_CONFIG_FILE` or `~/.aws/config`.",
		},
		"shared_credentials_files": schema.ListAttribute{
			ElementType: types.StringType, Optional: true,
			MarkdownDescription: "Paths of shared credentials files. Else `AWS_SHARED_CREDENTIALS_FILE` or `~/.aws/credentials`.",
		},
		"assume_role": schema.DynamicAttribute{
			Optional: true, Sensitive: true, Validators: []validator.Dynamic{roleChain{}},
			MarkdownDescription: "Role to assume: one object, or a list of objects, each assumed with the credentials of the one before. " +
				"An object has `role_arn` (required), `external_id`, `session_name`, `duration` (for example `30m`; 15m to 12h, within a chain " +
				"1h), `policy` (session policy as JSON, which only narrows), `source_identity`, `tags` (map).",
		},
		"assume_role_with_web_identity": webIdentityAttribute(),
	}
}

func webIdentityAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "Role to assume with an OIDC token, as CI systems and Kubernetes give it. It comes before `assume_role` when both " +
			"are given.",
		Attributes: map[string]schema.Attribute{
			"role_arn": schema.StringAttribute{
				Optional: true, Validators: []validator.String{parsing("the ARN of a role", awsapi.ParseRoleARN)},
				MarkdownDescription: "ARN of the role. Else `AWS_ROLE_ARN`.",
			},
			"session_name": schema.StringAttribute{
				Optional: true, Validators: []validator.String{parsing("a session name", share.ParseSessionName)},
				MarkdownDescription: "Name of the session, seen in CloudTrail. Else `AWS_ROLE_SESSION_NAME`, else `terraform-provider-crossaccount`.",
			},
			"duration": schema.StringAttribute{
				Optional: true, Validators: []validator.String{parsing("a duration", awsapi.ParseDuration)},
				MarkdownDescription: "Length of the session, `15m` to `12h`. Default one hour.",
			},
			"policy": schema.StringAttribute{
				Optional: true, MarkdownDescription: "Session policy as JSON; it only narrows what the role may do.",
			},
			"web_identity_token": schema.StringAttribute{
				Optional: true, Sensitive: true, MarkdownDescription: "The token itself; it wins over the file.",
			},
			"web_identity_token_file": schema.StringAttribute{
				Optional: true, MarkdownDescription: "File with the token. Else `AWS_WEB_IDENTITY_TOKEN_FILE`.",
			},
		},
	}
}

func networkAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"endpoints": schema.SingleNestedAttribute{
			Optional: true,
			MarkdownDescription: "URLs to call instead of AWS's own. Else `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL` or the profile. " +
				"Plain http is accepted on the local machine only, unless `insecure` is set.",
			Attributes: map[string]schema.Attribute{
				"iam": endpoint("IAM"), "s3": endpoint("S3"), "s3control": endpoint("S3 Control"), "sts": endpoint("STS"), "kms": endpoint("KMS"),
				"accessanalyzer": endpoint("Access Analyzer"),
			},
		},
		"s3_use_path_style": schema.BoolAttribute{
			Optional: true, MarkdownDescription: "`true` puts the bucket's name into the path of S3 URLs instead of the host name. Default `false`.",
		},
		"use_fips_endpoint": schema.BoolAttribute{
			Optional: true, MarkdownDescription: "`true` calls endpoints with FIPS-validated cryptography. Else `AWS_USE_FIPS_ENDPOINT`.",
		},
		"use_dualstack_endpoint": schema.BoolAttribute{
			Optional: true, MarkdownDescription: "`true` calls endpoints that have IPv6, too. Else `AWS_USE_DUALSTACK_ENDPOINT`.",
		},
		"max_retries": schema.Int64Attribute{
			Optional: true, Validators: []validator.Int64{retries{}},
			MarkdownDescription: "How often a call is repeated when AWS throttles or the network fails. Else `AWS_MAX_ATTEMPTS` less one, else 9.",
		},
		"retry_mode": schema.StringAttribute{
			Optional: true, Validators: []validator.String{parsing("a retry mode", awsapi.ParseRetryMode)},
			MarkdownDescription: "`standard` or `adaptive`. Else `AWS_RETRY_MODE`, else `standard`.",
		},
		"custom_ca_bundle": schema.StringAttribute{
			Optional: true, MarkdownDescription: "PEM file with the certificates to trust. Else `AWS_CA_BUNDLE`.",
		},
		"http_proxy": schema.StringAttribute{
			Optional: true, Sensitive: true, Validators: []validator.String{parsing("the URL of a proxy", awsapi.ParseProxy)},
			MarkdownDescription: "Proxy for all calls but those to hosts in `NO_PROXY`. Else `HTTPS_PROXY` and `HTTP_PROXY`.",
		},
		"insecure": schema.BoolAttribute{
			Optional: true, MarkdownDescription: "`true` does not check certificates and allows plain http to any endpoint. For tests only. Default `false`.",
		},
	}
}

func endpoint(service string) schema.Attribute {
	return schema.StringAttribute{
		Optional: true, Validators: []validator.String{parsing("the URL of an endpoint", awsapi.ParseEndpoint)},
		MarkdownDescription: "URL of " + service + ".",
	}
}
