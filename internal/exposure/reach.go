package exposure

import (
	"slices"
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file tells what statements give in the bucket. Statements under the same conditions and for the same keys are one
// reach.

// reach is what somebody may do in one part of the bucket under one set of conditions.
type reach struct {
	words      []share.Word
	actions    []string
	prefixes   []string
	conditions []string
	ends       time.Time
	sids       []string
}

func (r reach) entry(via Via, who outsider) Entry {
	return Entry{
		Via: via, Principal: who.name, AccountID: who.account, Sids: r.sids,
		Access: r.words, Actions: r.actions, Prefixes: r.prefixes, Conditions: r.conditions,
	}
}

// grant is an Allow statement as far as it holds for one caller.
type grant struct {
	statement  policy.Statement // its Condition has what is not decided
	sid        string           // of a statement of the bucket policy
	area       area
	conditions []string
	denied     []string // patterns of actions that are refused whatever the call
}

// key tells the grants apart that are not one reach.
func (g grant) key() string {
	return strings.Join(g.area.prefixes, "\x00") + "\x01" + strings.Join(g.conditions, "\x00")
}

// gather makes reaches of grants. limit tells which actions a permissions boundary lets through.
func gather(grants []grant, limit func(action string) bool) []reach {
	var keys []string
	groups := map[string][]grant{}
	for _, g := range grants {
		if _, there := groups[g.key()]; !there {
			keys = append(keys, g.key())
		}
		groups[g.key()] = append(groups[g.key()], g)
	}
	var reaches []reach
	for _, key := range keys {
		if found := merge(groups[key], limit); len(found.actions) > 0 {
			reaches = append(reaches, found)
		}
	}
	return reaches
}

func merge(group []grant, limit func(action string) bool) reach {
	found := reach{
		prefixes: group[0].area.prefixes, conditions: group[0].conditions, ends: endOf(group[0].statement.Condition),
	}
	for _, g := range group {
		found.actions = append(found.actions, slices.DeleteFunc(g.effective(), func(action string) bool { return !limit(g.judged(action)) })...)
		if g.sid != "" {
			found.sids = append(found.sids, g.sid)
		}
	}
	allowed := func(within func(area) bool) func(string) bool {
		return func(action string) bool {
			return limit(action) && slices.ContainsFunc(group, func(g grant) bool { return within(g.area) && g.allows(action) })
		}
	}
	found.words = share.WordsOf(
		allowed(func(a area) bool { return a.objects }),
		allowed(func(a area) bool { return a.bucket }),
	)
	slices.Sort(found.actions)
	found.actions = slices.Compact(found.actions)
	found.sids = distinct(found.sids)
	return found
}

// allows tells that one action, or part of a pattern of actions, is allowed and not refused outright.
func (g grant) allows(action string) bool {
	return mentions(g.statement, action) && !slices.ContainsFunc(g.denied, func(pattern string) bool { return coversAction(pattern, action) })
}

// effective are the actions of the statement that have an effect on its part of the bucket, as they are written.
func (g grant) effective() []string {
	if g.statement.NotAction != nil {
		if !g.allows(allOfS3) {
			return nil
		}
		return []string{"everything but " + strings.Join(g.statement.NotAction, ", ")}
	}
	return slices.DeleteFunc(slices.Clone(g.statement.Action), func(action string) bool {
		return !g.area.takes(action) || !g.allows(action)
	})
}

const allOfS3 = "s3:*"

// judged is the pattern by which an action as it is written is judged: everything but some may be anything of S3.
func (g grant) judged(action string) string {
	if g.statement.NotAction != nil {
		return allOfS3
	}
	return action
}

// coversAction tells that a pattern of actions has all of another one that concerns buckets.
func coversAction(pattern, action string) bool {
	if action == "*" {
		action = allOfS3
	}
	return share.PatternCovers(strings.ToLower(pattern), strings.ToLower(action))
}

// area is the part of the bucket that a statement is about.
type area struct {
	bucket, objects bool
	// prefixes limits the objects or the listing; empty means all of it.
	prefixes []string
}

// areaOf tells which part of the bucket a statement is about.
func (q Question) areaOf(statement policy.Statement) area {
	bucket, objects := q.bucketARN(), q.bucketARN()+"/*"
	var found area
	if statement.NotResource != nil {
		covered := func(resource string) bool {
			return slices.ContainsFunc(statement.NotResource, func(pattern string) bool { return share.PatternCovers(pattern, resource) })
		}
		return area{bucket: !covered(bucket), objects: !covered(objects)}
	}
	everything := false
	for _, pattern := range statement.Resource {
		found.bucket = found.bucket || policy.MatchPattern(pattern, bucket)
		if share.PatternsMeet(pattern, objects) {
			found.objects = true
			everything = everything || share.PatternCovers(pattern, objects)
			found.prefixes = append(found.prefixes, prefixOf(bucket+"/", pattern))
		}
	}
	asked, isAsked := prefixCondition(statement.Condition)
	if isAsked {
		// Calls on objects have no s3:prefix, so the condition fails for them (Service Authorization Reference, S3).
		found.objects, found.prefixes, everything = false, asked, false
	}
	if everything || found.bucket && !found.objects && !isAsked {
		found.prefixes = nil
	}
	slices.Sort(found.prefixes)
	found.prefixes = slices.Compact(found.prefixes)
	return found
}

// prefixOf gives the keys that a pattern of ARNs matches: as a prefix where it is one, else as the pattern.
func prefixOf(before, pattern string) string {
	rest, inside := strings.CutPrefix(pattern, before)
	if !inside {
		return pattern
	}
	return plainPrefix(rest)
}

func plainPrefix(pattern string) string {
	if prefix, ends := strings.CutSuffix(pattern, "*"); ends && !strings.ContainsAny(prefix, "*?") {
		return prefix
	}
	return pattern
}

// prefixCondition gives the prefixes that listings must ask for; ok is false when any will do.
func prefixCondition(conditions policy.Condition) (prefixes []string, ok bool) {
	for _, operator := range []string{"StringLike", "StringEquals"} {
		for key, values := range conditions[operator] {
			if !strings.EqualFold(key, "s3:prefix") {
				continue
			}
			for _, value := range values {
				prefixes = append(prefixes, plainPrefix(value))
			}
			return prefixes, true
		}
	}
	return nil, false
}

// accountLevel are actions of S3 that know neither buckets nor objects (Service Authorization Reference, S3).
var accountLevel = []string{
	"s3:listallmybuckets", "s3:createjob", "s3:listjobs", "s3:listaccesspoints", "s3:getaccountpublicaccessblock", "s3:putaccountpublicaccessblock",
}

// takes tells that an action, or part of a pattern of actions, works on this part of the bucket.
func (a area) takes(action string) bool {
	action = strings.ToLower(action)
	if !share.PatternsMeet(action, allOfS3) || slices.Contains(accountLevel, action) {
		return false
	}
	if strings.ContainsAny(action, "*?") {
		return a.bucket || a.objects
	}
	onObject := strings.Contains(action, "object") && !strings.Contains(action, "bucket") ||
		action == "s3:abortmultipartupload" || action == "s3:listmultipartuploadparts" || action == "s3:bypassgovernanceretention"
	if onObject {
		return a.objects
	}
	return a.bucket
}
