package foresight

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file tells whether the keys of a bucket let whoever calls S3 use them.

// Key is a KMS key and its policy, nil when it was not read. The share's own statements in it count as they will be, and
// so do its grants.
type Key struct {
	ARN string
	// State is Enabled, Disabled, PendingDeletion …, as kms:DescribeKey gives it; "" when it was not read.
	State string
	// Missing tells that there is no such key.
	Missing bool
	Policy  *policy.Document
	// Grants are the grants of the key, nil when nobody asked for them. They matter where Shut names the key.
	Grants *Grants
	// doubts keep every answer about the key open that is not no.
	doubts []Reason
}

// Grants are the grants of a key.
type Grants struct {
	All []share.KeyGrant
	// Unread tells that they may not be read.
	Unread bool
}

func (k Key) name() string { return "policy of key " + k.ARN }

// takeKeys gives the policies of the keys as they will be.
func (j *judgement) takeKeys() {
	keys := make([]Key, 0, len(j.Keys))
	for _, key := range j.Keys {
		if key.Policy == nil {
			key.doubts = []Reason{unreadKey(key.ARN, j.Desired.Spec)}
			keys = append(keys, key)
			continue
		}
		statements := j.Desired.KeyStatements
		for _, grant := range j.Desired.KeyGrants {
			statements = append(statements[:len(statements):len(statements)], asStatement(grant))
		}
		forOthers := j.forOthers(*key.Policy)
		document := key.Policy.Replace(func(statement policy.Statement) bool {
			return forOthers(statement) || j.Desired.Spec.OwnsKeyStatement(statement)
		}, statements...)
		whole := foreign{Policy: verdict.Policy{Name: key.name(), Document: document}, layer: verdict.ResourceLayer, grants: true}
		whole.silence(hasNoEffect)
		var understood verdict.Policy
		understood, key.doubts = j.understood(whole)
		key.Policy = &understood.Document
		if key.State == "" {
			key.doubts = append(key.doubts, Reason{before: "the state of key " + key.ARN + " was not read: whether it can be used is not known"})
		}
		keys = append(keys, key)
	}
	j.Keys = keys
}

// hasNoEffect tells of a statement without Action or Resource, which KMS stores and leaves aside (KMS API Reference,
// "PutKeyPolicy").
func hasNoEffect(s policy.Statement) bool {
	return s.Action == nil && s.NotAction == nil || s.Resource == nil && s.NotResource == nil
}

// asStatement puts a grant into the key policy: KMS hears each beside it, like a statement that names the grantee (KMS
// Developer Guide, "Grants in AWS KMS"). Those of a share have no constraints.
func asStatement(grant share.KeyGrant) policy.Statement {
	actions := make(policy.Values, 0, len(grant.Operations))
	for _, operation := range grant.Operations {
		actions = append(actions, "kms:"+operation)
	}
	return policy.Statement{
		Sid: grant.Name, Effect: policy.Allow, Principal: &policy.Principal{AWS: policy.Values{grant.Grantee}}, Action: actions, Resource: policy.Values{"*"},
	}
}

// dead says why nobody can use a key, whatever its policy says (KMS Developer Guide, "Key states of AWS KMS keys").
func (k Key) dead() (reason Reason, is bool) {
	reason.Foreign = true
	switch {
	case k.Missing:
		reason.before = "there is no key " + k.ARN + ": nobody can use what is encrypted with it"
	case k.State == "PendingDeletion", k.State == "PendingReplicaDeletion":
		reason.before = "key " + k.ARN + " is about to be deleted: until that is cancelled, nobody can use it"
	case k.State == "Disabled":
		reason.before = "key " + k.ARN + " is disabled: nobody can use it until it is enabled"
	case slices.Contains([]string{"Creating", "PendingImport", "Unavailable"}, k.State):
		reason.before = "key " + k.ARN + " is in the state " + k.State + ": nobody can use it until it is enabled"
	default:
		return reason, false
	}
	return reason, true
}

// keyActions are what S3 calls in the caller's name (S3 User Guide, "Using server-side encryption with AWS KMS keys"):
// reading needs kms:Decrypt, writing kms:GenerateDataKey, and kms:Decrypt too when it is done in parts.
var keyActions = map[share.Word][]string{
	share.Read: {"kms:Decrypt"}, share.ReadVersions: {"kms:Decrypt"}, share.Write: {"kms:Decrypt", "kms:GenerateDataKey"},
}

// decrypting answers for a key of the bucket's objects.
func (j judgement) decrypting(word share.Word, prefix share.Prefix, key Key) (verdict.Answer, []Reason) {
	actions := keyActions[word]
	if len(actions) == 0 {
		return verdict.Yes, nil
	}
	if dead, is := key.dead(); is {
		return verdict.No, []Reason{dead}
	}
	if key.Policy == nil {
		return verdict.Depends, key.doubts
	}
	answers, reasons := []verdict.Answer{}, []Reason{}
	for _, action := range actions {
		// The encryption context is the object, or the bucket where it has a bucket key.
		for _, context := range []string{j.Desired.Spec.BucketARN(), j.Desired.Spec.BucketARN() + "/" + string(prefix) + "*"} {
			answer, why := j.withKey(action, context, key).ask()
			if answer == verdict.No && key.isShutBy(why) {
				answer, why = j.granted(action, key)
			}
			answers, reasons = append(answers, answer), append(reasons, why...)
		}
	}
	answer := combine(answers...)
	if len(key.doubts) > 0 && answer != verdict.No {
		answer, reasons = verdict.Depends, append(reasons, key.doubts...)
	}
	return answer, reasons
}

func (j judgement) withKey(action, context string, key Key) question {
	policies := verdict.Policies{
		Identity: j.policies.Identity, Boundary: j.policies.Boundary,
		Resource: &verdict.Policy{Name: key.name(), Document: *key.Policy}, ResourceMustAllow: true,
	}
	account := policy.AccountOf(key.ARN)
	q := j.about(action, key.ARN, policies)
	q.request.ResourceAccount = account
	q.request.Keys["aws:ResourceAccount"], q.request.Keys["aws:ViaAWSService"] = []string{account}, []string{"true"}
	q.request.Keys["kms:CallerAccount"], q.request.Keys["kms:ViaService"] = []string{j.role.Account}, []string{share.ViaS3(share.KeyARN(key.ARN))}
	q.open.Like["kms:EncryptionContext:aws:s3:arn"] = context
	return q
}

// isShutBy tells that nothing refuses the use of the key, but that its policy does not allow it.
func (k Key) isShutBy(reasons []Reason) bool {
	return !slices.ContainsFunc(reasons, func(one Reason) bool { return one.before != k.silence() })
}

func (k Key) silence() string { return "the " + k.name() + " does not allow " }

// granted tells whether a grant allows what the policy of a key does not. Constraints of grants are not looked at, so that
// one for the caller is a condition.
func (j judgement) granted(action string, key Key) (verdict.Answer, []Reason) {
	reason := Reason{before: key.silence(), action: action, Foreign: true}
	switch {
	case key.Grants == nil:
		reason.shut = key.ARN
	case key.Grants.Unread:
		reason.after = ", and whether a grant of the key does is not known"
		return verdict.Depends, []Reason{reason}
	default:
		for _, grant := range key.Grants.All {
			if !j.Desired.Spec.OwnsGrant(grant.Name) && j.isFor(grant, strings.TrimPrefix(action, "kms:")) {
				reason.after = fmt.Sprintf(", but grant %q of the key does, as far as its constraints let it", grant.Name)
				return verdict.Depends, []Reason{reason}
			}
		}
	}
	reason.after = j.remedy()
	return verdict.No, []Reason{reason}
}

// isFor tells that a grant lets callers, or some of them, do something.
func (j judgement) isFor(grant share.KeyGrant, operation string) bool {
	if !slices.Contains(grant.Operations, operation) {
		return false
	}
	if j.Desired.Spec.IsDirect() {
		return policy.AccountOf(grant.Grantee) == j.role.Account
	}
	return grant.Grantee == j.role.ARN || grant.Grantee == j.role.UniqueID || strings.HasPrefix(grant.Grantee, strings.TrimSuffix(j.role.SessionARN, "*"))
}

// remedy says what would let a key be used whose policy says nothing of it.
func (j judgement) remedy() string {
	spec := j.Desired.Spec
	if spec.IsDirect() {
		return ": kms_access = \"key_policy\" or \"grant\" would"
	}
	return ": a statement for " + spec.RoleARN() + ", or one for arn:" + spec.Owner.Partition + ":iam::" + spec.Owner.ID +
		":root, which lets IAM policies of the account count, would"
}

// Shut gives the ARNs of keys that nobody may use by their policies: grants may still allow it.
func (f Forecast) Shut() []string {
	var keys []string
	for _, one := range f.Access {
		for _, reason := range one.Reasons {
			if reason.shut != "" && !slices.Contains(keys, reason.shut) {
				keys = append(keys, reason.shut)
			}
		}
	}
	return keys
}
