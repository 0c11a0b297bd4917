package s3share

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// conversion turns attributes into the values of a spec and gathers what is wrong and what is unknown.
type conversion struct {
	diagnostics diag.Diagnostics
	// unknown tells that a value that the spec needs is known only after apply.
	unknown bool
}

// spec parses the arguments. known is false when some of them are known only after apply; the spec then lacks them. An
// external ID that is not known yet is no obstacle: the spec simply has none.
func (m model) spec(ctx context.Context, owner share.Account) (spec share.Spec, known bool, diags diag.Diagnostics) {
	c := &conversion{}
	spec = share.Spec{
		Owner:               owner,
		Name:                parsed(c, path.Root("name"), m.Name, share.ParseName),
		Bucket:              parsed(c, path.Root("bucket"), m.Bucket, share.ParseBucket),
		Path:                parsed(c, path.Root("path"), m.Path, share.ParsePath),
		Consumer:            c.consumer(ctx, m.Consumer),
		Access:              parsedSet(c, path.Root("access"), m.Access, share.ParseWord),
		Prefixes:            parsedSet(c, path.Root("prefixes"), m.Prefixes, share.ParsePrefix),
		KMSKeys:             parsedSet(c, path.Root("kms_key_arns"), m.KMSKeyARNs, share.ParseKeyARN),
		Perimeter:           c.perimeter(ctx, m.Perimeter),
		ExpiresAt:           parsed(c, path.Root("expires_at"), m.ExpiresAt, share.ParseExpiry),
		MaxSessionDuration:  c.session(m.MaxSessionDuration),
		PermissionsBoundary: parsed(c, path.Root("permissions_boundary"), m.PermissionsBoundary, share.ParseBoundary),
		Description:         parsed(c, path.Root("description"), m.Description, share.ParseDescription),
		Tags:                c.tags(m.TagsAll),
		Via:                 share.Via(c.text(m.Via)),
		KMSAccess:           parsed(c, path.Root("kms_access"), m.KMSAccess, share.ParseKMSAccess),
		Region:              share.RegionOfAccessPoint(m.AccessPointARN.ValueString()),
		BucketPolicyMode:    share.BucketPolicyMode(c.text(m.BucketPolicyMode)),
		Exclusive:           m.Exclusive.ValueBool(),
	}
	c.unknown = c.unknown || m.Exclusive.IsUnknown()
	spec.ExternalIDs = c.externalIDs(m)
	if !m.SessionsRevokedBefore.IsUnknown() {
		spec.RevokedBefore = parsed(c, path.Root("sessions_revoked_before"), m.SessionsRevokedBefore, share.ParseExpiry)
	}
	known = !c.unknown && !c.diagnostics.HasError()
	if known {
		c.check(spec)
	}
	return spec.Normalized(), known && !c.diagnostics.HasError(), c.diagnostics
}

// externalIDs gives the IDs that are known, the newest first.
func (c *conversion) externalIDs(m model) []share.ExternalID {
	var ids []share.ExternalID
	if !m.ExternalID.IsNull() && !m.ExternalID.IsUnknown() {
		ids = append(ids, parsed(c, path.Root("external_id"), m.ExternalID, share.ParseExternalID))
	}
	if !m.ExternalIDPrevious.IsNull() && !m.ExternalIDPrevious.IsUnknown() {
		ids = append(ids, parsed(c, path.Root("external_id_previous"), m.ExternalIDPrevious, share.ParseExternalID))
	}
	return ids
}

// check refuses what is wrong between arguments that are each valid.
func (c *conversion) check(spec share.Spec) {
	if err := spec.Check(); err != nil {
		c.diagnostics.AddAttributeError(path.Root("consumer"), "The bucket cannot be shared with this consumer", Sentence(err))
	}
}

// text gives a string that needs no parsing.
func (c *conversion) text(value types.String) string {
	c.unknown = c.unknown || value.IsUnknown()
	return value.ValueString()
}

// parsed gives what parse makes of an attribute, the zero value for null.
func parsed[T any](c *conversion, at path.Path, value types.String, parse func(string) (T, error)) T {
	var zero T
	if value.IsUnknown() {
		c.unknown = true
	}
	if value.IsNull() || value.IsUnknown() {
		return zero
	}
	found, err := parse(value.ValueString())
	if err != nil {
		c.diagnostics.AddAttributeError(at, "Invalid "+at.String(), Sentence(err))
	}
	return found
}

// parsedSet gives what parse makes of each element, nil for null.
func parsedSet[T any](c *conversion, at path.Path, set types.Set, parse func(string) (T, error)) []T {
	c.unknown = c.unknown || set.IsUnknown()
	var found []T
	for _, element := range set.Elements() {
		if text, ok := element.(types.String); ok {
			found = append(found, parsed(c, at.AtSetValue(element), text, parse))
		}
	}
	return found
}

func (c *conversion) consumer(ctx context.Context, value types.Object) share.Consumer {
	var m consumerModel
	if !c.object(ctx, value, &m) {
		return share.Consumer{}
	}
	at := path.Root("consumer")
	consumer := share.Consumer{
		AccountID:  parsed(c, at.AtName("account_id"), m.AccountID, share.ParseAccountID),
		Principals: parsedSet(c, at.AtName("principals"), m.Principals, share.ParsePrincipal),
		Trust:      share.TrustAccount,
	}
	for _, name := range parsedSet(c, at.AtName("attach_to_roles"), m.AttachToRoles, share.ParseName) {
		consumer.AttachToRoles = append(consumer.AttachToRoles, string(name))
	}
	c.unknown = c.unknown || m.PinPrincipals.IsUnknown()
	if m.PinPrincipals.ValueBool() {
		consumer.Trust = share.TrustPinned
	}
	return consumer
}

func (c *conversion) perimeter(ctx context.Context, value types.Object) share.Perimeter {
	var m perimeterModel
	if !c.object(ctx, value, &m) {
		return share.Perimeter{}
	}
	at := path.Root("perimeter")
	return share.Perimeter{
		PrincipalOrgID: parsed(c, at.AtName("principal_org_id"), m.PrincipalOrgID, share.ParseOrgID),
		SourceIPs:      parsedSet(c, at.AtName("source_ips"), m.SourceIPs, share.ParseSourceIP),
		SourceVPCEIDs:  parsedSet(c, at.AtName("source_vpce_ids"), m.SourceVPCEIDs, share.ParseVPCEndpointID),
	}
}

// rotation reads external_id_rotation; without it, an overlap is still given.
func (c *conversion) rotation(ctx context.Context, value types.Object) share.Rotation {
	rotation := share.Rotation{OverlapDays: share.DefaultOverlapDays}
	var m rotationModel
	if !c.object(ctx, value, &m) {
		return rotation
	}
	c.unknown = c.unknown || m.AfterDays.IsUnknown() || m.OverlapDays.IsUnknown()
	rotation.AfterDays = m.AfterDays.ValueInt64()
	if !m.OverlapDays.IsNull() {
		rotation.OverlapDays = m.OverlapDays.ValueInt64()
	} else if rotation.AfterDays > 0 {
		rotation.OverlapDays = min(rotation.OverlapDays, rotation.AfterDays)
	}
	return rotation
}

// object reads a nested attribute; false when there is nothing to read.
func (c *conversion) object(ctx context.Context, value types.Object, into any) bool {
	c.unknown = c.unknown || value.IsUnknown()
	if value.IsNull() || value.IsUnknown() {
		return false
	}
	c.diagnostics.Append(value.As(ctx, into, basetypes.ObjectAsOptions{})...)
	return !c.diagnostics.HasError()
}

func (c *conversion) session(value types.Int64) (duration time.Duration) {
	c.unknown = c.unknown || value.IsUnknown()
	if value.IsNull() || value.IsUnknown() {
		return duration
	}
	duration, err := share.ParseSessionDuration(value.ValueInt64())
	if err != nil {
		c.diagnostics.AddAttributeError(path.Root("max_session_duration"), "Invalid max_session_duration", Sentence(err))
	}
	return duration
}

func (c *conversion) tags(value types.Map) map[string]string {
	c.unknown = c.unknown || value.IsUnknown()
	tags := map[string]string{}
	for key, element := range value.Elements() {
		text, ok := element.(types.String)
		if !ok || text.IsUnknown() {
			c.unknown = true
			continue
		}
		tags[key] = text.ValueString()
	}
	return tags
}
