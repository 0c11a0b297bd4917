package reconcile

import (
	"context"
	"slices"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/exposure"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Estate is what a Survey needs of AWS.
type Estate interface {
	Owner(ctx context.Context) (share.Account, error)
	Sweep(ctx context.Context) ([]exposure.Role, error)
	RolesUnder(ctx context.Context, path share.Path) ([]exposure.Role, error)
	ReadManagedPolicies(ctx context.Context, roles []exposure.Role) error
	ObserveBucket(ctx context.Context, spec share.Spec) (share.BucketPolicy, error)
}

// Survey looks over all roles of the owner account. It changes nothing.
type Survey struct {
	estate   Estate
	rolePath share.Path
	now      func() time.Time
}

// NewSurvey makes a Survey; rolePath is where shares are when the account cannot be swept.
func NewSurvey(estate Estate, rolePath share.Path, now func() time.Time) *Survey {
	return &Survey{estate: estate, rolePath: rolePath, now: now}
}

// Shortfall tells that not all roles could be looked at.
type Shortfall struct {
	// Path is where roles were looked at; empty when no role could be.
	Path share.Path
	// Err is why.
	Err error
}

// Access tells who outside the owner account reaches a bucket. short is nil when all roles were looked at.
func (s *Survey) Access(ctx context.Context, bucket share.Bucket, unusedDays int) (entries []exposure.Entry, short *Shortfall, err error) {
	owner, err := s.estate.Owner(ctx)
	if err != nil {
		return nil, nil, err
	}
	spec := share.Spec{Owner: owner, Bucket: bucket}
	found, err := s.estate.ObserveBucket(ctx, spec)
	if err != nil {
		return nil, nil, err
	}
	if found.State == share.BucketMissing {
		return nil, nil, &MissingBucketError{spec}
	}
	roles, short, err := s.roles(ctx, owner, s.rolePath)
	if err != nil {
		return nil, nil, err
	}
	return exposure.Question{
		Owner: owner, Bucket: bucket, Policy: found.Document, Roles: roles, Now: s.now(), UnusedDays: unusedDays,
	}.Access(), short, nil
}

// Find lists shares and, when they are searched, roles that look like shares made by hand.
func (s *Survey) Find(ctx context.Context, search exposure.Search) (found []exposure.Listed, short *Shortfall, err error) {
	owner, err := s.estate.Owner(ctx)
	if err != nil {
		return nil, nil, err
	}
	if search.Candidates && search.Bucket != "" {
		bucket, err := s.estate.ObserveBucket(ctx, share.Spec{Owner: owner, Bucket: search.Bucket})
		if err != nil {
			return nil, nil, err
		}
		search.Policy = bucket.Document
	}
	path := search.RolePath
	if path == "" {
		path = s.rolePath
	}
	roles, short, err := s.roles(ctx, owner, path)
	if err != nil {
		return nil, nil, err
	}
	if short != nil && short.Path == "" {
		return nil, nil, short.Err
	}
	return search.Find(owner, roles), short, nil
}

// roles reads the roles of the account, those that let outsiders in with all documents. Callers who may not sweep the
// account get the roles under a path.
func (s *Survey) roles(ctx context.Context, owner share.Account, path share.Path) (roles []exposure.Role, short *Shortfall, err error) {
	roles, err = s.estate.Sweep(ctx)
	if awsapi.IsDenied(err) {
		short = &Shortfall{Path: path, Err: err}
		roles, err = s.estate.RolesUnder(ctx, path)
		if awsapi.IsDenied(err) {
			return nil, &Shortfall{Err: short.Err}, nil
		}
	}
	if err != nil {
		return nil, nil, err
	}
	inward := slices.DeleteFunc(slices.Clone(roles), func(role exposure.Role) bool { return !exposure.LetsOutsidersIn(owner, role) })
	if err := s.estate.ReadManagedPolicies(ctx, inward); err != nil {
		return nil, nil, err
	}
	// A share of which nobody is let in any more is still a share.
	others := slices.DeleteFunc(roles, func(role exposure.Role) bool { return exposure.LetsOutsidersIn(owner, role) })
	return slices.Concat(inward, others), short, nil
}
