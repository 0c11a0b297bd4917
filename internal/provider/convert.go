package provider

// This file turns the provider block, all values known, into connections.

import (
	"context"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/provider/s3share"
)

// objectOptions reads objects as they are: none that is null or unknown gets here.
var objectOptions = basetypes.ObjectAsOptions{}

// place is where the arguments of one connection stand in the provider block.
type place struct {
	side awsapi.Side
	// under is the object that has the arguments; nil at the top.
	under []string
}

var (
	ownerPlace    = place{side: awsapi.OwnerSide}
	consumerPlace = place{side: awsapi.ConsumerSide, under: []string{"consumer"}}
)

func (p place) path(steps ...string) path.Path {
	at := path.Empty()
	for _, step := range slices.Concat(p.under, steps) {
		at = at.AtName(step)
	}
	return at
}

// connection reads the arguments of one account.
func (m connectionModel) connection(ctx context.Context, at place) (awsapi.Connection, diag.Diagnostics) {
	c := awsapi.Connection{
		Side:   at.side,
		Region: m.Region.ValueString(), Profile: m.Profile.ValueString(),
		Keys: awsapi.Keys{
			AccessKey: m.AccessKey.ValueString(), SecretKey: awsapi.Secret(m.SecretKey.ValueString()),
			Token: awsapi.Secret(m.Token.ValueString()),
		},
		SharedConfigFiles: texts(m.SharedConfigFiles.Elements()), SharedCredentialsFiles: texts(m.SharedCredentialsFiles.Elements()),
		AllowedAccountIDs: texts(m.AllowedAccountIDs.Elements()), ForbiddenAccountIDs: texts(m.ForbiddenAccountIDs.Elements()),
		S3UsePathStyle: m.S3UsePathStyle.ValueBool(), Insecure: m.Insecure.ValueBool(),
		UseFIPSEndpoint: m.UseFIPSEndpoint.ValueBoolPointer(), UseDualStackEndpoint: m.UseDualStackEndpoint.ValueBoolPointer(),
		RetryMode:      awsapi.RetryMode(m.RetryMode.ValueString()),
		CustomCABundle: m.CustomCABundle.ValueString(), HTTPProxy: m.HTTPProxy.ValueString(),
	}
	if !m.MaxRetries.IsNull() {
		retries := int(m.MaxRetries.ValueInt64())
		c.MaxRetries = &retries
	}
	diags := m.endpoints(ctx, &c)
	diags.Append(m.roles(ctx, at, &c)...)
	return c, diags
}

func (m connectionModel) endpoints(ctx context.Context, c *awsapi.Connection) diag.Diagnostics {
	var given endpointsModel
	diags := m.Endpoints.As(ctx, &given, basetypes.ObjectAsOptions{UnhandledNullAsEmpty: true})
	c.Endpoints = awsapi.Endpoints{
		IAM: given.IAM.ValueString(), S3: given.S3.ValueString(), S3Control: given.S3Control.ValueString(),
		STS: given.STS.ValueString(), KMS: given.KMS.ValueString(), AccessAnalyzer: given.Analyzer.ValueString(),
	}
	return diags
}

// roles reads what is assumed on the way.
func (m connectionModel) roles(ctx context.Context, at place, c *awsapi.Connection) diag.Diagnostics {
	var diags diag.Diagnostics
	c.AssumeRoles, diags = readRoleChain(at.path("assume_role"), m.AssumeRole)
	if m.AssumeRoleWithWebIdentity.IsNull() {
		return diags
	}
	var given webIdentityModel
	diags.Append(m.AssumeRoleWithWebIdentity.As(ctx, &given, objectOptions)...)
	var duration time.Duration
	if text := given.Duration.ValueString(); text != "" {
		var err error
		if duration, err = awsapi.ParseDuration(text); err != nil {
			diags.AddAttributeError(at.path("assume_role_with_web_identity", "duration"), "Not a duration", s3share.Sentence(err))
		}
	}
	c.WebIdentity = &awsapi.WebIdentity{
		RoleARN: given.RoleARN.ValueString(), SessionName: given.SessionName.ValueString(), Duration: duration,
		Policy: given.Policy.ValueString(), Token: awsapi.Secret(given.Token.ValueString()), TokenFile: given.TokenFile.ValueString(),
	}
	return diags
}

// texts gives the strings of a list or set; sets come in one order, so that messages do.
func texts(elements []attr.Value) []string {
	var found []string
	for _, element := range elements {
		if text, ok := element.(types.String); ok {
			found = append(found, text.ValueString())
		}
	}
	return found
}
