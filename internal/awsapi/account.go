package awsapi

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Account is one AWS account as its credentials reach it. It is safe for concurrent use.
type Account struct {
	// iam is global: its control plane is in one region of the partition, whatever the region of the connection.
	iam iamCalls

	side    Side
	sts     *sts.Client
	newS3   func(region string) *s3.Client
	keys    *regional[kmsCalls]
	control *regional[controlCalls]
	// analyzers are the calls of Access Analyzer in a region.
	analyzers *regional[analyzerCalls]
	region    string
	retryer   aws.Retryer
	// secrets are texts of the connection that no error may show.
	secrets   []string
	allowed   []string
	forbidden []string
	identity  *known[Identity]

	mu sync.Mutex
	// home is the account as a role has told it, see confirm.
	home    share.Account
	clients map[string]*s3.Client
	regions map[share.Bucket]string
}

// Identity is whom AWS takes the caller for.
type Identity struct {
	AccountID string
	// Partition is the first part of every ARN of the account: aws, aws-cn, aws-us-gov, …
	Partition string
	// ARN is the user or the role session that calls.
	ARN string
	// UserID is AIDA… of a user, AROA…:session of a session, the account's ID of its root user.
	UserID string
}

// account is the account of whom AWS takes the caller for.
func (i Identity) account() share.Account {
	return share.Account{ID: i.AccountID, Partition: i.Partition}
}

// S3For gives the client that calls S3 in a region.
func (a *Account) S3For(region string) *s3.Client {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.clients[region] == nil {
		a.clients[region] = a.newS3(region)
	}
	return a.clients[region]
}

// regionOf is where the bucket is, as far as S3 has told, else the region of the connection.
func (a *Account) regionOf(bucket share.Bucket) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if region := a.regions[bucket]; region != "" {
		return region
	}
	return a.region
}

func (a *Account) rememberRegion(bucket share.Bucket, region string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.regions[bucket] = region
}

// Identity asks AWS once whose credentials these are. It fails with an AccountRefusedError when the connection does not
// want that account; an error is not kept, since a lost network comes back.
func (a *Account) Identity(ctx context.Context) (Identity, error) {
	return a.identity.get(ctx, func() (Identity, bool, error) {
		identity, err := a.readIdentity(ctx)
		return identity, true, err
	})
}

// Home gives the account of the credentials. AWS is asked unless it has told already, also by the ARN of a role, see
// confirm.
func (a *Account) Home(ctx context.Context) (share.Account, error) {
	if home := a.knownHome(); home.ID != "" {
		return home, nil
	}
	identity, err := a.Identity(ctx)
	if err != nil {
		return share.Account{}, err
	}
	return identity.account(), nil
}

// knownHome is the account as far as AWS has told it, else empty.
func (a *Account) knownHome() share.Account {
	if identity := a.identity.peek(); identity != nil {
		return identity.account()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.home
}

func (a *Account) readIdentity(ctx context.Context) (Identity, error) {
	answer, err := a.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return Identity{}, a.failing("sts:GetCallerIdentity", err)
	}
	caller, err := arn.Parse(aws.ToString(answer.Arn))
	if err != nil {
		return Identity{}, fmt.Errorf("reading the answer of sts:GetCallerIdentity: %w", err)
	}
	identity := Identity{AccountID: aws.ToString(answer.Account), Partition: caller.Partition, ARN: aws.ToString(answer.Arn), UserID: aws.ToString(answer.UserId)}
	return identity, a.admit(identity)
}

// admit holds the account against the lists of the connection.
func (a *Account) admit(identity Identity) error {
	refused := &AccountRefusedError{Side: a.side, Identity: identity}
	switch {
	case slices.Contains(a.forbidden, identity.AccountID):
		refused.Attribute, refused.Listed = "forbidden_account_ids", a.forbidden
	case len(a.allowed) > 0 && !slices.Contains(a.allowed, identity.AccountID):
		refused.Attribute, refused.Listed = "allowed_account_ids", a.allowed
	default:
		return nil
	}
	return refused
}

// AccountRefusedError tells that the credentials belong to an account that the provider was told not to touch.
type AccountRefusedError struct {
	Side     Side
	Identity Identity
	// Attribute is the list that decided, allowed_account_ids or forbidden_account_ids; Listed is what it has.
	Attribute string
	Listed    []string
}

// Error implements error.
func (e *AccountRefusedError) Error() string {
	return fmt.Sprintf("the credentials for the %s belong to account %s (%s), which %s refuses: it has %s",
		e.Side, e.Identity.AccountID, e.Identity.ARN, e.Attribute, strings.Join(e.Listed, ", "))
}
