// This file reads what AssumeRole is asked for and checks it against the API
// model, before anybody's policies are looked at.
package stssim

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

// wish is what one AssumeRole asks for.
type wish struct {
	roleARN, account, sessionName string
	externalID                    *string // nil: not sent, so that sts:ExternalId is absent
	duration                      time.Duration
	policy                        string
	policyARNs                    []string
	tags                          []query.Tag
	transitive                    []string // keys of the tags that later sessions inherit
	// sourceIdentity is the one asked for, else that of the caller's session.
	sourceIdentity string
	// inherited are the transitive tags of the caller's session.
	inherited map[string]string
}

var roleARNs = regexp.MustCompile(`^arn:aws[a-z-]*:iam::([0-9]{12}):role/(.*/)?[\w+=,.@-]{1,64}$`)

func readWish(c *query.Call) (*wish, error) {
	var check query.Constraints
	w := &wish{
		roleARN:     check.Required(roleARN, c.Params, "RoleArn"),
		sessionName: check.Required(roleSessionName, c.Params, "RoleSessionName"),
		policy:      check.Optional(sessionPolicy, c.Params, "Policy"),
		policyARNs:  c.Params.Members("PolicyArns", "arn"),
		tags:        c.Params.Tags("Tags"), transitive: c.Params.List("TransitiveTagKeys"),
		sourceIdentity: check.Optional(sourceIdentity, c.Params, "SourceIdentity"),
	}
	if c.Params.Has("ExternalId") {
		id := check.Optional(externalID, c.Params, "ExternalId")
		w.externalID = &id
	}
	seconds, err := c.Params.Int("DurationSeconds", defaultDuration)
	if err != nil {
		return nil, err
	}
	check.Range(duration, seconds)
	w.duration = time.Duration(seconds) * time.Second
	w.checkLists(&check)
	if err := check.Err(); err != nil {
		return nil, err
	}
	parts := roleARNs.FindStringSubmatch(w.roleARN)
	if parts == nil {
		return nil, query.Errorf("ValidationError", http.StatusBadRequest, "Request ARN is invalid")
	}
	w.account = parts[1]
	return w, w.inherit(c.Caller)
}

func (w *wish) checkLists(check *query.Constraints) {
	check.Range(query.Rule{Field: "tags", Max: maxTags}, len(w.tags))
	check.Range(query.Rule{Field: "policyArns", Max: maxPolicyARNs}, len(w.policyARNs))
	for i, t := range w.tags {
		key, value := tagKey, tagValue
		key.Field, value.Field = fmt.Sprintf("tags.%d.member.key", i+1), fmt.Sprintf("tags.%d.member.value", i+1)
		check.Text(key, t.Key)
		check.Text(value, t.Value)
	}
}

// inherit takes over what a role session hands to the sessions that it starts
// (IAM User Guide, "Pass session tags in AWS STS", and "Monitor and control
// actions taken with assumed roles").
func (w *wish) inherit(c *directory.Caller) error {
	seen := map[string]bool{}
	for _, t := range w.tags {
		if seen[strings.ToLower(t.Key)] {
			return query.Errorf("InvalidParameterValue", http.StatusBadRequest, "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
		seen[strings.ToLower(t.Key)] = true
	}
	if c.Session == nil {
		return nil
	}
	w.inherited = c.Session.TransitiveTags
	for key := range w.inherited {
		if seen[strings.ToLower(key)] {
			return query.Errorf("InvalidParameterValue", http.StatusBadRequest,
				"One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.")
		}
	}
	if w.sourceIdentity == "" {
		w.sourceIdentity = c.Session.SourceIdentity
	}
	return nil
}

// keys are the condition keys of the request (IAM User Guide, "IAM and AWS STS
// condition context keys").
func (w *wish) keys(role *directory.Role) directory.Keys {
	keys := directory.Keys{"sts:RoleSessionName": {w.sessionName}}
	if w.externalID != nil {
		keys["sts:ExternalId"] = []string{*w.externalID}
	}
	if w.sourceIdentity != "" {
		keys["sts:SourceIdentity"] = []string{w.sourceIdentity}
	}
	for key, value := range w.allTags() {
		keys["aws:RequestTag/"+key] = []string{value}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], key)
	}
	slices.Sort(keys["aws:TagKeys"])
	if len(w.transitive) > 0 {
		keys["sts:TransitiveTagKeys"] = w.transitive
	}
	for key, value := range role.TagMap() {
		keys["aws:ResourceTag/"+key], keys["iam:ResourceTag/"+key] = []string{value}, []string{value}
	}
	return keys
}

// allTags are those of the new session: inherited and asked for.
func (w *wish) allTags() map[string]string {
	tags := map[string]string{}
	maps.Copy(tags, w.inherited)
	for _, t := range w.tags {
		tags[t.Key] = t.Value
	}
	return tags
}

// transitiveTags are those that the new session hands on.
func (w *wish) transitiveTags() map[string]string {
	tags := maps.Clone(w.inherited)
	if tags == nil {
		tags = map[string]string{}
	}
	for _, t := range w.tags {
		if slices.ContainsFunc(w.transitive, func(key string) bool { return strings.EqualFold(key, t.Key) }) {
			tags[t.Key] = t.Value
		}
	}
	return tags
}
