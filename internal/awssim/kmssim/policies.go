// This file answers the calls on key policies (KMS API Reference, "PutKeyPolicy";
// KMS Developer Guide, "Key policies in AWS KMS").
package kmssim

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
)

// maxPolicySize is in bytes (KMS Developer Guide, "Resource quotas").
const maxPolicySize = 32768

type policyInput struct {
	keyInput
	PolicyName string
}

func (i policyInput) checkName() error {
	if i.PolicyName != "" && i.PolicyName != "default" {
		return fail("NotFoundException", "No such policy exists")
	}
	return nil
}

func getKeyPolicy(r *request) (any, error) {
	var input policyInput
	if err := r.read(&input); err != nil {
		return nil, err
	}
	k, err := r.may(input.KeyID, r.use(nil))
	if err != nil {
		return nil, err
	}
	if err := input.checkName(); err != nil {
		return nil, err
	}
	shown, err := r.show(k)
	return struct{ Policy, PolicyName string }{shown, "default"}, err
}

// show gives the key policy as KMS answers it: with white space.
func (s *Service) show(k *Key) (string, error) {
	text, err := s.dir.ShowKeyPolicy(k.policy)
	if err != nil {
		return "", err
	}
	var spaced bytes.Buffer
	err = json.Indent(&spaced, []byte(text), "", "  ")
	return spaced.String(), err
}

func putKeyPolicy(r *request) (any, error) {
	var input struct {
		policyInput
		Policy                         string
		BypassPolicyLockoutSafetyCheck *bool
	}
	if err := r.read(&input); err != nil {
		return nil, err
	}
	u := r.use(nil)
	u.keys = bypassKey(input.BypassPolicyLockoutSafetyCheck)
	k, err := r.may(input.KeyID, u)
	if err != nil {
		return nil, err
	}
	switch {
	case k.managed:
		return nil, fail("UnsupportedOperationException", "Operation not supported on AWS managed key %s", k.ARN())
	case input.Policy == "":
		return nil, invalid("1 validation error detected: Value null at 'policy' failed to satisfy constraint: Member must not be null")
	}
	if err := input.checkName(); err != nil {
		return nil, err
	}
	return nil, r.write(k, input.Policy, input.BypassPolicyLockoutSafetyCheck)
}

// bypassKey is the condition key of the parameter; it is absent where the call
// does not have the parameter.
func bypassKey(bypass *bool) directory.Keys {
	if bypass == nil {
		return directory.Keys{}
	}
	return directory.Keys{"kms:BypassPolicyLockoutSafetyCheck": {strconv.FormatBool(*bypass)}}
}

// write makes a text the policy of a key. Unless the caller bypasses the check,
// the policy must let the caller write it again.
func (r *request) write(k *Key, text string, bypass *bool) error {
	stored, err := r.store(k, text)
	if err != nil {
		return err
	}
	if bypass == nil || !*bypass {
		again := *k
		again.policy, again.grants = stored, nil
		u := r.use(nil)
		u.operation = "PutKeyPolicy"
		err := r.judge(named{key: &again}, u)
		if code, _ := Refusal(err); code == "AccessDeniedException" {
			return fail("MalformedPolicyDocumentException", "The new key policy will not allow you to update the key policy in the future.")
		}
		if err != nil {
			return err
		}
	}
	k.policy = stored
	return nil
}

// store checks a key policy and gives it as KMS keeps it.
func (s *Service) store(k *Key, text string) (string, error) {
	if len(text) > maxPolicySize {
		return "", fail("LimitExceededException", "The key policy is longer than %d bytes", maxPolicySize)
	}
	stored, resolved, err := s.dir.StoreKeyPolicy(k.owner, text)
	switch {
	case !resolved:
		return "", fail("MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals.")
	case err != nil:
		return "", fail("MalformedPolicyDocumentException", "%s", err)
	}
	return stored, nil
}

func listKeyPolicies(r *request) (any, error) {
	var input struct {
		keyInput
		Limit  *int
		Marker string
	}
	if err := r.read(&input); err != nil {
		return nil, err
	}
	if _, err := r.may(input.KeyID, r.use(nil)); err != nil {
		return nil, err
	}
	return struct {
		PolicyNames []string
		Truncated   bool
	}{[]string{"default"}, false}, nil
}

// mayOn judges an action on something that has no policy of its own.
func (r *request) mayOn(action, resource string) error {
	account := r.call.Caller.Account
	return denied(r.dir.Authorize(r.call.Caller, directory.Request{
		Action: action, Resource: resource, ResourceAccount: account.ID, Keys: directory.Keys{"kms:CallerAccount": {account.ID}},
	}))
}

// denied words a denial of a call that is about no key.
func denied(err error) error {
	var denial *directory.Denial
	if errors.As(err, &denial) {
		return fail("AccessDeniedException", "%s", denial)
	}
	return err
}
