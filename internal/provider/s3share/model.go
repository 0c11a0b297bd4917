package s3share

import (
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// model is a share as Terraform holds it, in configuration, plan and state alike.
type model struct {
	attributes
	ExternalIDVersion  types.Int64  `tfsdk:"external_id_version"`
	ExternalIDRotation types.Object `tfsdk:"external_id_rotation"`
	// ExternalIDWO is in the configuration only.
	ExternalIDWO         types.String   `tfsdk:"external_id_wo"`
	ExternalIDWOVersion  types.Int64    `tfsdk:"external_id_wo_version"`
	RevokeSessionsBefore types.String   `tfsdk:"revoke_sessions_before"`
	RevokeOnChange       types.Bool     `tfsdk:"revoke_on_change"`
	Verify               types.Bool     `tfsdk:"verify"`
	EnforceVerdict       types.Bool     `tfsdk:"enforce_verdict"`
	AccessAnalyzer       types.Object   `tfsdk:"access_analyzer"`
	Timeouts             timeouts.Value `tfsdk:"timeouts"`
}

// attributes are those that the data source has, too.
type attributes struct {
	Name                types.String `tfsdk:"name"`
	Bucket              types.String `tfsdk:"bucket"`
	Consumer            types.Object `tfsdk:"consumer"`
	Access              types.Set    `tfsdk:"access"`
	Prefixes            types.Set    `tfsdk:"prefixes"`
	ExternalID          types.String `tfsdk:"external_id"`
	BucketPolicyMode    types.String `tfsdk:"bucket_policy_mode"`
	Via                 types.String `tfsdk:"via"`
	KMSAccess           types.String `tfsdk:"kms_access"`
	Exclusive           types.Bool   `tfsdk:"exclusive"`
	KMSKeyARNs          types.Set    `tfsdk:"kms_key_arns"`
	Perimeter           types.Object `tfsdk:"perimeter"`
	ExpiresAt           types.String `tfsdk:"expires_at"`
	MaxSessionDuration  types.Int64  `tfsdk:"max_session_duration"`
	PermissionsBoundary types.String `tfsdk:"permissions_boundary"`
	Path                types.String `tfsdk:"path"`
	Description         types.String `tfsdk:"description"`
	Tags                types.Map    `tfsdk:"tags"`

	ID                      types.String `tfsdk:"id"`
	OwnerAccountID          types.String `tfsdk:"owner_account_id"`
	RoleARN                 types.String `tfsdk:"role_arn"`
	RoleUniqueID            types.String `tfsdk:"role_unique_id"`
	ExternalIDCreatedAt     types.String `tfsdk:"external_id_created_at"`
	ExternalIDPrevious      types.String `tfsdk:"external_id_previous"`
	ExternalIDPreviousUntil types.String `tfsdk:"external_id_previous_until"`
	SessionsRevokedBefore   types.String `tfsdk:"sessions_revoked_before"`
	TrustPolicy             types.String `tfsdk:"trust_policy"`
	PermissionsPolicy       types.String `tfsdk:"permissions_policy"`
	BucketPolicyStatements  types.String `tfsdk:"bucket_policy_statements"`
	ConsumerPolicy          types.String `tfsdk:"consumer_policy"`
	Summary                 types.List   `tfsdk:"summary"`
	Drift                   types.List   `tfsdk:"drift"`
	Verdict                 types.List   `tfsdk:"verdict"`
	AccessPointARN          types.String `tfsdk:"access_point_arn"`
	AccessPointAlias        types.String `tfsdk:"access_point_alias"`
	AccessPointPolicy       types.String `tfsdk:"access_point_policy"`
	AuditEventPattern       types.String `tfsdk:"audit_event_pattern"`
	AuditQuery              types.String `tfsdk:"audit_query"`
	TagsAll                 types.Map    `tfsdk:"tags_all"`
}

// consumerModel is the attribute consumer.
type consumerModel struct {
	AccountID     types.String `tfsdk:"account_id"`
	Principals    types.Set    `tfsdk:"principals"`
	AttachToRoles types.Set    `tfsdk:"attach_to_roles"`
	PinPrincipals types.Bool   `tfsdk:"pin_principals"`
}

// rotationModel is the attribute external_id_rotation.
type rotationModel struct {
	AfterDays   types.Int64 `tfsdk:"after_days"`
	OverlapDays types.Int64 `tfsdk:"overlap_days"`
}

// perimeterModel is the attribute perimeter.
type perimeterModel struct {
	PrincipalOrgID types.String `tfsdk:"principal_org_id"`
	SourceIPs      types.Set    `tfsdk:"source_ips"`
	SourceVPCEIDs  types.Set    `tfsdk:"source_vpce_ids"`
}

// identityModel is the identity of a share.
type identityModel struct {
	AccountID types.String `tfsdk:"account_id"`
	Bucket    types.String `tfsdk:"bucket"`
	Name      types.String `tfsdk:"name"`
}
