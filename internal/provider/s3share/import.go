package s3share

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// ImportState implements resource.ResourceWithImportState, by ID or by identity. It only notes the names: Read finds the
// rest.
func (r *shareResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	bucket, name, account, err := namesOf(ctx, req, resp)
	if resp.Diagnostics.HasError() {
		return
	}
	if err != nil {
		resp.Diagnostics.AddError("Not the import ID of a share", sentence(err))
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("bucket"), string(bucket))...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("name"), string(name))...)
	if account != "" {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("owner_account_id"), account)...)
	}
}

// namesOf reads bucket, name and, when the identity has one, the owner account.
func namesOf(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) (share.Bucket, share.Name, string, error) {
	if req.ID != "" || req.Identity == nil {
		bucket, name, err := share.ParseID(req.ID)
		return bucket, name, "", err
	}
	var identity identityModel
	resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
	bucket, name, err := share.ParseID(identity.Bucket.ValueString() + "/" + identity.Name.ValueString())
	return bucket, name, identity.AccountID.ValueString(), err
}

// readImported reads all arguments back from what exists.
func (r *shareResource) readImported(ctx context.Context, state model, resp *resource.ReadResponse) {
	owner, err := r.data.Shares.Owner(ctx)
	if err != nil {
		resp.Diagnostics.Append(failure{cannot: "The share cannot be imported: AWS does not say whose credentials these are", err: err}.diagnose())
		return
	}
	state.ID = types.StringValue(state.Bucket.ValueString() + "/" + state.Name.ValueString())
	if resp.Diagnostics.Append(checkOwner(state, owner)...); resp.Diagnostics.HasError() {
		return
	}
	named := share.Spec{Owner: owner, Name: share.Name(state.Name.ValueString()), Bucket: share.Bucket(state.Bucket.ValueString())}
	observed, err := r.data.Shares.ObserveForImport(ctx, named)
	if err != nil {
		resp.Diagnostics.Append(failure{cannot: fmt.Sprintf("Share %s cannot be imported", named.ID()), spec: named, err: err}.diagnose())
		return
	}
	spec, ok := share.Recognize(named, observed)
	if !ok {
		resp.Diagnostics.AddError(fmt.Sprintf("Share %s cannot be imported", named.ID()), notRecognized(named, observed))
		return
	}
	desired := share.Render(spec)
	state.fillArguments(spec, r.data.DefaultTags)
	state.fillReading(desired, reconcile.Compare(desired, observed))
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// notRecognized says why nothing could be imported.
func notRecognized(named share.Spec, observed share.Observed) string {
	switch {
	case observed.Role != nil:
		return fmt.Sprintf("The trust policy of role %s names no AWS account that could be the consumer.", observed.Role.ARN)
	case len(observed.Statements(named)) > 0:
		return fmt.Sprintf("Account %s has no role named %s. The policy of bucket %s has statements of a share of that name (their Sid begins with %s): "+
			"take them out, and declare the share anew.", named.Owner.ID, named.Name, named.Bucket, share.SidBase(named.Name))
	}
	return fmt.Sprintf("Account %s has no role named %s. The import ID is <bucket>/<name>, where the name is the name of the role without its path.",
		named.Owner.ID, named.Name)
}
