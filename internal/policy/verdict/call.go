package verdict

// This file reads a request, and adds the condition keys that follow from who makes it.

import (
	"errors"
	"fmt"
	"strings"
)

// call is a request that can be judged.
type call struct {
	principal       Principal
	action          string // in lower case
	resource        string
	resourceAccount string
	onRole          bool              // the resource is an IAM role, so its policy is a trust policy
	bounded         bool              // the caller has a permissions boundary
	keys            Keys              // names in lower case
	context         map[string]string // the encryption context of a call to KMS
	doubt           *doubt            // nil when all is known
}

func parseCall(r Request) (call, error) {
	c := call{
		principal:       r.Principal,
		action:          strings.ToLower(r.Action),
		resource:        r.Resource,
		resourceAccount: r.ResourceAccount,
		keys:            Keys{},
		context:         contextOf(r.Keys),
		doubt:           r.doubt,
	}
	if err := checkPrincipal(r.Principal); err != nil {
		return c, err
	}
	if service, name, ok := strings.Cut(r.Action, ":"); !ok || service == "" || name == "" || strings.ContainsAny(r.Action, "*?") {
		return c, fmt.Errorf("action %q is not one action of a service", r.Action)
	}
	switch {
	case r.Resource == "":
		return c, errors.New("it has no resource")
	case r.ResourceAccount == "" && r.Resource == "*":
		c.resourceAccount = r.Principal.Account
	case !isAccount(r.ResourceAccount):
		return c, fmt.Errorf("the resource's account %q is not 12 digits", r.ResourceAccount)
	}
	fields := strings.SplitN(r.Resource, ":", 6)
	c.onRole = len(fields) == 6 && fields[2] == "iam" && strings.HasPrefix(fields[5], "role/")
	for name, values := range r.Keys {
		key := strings.ToLower(name)
		if _, twice := c.keys[key]; twice {
			return c, fmt.Errorf("condition key %q is there twice, in different cases", name)
		}
		c.keys[key] = values
	}
	for key, value := range principalKeys(r.Principal) {
		if _, given := c.keys[key]; !given && value != "" && !c.isLike(key) {
			c.keys[key] = []string{value}
		}
	}
	return c, nil
}

func checkPrincipal(p Principal) error {
	switch p.Kind {
	case Root, User, RoleSession:
		if !isAccount(p.Account) {
			return fmt.Errorf("the caller's account %q is not 12 digits", p.Account)
		}
	case Service:
		if p.Service == "" {
			return errors.New("the calling service has no name")
		}
	case Anonymous:
	default:
		return fmt.Errorf("principal kind %q is not known", p.Kind)
	}
	if p.ARN == "" && (p.Kind == User || p.Kind == RoleSession) {
		return fmt.Errorf("the %s has no ARN", p.Kind)
	}
	if p.Kind == RoleSession && strings.Count(p.SessionARN, "/") != 2 {
		return fmt.Errorf("session ARN %q does not name a role and a session", p.SessionARN)
	}
	return nil
}

func isAccount(id string) bool { return len(id) == 12 && strings.Trim(id, "0123456789") == "" }

// principalKeys gives the condition keys that AWS derives from the caller, "" for those that are absent: IAM User Guide,
// "AWS global condition context keys" and, for the values by kind of principal, "IAM policy elements: Variables and
// tags". Which aws:PrincipalType and aws:PrincipalAccount a service has is not documented.
func principalKeys(p Principal) map[string]string {
	keys := map[string]string{"aws:principalaccount": p.Account, "aws:principalisawsservice": "false"}
	switch p.Kind {
	case Root:
		keys["aws:principaltype"] = "Account"
		keys["aws:userid"] = p.Account
		keys["aws:principalarn"] = p.ARN
	case User:
		keys["aws:principaltype"] = "User"
		keys["aws:userid"] = p.UniqueID
		keys["aws:principalarn"] = p.ARN
		keys["aws:username"] = afterLastSlash(p.ARN)
	case RoleSession:
		keys["aws:principaltype"] = "AssumedRole"
		keys["aws:principalarn"] = p.ARN
		if p.UniqueID != "" {
			keys["aws:userid"] = p.UniqueID + ":" + afterLastSlash(p.SessionARN)
		}
	case Service:
		keys["aws:principalisawsservice"] = "true"
		keys["aws:principalservicename"] = p.Service
		keys["aws:principalservicenameslist"] = p.Service
	case Anonymous:
		return map[string]string{
			"aws:principaltype": "Anonymous", "aws:userid": "anonymous", "aws:principalaccount": "anonymous",
		}
	}
	return keys
}

func afterLastSlash(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
