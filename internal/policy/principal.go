package policy

// This file holds the principal element: whom a statement of a resource policy names.

import (
	"maps"
	"strings"
)

// Principal is the value of Principal and NotPrincipal. Any is the whole value "*", the other fields are then not
// used. Other holds types that are not known here.
type Principal struct {
	AWS           Values
	Service       Values
	Federated     Values
	CanonicalUser Values
	Any           bool
	Other         map[string]Values
}

func (p *Principal) clone() *Principal {
	if p == nil {
		return nil
	}
	fresh := *p
	fresh.AWS, fresh.Service = p.AWS.clone(), p.Service.clone()
	fresh.Federated, fresh.CanonicalUser = p.Federated.clone(), p.CanonicalUser.clone()
	fresh.Other = maps.Clone(p.Other)
	for kind, values := range fresh.Other {
		fresh.Other[kind] = values.clone()
	}
	return &fresh
}

func decodePrincipal(raw string) (*Principal, error) {
	if value, ok := asText(raw); ok {
		if value != "*" {
			return &Principal{}, errObject // AWS takes no other string as the whole value
		}
		return &Principal{Any: true}, nil
	}
	members, ok := cutObject(raw)
	if !ok {
		return &Principal{}, errObject
	}
	principal := &Principal{}
	seen := map[string]bool{}
	var fault error
	for _, m := range members {
		values, err := decodeValues(m.value, asText)
		principal.set(m.name, values)
		if err == nil && seen[m.name] {
			err = errTwice
		}
		seen[m.name] = true
		if fault == nil {
			fault = err
		}
	}
	return principal, fault
}

func (p *Principal) set(kind string, values Values) {
	switch kind {
	case "AWS":
		p.AWS = values
	case "Service":
		p.Service = values
	case "Federated":
		p.Federated = values
	case "CanonicalUser":
		p.CanonicalUser = values
	default:
		if p.Other == nil {
			p.Other = map[string]Values{}
		}
		p.Other[kind] = values
	}
}

// kinds gives the values by the name of their type, absent types left out.
func (p Principal) kinds() map[string]Values {
	kinds := map[string]Values{"AWS": p.AWS, "Service": p.Service, "Federated": p.Federated, "CanonicalUser": p.CanonicalUser}
	maps.Copy(kinds, p.Other)
	maps.DeleteFunc(kinds, func(_ string, values Values) bool { return values == nil })
	return kinds
}

// AccountID gives the account that a principal value stands for as a whole: a bare account ID, or the ARN of the
// account's root, are the same to AWS (IAM User Guide, "AWS JSON policy elements: Principal", AWS account principals).
// ok is false for every other principal.
func AccountID(principal string) (id string, ok bool) {
	id = principal
	if fields := strings.Split(principal, ":"); len(fields) == 6 {
		if fields[0] != "arn" || fields[1] == "" || fields[2] != "iam" || fields[3] != "" || fields[5] != "root" {
			return "", false
		}
		id = fields[4]
	}
	if len(id) != 12 || strings.Trim(id, "0123456789") != "" {
		return "", false
	}
	return id, true
}

// AccountOf gives the account of a principal as policies write it, an ID or an ARN; what is neither comes back as it is.
func AccountOf(principal string) string {
	if fields := strings.SplitN(principal, ":", 6); len(fields) == 6 {
		return fields[4]
	}
	return principal
}
