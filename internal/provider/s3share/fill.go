package s3share

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// fillNames writes what follows from the names alone. Names that are not known yet leave it unknown.
func (m *model) fillNames(owner share.Account) {
	m.ID, m.RoleARN, m.OwnerAccountID = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
	m.AuditEventPattern, m.AuditQuery = types.StringUnknown(), types.StringUnknown()
	if owner.ID != "" {
		m.OwnerAccountID = types.StringValue(owner.ID)
	}
	if m.Name.IsUnknown() {
		return
	}
	spec := share.Spec{
		Owner: owner, Name: share.Name(m.Name.ValueString()),
		Bucket: share.Bucket(m.Bucket.ValueString()), Path: share.Path(m.Path.ValueString()),
	}
	if !m.Bucket.IsUnknown() {
		m.ID = types.StringValue(spec.ID())
	}
	if m.isDirect() {
		m.RoleARN, m.AuditEventPattern, m.AuditQuery = types.StringNull(), types.StringNull(), types.StringNull()
	} else if owner.ID != "" && !m.Path.IsUnknown() && !m.Via.IsUnknown() {
		m.RoleARN = types.StringValue(spec.RoleARN())
		m.AuditEventPattern = types.StringValue(share.AuditEventPattern(spec.RoleARN()))
		m.AuditQuery = types.StringValue(share.AuditQuery(spec.RoleARN()))
	}
}

// fillDocuments writes what is desired, for readers.
func (m *model) fillDocuments(desired share.Desired) {
	m.TrustPolicy, m.PermissionsPolicy = types.StringNull(), types.StringNull()
	if !desired.Spec.IsDirect() {
		m.TrustPolicy = types.StringValue(share.Mask(desired.Trust))
		m.PermissionsPolicy = types.StringValue(desired.Permissions.JSON())
	}
	m.BucketPolicyStatements = types.StringValue(share.StatementList(desired.Shown()))
	m.ConsumerPolicy = types.StringValue(desired.Consumer.JSON())
	m.fillAccessPoint(desired)
	m.Summary = listOf(desired.Spec.Summary())
	m.Drift = listOf(nil)
}

// forgetDocuments leaves them for the apply, when some argument is not known yet.
func (m *model) forgetDocuments() {
	m.TrustPolicy, m.PermissionsPolicy = types.StringUnknown(), types.StringUnknown()
	m.BucketPolicyStatements, m.ConsumerPolicy = types.StringUnknown(), types.StringUnknown()
	m.AccessPointPolicy = types.StringUnknown()
	m.Summary, m.Drift = types.ListUnknown(types.StringType), listOf(nil)
	m.Verdict = types.ListUnknown(types.StringType)
}

// fillReading writes what was read, so that the plan shows what the next apply would change back: parts that drifted as
// they are, null where they are gone, all others as desired.
func (m *model) fillReading(ctx context.Context, d *ProviderData, reading reconcile.Reading) {
	desired := reading.Desired
	if role := reading.Observed.Role; role != nil && !desired.Spec.IsDirect() {
		m.Path = types.StringValue(string(role.Path)) // somebody may have made the role again elsewhere
	}
	m.fillNames(desired.Spec.Owner)
	m.fillDocuments(desired)
	drift, _ := changes.Split(reading.Drift)
	m.Drift = listOf(changes.Sentences(drift))
	m.fillObservedPoint(reading)
	observed := reading.Observed
	if observed.Role == nil {
		m.RoleUniqueID, m.TrustPolicy, m.PermissionsPolicy = types.StringNull(), types.StringNull(), types.StringNull()
	} else {
		m.RoleUniqueID = types.StringValue(observed.Role.UniqueID)
	}
	if observed.Role != nil && !desired.Spec.IsDirect() {
		m.fillSettings(desired.Role, observed.Role.Settings)
	}
	if revoked := observed.RevokedBefore(); revoked.After(desired.Spec.RevokedBefore) {
		m.SessionsRevokedBefore = timeOrNull(revoked)
	}
	d.Preflight.NoteKeys(observed.Keys)
	m.fillVerdict(ctx, d, desired, observed.Bucket)
	for _, change := range reading.Drift {
		m.fillDrifted(change.Part, desired, observed)
	}
}

func (m *model) fillDrifted(part changes.Part, desired share.Desired, observed share.Observed) {
	switch part {
	case changes.TrustPolicy:
		m.TrustPolicy = types.StringValue(share.Mask(observed.Role.Trust))
	case changes.PermissionsPolicy:
		m.PermissionsPolicy = types.StringNull()
		if have := observed.Permissions(); have != nil {
			m.PermissionsPolicy = types.StringValue(have.JSON())
		}
	case changes.AccessPoint, changes.AccessPointPolicy:
		m.fillDriftedPoint(observed)
	case changes.BucketStatement, changes.Delegation:
		m.BucketPolicyStatements = types.StringNull()
		if have := observed.Shown(desired.Spec); len(have) > 0 {
			m.BucketPolicyStatements = types.StringValue(share.StatementList(have))
		}
	}
}

// fillSettings writes settings of the role that differ from what is desired. Equal ones stay as they are written: null
// and empty are the same to AWS.
func (m *model) fillSettings(desired, have share.RoleSettings) {
	if desired.MaxSessionDuration != have.MaxSessionDuration {
		m.MaxSessionDuration = types.Int64Value(int64(have.MaxSessionDuration / time.Second))
	}
	if desired.Description != have.Description {
		m.Description = textOrNull(have.Description)
	}
	if desired.PermissionsBoundary != have.PermissionsBoundary {
		m.PermissionsBoundary = textOrNull(have.PermissionsBoundary)
	}
	if tags := share.UserTags(have.Tags); !share.SameTags(tags, share.UserTags(desired.Tags)) {
		m.TagsAll = mapOf(tags)
	}
}

// fillArguments writes all arguments from a spec, for imports.
func (m *model) fillArguments(spec share.Spec, defaultTags map[string]string) {
	m.Name, m.Bucket = types.StringValue(string(spec.Name)), types.StringValue(string(spec.Bucket))
	m.Path = types.StringValue(string(spec.Path))
	m.Consumer = consumerOf(spec.Consumer)
	m.Access = setOf(texts(spec.Access))
	m.Prefixes = setOrNull(texts(spec.Prefixes))
	m.ExternalID, m.ExternalIDPrevious = types.StringNull(), types.StringNull()
	if len(spec.ExternalIDs) > 0 {
		m.ExternalID = types.StringValue(spec.ExternalIDs[0].Reveal())
	}
	if len(spec.ExternalIDs) > 1 {
		m.ExternalIDPrevious = types.StringValue(spec.ExternalIDs[1].Reveal())
	}
	m.BucketPolicyMode = types.StringValue(string(spec.BucketPolicyMode))
	m.Via, m.KMSAccess = viaOf(spec.Via), textOrNull(string(spec.KMSAccess))
	m.Exclusive = types.BoolValue(spec.Exclusive)
	m.RevokeOnChange, m.Verify = types.BoolValue(false), types.BoolValue(false)
	m.KMSKeyARNs = setOf(texts(spec.KMSKeys))
	m.Perimeter = perimeterOf(spec.Perimeter)
	m.ExpiresAt = timeOrNull(spec.ExpiresAt)
	m.MaxSessionDuration = types.Int64Value(int64(spec.MaxSessionDuration / time.Second))
	m.PermissionsBoundary = textOrNull(spec.PermissionsBoundary)
	m.Description = textOrNull(spec.Description)
	m.Tags = types.MapNull(types.StringType)
	if own := withoutDefaults(spec.Tags, defaultTags); len(own) > 0 {
		m.Tags = mapOf(own)
	}
	m.TagsAll = mapOf(spec.Tags)
	m.ExternalIDCreatedAt, m.ExternalIDPreviousUntil = types.StringNull(), types.StringNull()
	m.SessionsRevokedBefore = timeOrNull(spec.RevokedBefore)
}

func consumerOf(consumer share.Consumer) types.Object {
	principals := make([]string, 0, len(consumer.Principals))
	for _, principal := range consumer.Principals {
		principals = append(principals, principal.String())
	}
	return types.ObjectValueMust(consumerTypes, map[string]attr.Value{
		"account_id":      types.StringValue(consumer.AccountID),
		"principals":      setOrNull(principals),
		"attach_to_roles": setOrNull(consumer.AttachToRoles),
		"pin_principals":  types.BoolValue(consumer.Trust == share.TrustPinned),
	})
}

func perimeterOf(perimeter share.Perimeter) types.Object {
	if perimeter.PrincipalOrgID == "" && len(perimeter.SourceIPs)+len(perimeter.SourceVPCEIDs) == 0 {
		return types.ObjectNull(perimeterTypes)
	}
	return types.ObjectValueMust(perimeterTypes, map[string]attr.Value{
		"principal_org_id": textOrNull(perimeter.PrincipalOrgID),
		"source_ips":       setOrNull(perimeter.SourceIPs),
		"source_vpce_ids":  setOrNull(perimeter.SourceVPCEIDs),
	})
}

// mergedTags gives the tags of the role: the provider's default ones and the share's own, which win. IAM compares keys
// without case.
func mergedTags(defaults, own map[string]string) map[string]string {
	merged := map[string]string{}
	for key, value := range defaults {
		if !slices.ContainsFunc(keysOf(own), func(o string) bool { return strings.EqualFold(o, key) }) {
			merged[key] = value
		}
	}
	for key, value := range own {
		merged[key] = value
	}
	return merged
}

// withoutDefaults gives the tags that the provider's default ones do not explain.
func withoutDefaults(tags, defaults map[string]string) map[string]string {
	own := map[string]string{}
	for key, value := range tags {
		if known, there := defaults[key]; !there || known != value {
			own[key] = value
		}
	}
	return own
}
