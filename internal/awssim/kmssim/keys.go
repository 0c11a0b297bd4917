// This file answers the calls on keys themselves.
package kmssim

import (
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
)

// metadata is a key as DescribeKey shows it.
type metadata struct {
	AWSAccountID          string `json:"AWSAccountId"`
	KeyID                 string `json:"KeyId"`
	Arn                   string
	CreationDate          float64
	Enabled               bool
	Description           string
	KeyUsage              string
	KeyState              state
	DeletionDate          float64 `json:",omitempty"`
	Origin                string
	KeyManager            string
	CustomerMasterKeySpec string
	KeySpec               string
	EncryptionAlgorithms  []string
	MultiRegion           bool
}

func (k *Key) metadata() metadata {
	m := metadata{
		AWSAccountID: k.owner.ID, KeyID: k.id, Arn: k.ARN(), CreationDate: seconds(k.created), Enabled: k.state == enabled,
		Description: k.description, KeyUsage: "ENCRYPT_DECRYPT", KeyState: k.state, Origin: "AWS_KMS", KeyManager: "CUSTOMER",
		CustomerMasterKeySpec: symmetric, KeySpec: symmetric, EncryptionAlgorithms: []string{symmetric},
	}
	if k.managed {
		m.KeyManager = "AWS"
	}
	if k.state == pendingDeletion {
		m.DeletionDate = seconds(k.deletion)
	}
	return m
}

const symmetric = "SYMMETRIC_DEFAULT"

type keyAnswer struct{ KeyMetadata metadata }

func createKey(r *request) (any, error) {
	var input struct {
		Policy, Description, KeyUsage, KeySpec, CustomerMasterKeySpec, Origin string
		BypassPolicyLockoutSafetyCheck                                        *bool
		MultiRegion                                                           bool
	}
	if err := r.read(&input); err != nil {
		return nil, err
	}
	for _, only := range [][2]string{
		{input.KeyUsage, "ENCRYPT_DECRYPT"}, {input.KeySpec, symmetric}, {input.CustomerMasterKeySpec, symmetric}, {input.Origin, "AWS_KMS"},
	} {
		if only[0] != "" && only[0] != only[1] || input.MultiRegion {
			return nil, fail("UnsupportedOperationException", "The simulator has symmetric keys of one region only")
		}
	}
	account, keys := r.call.Caller.Account, bypassKey(input.BypassPolicyLockoutSafetyCheck)
	keys["kms:CallerAccount"] = []string{account.ID}
	if err := r.mayOwn("kms:CreateKey", keys); err != nil {
		return nil, err
	}
	k := r.newKey(place{account, r.call.Caller.Region})
	k.description = input.Description
	if input.Policy != "" {
		if err := r.write(k, input.Policy, input.BypassPolicyLockoutSafetyCheck); err != nil {
			return nil, err
		}
	}
	r.keys[k.ARN()] = k
	return keyAnswer{k.metadata()}, nil
}

// newKey makes a key with the policy that a key has when its creator gives none
// (KMS Developer Guide, "Default key policy").
func (s *Service) newKey(at place) *Key {
	return &Key{
		id: s.newKeyID(), owner: at.account, region: at.region, created: s.dir.Now(), state: enabled,
		policy: `{"Version":"2012-10-17","Id":"key-default-1","Statement":[{"Sid":"Enable IAM User Permissions","Effect":"Allow",` +
			`"Principal":{"AWS":"` + at.account.RootARN() + `"},"Action":"kms:*","Resource":"*"}]}`,
	}
}

// mayOwn judges an action that is about no key: the caller's own policies decide.
func (r *request) mayOwn(action string, keys directory.Keys) error {
	account := r.call.Caller.Account
	err := r.dir.Authorize(r.call.Caller, directory.Request{Action: action, Resource: "*", ResourceAccount: account.ID, Keys: keys})
	return denied(err)
}

func describeKey(r *request) (any, error) {
	var input struct {
		KeyID       string   `json:"KeyId"`
		GrantTokens []string // every grant of the simulator is in force at once
	}
	if err := r.read(&input); err != nil {
		return nil, err
	}
	if strings.Contains(input.KeyID, "alias/aws/s3") {
		r.ManagedKey(r.place()) // AWS makes it when it is first asked for
	}
	k, err := r.may(input.KeyID, r.use(nil))
	if err != nil {
		return nil, err
	}
	return keyAnswer{k.metadata()}, nil
}

func listKeys(r *request) (any, error) {
	var input struct {
		Limit  *int
		Marker string
	}
	if err := r.read(&input); err != nil {
		return nil, err
	}
	if err := r.mayOwn("kms:ListKeys", nil); err != nil {
		return nil, err
	}
	type entry struct {
		KeyID  string `json:"KeyId"`
		KeyArn string
	}
	all := []entry{}
	for _, k := range directory.Sorted(r.keys) {
		if k.owner == r.call.Caller.Account && k.region == r.call.Caller.Region {
			all = append(all, entry{k.id, k.ARN()})
		}
	}
	shown, next, err := page(all, limits{100, 1000}.of(input.Limit), input.Marker)
	return struct {
		Keys       []entry
		NextMarker string `json:",omitempty"`
		Truncated  bool
	}{shown, next, next != ""}, err
}

// change reads which key a call is about and judges it.
func (r *request) change(input any, key *string) (*Key, error) {
	if err := r.read(input); err != nil {
		return nil, err
	}
	k, err := r.may(*key, r.use(nil))
	if err == nil && k.managed {
		err = fail("UnsupportedOperationException", "Operation not supported on AWS managed key %s", k.ARN())
	}
	return k, err
}

type keyInput struct {
	KeyID string `json:"KeyId"`
}

func enableKey(r *request) (any, error) { return r.turn(enabled) }

func disableKey(r *request) (any, error) { return r.turn(disabled) }

func (r *request) turn(to state) (any, error) {
	var input keyInput
	k, err := r.change(&input, &input.KeyID)
	if err != nil {
		return nil, err
	}
	if err := k.checkState(enabled, disabled); err != nil {
		return nil, err
	}
	k.state = to
	return nil, nil //nolint:nilnil // the answer is empty
}

type deletionAnswer struct {
	KeyID               string  `json:"KeyId"`
	DeletionDate        float64 `json:",omitempty"`
	KeyState            state   `json:",omitempty"`
	PendingWindowInDays int     `json:",omitempty"`
}

func scheduleKeyDeletion(r *request) (any, error) {
	var input struct {
		keyInput
		PendingWindowInDays *int
	}
	k, err := r.change(&input, &input.KeyID)
	if err != nil {
		return nil, err
	}
	days := 30
	if input.PendingWindowInDays != nil {
		days = *input.PendingWindowInDays
	}
	if days < 7 || days > 30 {
		return nil, invalid("1 validation error detected: Value '%d' at 'pendingWindowInDays' failed to satisfy constraint: "+
			"Member must have value between 7 and 30", days)
	}
	if err := k.checkState(enabled, disabled); err != nil {
		return nil, err
	}
	k.state, k.deletion = pendingDeletion, r.dir.Now().Add(time.Duration(days)*24*time.Hour)
	return deletionAnswer{k.ARN(), seconds(k.deletion), k.state, days}, nil
}

// cancelKeyDeletion leaves the key disabled.
func cancelKeyDeletion(r *request) (any, error) {
	var input keyInput
	k, err := r.change(&input, &input.KeyID)
	if err != nil {
		return nil, err
	}
	if err := k.checkState(pendingDeletion); err != nil {
		return nil, err
	}
	k.state = disabled
	return deletionAnswer{KeyID: k.ARN()}, nil
}
