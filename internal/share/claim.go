package share

import (
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// Owns tells whether a statement of the bucket policy belongs to the share. Its own statements are known by their Sid.
// When the share is exclusive, so is a statement of anybody's that lets nobody in but the share's role, as those of
// shares made by hand do: it gives to that role alone, it would go on giving when the share is narrowed, and once the
// role is deleted it names a principal that is gone, because of which S3 refuses every write of the whole policy.
func (s Spec) Owns(statement policy.Statement) bool {
	return OwnsSid(s.Name, statement.Sid) || s.Exclusive && s.isForRoleAlone(statement)
}

// isForRoleAlone tells that a statement allows something to the share's role and to nobody else: it names the role, the
// unique ID that the role had before it was deleted, or the owner's account narrowed to the role.
func (s Spec) isForRoleAlone(statement policy.Statement) bool {
	principal := statement.Principal
	if statement.Err() != nil || statement.Effect != policy.Allow || principal == nil || principal.Any ||
		len(principal.AWS) == 0 || len(principal.Service)+len(principal.Federated)+len(principal.CanonicalUser)+len(principal.Other) > 0 {
		return false
	}
	role := s.RoleARN()
	if onlyHas(principal.AWS, role) || s.RoleUniqueID != "" && onlyHas(principal.AWS, s.RoleUniqueID) {
		return true
	}
	narrowed := slices.ContainsFunc([]string{"ArnEquals", "ArnLike", "StringEquals"}, func(operator string) bool {
		return onlyHas(conditionOn(statement, operator, "aws:PrincipalArn"), role)
	})
	return narrowed && !slices.ContainsFunc(principal.AWS, func(name string) bool {
		id, isAccount := policy.AccountID(name)
		return !isAccount || id != s.Owner.ID
	})
}

// onlyHas tells that there are values and that each is the wanted one.
func onlyHas(values []string, wanted string) bool {
	return len(values) > 0 && !slices.ContainsFunc(values, func(value string) bool { return value != wanted })
}

// outsider is the one account other than the owner's whose principals a bucket policy lets in by name, as a consumer;
// ok is false when there is none, or more than one.
func outsider(owner Account, document policy.Document) (consumer Consumer, ok bool) {
	whole := false
	for _, statement := range document.Statements() {
		if statement.Err() != nil || statement.Effect != policy.Allow || statement.Principal == nil {
			continue
		}
		for _, name := range statement.Principal.AWS {
			id := policy.AccountOf(name)
			if !accountIDPattern.MatchString(id) || id == owner.ID {
				continue
			}
			if consumer.AccountID != "" && consumer.AccountID != id {
				return Consumer{}, false
			}
			consumer.AccountID = id
			if principal, err := ParsePrincipal(name); err == nil {
				consumer.Principals = append(consumer.Principals, principal)
			} else {
				whole = true
			}
		}
	}
	if whole {
		consumer.Principals = nil
	}
	consumer.Trust = TrustAccount
	return consumer, consumer.AccountID != ""
}
