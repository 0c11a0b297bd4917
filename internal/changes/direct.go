package changes

import (
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file is about shares without a role, and about shares that get or lose their role.

// diffNoRole wants a role that the share once had, or that was made when it was to get one, to be gone.
func (d *differ) diffNoRole() {
	if d.observed.Role != nil {
		d.removeRole(Change{Verb: Delete, Part: Role, Widens: true,
			Sentence: "is there, though the share is direct: whoever can assume it has what its permissions policy allows"})
	}
}

func (d *differ) withoutStatement() string {
	if d.desired.Spec.IsDirect() {
		return "is missing from the bucket policy: nobody can use the share"
	}
	return "is missing from the bucket policy: the role still has what its permissions policy allows"
}

func (d *differ) withoutConsumerPolicy() string {
	if d.desired.Spec.IsDirect() {
		return "is missing: AWS refuses the role's calls, unless another policy allows them"
	}
	return "is missing: AWS refuses the role's AssumeRole, unless another policy allows it"
}

func (d *differ) allowedByConsumerPolicy() string {
	if d.desired.Spec.IsDirect() {
		return "use the share as far as the bucket policy lets it in"
	}
	return "call AssumeRole"
}

// diffKeys compares what keys have of the share: a statement in their policy, or grants.
func (d *differ) diffKeys() {
	for _, key := range d.observed.Keys {
		wanted := slices.Contains(d.desired.Spec.KMSKeys, key.ARN)
		var statements []policy.Statement
		var grants []share.KeyGrant
		if wanted {
			statements, grants = d.desired.KeyStatements, d.desired.KeyGrants
		}
		d.diffKeyPolicy(key, statements)
		d.diffGrants(key, grants)
	}
}

func (d *differ) diffKeyPolicy(key share.Key, want []policy.Statement) {
	have := key.Statements(d.desired.Spec)
	change := Change{Verb: Create, Part: KeyStatement, Target: string(key.ARN)}
	switch {
	case policy.New(want...).Equal(policy.New(have...)):
		return
	case len(want) == 0:
		change.Verb, change.Widens, change.Sentence = Delete, true, "is there, though the share does not need it: it lets the consumer use the key through S3"
	case key.Missing:
		change.Sentence = "there is no such key"
	case len(have) == 0:
		change.Sentence = "is missing from the key policy: KMS refuses the consumer what is encrypted with the key"
	default:
		change.Verb = Update
		change.Sentence, change.Widens = describeGrants(d.desired.Spec, want, have)
	}
	d.add(change)
}

func (d *differ) diffGrants(key share.Key, want []share.KeyGrant) {
	isIn := func(all []share.KeyGrant) func(share.KeyGrant) bool {
		return func(one share.KeyGrant) bool { return slices.ContainsFunc(all, one.Equal) }
	}
	lacking := slices.DeleteFunc(slices.Clone(want), isIn(key.Grants))
	beyond := slices.DeleteFunc(slices.Clone(key.Grants), isIn(want))
	change := Change{Verb: Update, Part: KeyGrant, Target: string(key.ARN), Widens: len(beyond) > 0}
	switch {
	case len(lacking)+len(beyond) == 0:
		return
	case len(want) == 0:
		change.Verb, change.Sentence = Delete, "is there, though the share does not need it: it lets "+grantees(beyond)+" use the key"
	case key.Missing:
		change.Verb, change.Sentence = Create, "there is no such key"
	case len(beyond) == 0:
		change.Verb, change.Sentence = Create, "is missing for "+grantees(lacking)+": KMS refuses what is encrypted with the key"
	case len(lacking) == 0:
		change.Sentence = "also lets " + grantees(beyond) + " use the key"
	default:
		change.Sentence = "is another one: it is for " + grantees(beyond) + ", and missing for " + grantees(lacking)
	}
	d.add(change)
}

func grantees(grants []share.KeyGrant) string {
	names := make([]string, 0, len(grants))
	for _, grant := range grants {
		names = append(names, grant.Grantee)
	}
	return share.Joined(names, "and")
}

// removeKeys takes away what keys have of the share.
func (d *differ) removeKeys() {
	for _, key := range d.observed.Keys {
		change := Change{Verb: Delete, Target: string(key.ARN), Sentence: "goes with the share"}
		if len(key.Statements(d.desired.Spec)) > 0 {
			change.Part = KeyStatement
			d.add(change)
		}
		if len(key.Grants) > 0 {
			change.Part = KeyGrant
			d.add(change)
		}
	}
}

// planDirect orders changes of a share that is direct, or was, or is half-way between the two. Each of its policies says
// both who gets in and to what, so that writing one never joins one spec's principals to the other's permissions.
//
// To lose the role: the bucket policy lets the consumer in directly, by the one write that takes the role's statements out
// (the role goes on by its permissions policy), then keys, then the consumer's policies, and last the role goes, which notes
// that all this was under way. To get
// one: first the role with all that it needs, then the consumer's policies, and the direct statements go by the write that
// brings the role's. So one of the two ways is open at each moment.
func planDirect(desired share.Spec, all []Change, planRole func([]Change) []Change) []Change {
	role, rest := part(all, isAside)
	rest, leaving := part(rest, func(c Change) bool { return c.Part == ConsumerPolicy && c.Verb == Delete })
	rest, consumer := part(rest, func(c Change) bool { return c.Part == ConsumerPolicy })
	bucket, keys := part(rest, func(c Change) bool { return c.Part == KeyStatement || c.Part == KeyGrant })
	keys, unneeded := part(keys, func(c Change) bool { return c.Verb == Delete })
	if desired.IsDirect() {
		role, around := part(role, func(c Change) bool { return c.Part == Delegation || isOfAccessPoint(c) })
		return slices.Concat(leaving, bucket, keys, consumer, unneeded, around, role)
	}
	return slices.Concat(leaving, planRole(role), consumer, bucket, unneeded)
}

// isAside tells a change of what is around the role: the share's statements in the bucket policy, keys and the consumer. What
// shares have in common the role may need to reach the bucket at all.
func isAside(c Change) bool {
	return slices.Contains([]Part{BucketStatement, KeyStatement, KeyGrant, ConsumerPolicy}, c.Part)
}

// readCallers tells whom a statement of a direct share lets in beside the consumer.
func (g *grantReader) readCallers(wanted, statement policy.Statement, changed []conditionChange) {
	guarded := byKey(wanted.Condition)["aws:principalarn"] != nil &&
		!slices.ContainsFunc(changed, func(c conditionChange) bool { return c.key == "aws:principalarn" && c.fate != tightened })
	named := statement.Principal
	switch {
	case named == nil || statement.NotPrincipal != nil:
		g.open("holds for everybody but those whom it names")
		return
	case isEverybody(*named) && guarded:
		g.open("names everybody: only the condition on aws:PrincipalArn keeps others out")
		return
	case isEverybody(*named):
		g.open("names everybody: anybody may call %s", strings.Join(statement.Action, ", "))
		return
	}
	for _, name := range listed(*named) {
		g.readCaller(name, guarded)
	}
	for _, name := range wanted.Principal.AWS {
		if !slices.Contains(named.AWS, name) && g.spec.Consumer.Trust == share.TrustPinned {
			g.narrow("no longer holds for %s", name)
		}
	}
}

// readCaller reads one name. guarded tells that the share's condition on aws:PrincipalArn holds.
func (g *grantReader) readCaller(name string, guarded bool) {
	consumer := g.spec.Consumer
	account, isAccount := policy.AccountID(name)
	switch {
	case isUniqueID(name):
		g.narrow("names %s, a principal that was deleted: one made again under its name is refused", name)
	case isAccount && account == consumer.AccountID && consumer.Trust == share.TrustPinned:
		g.open("holds for the whole account %s and not for single principals", account)
	case isAccount && account == consumer.AccountID:
	case policy.AccountOf(name) != consumer.AccountID:
		g.open("holds for %s, which is not in account %s", name, consumer.AccountID)
	case !consumer.Includes(name) && !guarded:
		g.open("holds for %s, which the share does not name", name)
	}
}
