package s3share

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Default time-outs of one operation. Writes wait up to two minutes for a principal that IAM does not know yet.
const (
	writeTimeout = 10 * time.Minute
	readTimeout  = 5 * time.Minute
)

// Keys of the private data that Terraform keeps beside state and plan.
const (
	// unfinishedKey is in the private state of a share whose create failed.
	unfinishedKey = "unfinished"
	// unsureKey is in the private state of a share of which nobody knows whether its create began.
	unsureKey = "unsure"
	// finishKey is in the private plan of a replacement that finishes such a share: Terraform calls a share whose create
	// failed tainted and would delete it first.
	finishKey = "finish"
)

// Create implements resource.Resource. What was made is in the state before an error is reported.
func (r *shareResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	timeout, diags := plan.Timeouts.Create(ctx, writeTimeout)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	defer r.data.progress.count(ctx, created)
	spec, diags := r.wanted(ctx, plan, share.Account{})
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	ids := idChange{config: config, plan: plan}
	outcome, err := r.data.Shares.Create(ctx, ids.complete(spec))
	if outcome.Begun {
		plan.fillOutcome(ctx, r.data, outcome)
		plan.fillUndone(err)
		resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
		resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
		resp.Diagnostics.Append(r.drawAhead(ctx, resp.Private)...)
		resp.Diagnostics.Append(ids.done(ctx, resp.Private)...)
		resp.Diagnostics.Append(noteDefaultKeys(ctx, config, resp.Private)...)
	}
	if err == nil {
		resp.Diagnostics.Append(r.verifyCreated(ctx, ids, outcome.Spec, resp)...)
		return
	}
	failed := failure{cannot: cannotMake(spec, outcome, err), spec: outcome.Spec, err: err}
	switch {
	case outcome.Unsure:
		failed.meanwhile = "AWS did not say either whether the role was made. The state has the share, so that nothing is forgotten: the next plan looks for " +
			"the role and goes on with it, or finds that there is none."
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, unsureKey, []byte("true"))...)
	case outcome.Begun:
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, unfinishedKey, []byte("true"))...)
	}
	resp.Diagnostics.Append(failed.diagnose())
}

// cannotMake says what the user cannot have.
func cannotMake(spec share.Spec, outcome reconcile.Outcome, err error) string {
	if conflict := (*reconcile.ConflictError)(nil); errors.As(err, &conflict) {
		return fmt.Sprintf("Share %s cannot be made: its name is taken", spec.ID())
	}
	if outcome.Unsure {
		return fmt.Sprintf("It is not known whether share %s was begun", spec.ID())
	}
	if outcome.Begun {
		return fmt.Sprintf("Share %s is not complete: %s", spec.ID(), unusable(err))
	}
	return fmt.Sprintf("Share %s was not made", spec.ID())
}

// unusable says what does not work while a share lacks the part that failed.
func unusable(err error) string {
	var step *reconcile.StepError
	if lost := (*reconcile.UnknownExternalIDError)(nil); errors.As(err, &lost) {
		return "its external ID is not known any more"
	}
	if !errors.As(err, &step) {
		return "its parts could not be read"
	}
	switch step.Failed.Part {
	case changes.AccessPoint, changes.AccessPointPolicy:
		return "its role can be assumed and reaches nothing"
	case changes.PermissionsPolicy:
		return "its role can be assumed and reaches nothing"
	case changes.BucketStatement, changes.Delegation:
		return "its statements are not in the bucket policy"
	case changes.ConsumerPolicy:
		return "the consumer policy is not on role " + step.Failed.Target
	case changes.KeyStatement, changes.KeyGrant:
		return "the consumer cannot use key " + step.Failed.Target
	}
	return fmt.Sprintf("its %s could not be changed", step.Failed.Part)
}

// wanted gives the spec of a plan, with the accounts checked once more before the first write. recorded is the account to take
// on trust until the role is read; AWS is asked when it is empty.
func (r *shareResource) wanted(ctx context.Context, plan model, recorded share.Account) (share.Spec, diag.Diagnostics) {
	var diags diag.Diagnostics
	if r.data.Deferred {
		diags.Append(notConfigured())
		return share.Spec{}, diags
	}
	if plan.isDirect() {
		recorded = share.Account{} // its first write is not to a role
	}
	owner, err := r.data.Shares.OwnerOrRecorded(ctx, recorded)
	if err != nil {
		diags.Append(failure{cannot: "The share cannot be written: AWS does not say whose credentials these are", err: err}.diagnose())
		return share.Spec{}, diags
	}
	spec, known, found := plan.spec(ctx, owner)
	diags.Append(found...)
	if !known && !diags.HasError() {
		diags.AddError("An argument is not known", "An argument of the share is still unknown at apply. This is a bug: please report it.")
	}
	if spec.UsesAccessPoint() && spec.Region == "" && !diags.HasError() {
		diags.Append(failure{
			cannot: fmt.Sprintf("Share %s cannot be written: its access point has no place", spec.ID()), spec: spec,
			err: &reconcile.MissingBucketError{Spec: spec},
		}.diagnose())
	}
	diags.Append(checkReach(ctx, r.data.Shares, spec)...)
	return spec, diags
}

// notConfigured refuses what needs AWS while the provider cannot ask it.
func notConfigured() diag.Diagnostic {
	return diag.NewErrorDiagnostic("The provider's configuration is not known",
		"Some of it is known only after apply, so AWS cannot be asked. Apply what it depends on first (terraform apply -target).")
}

// fillOutcome writes what an operation taught.
func (m *model) fillOutcome(ctx context.Context, d *ProviderData, outcome reconcile.Outcome) {
	now := d.Shares.Now()
	m.fillNames(outcome.Spec.Owner)
	m.fillDocuments(share.Render(outcome.Spec))
	m.RoleUniqueID = textOrNull(outcome.RoleUniqueID)
	if m.Verdict.IsUnknown() {
		m.fillVerdict(ctx, d, share.Render(outcome.Spec), outcome.Bucket)
	}
	if m.ExternalID.IsUnknown() {
		m.ExternalID = types.StringNull()
		if len(outcome.Spec.ExternalIDs) > 0 {
			m.ExternalID = types.StringValue(outcome.Spec.ExternalIDs[0].Reveal())
		}
	}
	if m.ExternalIDCreatedAt.IsUnknown() {
		m.ExternalIDCreatedAt = timeOrNull(now)
	}
	if m.ExternalIDPreviousUntil.IsUnknown() {
		m.ExternalIDPreviousUntil = types.StringNull()
		rotation := (&conversion{}).rotation(ctx, m.ExternalIDRotation)
		if until, ok := rotation.AcceptedUntil(now); ok {
			m.ExternalIDPreviousUntil = timeOrNull(until)
		}
	}
	if m.AccessPointAlias.IsUnknown() {
		m.AccessPointAlias = textOrNull(outcome.AccessPointAlias)
	}
	m.SessionsRevokedBefore = timeOrNull(outcome.Spec.RevokedBefore)
}

// fillUndone writes as drift what a failed operation left undone.
func (m *model) fillUndone(err error) {
	var step *reconcile.StepError
	if errors.As(err, &step) {
		m.Drift = listOf(changes.Sentences(append([]changes.Change{step.Failed}, step.Left...)))
	}
}

func (m *model) identity() identityModel {
	return identityModel{AccountID: m.OwnerAccountID, Bucket: m.Bucket, Name: m.Name}
}
