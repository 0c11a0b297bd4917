// This file answers the calls on aliases.
package kmssim

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

var aliasName = regexp.MustCompile(`^alias/[a-zA-Z0-9/_-]{1,250}$`)

func (r *request) checkAlias(name string) error {
	switch {
	case !aliasName.MatchString(name):
		return fail("InvalidAliasNameException", "Alias must start with the prefix \"alias/\". Please see "+
			"https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html")
	case strings.HasPrefix(name, "alias/aws/"):
		return fail("NotAuthorizedException", "Alias cannot begin with alias/aws/")
	}
	return nil
}

// mayAlias judges the half of a call that is about the alias; the key judges the
// other half.
func (r *request) mayAlias(name string) error {
	return r.mayOn("kms:"+r.call.Operation, arn(r.call.Caller.Account, r.call.Caller.Region, name))
}

func createAlias(r *request) (any, error) {
	var input struct {
		AliasName   string
		TargetKeyID string `json:"TargetKeyId"`
	}
	if err := r.read(&input); err != nil {
		return nil, err
	}
	if err := r.checkAlias(input.AliasName); err != nil {
		return nil, err
	}
	if err := r.mayAlias(input.AliasName); err != nil {
		return nil, err
	}
	k, err := r.may(input.TargetKeyID, r.use(nil))
	if err != nil {
		return nil, err
	}
	if err := k.checkState(enabled, disabled); err != nil {
		return nil, err
	}
	full := arn(k.owner, k.region, input.AliasName)
	if r.aliases[full] != nil {
		return nil, fail("AlreadyExistsException", "An alias with the name %s already exists", full)
	}
	r.aliases[full] = k
	return nil, nil //nolint:nilnil // the answer is empty
}

func deleteAlias(r *request) (any, error) {
	var input struct{ AliasName string }
	if err := r.read(&input); err != nil {
		return nil, err
	}
	if err := r.checkAlias(input.AliasName); err != nil {
		return nil, err
	}
	if err := r.mayAlias(input.AliasName); err != nil {
		return nil, err
	}
	full := arn(r.call.Caller.Account, r.call.Caller.Region, input.AliasName)
	k := r.aliases[full]
	if k == nil {
		return nil, fail("NotFoundException", "Alias %s is not found.", full)
	}
	if _, err := r.may(k.ARN(), r.use(nil)); err != nil {
		return nil, err
	}
	delete(r.aliases, full)
	return nil, nil //nolint:nilnil // the answer is empty
}

// aliasesOf gives the names of a key's aliases.
func (s *Service) aliasesOf(k *Key) []string {
	var names []string
	for _, full := range slices.Sorted(maps.Keys(s.aliases)) {
		if s.aliases[full] == k {
			names = append(names, full[strings.Index(full, ":alias/")+1:])
		}
	}
	return names
}

type aliasEntry struct {
	AliasName, AliasArn string
	TargetKeyID         string `json:"TargetKeyId"`
	CreationDate        float64
}

func listAliases(r *request) (any, error) {
	var input struct {
		KeyID  string `json:"KeyId"`
		Limit  *int
		Marker string
	}
	if err := r.read(&input); err != nil {
		return nil, err
	}
	if err := r.mayOwn("kms:ListAliases", nil); err != nil {
		return nil, err
	}
	var of *Key
	if input.KeyID != "" {
		n, err := r.find(r.place(), input.KeyID)
		switch {
		case err != nil:
			return nil, err
		case n.key == nil || n.key.owner != r.call.Caller.Account:
			return nil, fail("NotFoundException", "Key '%s' does not exist", n.arn)
		}
		of = n.key
	}
	all := []aliasEntry{}
	for _, full := range slices.Sorted(maps.Keys(r.aliases)) {
		k := r.aliases[full]
		if k.owner == r.call.Caller.Account && k.region == r.call.Caller.Region && (of == nil || of == k) {
			name := full[strings.Index(full, ":alias/")+1:]
			all = append(all, aliasEntry{name, full, k.id, seconds(k.created)})
		}
	}
	shown, next, err := page(all, limits{50, 100}.of(input.Limit), input.Marker)
	return struct {
		Aliases    []aliasEntry
		NextMarker string `json:",omitempty"`
		Truncated  bool
	}{shown, next, next != ""}, err
}
