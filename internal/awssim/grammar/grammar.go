// Package grammar says which policy documents IAM stores: the checks that it
// makes when a document is written, with its words, and the form in which it
// keeps trust policies (IAM User Guide, "Grammar of the IAM JSON policy
// language"; the words are those of the live service).
package grammar

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Malformed says why IAM does not store a document, in its words.
type Malformed struct{ Words string }

func (m *Malformed) Error() string { return m.Words }

func malformed(format string, args ...any) error {
	return &Malformed{Words: fmt.Sprintf(format, args...)}
}

var (
	errJSON   = &Malformed{Words: "This policy contains invalid Json"} // of trust and key policies
	errSyntax = &Malformed{Words: "Syntax errors in policy."}
)

// Size counts a document as IAM's quotas do: characters but for white space.
func Size(text string) int {
	n := 0
	for _, r := range text {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// CheckIdentity checks a document that is attached to a role or user, or that
// is a boundary or a session policy.
func CheckIdentity(text string) error {
	// CreatePolicy says the same of a comma too many (aws-samples/amazon-ecs-firelens-examples #50).
	_, err := read(text, language{errSyntax, checkSid, checkIdentityStatement})
	return err
}

// CheckTrust checks the trust policy of a role, but for its principals, which
// MapPrincipals checks.
func CheckTrust(text string) error {
	_, err := read(text, trustLanguage)
	return err
}

// language is what the kinds of documents differ in.
type language struct {
	noJSON         error
	checkSid       func(sid *node, seen map[string]bool) error
	checkStatement func(*node) error
}

func read(text string, l language) (*node, error) {
	doc, err := parse(text)
	if err != nil {
		return nil, l.noJSON
	}
	if !doc.object {
		return nil, errSyntax
	}
	for _, m := range doc.members {
		if !slices.Contains([]string{"Version", "Id", "Statement"}, m.name) {
			return nil, errSyntax
		}
	}
	if v := doc.get("Version"); v != nil {
		version, ok := v.text()
		if !ok || (version != "2012-10-17" && version != "2008-10-17") {
			return nil, malformed("The policy must contain a valid version string")
		}
	}
	statements := doc.get("Statement").list()
	if len(statements) == 0 {
		return nil, errSyntax
	}
	sids := map[string]bool{}
	for _, s := range statements {
		if err := checkCommon(s, func(sid *node) error { return l.checkSid(sid, sids) }); err != nil {
			return nil, err
		}
		if err := l.checkStatement(s); err != nil {
			return nil, err
		}
	}
	return doc, nil
}

var (
	members    = []string{"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
	sidPattern = regexp.MustCompile(`^[0-9A-Za-z]*$`)
)

func checkCommon(s *node, checkSid func(*node) error) error {
	if !s.object {
		return errSyntax
	}
	for _, m := range s.members {
		if !slices.Contains(members, m.name) {
			return errSyntax
		}
	}
	if err := checkSid(s.get("Sid")); err != nil {
		return err
	}
	effect := s.get("Effect")
	if effect == nil {
		return malformed("Missing required field Effect")
	}
	if e, _ := effect.text(); e != "Allow" && e != "Deny" {
		return malformed("Invalid effect: %s", e)
	}
	return checkCondition(s.get("Condition"))
}

func checkSid(n *node, sids map[string]bool) error {
	if n == nil {
		return nil
	}
	sid, ok := n.text()
	if !ok {
		return errSyntax
	}
	if !sidPattern.MatchString(sid) {
		return malformed("Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*")
	}
	if sid != "" && sids[sid] {
		return malformed("Statement IDs (SID) in a single policy must be unique.")
	}
	sids[sid] = true
	return nil
}

var actionPattern = regexp.MustCompile(`^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$`)

func checkActions(s *node) error {
	action, err := either(s, "Action", "NotAction")
	if err != nil {
		return err
	}
	if action == nil {
		return malformed("Policy statement must contain actions.")
	}
	for _, item := range action.list() {
		text, ok := item.text()
		if !ok {
			return errSyntax
		}
		if !actionPattern.MatchString(text) {
			return malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
		}
	}
	return nil
}

// either gives the one of two members that exclude each other.
func either(s *node, name, not string) (*node, error) {
	a, b := s.get(name), s.get(not)
	if a != nil && b != nil {
		return nil, errSyntax
	}
	if a == nil {
		a = b
	}
	if a != nil && (a.object || len(a.list()) == 0) {
		return nil, errSyntax
	}
	return a, nil
}

func checkIdentityStatement(s *node) error {
	if err := checkActions(s); err != nil {
		return err
	}
	if s.get("Principal") != nil || s.get("NotPrincipal") != nil {
		return malformed("Policy document should not specify a principal.")
	}
	resource, err := either(s, "Resource", "NotResource")
	if err != nil {
		return err
	}
	if resource == nil {
		return malformed("Policy statement must contain resources.")
	}
	for _, item := range resource.list() {
		text, ok := item.text()
		if !ok {
			return errSyntax
		}
		if text != "*" && (!strings.HasPrefix(text, "arn:") || strings.Count(text, ":") < 5) && !strings.Contains(text, "*") {
			return malformed("Resource %s must be in ARN format or \"*\".", text)
		}
	}
	return nil
}
