package s3share

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// ModifyPlan implements resource.ResourceWithModifyPlan: everything that can be computed is known at plan, and what AWS
// would refuse is an error before anything is written.
func (r *shareResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || r.data == nil {
		return // a destroy; Delete checks the accounts itself
	}
	p := planning{data: r.data}
	resp.Diagnostics.Append(req.Plan.Get(ctx, &p.plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &p.config)...)
	resp.Diagnostics.Append(p.recall(ctx, req.Private)...)
	if !req.State.Raw.IsNull() {
		p.state = &model{}
		resp.Diagnostics.Append(req.State.Get(ctx, p.state)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	p.run(ctx)
	resp.Diagnostics.Append(p.diagnostics...)
	if p.finishes {
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, finishKey, []byte("true"))...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &p.plan)...)
}

// planning is one run of ModifyPlan.
type planning struct {
	data         *ProviderData
	plan, config model
	// state is nil when the share is to be made.
	state       *model
	diagnostics diag.Diagnostics
	// clock is the time of the last refresh if something was due by then, else zero, see rememberDue.
	clock time.Time
	// lost tells that the ID of the state cannot be kept accepted, because only the role had it, and has it no more.
	lost bool
	// held are the fingerprints of IDs that no attribute has.
	held share.Fingerprints
	// defaultKeys tells that the keys of the state are the bucket's.
	defaultKeys bool
	// imported tells that the share was imported and not changed since.
	imported bool
	// fate is what becomes of the external ID.
	fate fate
	// finishes tells that the create goes on where one failed.
	finishes bool
	// bucket is the bucket policy as it is, nil when it was not read for the plan.
	bucket *share.BucketPolicy
}

// recall reads the private data of the state.
func (p *planning) recall(ctx context.Context, private privateReader) diag.Diagnostics {
	clock, diags := readDue(ctx, private)
	imported, more := private.GetKey(ctx, importedKey)
	diags.Append(more...)
	lost, more := private.GetKey(ctx, lostKey)
	diags.Append(more...)
	keys, more := private.GetKey(ctx, defaultKeysKey)
	diags.Append(more...)
	p.defaultKeys = keys != nil
	held, more := readFingerprints(ctx, private)
	p.clock, p.imported, p.lost, p.held = clock, imported != nil, lost != nil, held
	return append(diags, more...)
}

func (p *planning) run(ctx context.Context) {
	p.planPath()
	p.planExternalID(ctx)
	p.planTags()
	owner := p.owner(ctx)
	if p.diagnostics.HasError() {
		return
	}
	p.plan.fillNames(owner)
	p.planKeys(ctx, owner)
	p.planKMSAccess()
	p.planAccessPoint(ctx, owner)
	spec, known, diags := p.plan.spec(ctx, owner)
	p.diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	p.checkExpiry(spec)
	p.checkReach(ctx, spec)
	p.checkVerify(ctx, spec)
	p.checkDirect(ctx, spec)
	if !known || owner.ID == "" || p.plan.ExternalIDPrevious.IsUnknown() || p.plan.AccessPointARN.IsUnknown() {
		p.plan.forgetDocuments()
		p.planRevocation(ctx, nil)
	} else {
		p.planDocuments(ctx, spec)
	}
	p.checkPartner(spec)
	p.planRoleUniqueID()
	p.keepUnchanged()
	p.checkAround(ctx, spec)
	p.planVerdict(ctx, spec)
}

// planPath keeps the path of the share; a new one gets the provider's.
func (p *planning) planPath() {
	switch {
	case !p.config.Path.IsNull():
	case p.state != nil && !p.state.Path.IsNull():
		p.plan.Path = p.state.Path
	case p.data.Deferred:
		p.plan.Path = types.StringUnknown()
	default:
		p.plan.Path = types.StringValue(p.data.RolePath)
	}
}

func (p *planning) planTags() {
	p.plan.TagsAll = types.MapUnknown(types.StringType)
	c := &conversion{}
	own := c.tags(p.plan.Tags)
	if c.unknown || p.data.Deferred || p.plan.Via.IsUnknown() {
		return
	}
	if p.plan.isDirect() {
		p.plan.TagsAll = mapOf(nil) // there is nothing that could have any
		return
	}
	merged := mergedTags(p.data.DefaultTags, own)
	if len(merged) > share.MaxUserTags {
		p.diagnostics.AddAttributeError(path.Root("tags"), "Too many tags", fmt.Sprintf(
			"The role would have %d tags, the provider's default_tags included. IAM allows %d, and two of them are the provider's own.",
			len(merged), share.MaxTags))
	}
	p.plan.TagsAll = mapOf(merged)
}

// owner tells whose credentials the provider has; nobody's while the provider's configuration is not known. An apply plans
// once more without having read anything: for a share that has a role, the account of the state will do there, unless
// another takes its place, which may be made before anybody looks at that role.
func (p *planning) owner(ctx context.Context) share.Account {
	if p.data.Deferred {
		return share.Account{}
	}
	recorded := recordedOwner(p.stateOr())
	if p.isReplaced() {
		recorded = share.Account{}
	}
	owner, err := p.data.Shares.OwnerOrRecorded(ctx, recorded)
	if err != nil {
		p.fail(failure{cannot: "The share cannot be planned: AWS does not say whose credentials these are", err: err})
		return owner
	}
	if p.state != nil {
		p.diagnostics.Append(checkOwner(*p.state, owner)...)
	}
	return owner
}

// isReplaced tells that the share is to have another name, bucket or path, which only another share can have.
func (p *planning) isReplaced() bool {
	return p.state != nil && !(p.plan.Name.Equal(p.state.Name) && p.plan.Bucket.Equal(p.state.Bucket) && p.plan.Path.Equal(p.state.Path))
}

func (p *planning) fail(f failure) { p.diagnostics.Append(f.diagnose()) }

// checkExpiry refuses a time that is over already, unless the share has long had it.
func (p *planning) checkExpiry(spec share.Spec) {
	if p.data.Deferred || spec.ExpiresAt.IsZero() || spec.ExpiresAt.After(p.data.Shares.Now()) {
		return
	}
	if p.state != nil && p.state.ExpiresAt.Equal(p.plan.ExpiresAt) {
		p.diagnostics.AddAttributeWarning(path.Root("expires_at"), "The share has expired", fmt.Sprintf(
			"Since %s AWS refuses everything that share %s gives. Set a later expires_at, or remove the share.", p.plan.ExpiresAt.ValueString(), spec.ID()))
		return
	}
	p.diagnostics.AddAttributeError(path.Root("expires_at"), "expires_at is over already", fmt.Sprintf(
		"%s lies in the past: the share would refuse everybody from the start.", p.plan.ExpiresAt.ValueString()))
}

// checkPartner warns of an external ID that shares of several consumers have: each of them could pass for the other.
func (p *planning) checkPartner(spec share.Spec) {
	ids := spec.ExternalIDs
	if id, err := share.ParseExternalID(p.config.ExternalIDWO.ValueString()); err == nil {
		ids = append(ids, id)
	}
	for _, id := range ids {
		if p.data.Deferred || spec.Consumer.AccountID == "" {
			return
		}
		if other, ok := p.data.Shares.PartnerOf(id, spec); ok {
			p.diagnostics.AddWarning("One external ID for several consumers", fmt.Sprintf(
				"Share %s (account %s) and share %s (account %s) accept the same external ID. It is there to tell consumers apart: "+
					"have each of them generate its own, or leave external_id out to have one drawn for each share.",
				spec.ID(), spec.Consumer.AccountID, other.ID(), other.Consumer.AccountID))
		}
	}
}

// checkReach refuses what cannot be done on the consumer's side: writing the policy there, and taking away what an
// earlier apply wrote.
func (p *planning) checkReach(ctx context.Context, spec share.Spec) {
	if p.data.Deferred {
		return
	}
	p.diagnostics.Append(checkReach(ctx, p.data.Shares, spec)...)
	if p.state == nil || p.diagnostics.HasError() {
		return
	}
	prior, _, _ := p.state.spec(ctx, spec.Owner)
	if spec.Consumer.AccountID != prior.Consumer.AccountID || len(spec.Consumer.AttachToRoles) == 0 {
		p.diagnostics.Append(checkReach(ctx, p.data.Shares, prior)...)
	}
}

// planDocuments renders what will exist, and looks ahead for what would stop a create.
func (p *planning) planDocuments(ctx context.Context, spec share.Spec) {
	readable := spec
	readable.ExternalIDs = p.plan.readableIDs()
	desired := share.Render(readable)
	p.plan.fillDocuments(desired)
	p.planRevocation(ctx, &desired)
	if p.state != nil {
		p.data.Shares.MarkInState(share.Spec{Name: share.Name(p.state.Name.ValueString()), Bucket: share.Bucket(p.state.Bucket.ValueString())})
	}
	if p.state != nil || p.diagnostics.HasError() {
		return
	}
	if p.data.Shares.IsUnfinished(spec) {
		p.finishes = true
		p.diagnostics.AddWarning("The share will be finished, not replaced", fmt.Sprintf(
			"The last apply of share %s failed on its way. Terraform calls the rest tainted and announces a replacement; "+
				"the provider goes on where it stopped and keeps the role and the external ID.", spec.ID()))
		return
	}
	if p.data.Shares.IsInState(spec) {
		return // it is replaced: what has its name is itself
	}
	found, err := p.data.Shares.Foresee(ctx, spec)
	if p.bucket = &found; err != nil {
		cannot := fmt.Sprintf("Share %s cannot be made: the policy of bucket %s cannot be read", spec.ID(), spec.Bucket)
		if conflict := (*reconcile.ConflictError)(nil); errors.As(err, &conflict) {
			cannot = fmt.Sprintf("Share %s cannot be made: its name is taken", spec.ID())
		} else if reconcile.IsDenied(err) && p.data.Preflight.IsForeign(ctx, spec) {
			p.refuseForeignBucket(spec)
			return
		}
		p.fail(failure{cannot: cannot, spec: spec, err: err})
	}
}

// planRoleUniqueID keeps the ID of a role that stays. One that will be made is announced to those who need it.
func (p *planning) planRoleUniqueID() {
	p.plan.RoleUniqueID = types.StringUnknown()
	if p.plan.Via.IsUnknown() {
		return
	}
	if p.plan.isDirect() {
		p.plan.RoleUniqueID = types.StringNull()
		return
	}
	if p.state != nil && !p.state.RoleUniqueID.IsNull() {
		p.plan.RoleUniqueID = p.state.RoleUniqueID
	} else if !p.data.Deferred && !p.plan.Name.IsUnknown() {
		p.data.Shares.AnnounceRole(share.Spec{Name: share.Name(p.plan.Name.ValueString())})
	}
}

// keepUnchanged keeps texts of the state that mean what is planned, so that a tag key in other case is no change.
func (p *planning) keepUnchanged() {
	if p.state == nil || p.plan.TagsAll.IsUnknown() || p.state.TagsAll.IsNull() {
		return
	}
	c := &conversion{}
	if share.SameTags(c.tags(p.plan.TagsAll), c.tags(p.state.TagsAll)) && p.plan.Tags.Equal(p.state.Tags) {
		p.plan.TagsAll = p.state.TagsAll
	}
}
