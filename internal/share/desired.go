package share

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// Desired is all that should exist in AWS for a share. A direct share has no role, so that its settings, its policies and
// what revokes its sessions are empty.
type Desired struct {
	Spec             Spec
	Role             RoleSettings
	Trust            policy.Document
	Permissions      policy.Document
	BucketStatements []policy.Statement
	// Delegation are the statements that the share has in common with others, see SharesStatements.
	Delegation []policy.Statement
	// AccessPoint is the policy of the share's access point; empty where it has none.
	AccessPoint policy.Document
	Consumer    policy.Document
	// KeyStatements are for the policy of each key, KeyGrants for each key; of direct shares alone.
	KeyStatements []policy.Statement
	KeyGrants     []KeyGrant
	// Revocation is the policy on the role that refuses older sessions; it is there when Spec.RevokedBefore is set.
	Revocation policy.Document
}

// RoleSettings are what a role has beside its policies.
type RoleSettings struct {
	MaxSessionDuration  time.Duration
	PermissionsBoundary string
	Description         string
	// Tags has the provider's own tags too.
	Tags map[string]string
}

// Render gives the documents of a spec. It cannot fail: what could be wrong was refused when the spec was parsed.
func Render(spec Spec) Desired {
	spec = spec.Normalized()
	if spec.IsDirect() {
		return spec.renderDirect()
	}
	tags := maps.Clone(spec.Tags)
	if tags == nil {
		tags = map[string]string{}
	}
	tags[OwnershipTag] = string(spec.Bucket)
	if spec.UsesAccessPoint() {
		tags[ViaTag] = NoteWays(ViaAccessPoint)
	}
	return Desired{
		Spec: spec,
		Role: RoleSettings{
			MaxSessionDuration:  spec.MaxSessionDuration,
			PermissionsBoundary: spec.PermissionsBoundary,
			Description:         spec.Description,
			Tags:                tags,
		},
		Trust:            spec.renderTrust(),
		Permissions:      spec.renderPermissions(),
		BucketStatements: spec.renderBucketStatements(),
		Delegation:       spec.renderDelegation(),
		AccessPoint:      spec.renderAccessPoint(),
		Consumer:         spec.renderConsumerPolicy(),
		Revocation:       renderRevocation(spec.RevokedBefore),
	}
}

// isReserved tells that a tag key is AWS's or this provider's own. Keys of roles are compared without case (IAM User
// Guide, "Tags for IAM resources").
func isReserved(key string) bool {
	folded := strings.ToLower(key)
	return strings.HasPrefix(folded, "aws:") || strings.HasPrefix(folded, "crossaccount:")
}

// UserTags leaves out the tags that the provider puts on a role itself.
func UserTags(tags map[string]string) map[string]string {
	users := map[string]string{}
	for key, value := range tags {
		if !isReserved(key) {
			users[key] = value
		}
	}
	return users
}

// Mask renders a document for people: every external ID in it is replaced by Masked.
func Mask(document policy.Document) string {
	masked := make([]policy.Statement, 0, len(document.Statements()))
	changed := false
	for _, statement := range document.Statements() {
		fresh, hidden := maskStatement(statement)
		masked = append(masked, fresh)
		changed = changed || hidden
	}
	if !changed {
		return document.JSON()
	}
	return document.Replace(func(policy.Statement) bool { return true }, masked...).JSON()
}

// maskStatement replaces the values of sts:ExternalId, whatever the operator. A statement that could not be read is
// left out whole, because nobody knows where in it an ID may stand.
func maskStatement(statement policy.Statement) (masked policy.Statement, hidden bool) {
	if statement.Err() != nil {
		return policy.Statement{Sid: "Unreadable" + Masked, Effect: statement.Effect}, true
	}
	conditions := policy.Condition{}
	for operator, keys := range statement.Condition {
		for key, values := range keys {
			if strings.EqualFold(key, "sts:ExternalId") {
				values = slices.Repeat(policy.Values{Masked}, len(values))
				hidden = true
			}
			restrict(conditions, operator, key, values...)
		}
	}
	if !hidden {
		return statement, false
	}
	return policy.Statement{
		Sid: statement.Sid, Effect: statement.Effect,
		Principal: statement.Principal, NotPrincipal: statement.NotPrincipal,
		Action: statement.Action, NotAction: statement.NotAction,
		Resource: statement.Resource, NotResource: statement.NotResource,
		Condition: conditions,
	}, true
}
