package verdict

// This file answers open calls: what AWS would say whatever is not known, and on what it depends.

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// Answer is what is known of the outcome of an open call.
type Answer string

// The answers. Yes and No hold whatever is not known; Depends says that neither could be shown.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Depends Answer = "depends"
)

// Weighing is the answer to an open call, and why.
type Weighing struct {
	Answer Answer
	// Refusal is the verdict when every doubt is decided for the caller and it is refused all the same; zero otherwise.
	Refusal Verdict
	// Denies are the statements that deny the call or may do so.
	Denies []Clause
	// Needs are what has to allow the call: one clause of each is enough. A need without clauses is never met.
	Needs []Need
}

// Need is what a layer has to say.
type Need struct {
	Layer  Layer
	By     string // the policies that could allow
	Allows []Clause
}

// Clause is a statement that speaks about the call, or may do so.
type Clause struct {
	By        string // the policy
	Layer     Layer
	Sid       string // as in Verdict
	Statement policy.Statement
	// Tests are its conditions that depend on what is not known; those that hold for sure are left out.
	Tests []Test
	// SomeResources tells that it is about some of the resources asked for only, SomeSessions that about some sessions of
	// the role only.
	SomeResources, SomeSessions bool
}

// Certain tells that the statement speaks about the call whatever is not known.
func (c Clause) Certain() bool { return len(c.Tests) == 0 && !c.SomeResources && !c.SomeSessions }

// Test is one condition of a statement.
type Test struct {
	Operator, Key string
	Values        []string
}

// Weigh judges a call of which not everything is known. The resource of the request may have wildcards, and the caller's
// session ARN may end in /*: it then stands for all of them. Yes is true of every call that the request stands for, and
// No of every one: each doubt is decided for itself, so that Depends is the answer too where doubts exclude one another.
// The encryption context of calls to KMS is taken as known.
func Weigh(r Request, o Open, p Policies) (Weighing, error) {
	d := o.doubt()
	if strings.HasSuffix(r.Principal.SessionARN, anySession) && r.Principal.UniqueID != "" {
		d.like["aws:userid"] = r.Principal.UniqueID + ":*"
	}
	r.doubt = d
	worst, err := Judge(r, p)
	if err != nil {
		return Weighing{}, err
	}
	hopeful := *d
	hopeful.hopeful = true
	r.doubt = &hopeful
	best, err := Judge(r, p)
	if err != nil {
		return Weighing{}, err
	}
	weighed := Weighing{Answer: Depends}
	switch {
	case worst.Outcome == Allowed:
		weighed.Answer = Yes
	case best.Outcome != Allowed:
		weighed.Answer, weighed.Refusal = No, best
	}
	err = weighed.listen(r, p)
	return weighed, err
}

// listen gathers the statements that speak about the call. Those of an access point are not told apart from the bucket's.
func (w *Weighing) listen(r Request, p Policies) error {
	c, err := parseCall(r)
	if err != nil {
		return fmt.Errorf("reading the request: %w", err)
	}
	p = c.heard(p)
	c.bounded = p.Boundary != nil
	identity, resource := Need{Layer: IdentityLayer, By: namesOf(p.Identity)}, Need{Layer: ResourceLayer, By: namesOf(optional(p.Resource))}
	for _, one := range p.Identity {
		allows, err := w.hear(c, IdentityLayer, one)
		if err != nil {
			return err
		}
		identity.Allows = append(identity.Allows, clausesOf(allows)...)
	}
	var granting []Clause
	for _, one := range optional(p.Resource) {
		allows, err := w.hear(c, ResourceLayer, one)
		if err != nil {
			return err
		}
		resource.Allows = clausesOf(allows)
		granting = clausesOf(slices.DeleteFunc(allows, func(s said) bool { return s.reach == delegated }))
	}
	w.Needs = c.needs(p, identity, resource, granting)
	for _, limit := range limitsOf(p) {
		allows, err := w.hear(c, limit.layer, limit.policy)
		if err != nil {
			return err
		}
		w.Needs = append(w.Needs, Need{limit.layer, limit.policy.Name, clausesOf(allows)})
	}
	return nil
}

// heard leaves the policies that have a say on the caller, as hear does.
func (c call) heard(p Policies) Policies {
	switch c.principal.Kind {
	case Root:
		p.Identity, p.Boundary = nil, nil
	case Service, Anonymous:
		p.Identity, p.Boundary, p.Session = nil, nil, nil
	}
	return p
}

// needs tells which of identity and resource have to allow; granting are the statements of the resource that are enough
// alone. Nothing of its own account has to allow a root user.
func (c call) needs(p Policies, identity, resource Need, granting []Clause) []Need {
	outside := c.principal.Account != c.resourceAccount
	switch {
	case c.principal.Kind == Service, c.principal.Kind == Anonymous, c.principal.Kind == Root && (outside || p.ResourceMustAllow):
		return []Need{resource}
	case c.principal.Kind == Root:
		return nil
	case outside, p.ResourceMustAllow && len(granting) == 0:
		return []Need{identity, resource}
	case p.ResourceMustAllow:
		return []Need{resource}
	}
	identity.Allows = slices.Concat(identity.Allows, granting)
	return []Need{identity}
}

// hear notes what a policy denies and gives what it allows.
func (w *Weighing) hear(c call, layer Layer, p Policy) ([]said, error) {
	all, err := c.clauses(layer, p)
	if err != nil {
		return nil, fmt.Errorf("judging %s (%s): %w", p.Name, layer, err)
	}
	var allows []said
	for _, s := range all {
		if s.denies {
			w.Denies = append(w.Denies, s.clause)
		} else {
			allows = append(allows, s)
		}
	}
	return allows, nil
}

func clausesOf(all []said) []Clause {
	clauses := make([]Clause, 0, len(all))
	for _, s := range all {
		clauses = append(clauses, s.clause)
	}
	return clauses
}

type limit struct {
	layer  Layer
	policy Policy
}

// limitsOf are the policies that have to allow beside those that grant.
func limitsOf(p Policies) (limits []limit) {
	for _, one := range optional(p.Boundary) {
		limits = append(limits, limit{BoundaryLayer, one})
	}
	for _, one := range p.Session {
		limits = append(limits, limit{SessionLayer, one})
	}
	return limits
}

func namesOf(policies []Policy) string {
	names := make([]string, 0, len(policies))
	for _, one := range policies {
		names = append(names, one.Name)
	}
	return strings.Join(names, ", ")
}

// said is a clause and what it does.
type said struct {
	clause Clause
	denies bool
	reach  reach
}

func (c call) clauses(layer Layer, p Policy) ([]said, error) {
	statements, err := compile(p.Document, layer, c)
	if err != nil {
		return nil, err
	}
	var found []said
	for _, s := range statements {
		l, err := s.lean(c)
		if err != nil {
			return nil, fmt.Errorf("statement %s: %w", s.name, err)
		}
		if l.most == nobody {
			continue
		}
		clause := Clause{
			By: p.Name, Layer: layer, Sid: s.name, Statement: s.source, SomeResources: l.somewhere, SomeSessions: l.sessions,
		}
		for _, one := range l.tests {
			clause.Tests = append(clause.Tests, Test{one.operator, s.keyAsWritten(one), one.values})
		}
		found = append(found, said{clause, s.denies, l.most})
	}
	return found, nil
}

// keyAsWritten gives the key of a condition in the case in which the statement has it.
func (s statement) keyAsWritten(of condition) string {
	for _, key := range slices.Sorted(maps.Keys(s.source.Condition[of.operator])) {
		if strings.EqualFold(key, of.key) {
			return key
		}
	}
	return of.key
}
