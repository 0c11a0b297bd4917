// This file ties principals of policies to who exists: ARNs to unique IDs when
// a policy is written, and back when it is read.
package directory

import (
	"regexp"
	"strings"
	"time"
)

var uniqueID = regexp.MustCompile(`^A(ROA|IDA)[A-Z0-9]{12,124}$`)

// IsUniqueID tells whether a principal is the unique ID of a role or user.
func IsUniqueID(principal string) bool { return uniqueID.MatchString(principal) }

// Resolve gives the unique ID that a role or user ARN has now. It is false for
// an ARN that names nobody, differs in case or path, or names somebody so young
// that IAM has not yet spread the news.
func (d *Directory) Resolve(arn string) (id string, ok bool) {
	e := d.entityByARN(arn)
	if e == nil || d.isYounger(e, d.PrincipalLag) {
		return "", false
	}
	return e.ID, true
}

func (d *Directory) isYounger(e *Entity, age time.Duration) bool {
	return d.Now().Before(e.Created.Add(age))
}

// Ask tells whether the host of IAM that is asked for a role knows it. For the
// first half of RoleLag none does, for the second half every other one.
func (d *Directory) Ask(r *Role) bool {
	r.asked++
	return !d.isYounger(&r.Entity, d.RoleLag/2) && (r.asked%2 == 0 || !d.isYounger(&r.Entity, d.RoleLag))
}

// ShownARN is what GetRole shows as a role's ARN: for as long again as RoleLag,
// its unique ID.
func (d *Directory) ShownARN(r *Role) string {
	if d.isYounger(&r.Entity, 2*d.RoleLag) {
		return r.ID
	}
	return r.ARN()
}

// IsAssumable tells that STS knows a role.
func (d *Directory) IsAssumable(r *Role) bool { return !d.isYounger(&r.Entity, d.AssumeLag) }

// ARNOf gives the ARN that belongs to a unique ID while its owner exists.
func (d *Directory) ARNOf(id string) (arn string, ok bool) {
	for _, a := range Sorted(d.accounts) {
		for _, r := range a.Roles {
			if r.ID == id {
				return r.ARN(), true
			}
		}
		for _, u := range a.Users {
			if u.ID == id {
				return u.ARN(), true
			}
		}
	}
	return "", false
}

// FindRole finds a role by its exact ARN; RoleName in an ARN is compared with
// regard to case.
func (d *Directory) FindRole(arn string) *Role {
	account, kind, rest := splitIAM(arn)
	a := d.accounts[account]
	if a == nil || kind != "role" {
		return nil
	}
	if r := a.Roles[Fold(lastName(rest))]; r != nil && r.ARN() == arn {
		return r
	}
	return nil
}

func (d *Directory) entityByARN(arn string) *Entity {
	if r := d.FindRole(arn); r != nil {
		return &r.Entity
	}
	account, kind, rest := splitIAM(arn)
	a := d.accounts[account]
	if a == nil || kind != "user" {
		return nil
	}
	if u := a.Users[Fold(lastName(rest))]; u != nil && u.ARN() == arn {
		return &u.Entity
	}
	return nil
}

// splitIAM takes arn:P:iam::ACCOUNT:KIND/REST apart.
func splitIAM(arn string) (account, kind, rest string) {
	fields := strings.SplitN(arn, ":", 6)
	if len(fields) != 6 || fields[0] != "arn" || fields[2] != "iam" {
		return "", "", ""
	}
	kind, rest, _ = strings.Cut(fields[5], "/")
	return fields[4], kind, rest
}

func lastName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
