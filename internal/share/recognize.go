package share

import (
	"slices"
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// Recognize reads a share back from what exists of it, for an import: spec has the owner, the name and the bucket, and
// gets all the rest. It is a best reading, not a proof: what the documents say beyond it shows as drift, because the
// documents rendered from the result are held against the observed ones like those of any share. ok is false when no
// consumer account can be read from the trust policy.
func Recognize(spec Spec, observed Observed) (recognized Spec, ok bool) {
	if observed.Role == nil {
		return recognizeDirect(spec, observed)
	}
	role := observed.Role
	spec.Path = role.Path
	spec.MaxSessionDuration = role.Settings.MaxSessionDuration
	spec.PermissionsBoundary = role.Settings.PermissionsBoundary
	spec.Description = role.Settings.Description
	spec.Tags = UserTags(role.Settings.Tags)
	spec = spec.RecognizeAccessPoint(observed)
	if spec.BucketPolicyMode == "" {
		spec.BucketPolicyMode = OwnStatements
		if !spec.UsesAccessPoint() && len(observed.Statements(spec)) == 0 && len(observed.Delegation(spec)) > 0 {
			spec.BucketPolicyMode = Delegated
		}
	}
	spec.Exclusive = true
	spec.RevokedBefore = observed.RevokedBefore()
	spec, ok = recognizeTrust(spec, role.Trust)
	if !ok {
		// Who follows guides that let the service S3 assume the role names the consumer in the bucket policy alone.
		spec.Consumer, ok = outsider(spec.Owner, observed.Bucket.Document)
	}
	spec.Consumer.AttachToRoles = observed.attachedRoles()
	return recognizeGrants(spec, spec.grantsIn(observed)).Normalized(), ok
}

// grantsIn gathers the statements that say what the role may do in the bucket: those of the share's own permissions
// policy, or, where there is none yet, those of every other policy that a share made by hand consists of.
func (s Spec) grantsIn(observed Observed) []policy.Statement {
	if permissions := observed.Permissions(); permissions != nil {
		return permissions.Statements()
	}
	all := observed.Statements(s)
	for _, other := range slices.Concat(observed.Inline, observed.AttachedDocuments) {
		all = append(all, other.Document.Statements()...)
	}
	return slices.DeleteFunc(all, func(statement policy.Statement) bool {
		return !slices.ContainsFunc(statement.Resource, s.isInBucket) && len(recognizeKeys([]policy.Statement{statement})) == 0
	})
}

func (s Spec) isInBucket(resource string) bool {
	return resource == "*" || resource == s.BucketARN() || strings.HasPrefix(resource, s.BucketARN()+"/") || resource == s.BucketARN()+"*"
}

// maxExternalIDs are accepted by one share: the newest and the one before.
const maxExternalIDs = 2

// attachedRoles are the consumer's roles that have the consumer policy.
func (o Observed) attachedRoles() []string {
	var roles []string
	for _, consumer := range o.Consumer {
		if consumer.Document != nil {
			roles = append(roles, consumer.RoleName)
		}
	}
	return roles
}

// recognizeTrust reads the consumer, the external IDs and the organization.
func recognizeTrust(spec Spec, trust policy.Document) (Spec, bool) {
	ids := ExternalIDsOf(trust)
	spec.ExternalIDs = ids[:min(maxExternalIDs, len(ids))]
	return recognizeConsumer(spec, trust.Statements())
}

// recognizeConsumer reads whom statements let in.
func recognizeConsumer(spec Spec, statements []policy.Statement) (Spec, bool) {
	for _, statement := range statements {
		if statement.Err() != nil || statement.Effect != policy.Allow || statement.Principal == nil {
			continue
		}
		for _, name := range statement.Principal.AWS {
			if id, isAccount := policy.AccountID(name); isAccount && spec.Consumer.AccountID == "" {
				spec.Consumer.AccountID = id
			} else if principal, err := ParsePrincipal(name); err == nil {
				spec.Consumer = spec.Consumer.recognize(principal)
				spec.Consumer.Trust = TrustPinned
			}
		}
		for _, name := range conditionOn(statement, "ArnLike", "aws:PrincipalArn") {
			if principal, err := ParsePrincipal(name); err == nil && spec.Consumer.Trust != TrustPinned {
				spec.Consumer = spec.Consumer.recognize(principal)
			}
		}
		for _, id := range conditionOn(statement, "StringEquals", "aws:PrincipalOrgID") {
			if id, err := ParseOrgID(id); err == nil {
				spec.Perimeter.PrincipalOrgID = id
			}
		}
	}
	if spec.Consumer.Trust == "" {
		spec.Consumer.Trust = TrustAccount
	}
	return spec, spec.Consumer.AccountID != ""
}

// recognize adds a principal; a share has one consumer account, the first that is met.
func (c Consumer) recognize(principal Principal) Consumer {
	if c.AccountID == "" {
		c.AccountID = principal.AccountID
	}
	if c.AccountID == principal.AccountID {
		c.Principals = append(c.Principals, principal)
	}
	return c
}

// recognizeGrants reads the access words, the prefixes, the networks and the expiry from statements on the bucket.
func recognizeGrants(spec Spec, grants []policy.Statement) Spec {
	var actions []string
	for _, statement := range grants {
		if statement.Err() != nil || statement.Effect != policy.Allow {
			continue
		}
		actions = append(actions, statement.Action...)
		spec.Prefixes = append(spec.Prefixes, recognizePrefixes(spec, statement)...)
		for _, text := range conditionOn(statement, "IpAddress", "aws:SourceIp") {
			if ip, err := ParseSourceIP(text); err == nil {
				spec.Perimeter.SourceIPs = append(spec.Perimeter.SourceIPs, ip)
			}
		}
		for _, text := range conditionOn(statement, "StringEquals", "aws:SourceVpce") {
			if id, err := ParseVPCEndpointID(text); err == nil {
				spec.Perimeter.SourceVPCEIDs = append(spec.Perimeter.SourceVPCEIDs, id)
			}
		}
		for _, text := range conditionOn(statement, "DateLessThan", "aws:CurrentTime") {
			if at, err := time.Parse(time.RFC3339, text); err == nil {
				spec.ExpiresAt = at
			}
		}
	}
	spec.Access = recognizeWords(actions)
	spec.Perimeter.SourceIPs = sorted(spec.Perimeter.SourceIPs)
	spec.Perimeter.SourceVPCEIDs = sorted(spec.Perimeter.SourceVPCEIDs)
	spec.Prefixes = outermost(spec.Prefixes)
	spec.KMSKeys = recognizeKeys(grants)
	return spec
}

// recognizeWords gives the words of which every action is allowed. Read stands in when there is none, since a share
// gives at least one kind of access; that it does not match shows as drift.
func recognizeWords(actions []string) []Word {
	allowed := func(action string) bool {
		return slices.ContainsFunc(actions, func(pattern string) bool {
			return policy.MatchPattern(strings.ToLower(pattern), strings.ToLower(action))
		})
	}
	var words []Word
	for _, word := range Words() {
		missing := func(action string) bool { return !allowed(action) }
		if !slices.ContainsFunc(slices.Concat(objectActions[word], bucketActions[word]), missing) {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return []Word{Read}
	}
	return words
}

// recognizePrefixes reads prefixes from resources and from conditions on listings.
func recognizePrefixes(spec Spec, statement policy.Statement) []Prefix {
	var found []Prefix
	add := func(pattern string) {
		if text, ends := strings.CutSuffix(pattern, "*"); ends {
			if prefix, err := ParsePrefix(text); err == nil {
				found = append(found, prefix)
			}
		}
	}
	for _, resource := range statement.Resource {
		if rest, inside := strings.CutPrefix(resource, spec.placeOfObjects()); inside {
			add(rest)
		}
	}
	for _, pattern := range conditionOn(statement, "StringLike", "s3:prefix") {
		add(pattern)
	}
	return found
}

// outermost drops prefixes that another covers.
func outermost(prefixes []Prefix) []Prefix {
	var kept []Prefix
	slices.Sort(prefixes)
	for _, prefix := range prefixes {
		if len(kept) == 0 || !strings.HasPrefix(string(prefix), string(kept[len(kept)-1])) {
			kept = append(kept, prefix)
		}
	}
	return kept
}

// conditionOn gives the values of one key under one operator; keys are compared without case.
func conditionOn(statement policy.Statement, operator, key string) []string {
	for name, values := range statement.Condition[operator] {
		if strings.EqualFold(name, key) {
			return values
		}
	}
	return nil
}
