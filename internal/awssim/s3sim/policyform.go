// This file gives the form in which S3 keeps and shows a bucket policy: no white space, members of a statement in one
// order, lists of one value as that value, numbers and booleans as strings, principals resolved when written and mapped
// back when read. Version, Id, Sids and the order of statements stay (S3 User Guide, "Principals"; the rest as
// observed on AWS).
package s3sim

import (
	"encoding/json"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/grammar"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// store checks a document for what it hangs on and gives it as S3 keeps it.
func (s *Service) store(on scope, text string) (policy.Document, error) {
	document, err := checkPolicy(on, text)
	if err != nil {
		return policy.Document{}, err
	}
	return s.mapped(document, func(kind, value string) (string, string, error) {
		stored, known := s.storePrincipal(on.partition, kind, value)
		if !known {
			return "", "", malformedPolicy("Invalid principal in policy")
		}
		if kind == "CanonicalUser" {
			kind = "AWS"
		}
		return kind, stored, nil
	})
}

// show gives a stored document as S3 answers it.
func (s *Service) show(document policy.Document) string {
	shown, err := s.mapped(document, func(kind, value string) (string, string, error) {
		return kind, s.dir.ShowPrincipal(value), nil
	})
	if err != nil {
		return document.JSON() // cannot happen: showing refuses nothing
	}
	return shown.JSON()
}

func (s *Service) storePrincipal(partition, kind, value string) (string, bool) {
	switch kind {
	case "AWS":
		return s.dir.StorePrincipal(partition, value)
	case "Service":
		return value, grammar.IsService(value)
	case "Federated":
		return value, strings.HasPrefix(value, "arn:"+partition+":iam::") || strings.Contains(value, ".")
	case "CanonicalUser":
		return s.accountOf(value)
	}
	return "", false
}

// accountOf finds the account with a canonical user ID among those that own a bucket; S3 turns it into the account.
func (s *Service) accountOf(canonical string) (string, bool) {
	for _, b := range directory.Sorted(s.buckets) {
		if canonicalID(b.owner) == canonical {
			return b.owner.RootARN(), true
		}
	}
	return "", false
}

// mapPrincipal gives kind and value that stand in place of a principal.
type mapPrincipal func(kind, value string) (string, string, error)

// mapped writes a document anew, its principals mapped.
func (s *Service) mapped(document policy.Document, to mapPrincipal) (policy.Document, error) {
	statements := make([]policy.Statement, 0, len(document.Statements()))
	for _, st := range document.Statements() {
		fresh := policy.Statement{
			Sid: st.Sid, Effect: st.Effect, Action: st.Action, NotAction: st.NotAction, Resource: st.Resource,
			NotResource: st.NotResource, Condition: st.Condition,
		}
		var err error
		if fresh.Principal, err = mapEach(st.Principal, to); err != nil {
			return document, err
		}
		if fresh.NotPrincipal, err = mapEach(st.NotPrincipal, to); err != nil {
			return document, err
		}
		statements = append(statements, fresh)
	}
	return compact(document, statements)
}

func mapEach(p *policy.Principal, to mapPrincipal) (*policy.Principal, error) {
	if p == nil || p.Any {
		return p, nil
	}
	fresh := &policy.Principal{}
	fields := map[string]*policy.Values{"AWS": &fresh.AWS, "Service": &fresh.Service, "Federated": &fresh.Federated}
	for _, given := range []struct {
		kind   string
		values policy.Values
	}{{"AWS", p.AWS}, {"Service", p.Service}, {"Federated", p.Federated}, {"CanonicalUser", p.CanonicalUser}} {
		for _, value := range given.values {
			kind, mapped, err := to(given.kind, value)
			if err != nil {
				return nil, err
			}
			*fields[kind] = append(*fields[kind], mapped)
		}
	}
	return fresh, nil
}

// compact puts statements under the Version and Id of a document.
func compact(document policy.Document, statements []policy.Statement) (policy.Document, error) {
	var b strings.Builder
	b.WriteByte('{')
	for _, top := range []struct{ name, value string }{{"Version", document.Version()}, {"Id", document.ID()}} {
		if top.value != "" {
			value, err := json.Marshal(top.value)
			if err != nil {
				return document, err
			}
			b.WriteString(`"` + top.name + `":` + string(value) + `,`)
		}
	}
	b.WriteString(`"Statement":[`)
	for i, st := range statements {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(st.JSON())
	}
	b.WriteString(`]}`)
	return policy.Parse(b.String())
}
