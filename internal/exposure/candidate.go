package exposure

import (
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file finds shares among the roles of an account, and roles that look like a share made by hand.

// Listed is a role that is a share, or could be imported as one.
type Listed struct {
	Role   Role
	Bucket share.Bucket
	// Consumers are the accounts of which principals may assume the role.
	Consumers []string
	// ByHand tells that this provider did not make it.
	ByHand bool
}

// Search narrows a list; empty fields leave it as it is.
type Search struct {
	Bucket     share.Bucket
	ConsumerID string
	RolePath   share.Path
	// Candidates also finds roles that this provider did not make.
	Candidates bool
	// Policy is the policy of Bucket, which may give a candidate what its own policies do not.
	Policy policy.Document
}

// Find gives the shares among the roles, by bucket and name.
func (s Search) Find(owner share.Account, roles []Role) []Listed {
	var found []Listed
	for _, role := range roles {
		if role.Parts.Role == nil || !strings.HasPrefix(string(role.Parts.Role.Path), string(s.RolePath)) {
			continue
		}
		consumers := accountsLetIn(owner, role)
		if s.ConsumerID != "" && !slices.Contains(consumers, s.ConsumerID) {
			continue
		}
		made, isShare := role.Parts.Role.Settings.Tags[share.OwnershipTag]
		switch {
		case isShare && (s.Bucket == "" || share.Bucket(made) == s.Bucket):
			found = append(found, Listed{Role: role, Bucket: share.Bucket(made), Consumers: consumers})
		case !isShare && s.Candidates && len(consumers) > 0:
			for _, bucket := range s.bucketsOf(owner, role) {
				found = append(found, Listed{Role: role, Bucket: bucket, Consumers: consumers, ByHand: true})
			}
		}
	}
	slices.SortFunc(found, func(a, b Listed) int {
		if a.Bucket != b.Bucket {
			return strings.Compare(string(a.Bucket), string(b.Bucket))
		}
		return strings.Compare(a.Role.Name, b.Role.Name)
	})
	return found
}

// bucketsOf gives the buckets that a role reaches: the one that is searched, else those that its policies name.
func (s Search) bucketsOf(owner share.Account, role Role) []share.Bucket {
	candidates := []share.Bucket{s.Bucket}
	if s.Bucket == "" {
		candidates = role.bucketsNamed()
	}
	return slices.DeleteFunc(candidates, func(bucket share.Bucket) bool {
		return len(Question{Owner: owner, Bucket: bucket, Policy: s.Policy}.reachesOf(role)) == 0
	})
}

// bucketsNamed are the buckets that the role's policies name without a wildcard.
func (r Role) bucketsNamed() []share.Bucket {
	var found []share.Bucket
	for _, statement := range r.statements() {
		for _, resource := range statement.Resource {
			fields := strings.SplitN(resource, ":", 6)
			if len(fields) < 6 || fields[2] != "s3" || fields[3] != "" {
				continue
			}
			name, _, _ := strings.Cut(fields[5], "/")
			if bucket, err := share.ParseBucket(name); err == nil && !slices.Contains(found, bucket) {
				found = append(found, bucket)
			}
		}
	}
	slices.Sort(found)
	return found
}
