// This file treats what is special in trust policies: their statements, and
// their principals, which IAM stores resolved and shows mapped back.
package grammar

import (
	"regexp"
	"slices"
	"strings"
)

var trustLanguage = language{errJSON, checkSid, checkTrustStatement}

func checkTrustStatement(s *node) error {
	if err := checkActions(s); err != nil {
		return err
	}
	for _, name := range []string{"Resource", "NotResource", "NotPrincipal", "NotAction"} {
		if s.get(name) != nil {
			return malformed("Has prohibited field %s", name)
		}
	}
	if s.get("Principal") == nil {
		return malformed("Missing required field Principal")
	}
	for _, item := range s.get("Action").list() {
		action, _ := item.text()
		if !isTrustAction(action) {
			return malformed("AssumeRole policy may only specify STS AssumeRole actions.")
		}
	}
	return nil
}

// trustActions are what a trust policy can be about (Service Authorization
// Reference, AWS Security Token Service, actions on a role).
var trustActions = []string{
	"sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:tagsession", "sts:setsourceidentity", "sts:setcontext",
}

// isTrustAction takes every pattern of STS: which of them IAM refuses is not
// documented.
func isTrustAction(action string) bool {
	action = strings.ToLower(action)
	if strings.ContainsAny(action, "*?") {
		return action == "*" || strings.HasPrefix(action, "sts:")
	}
	return slices.Contains(trustActions, action)
}

// Principals maps one principal of a kind (AWS, Service, Federated) to what is
// stored or shown instead; false refuses it.
type Principals func(kind, value string) (string, bool)

// MapPrincipals checks a trust policy and gives it as IAM keeps it: compact,
// every principal mapped, lists of one principal collapsed.
func MapPrincipals(text string, to Principals) (string, error) {
	return mapAll(text, trustLanguage, to)
}

func mapAll(text string, l language, to Principals) (string, error) {
	doc, err := read(text, l)
	if err != nil {
		return "", err
	}
	for _, s := range doc.get("Statement").list() {
		for _, name := range []string{"Principal", "NotPrincipal"} {
			if principal := s.get(name); principal != nil {
				if err := mapStatement(principal, to); err != nil {
					return "", err
				}
			}
		}
	}
	return doc.String(), nil
}

func mapStatement(principal *node, to Principals) error {
	if text, ok := principal.text(); ok {
		if text != "*" {
			return malformed("Invalid principal in policy: %q", text)
		}
		return nil
	}
	if !principal.object || len(principal.members) == 0 {
		return errSyntax
	}
	for i, m := range principal.members {
		items := m.value.list()
		if m.value.object || len(items) == 0 {
			return errSyntax
		}
		for _, item := range items {
			text, ok := item.text()
			if !ok {
				return errSyntax
			}
			mapped, ok := to(m.name, text)
			if !ok {
				return malformed("Invalid principal in policy: %q:%q", shownKind(m.name), text)
			}
			item.scalar = mapped
		}
		if len(items) == 1 {
			principal.members[i].value = items[0]
		}
	}
	return nil
}

// shownKind is how IAM's words name a kind of principal.
func shownKind(kind string) string {
	if kind == "Service" || kind == "Federated" {
		return strings.ToUpper(kind)
	}
	return kind
}

var servicePattern = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazonaws\.eu|amazon\.com|aws\.internal)$`)

// IsService tells whether a name has the form of an AWS service principal.
func IsService(name string) bool { return servicePattern.MatchString(name) }
