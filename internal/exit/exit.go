// Package exit writes a share as configuration for hashicorp/aws, with import blocks, so that nobody has to stay with this
// provider. It writes what exists, not what is wanted: the plan after the imports is to be empty.
package exit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Config gives the configuration, formatted as terraform fmt does. External IDs stand in it as variables.
func Config(spec share.Spec, observed share.Observed) string {
	w := &writer{spec: spec, observed: observed, label: labelOf(string(spec.Name)), hidden: externalIDsIn(observed)}
	w.preface()
	if observed.Role != nil {
		w.variables()
		w.role()
		w.rolePolicies()
	}
	w.accessPoint()
	w.bucketPolicy()
	w.keys()
	w.consumerPolicies()
	w.release()
	return strings.Join(w.blocks, "\n\n") + "\n"
}

// writer gathers top-level blocks and comments.
type writer struct {
	spec     share.Spec
	observed share.Observed
	label    string
	// hidden are the values of sts:ExternalId in the trust policy, in the order of their variables.
	hidden []string
	blocks []string
}

func (w *writer) add(format string, values ...any) {
	w.blocks = append(w.blocks, strings.TrimSuffix(fmt.Sprintf(format, values...), "\n"))
}

func (w *writer) preface() {
	w.add(`# Share %s as resources of hashicorp/aws, as they are now. Terraform 1.7 or newer:
#   1. put this into a configuration with a provider "aws" of account %s and take the resource
#      crossaccount_s3_share out of it;
#   2. %s
#   3. apply, then take the import and removed blocks out.`, w.spec.ID(), w.spec.Owner.ID, w.expected())
}

// expected says what the plan shows, as hashicorp/aws 6.34 was seen to do it.
func (w *writer) expected() string {
	if len(w.hidden) == 0 {
		return "plan: it imports, changes nothing, and lets go of the share;"
	}
	return `give the variables, plan: it imports, changes nothing in AWS, and lets go of the share (the role counts as
#      changed, because Terraform hides its trust policy from then on: the plan says that the value is unchanged);`
}

func (w *writer) variables() {
	for i := range w.hidden {
		w.add(`variable %s {
  type      = string
  sensitive = true
}`, quoted(variableOf(i)))
	}
}

// variableOf names the variable of the i-th external ID.
func variableOf(i int) string {
	if i == 0 {
		return "external_id"
	}
	return fmt.Sprintf("external_id_%d", i+1)
}

func (w *writer) role() {
	role := w.observed.Role
	arguments := list{
		{"name", quoted(string(w.spec.Name))},
		{"path", quoted(string(role.Path))},
	}
	if role.Settings.Description != "" {
		arguments = append(arguments, argument{"description", quoted(role.Settings.Description)})
	}
	arguments = append(arguments, argument{"max_session_duration", fmt.Sprint(int64(role.Settings.MaxSessionDuration / time.Second))})
	if role.Settings.PermissionsBoundary != "" {
		arguments = append(arguments, argument{"permissions_boundary", quoted(role.Settings.PermissionsBoundary)})
	}
	w.resource(target{"aws_iam_role", w.label, string(w.spec.Name)}, "", arguments.String()+tagsOf(role.Settings.Tags)+
		"\n  assume_role_policy = "+w.trust(role.Trust))
}

// trust writes the trust policy with its external IDs as variables. Statements are written anew first, so that no other
// spelling of an ID in JSON stays.
func (w *writer) trust(trust policy.Document) string {
	readable := func(statement policy.Statement) bool { return statement.Err() == nil }
	var anew []policy.Statement
	for _, statement := range trust.Statements() {
		if readable(statement) {
			anew = append(anew, policy.Statement{
				Sid: statement.Sid, Effect: statement.Effect, Principal: statement.Principal, NotPrincipal: statement.NotPrincipal,
				Action: statement.Action, NotAction: statement.NotAction, Condition: statement.Condition,
			})
		}
	}
	text := heredoc(trust.Replace(readable, anew...))
	for i, id := range w.hidden {
		text = strings.ReplaceAll(text, `"`+id+`"`, `"${var.`+variableOf(i)+`}"`)
	}
	return text
}

func (w *writer) rolePolicies() {
	for _, inline := range w.observed.Inline {
		comment, label := "", w.label
		if inline.Name != share.PermissionsPolicyName {
			label = labelOf(w.label + "_" + inline.Name)
			comment = "# On the role, and not written by crossaccount.\n"
		}
		arguments := list{
			{"name", quoted(inline.Name)},
			{"role", "aws_iam_role." + w.label + ".name"},
		}
		w.resource(target{"aws_iam_role_policy", label, string(w.spec.Name) + ":" + inline.Name}, comment,
			arguments.String()+"\n  policy = "+heredoc(inline.Document))
	}
	for i, arn := range w.observed.Attached {
		arguments := list{{"role", "aws_iam_role." + w.label + ".name"}, {"policy_arn", quoted(arn)}}
		w.resource(target{"aws_iam_role_policy_attachment", fmt.Sprintf("%s_%d", w.label, i+1), string(w.spec.Name) + "/" + arn},
			"# On the role, and not written by crossaccount.\n", arguments.String())
	}
}

// bucketPolicy says aloud that hashicorp/aws has no statements, only whole documents.
func (w *writer) bucketPolicy() {
	if w.observed.Bucket.State != share.BucketHasPolicy {
		return
	}
	all, ours := w.observed.Bucket.Document.Statements(), w.observed.Statements(w.spec)
	comment := "# THIS RESOURCE OWNS THE WHOLE POLICY of the bucket: hashicorp/aws knows no single statements.\n"
	if others := len(all) - len(ours); others > 0 {
		comment += fmt.Sprintf("# %d of the %d statements in it are not the share's%s. Where some other configuration has the policy, leave\n"+
			"# this block and its import out, and carry the share's statements over there.\n", others, len(all), sidsOf(w.spec, all))
	}
	arguments := list{{"bucket", quoted(string(w.spec.Bucket))}}
	w.resource(target{"aws_s3_bucket_policy", labelOf(string(w.spec.Bucket)), string(w.spec.Bucket)}, comment,
		arguments.String()+"\n  policy = "+heredoc(w.observed.Bucket.Document))
}

// accessPoint writes the share's access point with its policy. Its Block Public Access is on in hashicorp/aws unless said
// otherwise, as it is here.
func (w *writer) accessPoint() {
	point := w.observed.AccessPoint
	if point.State != share.PointFound {
		return
	}
	name := w.spec.AccessPointName()
	arguments := list{{"bucket", quoted(string(point.Bucket))}, {"name", quoted(name)}}
	body := arguments.String()
	if point.Policy != nil {
		body += "\n  policy = " + heredoc(*point.Policy)
	}
	w.resource(target{"aws_s3_access_point", w.label, w.spec.Owner.ID + ":" + name}, "", body)
}

// keys writes the policies of keys that have a statement of the share, whole like that of the bucket. Grants are told of: their
// IDs, which an import needs, are KMS's.
func (w *writer) keys() {
	for i, key := range w.observed.Keys {
		id := string(key.ARN)[strings.LastIndex(string(key.ARN), "/")+1:]
		if len(key.Statements(w.spec)) > 0 {
			arguments := list{{"key_id", quoted(string(key.ARN))}}
			w.resource(target{"aws_kms_key_policy", fmt.Sprintf("%s_%d", w.label, i+1), id},
				"# THIS RESOURCE OWNS THE WHOLE POLICY of the key. Where some other configuration has it, carry the share's statement over there.\n",
				arguments.String()+"\n  policy = "+heredoc(key.Policy))
		}
		for _, grant := range key.Grants {
			w.add("# Key %s has the grant %s for %s. It stays; resource\n# aws_kms_grant imports it by <key ID>:<grant ID>, which aws kms list-grants tells.", key.ARN, grant.Name, grant.Grantee)
		}
	}
}

// sidsOf names the statements of others that have a Sid.
func sidsOf(spec share.Spec, all []policy.Statement) string {
	var sids []string
	for _, statement := range all {
		if statement.Sid != "" && !spec.Owns(statement) {
			sids = append(sids, fmt.Sprintf("%q", statement.Sid))
		}
	}
	if len(sids) == 0 {
		return ""
	}
	return " (" + strings.Join(sids, ", ") + ")"
}

func (w *writer) consumerPolicies() {
	for _, consumer := range w.observed.Consumer {
		if consumer.Document == nil {
			continue
		}
		name := w.spec.ConsumerPolicyName()
		arguments := list{
			{"provider", "aws.consumer"},
			{"name", quoted(name)},
			{"role", quoted(consumer.RoleName)},
		}
		w.resource(target{"aws_iam_role_policy", labelOf(w.label + "_on_" + consumer.RoleName), consumer.RoleName + ":" + name},
			"# In the consumer account "+w.spec.Consumer.AccountID+": needs a provider \"aws\" with alias = \"consumer\".\n",
			arguments.String()+"\n  policy = "+heredoc(*consumer.Document))
	}
}

// release lets go of the share.
func (w *writer) release() {
	w.add(`# The address of the share in the configuration that has had it.
removed {
  from = crossaccount_s3_share.%s

  lifecycle {
    destroy = false
  }
}`, w.label)
}

// target is a resource of hashicorp/aws and the ID that imports it.
type target struct{ kind, label, id string }

// resource writes an import block and the resource that it fills.
func (w *writer) resource(to target, comment, body string) {
	w.add("import {\n  to = %s.%s\n  id = %s\n}", to.kind, to.label, quoted(to.id))
	w.add("%sresource %s %s {\n%s\n}", comment, quoted(to.kind), quoted(to.label), strings.TrimSuffix(body, "\n"))
}

// externalIDsIn gives every value that the trust policy has for sts:ExternalId, whatever the operator.
func externalIDsIn(observed share.Observed) []string {
	if observed.Role == nil {
		return nil
	}
	var found []string
	for _, statement := range observed.Role.Trust.Statements() {
		for _, keys := range statement.Condition {
			for key, values := range keys {
				if !strings.EqualFold(key, "sts:ExternalId") {
					continue
				}
				for _, value := range values {
					if !slices.Contains(found, value) {
						found = append(found, value)
					}
				}
			}
		}
	}
	slices.Sort(found)
	return found
}
