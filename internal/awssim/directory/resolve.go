// This file ties principals of policies to who exists: ARNs to unique IDs when
// a policy is written, and back when it is read.
package directory

import (
	"regexp"
	"strings"
)

var uniqueID = regexp.MustCompile(`^A(ROA|IDA)[A-Z0-9]{12,124}$`)

// IsUniqueID tells whether a principal is the unique ID of a role or user.
func IsUniqueID(principal string) bool { return uniqueID.MatchString(principal) }

// Resolve gives the unique ID that a role or user ARN has now. It is false for
// an ARN that names nobody, differs in case or path, or names somebody so young
// that IAM has not yet spread the news.
func (d *Directory) Resolve(arn string) (id string, ok bool) {
	e := d.entityByARN(arn)
	if e == nil || d.Now().Before(e.Created.Add(d.PrincipalLag)) {
		return "", false
	}
	return e.ID, true
}

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
