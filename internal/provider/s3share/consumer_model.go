package s3share

import (
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// halfModel is the consumer's half of a share as Terraform holds it.
type halfModel struct {
	RoleARN             types.String   `tfsdk:"role_arn"`
	ExternalID          types.String   `tfsdk:"external_id"`
	ExternalIDWO        types.String   `tfsdk:"external_id_wo"`
	ExternalIDWOVersion types.Int64    `tfsdk:"external_id_wo_version"`
	AttachToRoles       types.Set      `tfsdk:"attach_to_roles"`
	Verify              types.Bool     `tfsdk:"verify"`
	SessionName         types.String   `tfsdk:"session_name"`
	Region              types.String   `tfsdk:"region"`
	ID                  types.String   `tfsdk:"id"`
	OwnerAccountID      types.String   `tfsdk:"owner_account_id"`
	ConsumerAccountID   types.String   `tfsdk:"consumer_account_id"`
	ConsumerPolicy      types.String   `tfsdk:"consumer_policy"`
	AWSConfigProfile    types.String   `tfsdk:"aws_config_profile"`
	Environment         types.String   `tfsdk:"environment"`
	Boto3Session        types.String   `tfsdk:"boto3_session"`
	Drift               types.List     `tfsdk:"drift"`
	Timeouts            timeouts.Value `tfsdk:"timeouts"`
}

// halfIdentity is the identity of a half.
type halfIdentity struct {
	AccountID types.String `tfsdk:"account_id"`
	RoleARN   types.String `tfsdk:"role_arn"`
}

func (m halfModel) identity() halfIdentity {
	return halfIdentity{AccountID: m.ConsumerAccountID, RoleARN: m.RoleARN}
}

// half parses the arguments. What is not known yet is left out of the spec; known is false when roles or the ARN are.
func (m halfModel) half(consumer share.Account) (half share.Spec, known bool, diags diag.Diagnostics) {
	c := &conversion{}
	half = parsed(c, path.Root("role_arn"), m.RoleARN, share.ParseShareRole)
	half.Consumer.AccountID = consumer.ID
	for _, name := range parsedSet(c, path.Root("attach_to_roles"), m.AttachToRoles, share.ParseName) {
		half.Consumer.AttachToRoles = append(half.Consumer.AttachToRoles, string(name))
	}
	known = !c.unknown
	for _, id := range []types.String{m.ExternalID, m.ExternalIDWO} {
		if !id.IsNull() && !id.IsUnknown() {
			half.ExternalIDs = append(half.ExternalIDs, parsed(c, path.Root("external_id"), id, share.ParseExternalID))
		}
	}
	return half.Normalized(), known && !c.diagnostics.HasError(), c.diagnostics
}

// isWriteOnly tells that the external ID is in no state.
func (m halfModel) isWriteOnly() bool {
	return !m.ExternalIDWO.IsNull() || !m.ExternalIDWOVersion.IsNull()
}

// fill writes all that follows from the arguments; config tells of the write-only ID.
func (m *halfModel) fill(half share.Spec, config halfModel) {
	m.ID, m.OwnerAccountID, m.ConsumerPolicy = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
	m.ConsumerAccountID = types.StringUnknown()
	if half.Consumer.AccountID != "" {
		m.ConsumerAccountID = types.StringValue(half.Consumer.AccountID)
	}
	m.Drift = listOf(nil)
	if !m.RoleARN.IsUnknown() {
		m.ID, m.OwnerAccountID = m.RoleARN, types.StringValue(half.Owner.ID)
		m.ConsumerPolicy = types.StringValue(share.Render(half).Consumer.JSON())
	}
	m.fillPastes(config)
}

// fillPastes writes the texts to paste.
func (m *halfModel) fillPastes(config halfModel) {
	m.AWSConfigProfile, m.Environment, m.Boto3Session = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
	for _, argument := range []types.String{m.RoleARN, m.ExternalID, m.SessionName, m.Region} {
		if argument.IsUnknown() {
			return
		}
	}
	wanted := share.Assumption{RoleARN: m.RoleARN.ValueString(), SessionName: m.SessionName.ValueString()}
	if id, err := share.ParseExternalID(m.ExternalID.ValueString()); err == nil {
		wanted.ExternalID = id
	} else if config.isWriteOnly() {
		wanted.ExternalID = share.WithheldExternalID()
	}
	region := m.Region.ValueString()
	m.AWSConfigProfile = types.StringValue(wanted.Profile(region))
	m.Environment = types.StringValue(wanted.Environment(region))
	m.Boto3Session = types.StringValue(wanted.Boto3(region))
}
