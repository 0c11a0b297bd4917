package functions

import (
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/s3action"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/provider/s3share"
)

// This file reads the arguments of can_access.

// asked is the call that is asked about.
type asked struct {
	request  verdict.Request
	policies verdict.Policies
	// kind is which of the policies of a resource was given, "" for none.
	kind string
}

// kinds of policies, as arguments.
const (
	identityKind = "identity"
	boundaryKind = "boundary"
	sessionKind  = "session"
	bucketKind   = "resource"
	trustKind    = "trust"
	keyKind      = "key"
)

// names say kinds of policies in sentences.
var names = map[string]string{
	identityKind: "identity policy", boundaryKind: "permissions boundary", sessionKind: "session policy",
	bucketKind: "resource policy", trustKind: "trust policy", keyKind: "key policy",
}

func (q *asked) readPolicies(given attr.Value) error {
	members, ok := s3share.MembersOf(given)
	if !ok {
		return errors.New("policies are an object: { identity = …, resource = … }")
	}
	for _, kind := range slices.Sorted(maps.Keys(members)) {
		if names[kind] == "" {
			return fmt.Errorf("%q is no kind of policy: there are identity, boundary, session, resource, trust and key", kind)
		}
		read, err := readDocuments(kind, members[kind])
		if err != nil {
			return err
		}
		if err := q.take(kind, read); err != nil {
			return err
		}
	}
	return nil
}

// take puts the documents of a kind where they have their say.
func (q *asked) take(kind string, read []verdict.Policy) error {
	switch {
	case kind == identityKind:
		q.policies.Identity = read
		return nil
	case kind == sessionKind:
		q.policies.Session = read
		return nil
	case len(read) == 0:
		return nil
	case len(read) > 1:
		return fmt.Errorf("%s: there can be one %s only", kind, names[kind])
	case kind == boundaryKind:
		q.policies.Boundary = &read[0]
		return nil
	case q.kind != "":
		return fmt.Errorf("%s and %s are both policies of the resource, which has one", q.kind, kind)
	}
	q.kind, q.policies.Resource, q.policies.ResourceMustAllow = kind, &read[0], kind != bucketKind
	return nil
}

// readDocuments reads one document or several; null is none.
func readDocuments(kind string, given attr.Value) (read []verdict.Policy, err error) {
	elements, several := s3share.ElementsOf(given)
	if !several {
		elements = []attr.Value{given}
	}
	for i, element := range elements {
		if element.IsNull() {
			continue
		}
		text, ok := element.(types.String)
		if !ok {
			return nil, fmt.Errorf("%s: a policy is a text of JSON, as jsonencode writes it", kind)
		}
		name := names[kind]
		if several && len(elements) > 1 {
			name = fmt.Sprintf("%s %d", name, i+1)
		}
		document, err := parseDocument(text.ValueString())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		read = append(read, verdict.Policy{Name: name, Document: document})
	}
	return read, nil
}

// parseDocument takes a list for the statements of a document.
func parseDocument(text string) (policy.Document, error) {
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		text = `{"Version":"` + policy.Version2012 + `","Statement":` + text + `}`
	}
	return policy.Parse(text)
}

// anySession names the session of a role that is given by its own ARN.
const anySession = "session"

func (q *asked) readPrincipal(text string) error {
	if text == "*" {
		q.request.Principal = verdict.Principal{Kind: verdict.Anonymous}
		return nil
	}
	if account, ok := policy.AccountID(text); ok {
		arn := text
		if arn == account {
			arn = "arn:aws:iam::" + account + ":root"
		}
		q.request.Principal = verdict.Principal{Kind: verdict.Root, Account: account, ARN: arn}
		return nil
	}
	fields := strings.SplitN(text, ":", 6)
	if len(fields) != 6 {
		if strings.HasSuffix(text, ".amazonaws.com") {
			q.request.Principal = verdict.Principal{Kind: verdict.Service, Service: text}
			return nil
		}
		return fmt.Errorf("%q is no principal: give the ARN of a role, session, user or root, an account ID, a service or *", text)
	}
	p := verdict.Principal{Account: fields[4], ARN: text}
	kind, path, _ := strings.Cut(fields[5], "/")
	name := path[strings.LastIndex(path, "/")+1:]
	switch {
	case path == "" || strings.ContainsAny(text, "*?"):
		return fmt.Errorf("%q names no single principal", text)
	case kind == "user":
		p.Kind = verdict.User
	case kind == "role":
		p.Kind, p.SessionARN = verdict.RoleSession, fmt.Sprintf("arn:%s:sts::%s:assumed-role/%s/%s", fields[1], p.Account, name, anySession)
	case kind == "assumed-role" && strings.Count(path, "/") == 1:
		role, _, _ := strings.Cut(path, "/")
		p.Kind, p.SessionARN, p.ARN = verdict.RoleSession, text, fmt.Sprintf("arn:%s:iam::%s:role/%s", fields[1], p.Account, role)
	default:
		return fmt.Errorf("%q is no principal that calls: give the ARN of a role, session, user or root", text)
	}
	q.request.Principal = p
	return nil
}

// others are the actions beside those of S3 that shares have to do with.
var others = []string{
	"sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity",
	"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo",
	"kms:DescribeKey", "kms:CreateGrant",
}

func (q *asked) readAction(text string) error {
	q.request.Action = text
	if _, known := s3action.Named(text); known {
		return nil
	}
	if slices.ContainsFunc(others, func(known string) bool { return strings.EqualFold(known, text) }) {
		return nil
	}
	if strings.ContainsAny(text, "*?") {
		return fmt.Errorf("%q stands for several actions: a call is one", text)
	}
	return fmt.Errorf("%q is no action that is known: there are those of S3, and of others %s", text, strings.Join(others, ", "))
}

// readResource also holds the action and the kind of the resource's policy against what the resource is.
func (q *asked) readResource(text string) error {
	q.request.Resource = text
	fields := strings.SplitN(text, ":", 6)
	if len(fields) != 6 || fields[0] != "arn" {
		return fmt.Errorf("%q is no ARN", text)
	}
	q.request.ResourceAccount = fields[4]
	if known, ofS3 := s3action.Named(q.request.Action); ofS3 {
		_, _, isObject := strings.Cut(fields[5], "/")
		switch {
		case known.Resource == s3action.Object && !isObject:
			return fmt.Errorf("%s is about objects, and %q is a bucket: add / and a key", known.Name, text)
		case known.Resource == s3action.Bucket && isObject:
			return fmt.Errorf("%s is about the bucket, and %q is an object in it", known.Name, text)
		}
	}
	isRole := fields[2] == "iam" && strings.HasPrefix(fields[5], "role/")
	switch {
	case q.kind == trustKind && !isRole:
		return fmt.Errorf("a trust policy is that of a role, and %q is none", text)
	case q.kind == keyKind && fields[2] != "kms":
		return fmt.Errorf("a key policy is that of a KMS key, and %q is none", text)
	case q.kind == bucketKind && (isRole || fields[2] == "kms"):
		return fmt.Errorf("%q has no resource policy: give a role's policy as trust, that of a key as key", text)
	}
	return nil
}

const ownerKey = "aws:ResourceAccount"

func (q *asked) readContext(given attr.Value) error {
	members, ok := s3share.MembersOf(given)
	if !ok {
		return errors.New("the context is an object of condition keys: { \"aws:ResourceAccount\" = \"111111111111\" }")
	}
	q.request.Keys = verdict.Keys{}
	for _, key := range slices.Sorted(maps.Keys(members)) {
		values, err := readValues(members[key])
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		if values != nil {
			q.request.Keys[key] = values
		}
		if strings.EqualFold(key, ownerKey) && len(values) == 1 && q.request.ResourceAccount == "" {
			q.request.ResourceAccount = values[0]
		}
	}
	if id, ok := policy.AccountID(q.request.ResourceAccount); !ok || id != q.request.ResourceAccount {
		return fmt.Errorf("who owns %s is not known: give %q with the ID of its account", q.request.Resource, ownerKey)
	}
	return nil
}

// readValues reads one value or a list; null is an absent key.
func readValues(given attr.Value) ([]string, error) {
	elements, several := s3share.ElementsOf(given)
	if !several {
		elements = []attr.Value{given}
	}
	if !several && given.IsNull() {
		return nil, nil
	}
	values := make([]string, 0, len(elements))
	for _, element := range elements {
		switch v := element.(type) {
		case types.String:
			values = append(values, v.ValueString())
		case types.Bool:
			values = append(values, fmt.Sprint(v.ValueBool()))
		case types.Number:
			values = append(values, plainNumber(v.ValueBigFloat()))
		default:
			return nil, errors.New("a condition key has a text, a number or a truth value, or a list of them")
		}
	}
	return values, nil
}

func plainNumber(number *big.Float) string { return number.Text('f', -1) }
