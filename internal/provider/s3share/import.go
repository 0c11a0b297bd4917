package s3share

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// ImportState implements resource.ResourceWithImportState: by <bucket>/<name>, by the ARN of the role, or by identity. It
// only notes the names: Read finds the rest.
func (r *shareResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	named, err := namesOf(ctx, req, resp)
	if err != nil {
		resp.Diagnostics.AddError("Not the "+importedBy(req)+" of a share", Sentence(err))
	}
	if resp.Diagnostics.HasError() {
		return
	}
	for name, value := range map[string]types.String{
		"bucket": named.Bucket, "name": named.Name, "owner_account_id": named.AccountID,
	} {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
	}
}

// importedBy names what an import was asked for by.
func importedBy(req resource.ImportStateRequest) string {
	if req.ID == "" {
		return "identity"
	}
	return "import ID"
}

// namesOf reads the names of a share; an ARN tells no bucket, an ID no account.
func namesOf(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) (identityModel, error) {
	var named identityModel
	switch {
	case strings.HasPrefix(req.ID, "arn:"):
		account, name, err := share.ParseRoleARN(req.ID)
		return identityModel{AccountID: types.StringValue(account), Name: types.StringValue(string(name))}, err
	case req.ID == "" && req.Identity != nil:
		resp.Diagnostics.Append(req.Identity.Get(ctx, &named)...)
		_, badBucket := share.ParseBucket(named.Bucket.ValueString())
		_, badName := share.ParseName(named.Name.ValueString())
		return named, cmp.Or(badBucket, badName)
	}
	bucket, name, err := share.ParseID(req.ID)
	return identityModel{Bucket: types.StringValue(string(bucket)), Name: types.StringValue(string(name))}, err
}

// readImported reads all arguments back from what exists.
func (r *shareResource) readImported(ctx context.Context, state model, resp *resource.ReadResponse) {
	if _, diags := r.data.readBack(ctx, &state, "imported"); diags.HasError() {
		resp.Diagnostics.Append(diags...)
		return
	}
	state.startCounting(r.data.Shares.Now())
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, importedKey, []byte("true"))...)
	resp.Diagnostics.Append(r.drawAhead(ctx, resp.Private)...)
}

// startCounting begins what AWS does not tell the age of: the life of an external ID, and the overlap of a second one.
func (m *model) startCounting(now time.Time) {
	if !m.ExternalID.IsNull() {
		m.ExternalIDCreatedAt = timeOrNull(now)
	}
	if until, ok := (share.Rotation{OverlapDays: share.DefaultOverlapDays}).AcceptedUntil(now); ok && !m.ExternalIDPrevious.IsNull() {
		m.ExternalIDPreviousUntil = timeOrNull(until)
	}
}

// readBack fills a share of which only the names are known from what exists; to says in an error what it was wanted for:
// to be imported, or read.
func (d *ProviderData) readBack(ctx context.Context, state *model, to string) (found recognized, diags diag.Diagnostics) {
	owner, err := d.Shares.Owner(ctx)
	if err != nil {
		diags.Append(failure{cannot: fmt.Sprintf("The share cannot be %s: AWS does not say whose credentials these are", to), err: err}.diagnose())
		return found, diags
	}
	if state.ID = state.Name; !state.Bucket.IsNull() {
		state.ID = types.StringValue(state.Bucket.ValueString() + "/" + state.Name.ValueString())
	}
	if diags.Append(checkOwner(*state, owner)...); diags.HasError() {
		return found, diags
	}
	named := share.Spec{Owner: owner, Name: share.Name(state.Name.ValueString()), Bucket: share.Bucket(state.Bucket.ValueString())}
	named, found.observed, err = d.Shares.ObserveForImport(ctx, named)
	if err != nil {
		diags.Append(failure{cannot: fmt.Sprintf("Share %s cannot be %s", named.ID(), to), spec: named, err: err}.diagnose())
		return found, diags
	}
	spec, ok := share.Recognize(named, found.observed)
	if !ok {
		diags.AddError(fmt.Sprintf("Share %s cannot be %s", named.ID(), to), notRecognized(named, found.observed))
		return found, diags
	}
	if spec.Path == "" {
		spec.Path = share.Path(d.RolePath) // where the role would be, if the share had one
	}
	found.spec = spec
	desired := share.Render(spec)
	state.fillArguments(spec, d.DefaultTags)
	state.fillReading(ctx, d, reconcile.Compare(desired, found.observed))
	return found, diags
}

// recognized is a share as it was read back, with the parts that it was read from.
type recognized struct {
	spec     share.Spec
	observed share.Observed
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
	return fmt.Sprintf("Account %s has no role named %s. A share is imported by its bucket and the name of its role, without the path: <bucket>/<name>.",
		named.Owner.ID, named.Name)
}
