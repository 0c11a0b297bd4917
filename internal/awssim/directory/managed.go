// This file keeps managed policies: those of the accounts with their versions,
// and a few of those that AWS manages.
package directory

import (
	"fmt"
	"strings"
	"time"
)

// ManagedPolicy is a customer or AWS managed policy.
type ManagedPolicy struct {
	ARN, ID, Name, Path, Description string
	Created                          time.Time
	Tags                             []Tag
	Versions                         []PolicyVersion // oldest first
	Default                          string          // ID of the version in force
}

// PolicyVersion is one version of a managed policy.
type PolicyVersion struct {
	ID, Text string
	Created  time.Time
}

// Version finds a version by its ID.
func (p *ManagedPolicy) Version(id string) (PolicyVersion, bool) {
	for _, v := range p.Versions {
		if v.ID == id {
			return v, true
		}
	}
	return PolicyVersion{}, false
}

// Text is the document in force.
func (p *ManagedPolicy) Text() string {
	v, _ := p.Version(p.Default)
	return v.Text
}

// NextVersion is the ID that the next version gets; IDs are never used again.
func (p *ManagedPolicy) NextVersion() string {
	var n int
	if len(p.Versions) > 0 {
		// Versions are numbered v1, v2 … by this very function.
		_, _ = fmt.Sscanf(p.Versions[len(p.Versions)-1].ID, "v%d", &n)
	}
	return fmt.Sprintf("v%d", n+1)
}

// awsManaged are policies that AWS manages, shortened to what tests can meet.
var awsManaged = map[string]string{
	"AdministratorAccess":    `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
	"AmazonS3FullAccess":     `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","s3-object-lambda:*"],"Resource":"*"}]}`,
	"AmazonS3ReadOnlyAccess": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*","s3:Describe*","s3-object-lambda:Get*","s3-object-lambda:List*"],"Resource":"*"}]}`,
	"IAMReadOnlyAccess":      `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:GenerateCredentialReport","iam:GenerateServiceLastAccessedDetails","iam:Get*","iam:List*","iam:SimulateCustomPolicy","iam:SimulatePrincipalPolicy"],"Resource":"*"}]}`,
	"ReadOnlyAccess":         `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:Get*","iam:List*","s3:Get*","s3:List*","sts:GetCallerIdentity"],"Resource":"*"}]}`,
}

// FindPolicy finds a managed policy that account a may attach: one of its own,
// or one of AWS's.
func (d *Directory) FindPolicy(a *Account, arn string) *ManagedPolicy {
	if p := a.Policies[arn]; p != nil {
		return p
	}
	name, ok := strings.CutPrefix(arn, "arn:"+a.Partition+":iam::aws:policy/")
	text, known := awsManaged[name]
	if !ok || !known {
		return nil
	}
	if d.awsManaged[arn] == nil {
		created := time.Date(2015, 2, 6, 18, 40, 0, 0, time.UTC)
		d.awsManaged[arn] = &ManagedPolicy{
			ARN: arn, ID: d.NewID("ANPA"), Name: name, Path: "/", Created: created, Default: "v1",
			Versions: []PolicyVersion{{ID: "v1", Text: text, Created: created}},
		}
	}
	return d.awsManaged[arn]
}

// Attachments counts to how many roles and users of an account a policy is
// attached, and of how many it is the boundary.
func (a *Account) Attachments(p *ManagedPolicy) (attached, boundaries int) {
	count := func(e *Entity) {
		for _, q := range e.Attached {
			if q == p {
				attached++
			}
		}
		if e.Boundary == p {
			boundaries++
		}
	}
	for _, r := range a.Roles {
		count(&r.Entity)
	}
	for _, u := range a.Users {
		count(&u.Entity)
	}
	return attached, boundaries
}
