package s3share

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file is about shares without a role: which arguments mean nothing for them, and what a plan looks at.

// isDirect tells that the share has no role.
func (a attributes) isDirect() bool { return share.Via(a.Via.ValueString()) == share.ViaDirect }

// checkWay refuses arguments that mean nothing for the way to the bucket, so that nobody relies on them.
func checkWay(config model) (diags diag.Diagnostics) {
	if config.Via.IsUnknown() {
		return diags
	}
	if !config.isDirect() {
		if !config.KMSAccess.IsNull() {
			diags.AddAttributeError(path.Root("kms_access"), "kms_access is for direct shares",
				"The role of a share uses keys by its own permissions policy. Leave kms_access out, or set via = \"direct\".")
		}
		return diags
	}
	refuse := func(name string, value attr.Value, why string) {
		if !value.IsNull() {
			diags.AddAttributeError(path.Root(name), name+" has no meaning with via = \"direct\"", why+" Leave "+name+" out, or share by a role.")
		}
	}
	const nothingAssumed = "A direct share has no external ID: nobody assumes a role, and S3 calls carry none."
	refuse("external_id", config.ExternalID, nothingAssumed)
	refuse("external_id_version", config.ExternalIDVersion, nothingAssumed)
	refuse("external_id_rotation", config.ExternalIDRotation, nothingAssumed)
	refuse("external_id_wo", config.ExternalIDWO, nothingAssumed)
	const noSessions = "The consumer calls S3 with sessions of its own, which only the consumer can revoke. Narrowing or removing the share takes effect on them at once."
	refuse("revoke_sessions_before", config.RevokeSessionsBefore, noSessions)
	if config.RevokeOnChange.ValueBool() {
		refuse("revoke_on_change", config.RevokeOnChange, noSessions)
	}
	const noRole = "It is a property of the role, and a direct share has none."
	if config.MaxSessionDuration.ValueInt64() != int64(share.DefaultMaxSessionDuration.Seconds()) {
		refuse("max_session_duration", config.MaxSessionDuration, noRole)
	}
	refuse("permissions_boundary", config.PermissionsBoundary, noRole)
	refuse("description", config.Description, noRole)
	refuse("tags", config.Tags, noRole)
	if config.BucketPolicyMode.ValueString() == string(share.Delegated) {
		diags.AddAttributeError(path.Root("bucket_policy_mode"), "A direct share cannot be delegated",
			"bucket_policy_mode = \"delegated\" lets the policies of roles in the owner account decide, and a direct share has no role. "+
				"Use \"statement\" or \"output_only\".")
	}
	return diags
}

// planKMSAccess fills in how keys let the consumer in.
func (p *planning) planKMSAccess() {
	switch {
	case !p.config.KMSAccess.IsNull():
	case p.plan.Via.IsUnknown():
		p.plan.KMSAccess = types.StringUnknown()
	case p.plan.isDirect():
		p.plan.KMSAccess = types.StringValue(string(share.KeyPolicies))
	default:
		p.plan.KMSAccess = types.StringNull()
	}
}

// planNoExternalID takes away what a share with a role had.
func (p *planning) planNoExternalID() {
	p.fate = keepsID
	p.plan.ExternalID, p.plan.ExternalIDCreatedAt = types.StringNull(), types.StringNull()
	p.plan.ExternalIDPrevious, p.plan.ExternalIDPreviousUntil = types.StringNull(), types.StringNull()
}

// checkDirect looks at what keeps a direct share from working where a role would: who owns objects, and the keys. It asks
// only where the share is made or becomes direct, or what it is about changes.
func (p *planning) checkDirect(ctx context.Context, spec share.Spec) {
	if !spec.IsDirect() || p.data.Deferred || p.diagnostics.HasError() {
		return
	}
	had := p.stateOr()
	begins := p.state == nil || !p.plan.Via.Equal(had.Via)
	// Generated configurations name the path that a role would have: that asks for nothing.
	if at := p.config.Path; !at.IsNull() && at.ValueString() != p.data.RolePath && !at.Equal(had.Path) {
		p.diagnostics.AddAttributeError(path.Root("path"), `path has no meaning with via = "direct"`,
			"It is a property of the role, and a direct share has none. Leave path out, or share by a role.")
	}
	if begins || !p.plan.Access.Equal(had.Access) {
		p.checkOwnership(ctx, spec)
	}
	if begins || !p.plan.Access.Equal(had.Access) || !p.plan.KMSKeyARNs.Equal(had.KMSKeyARNs) || !p.plan.KMSAccess.Equal(had.KMSAccess) {
		p.checkKeyOfAWS(ctx, spec)
	}
	if spec.KMSAccess == share.KeyGrants && len(spec.KMSKeys) > 0 && (begins || !p.plan.KMSAccess.Equal(had.KMSAccess)) {
		p.diagnostics.AddAttributeWarning(path.Root("kms_access"), "Grants are wider than the share", fmt.Sprintf(
			"A grant of KMS takes no patterns and does not know S3: it lets %s use each key for whatever is encrypted with it and they can get hold of, also "+
				"outside the share's prefixes and after expires_at. kms_access = \"key_policy\" limits the keys to the share's objects.", spec.WhoCanAssume()))
	}
}

// checkOwnership warns of objects that will not belong to the owner of the bucket.
func (p *planning) checkOwnership(ctx context.Context, spec share.Spec) {
	if !spec.Gives(share.Write) {
		return
	}
	enforced, err := p.data.Shares.OwnerEnforced(ctx, spec)
	if enforced || err != nil && isBucketMissing(err) {
		return
	}
	why := fmt.Sprintf("Because object ownership of bucket %s is not BucketOwnerEnforced", spec.Bucket)
	if answer, ok := reconcile.AnswerOf(err); ok {
		why = fmt.Sprintf("Whether object ownership of bucket %s is BucketOwnerEnforced is not known (%s: %s). If it is not", spec.Bucket, answer.Call, answer.Words)
	}
	p.diagnostics.AddAttributeWarning(path.Root("access"), fmt.Sprintf("What the consumer writes into bucket %s may belong to account %s", spec.Bucket, spec.Consumer.AccountID),
		why+", whoever writes an object owns it: the bucket policy does not cover it, and the writer decides who may read it, account "+
			spec.Owner.ID+" included. Set BucketOwnerEnforced (aws_s3_bucket_ownership_controls), or share by a role, which writes as account "+spec.Owner.ID+".")
}

// checkKeyOfAWS refuses keys that let no other account in.
func (p *planning) checkKeyOfAWS(ctx context.Context, spec share.Spec) {
	if !spec.UsesKeys() {
		return
	}
	key, err := p.data.Shares.KeyOfAWS(ctx, spec)
	if err != nil {
		p.fail(failure{cannot: fmt.Sprintf("Share %s cannot be planned: nobody knows how bucket %s is encrypted", spec.ID(), spec.Bucket), spec: spec, err: err})
		return
	}
	if key == "" {
		return
	}
	told := fmt.Sprintf("Objects of bucket %s are encrypted with the AWS managed key %s. Its policy cannot be changed and lets in nobody outside account %s, "+
		"so that the consumer would be refused by KMS whatever the bucket policy says.", spec.Bucket, key, spec.Owner.ID)
	const instead = " Share by a role (via = \"role\"), or encrypt the bucket with a customer managed key."
	if spec.KMSAccess == share.NoKeyAccess {
		p.diagnostics.AddAttributeWarning(path.Root("kms_access"), "The consumer cannot use the bucket's key", told+instead)
		return
	}
	p.diagnostics.AddAttributeError(path.Root("via"), "An AWS managed key lets no other account in", told+instead+
		" Where the share's objects have other keys, kms_access = \"none\" makes this a warning.")
}

// explainDirectConflict says what has the name of a direct share already.
func explainDirectConflict(conflict *reconcile.ConflictError) string {
	spec := conflict.Spec
	if conflict.Role != nil {
		return fmt.Sprintf("Role %s exists already, made for a share of that name on bucket %s. Nothing was changed. To make that share direct, import it "+
			"(terraform import <address> %s) and set via = \"direct\"; otherwise choose another name.", conflict.Role.ARN, spec.Bucket, spec.ID())
	}
	return fmt.Sprintf("The policy of bucket %s already has statements of a share named %s (their Sid begins with %s), with other settings than these. "+
		"Nothing was changed. To manage that share here, import it: terraform import <address> %s. Otherwise choose another name.",
		spec.Bucket, spec.Name, share.SidBase(spec.Name), spec.ID())
}

// explainTakenPolicy says that the consumer's role has a policy of that name.
func explainTakenPolicy(taken *reconcile.TakenPolicyError) string {
	return fmt.Sprintf("Role %s of the consumer already has an inline policy %s with another content: perhaps of a share of that name on another bucket. "+
		"Nothing was changed. Take the policy off the role, leave the role out of attach_to_roles, or choose another name.", taken.Role, taken.Policy)
}
