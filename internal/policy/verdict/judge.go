package verdict

// This file weighs what the policies say against one another. The rules are those of the IAM User Guide, "Policy
// evaluation logic" and "Cross-account policy evaluation logic".

import (
	"fmt"
	"slices"
	"strings"
)

// Judge tells how AWS would answer the call. An explicit deny in any policy that has a say wins. Inside one account an
// allow of the identity side or of the resource suffices, unless ResourceMustAllow; across accounts both are needed.
//
// A boundary and session policies limit what identity policies allow, and what a resource policy allows to a role by
// the role's ARN or ID. They do not limit, by their silence, what a resource policy of the same account allows to a
// user, to a session or to everybody. A resource policy that names the caller's own account allows nothing by itself.
//
// Grants of a key are heard beside its policy: each is as good as a statement of the key policy that names the grantee.
// Across accounts an allow of the caller's own account is needed too, unless that account issued the grant.
//
// Only the resource policy has a say on services and anonymous callers. The root user of an account has no identity
// policies and no boundary; those given are not read.
//
// The error tells why a policy, or the request, cannot be judged: a statement that AWS would not have stored, an operator
// or a value that has no documented meaning. There is no verdict then, and the call must not pass. It does not depend on
// the order of policies, statements or conditions. All policies that have a say are read in full, but a value of the
// request is an error only where a statement compares it.
func Judge(r Request, p Policies) (Verdict, error) {
	if r.AccessPoint != "" {
		return judgeThrough(r, p)
	}
	return judgeOne(r, p, notYet)
}

// homeSide tells whether the caller's own account has allowed the call already, across accounts.
type homeSide int

const (
	notYet homeSide = iota
	settled
)

func judgeOne(r Request, p Policies, home homeSide) (Verdict, error) {
	c, err := parseCall(r)
	if err != nil {
		return Verdict{}, fmt.Errorf("reading the request: %w", err)
	}
	c.bounded = p.Boundary != nil && (c.principal.Kind == User || c.principal.Kind == RoleSession)
	h, err := hear(c, p)
	if err != nil {
		return Verdict{}, err
	}
	if verdict, denied := h.denial(); denied {
		return verdict, nil
	}
	switch {
	case c.principal.Kind == Service || c.principal.Kind == Anonymous:
		return h.resourceAlone(), nil
	case c.principal.Account == c.resourceAccount:
		return h.sameAccount(p.ResourceMustAllow), nil
	case home == settled:
		return h.resourceAlone(), nil
	default:
		return h.crossAccount(), nil
	}
}

// opinion is what one policy says on the call.
type opinion struct {
	layer  Layer
	by     string
	denies string // the statement that denies, "" for none
	allows string // the statement that allows with the widest reach, "" for none
	reach  reach  // of that statement; direct outside resource policies
	// trusted tells that the caller's own account issued the grant that allows.
	trusted bool
}

func (o opinion) verdict(outcome Outcome, statement string) Verdict {
	if o.layer == GrantLayer {
		statement = ""
	}
	return Verdict{Outcome: outcome, By: o.by, Layer: o.layer, Sid: statement}
}

// hearing holds the opinions of the policies that have a say, by layer.
type hearing struct {
	identity, boundary, session, resource, grants []opinion
	root                                          bool // the caller is a root user, whom nothing has to allow
}

func hear(c call, p Policies) (h hearing, err error) {
	h.root = c.principal.Kind == Root
	ask := func(layer Layer, policies ...Policy) (opinions []opinion) {
		for _, one := range policies {
			said, fault := consult(c, layer, one)
			if fault != nil && err == nil {
				err = fmt.Errorf("judging %s (%s): %w", one.Name, layer, fault)
			}
			opinions = append(opinions, said)
		}
		return opinions
	}
	if c.principal.Kind != Service && c.principal.Kind != Anonymous {
		if !h.root {
			h.identity = ask(IdentityLayer, p.Identity...)
			h.boundary = ask(BoundaryLayer, optional(p.Boundary)...)
		}
		h.session = ask(SessionLayer, p.Session...)
	}
	h.resource = ask(ResourceLayer, optional(p.Resource)...)
	for _, grant := range p.Grants {
		h.grants = append(h.grants, grant.consult(c))
	}
	return h, err
}

func optional(p *Policy) []Policy {
	if p == nil {
		return nil
	}
	return []Policy{*p}
}

// consult asks one policy. Every statement is asked, also after one that denies, so that the order of statements does
// not decide what is an error.
func consult(c call, layer Layer, p Policy) (opinion, error) {
	said := opinion{layer: layer, by: p.Name}
	statements, err := compile(p.Document, layer, c)
	if err != nil {
		return said, err
	}
	for _, s := range statements {
		leaning, err := s.lean(c)
		if err != nil {
			return said, fmt.Errorf("statement %s: %w", s.name, err)
		}
		reach := c.settle(s, leaning)
		switch {
		case reach == nobody:
		case s.denies && said.denies == "":
			said.denies = s.name
		case !s.denies && reach > said.reach:
			said.allows, said.reach = s.name, reach
		}
	}
	return said, nil
}

func (h hearing) denial() (Verdict, bool) {
	for _, layer := range [][]opinion{h.identity, h.boundary, h.session, h.resource} {
		for _, said := range layer {
			if said.denies != "" {
				return said.verdict(ExplicitDeny, said.denies), true
			}
		}
	}
	return Verdict{}, false
}

func (h hearing) resourceAlone() Verdict {
	said, ok := h.resourceAllow()
	if !ok {
		return refusal(ResourceLayer, h.resource)
	}
	return said.verdict(Allowed, said.allows)
}

func (h hearing) sameAccount(resourceMustAllow bool) Verdict {
	resource, _ := h.resourceAllow()
	if resource.reach == direct {
		return resource.verdict(Allowed, resource.allows)
	}
	grant, allowed := h.identityAllow()
	switch {
	case resourceMustAllow && resource.reach == nobody:
		return refusal(ResourceLayer, h.resource)
	case resource.reach == asRole && (resourceMustAllow || !allowed):
		grant = resource
	case !allowed:
		return refusal(IdentityLayer, h.identity)
	case resourceMustAllow:
		grant = resource
	}
	if limit, limited := h.limit(); limited {
		return limit
	}
	return grant.verdict(Allowed, grant.allows)
}

func (h hearing) crossAccount() Verdict {
	if _, allowed := h.identityAllow(); !allowed && !h.trustedGrant() {
		return refusal(IdentityLayer, h.identity)
	}
	if limit, limited := h.limit(); limited {
		return limit
	}
	return h.resourceAlone()
}

func (h hearing) identityAllow() (opinion, bool) {
	if h.root {
		return opinion{layer: IdentityLayer, by: "root user"}, true
	}
	return allow(h.identity)
}

// resourceAllow gives the allow of the resource that reaches widest: its policy's, or that of a grant.
func (h hearing) resourceAllow() (opinion, bool) {
	widest, allowed := allow(h.resource)
	for _, said := range h.grants {
		if said.reach > widest.reach {
			widest, allowed = said, true
		}
	}
	return widest, allowed
}

func (h hearing) trustedGrant() bool {
	return slices.ContainsFunc(h.grants, func(said opinion) bool { return said.trusted })
}

func allow(opinions []opinion) (opinion, bool) {
	for _, said := range opinions {
		if said.allows != "" {
			return said, true
		}
	}
	return opinion{}, false
}

// limit gives the first boundary or session policy that does not allow.
func (h hearing) limit() (Verdict, bool) {
	for _, layer := range [][]opinion{h.boundary, h.session} {
		for _, said := range layer {
			if said.allows == "" {
				return said.verdict(ImplicitDeny, ""), true
			}
		}
	}
	return Verdict{}, false
}

// refusal names all policies of a layer that does not allow.
func refusal(layer Layer, opinions []opinion) Verdict {
	names := make([]string, 0, len(opinions))
	for _, said := range opinions {
		names = append(names, said.by)
	}
	return Verdict{Outcome: ImplicitDeny, By: strings.Join(names, ", "), Layer: layer}
}
